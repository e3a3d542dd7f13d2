// How fast the wasm engine multiplies, in GFLOP/s (2 M N K floating-point operations over
// the time), packing included. The shapes are those of a training step of an LSTM 2x128
// with batch 50, 50 steps and 65 characters, and of sampling from it.
//
//   npm run --silent bench -- products [--json] [--variant simd|relaxed-simd]

import { ProgramBuilder } from '../dist/rnn/engine/program.js';
import { canRun, compileKernels } from '../dist/rnn/engine/wasm/kernel-module.js';
import { WasmSession } from '../dist/rnn/engine/wasm/wasm-session.js';

export const options = { variant: 'relaxed-simd' };

/** `uses` products with the same weights in one run, as one for each time step. */
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
  { name: 'sampling, one row', M: 1, K: 128, N: 512, uses: 1, b: 'parameter' },
  { name: 'sampling, one row, LSTM 512', M: 1, K: 512, N: 2048, uses: 1, b: 'parameter' },
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

function measureShape(shape, compiled) {
  const session = new WasmSession(compiled);
  const executable = session.compile(programOf(shape));
  const ones = (count) => new Float32Array(count).fill(0.5);
  executable.write('a', ones(shape.M * shape.K));
  if (shape.b === 'input') executable.write('b', ones(shape.K * shape.N));
  else session.write('b', ones(shape.K * shape.N));
  const flop = 2 * shape.M * shape.K * shape.N * shape.uses;
  const runsPerSample = Math.max(1, Math.round(4e7 / flop));
  const sample = () => {
    const start = performance.now();
    for (let run = 0; run < runsPerSample; run++) executable.run();
    return (performance.now() - start) / runsPerSample;
  };
  const warmUp = performance.now() + 150;
  while (performance.now() < warmUp) sample();
  const times = Array.from({ length: 60 }, sample).sort((x, y) => x - y);
  const gflops = (ms) => Math.round(flop / ms / 1e5) / 10;
  return { best: gflops(times[0]), median: gflops(times[30]), bestMs: times[0] };
}

export async function measure({ variant }) {
  if (!(await canRun(variant))) throw new Error(`this host does not run ${variant}`);
  const compiled = await compileKernels(variant);
  const products = shapes.map((shape) => {
    const { best, median, bestMs } = measureShape(shape, compiled);
    const { name, M, K, N, transposeA = false, transposeB = false } = shape;
    return { name, M, K, N, transposeA, transposeB, gflops: best, medianGflops: median, bestMs };
  });
  return { bench: 'products', variant, node: process.version, products };
}

export function* table({ variant, node, products }) {
  yield `products on one thread, ${variant}, Node ${node}, GFLOP/s`;
  for (const { name, M, K, N, transposeA, transposeB, gflops, medianGflops } of products) {
    const product = `[${M}x${K}]${transposeA ? 'T' : ''} x [${K}x${N}]${transposeB ? 'T' : ''}`;
    yield `  ${gflops.toFixed(1).padStart(5)} best ${medianGflops.toFixed(1).padStart(5)} median  ${product.padEnd(24)} ${name}`;
  }
}
