// How fast the wasm engine multiplies, in GFLOP/s (2 M N K floating-point operations over
// the time), packing included. The shapes are those of a training step of an LSTM 2x128
// with batch 50, 50 steps and 65 characters, and of sampling from it; and those of the other
// rows of `against`, which holds each row to the product that it mostly consists of.
//
//   npm run --silent bench -- products [--shapes sampling] [--json] [--variant simd|relaxed-simd]

import { ProgramBuilder } from '../dist/rnn/program/program.js';
import { canRun, compileKernels } from '../dist/rnn/engine/wasm/kernel-module.js';
import { WasmSession } from '../dist/rnn/engine/wasm/wasm-session.js';
import { round, timeCalls } from './character-model.mjs';

/** Without a variant, the one that the engine takes on this host; `shapes`, a part of their names. */
export const options = { variant: '', shapes: '', seconds: 0.4 };

/**
 * `uses` products with the same weights in one run, as one for each time step; `packed` weights are
 * laid out once for all runs, as a stepper's are.
 */
const shapes = [
  { name: 'one step, recurrent', M: 50, K: 128, N: 512, uses: 50, b: 'parameter' },
  { name: 'one step back, recurrent', M: 50, K: 512, N: 128, uses: 50, transposeB: true, b: 'parameter' },
  { name: 'all steps, input of layer 1', M: 2500, K: 65, N: 512, uses: 1, b: 'parameter' },
  { name: 'all steps, input of layer 2', M: 2500, K: 128, N: 512, uses: 1, b: 'parameter' },
  { name: 'all steps, logits', M: 2500, K: 128, N: 65, uses: 1, b: 'parameter' },
  { name: 'all steps back, layer 2', M: 2500, K: 512, N: 128, uses: 1, transposeB: true, b: 'parameter' },
  { name: 'gradient of a kernel', M: 128, K: 2500, N: 512, uses: 1, transposeA: true, b: 'input' },
  { name: 'gradient of the logits', M: 128, K: 2500, N: 65, uses: 1, transposeA: true, b: 'input' },
  { name: 'LSTM 512, one step', M: 50, K: 512, N: 2048, uses: 10, b: 'parameter' },
  { name: 'LSTM 512, one step back', M: 50, K: 2048, N: 512, uses: 10, transposeB: true, b: 'parameter' },
  { name: 'RNN 100, one step', M: 50, K: 100, N: 100, uses: 50, b: 'parameter' },
  { name: 'trigger network, convolution', M: 1375, K: 1515, N: 196, uses: 1, b: 'parameter' },
  { name: 'sampling, one row', M: 1, K: 128, N: 512, uses: 1, b: 'parameter' },
  { name: 'sampling, one row, LSTM 512', M: 1, K: 512, N: 2048, uses: 1, b: 'parameter' },
  { name: 'stepper, LSTM 128', M: 1, K: 128, N: 512, uses: 1, b: 'parameter', packed: true },
  { name: 'stepper, LSTM 512', M: 1, K: 512, N: 2048, uses: 1, b: 'parameter', packed: true },
  { name: 'stepper, GRU 128', M: 1, K: 128, N: 384, uses: 1, b: 'parameter', packed: true },
  { name: 'one row back', M: 1, K: 512, N: 128, uses: 1, transposeB: true, b: 'parameter' },
];

function programOf({ M, K, N, uses, b, transposeA = false, transposeB = false }) {
  const builder = new ProgramBuilder('product');
  const c = builder.declare('output', 'c', M, N);
  const left = builder.declare('input', 'a', transposeA ? K : M, transposeA ? M : K);
  const right = builder.declare(b, 'b', transposeB ? N : K, transposeB ? K : N);
  for (let use = 0; use < uses; use++) {
    builder.run('gemm', { a: left, b: right }, { c }, { transposeA, transposeB, accumulate: false });
  }
  return builder.finish();
}

async function measureShape(shape, compiled, seconds) {
  const session = new WasmSession(compiled);
  const ones = (count) => new Float32Array(count).fill(0.5);
  const right = ones(shape.K * shape.N);
  if (shape.b === 'parameter') session.write('b', right);
  const executable = session.compile(programOf(shape), { fixedParameters: shape.packed ?? false });
  executable.write('a', ones(shape.M * shape.K));
  if (shape.b === 'input') executable.write('b', right);
  const flop = 2 * shape.M * shape.K * shape.N * shape.uses;
  const runsPerSample = Math.max(1, Math.round(4e7 / flop));
  const sample = () => {
    for (let run = 0; run < runsPerSample; run++) executable.run();
  };
  // The host compiles the kernels anew, and better, while they run.
  await timeCalls(sample, 0.15);
  const { median, min } = await timeCalls(sample, seconds);
  const gflops = (ms) => round((flop * runsPerSample) / ms / 1e6, 1);
  return { gflops: gflops(min), medianGflops: gflops(median), bestMs: min / runsPerSample };
}

export async function measure({ variant: asked, shapes: part, seconds }) {
  const variant = asked || ((await canRun('relaxed-simd')) ? 'relaxed-simd' : 'simd');
  if (!(await canRun(variant))) throw new Error(`this host does not run ${variant}`);
  const chosen = shapes.filter(({ name }) => name.includes(part));
  if (chosen.length === 0) throw new Error(`no product has ${part} in its name`);
  const compiled = await compileKernels(variant);
  const products = [];
  for (const shape of chosen) {
    const { name, M, K, N, transposeA = false, transposeB = false } = shape;
    const speed = await measureShape(shape, compiled, seconds);
    products.push({ name, M, K, N, transposeA, transposeB, ...speed });
  }
  return { bench: 'products', variant, node: process.version, products };
}

export function* table({ variant, node, products }) {
  yield `products on one thread, ${variant}, Node ${node}, GFLOP/s`;
  for (const { name, M, K, N, transposeA, transposeB, gflops, medianGflops } of products) {
    const product = `[${M}x${K}]${transposeA ? 'T' : ''} x [${K}x${N}]${transposeB ? 'T' : ''}`;
    yield `  ${gflops.toFixed(1).padStart(5)} best ${medianGflops.toFixed(1).padStart(5)} median  ${product.padEnd(24)} ${name}`;
  }
}
