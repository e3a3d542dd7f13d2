import { Adam, Dense, GRU, LSTM, OneHot, SimpleRNN } from '../dist/rnn/index.js';
import { backendFacts } from '../dist/rnn/engine/gpu/gpu-backend.js';
import { loadGpuJs } from '../dist/rnn/engine/gpu/gpujs.js';
import { lowerProgram } from '../dist/rnn/engine/gpu/lower-program.js';
import { createPlanPipeline, KernelCache, resultName } from '../dist/rnn/engine/gpu/pipeline.js';
import { LayerStack } from '../dist/rnn/graph/layer-stack.js';
import { Random } from '../dist/base/math/random.js';
import { trainProgram } from '../dist/rnn/training/model-programs.js';
import { round, timeCalls } from './character-model.mjs';

export const options = {
  ...{ cell: 'lstm', layers: 2, units: 32, vocab: 65, batch: 16, seqLength: 16 },
  ...{ backend: 'webgpu', seconds: 4 },
};

/**
 * How to keep the GPU fed: training steps of which one, four or sixteen make a pipeline, against
 * kernels outside a pipeline whose results stay on the device, and against the mere way there
 * and back of what a step keeps.
 */
export async function measure({ backend, seconds, cell, layers, units, vocab, batch, seqLength }) {
  const gpuJs = await loadGpuJs();
  const { name: device } = await backendFacts[backend].find(gpuJs.GPU);
  const Recurrent = { lstm: LSTM, gru: GRU, rnn: SimpleRNN }[cell];
  const stack = new LayerStack([
    new OneHot({ depth: vocab }),
    ...Array.from({ length: layers }, () => new Recurrent({ units, returnSequences: true, stateful: true })),
    new Dense({ units: vocab }),
  ]);
  stack.build(1, new Random(1));
  const optimizer = new Adam({ learningRate: 2e-3, globalClipNorm: 5 });
  const size = { batch, time: seqLength, features: 1 };
  const { program } = trainProgram(
    { layers: stack.layers, size },
    'sparseCategoricalCrossentropy',
    optimizer,
  );
  const host = { gpuJs, backend, stack, optimizer, size };
  const rows = [];
  for (const steps of [1, 4, 16]) {
    rows.push({
      way: `${steps} to a pipeline`,
      ...(await pipelined(host, repeated(program, steps), steps, seconds)),
    });
  }
  rows.push({ way: 'resident kernels', ...(await resident(host, program, seconds)) });
  rows.push({ way: 'there and back only', ...(await pipelined(host, carried(program), 1, seconds)) });
  return { bench: 'gpu-feeding', device, backend, cell, layers, units, vocab, batch, seqLength, rows };
}

export function* table({ device, backend, cell, layers, units, vocab, batch, seqLength, rows }) {
  yield `${cell} ${layers} x ${units}, batch ${batch}, ${seqLength} steps, ${vocab} characters, ${backend} on ${device}`;
  yield `  ${''.padEnd(20)} ms a step   at best   first call, ms   kernel calls`;
  for (const { way, msPerStep, minMs, firstMs, calls } of rows) {
    yield `  ${way.padEnd(20)} ${String(msPerStep).padStart(9)} ${String(minMs).padStart(9)} ${String(firstMs).padStart(16)} ${String(calls).padStart(14)}`;
  }
}

const isKept = ({ kind }) => kind === 'parameter' || kind === 'state';

/** The program's steps several times over: kept buffers shared, all others its own each time. */
function repeated(program, times) {
  const buffers = new Map();
  const copyOf = (buffer, turn) => {
    const name = isKept(buffer) ? buffer.name : `${buffer.name} of ${turn}`;
    if (!buffers.has(name)) buffers.set(name, { ...buffer, name });
    return buffers.get(name);
  };
  const moved = (operands, turn) =>
    Object.fromEntries(
      Object.entries(operands).map(([name, m]) => [name, m && { ...m, buffer: copyOf(m.buffer, turn) }]),
    );
  const steps = [];
  for (let turn = 0; turn < times; turn++) {
    for (const { inputs, outputs, ...step } of program.steps) {
      steps.push({ ...step, inputs: moved(inputs, turn), outputs: moved(outputs, turn) });
    }
  }
  return { name: program.name, buffers: [...buffers.values()], steps };
}

/** Only copies of what the program keeps. */
function carried(program) {
  const kept = program.buffers.filter(isKept);
  const whole = (buffer) => ({ buffer, offset: 0, rows: 1, cols: buffer.size, rowStride: buffer.size });
  const steps = kept.map((buffer) => ({
    kernel: 'affine',
    inputs: { x: whole(buffer) },
    outputs: { y: whole(buffer) },
    settings: { factor: 1, offset: 0 },
  }));
  return { name: 'carried', buffers: kept, steps };
}

/** Numbers for a buffer: weights as built, a batch that is always the same. */
function numbers({ stack, optimizer, size }, { name, kind, size: length }) {
  const weight = stack.weights.find((one) => one.name === name);
  if (weight) return Float32Array.from(weight.get().data);
  if (kind === 'state') return new Float32Array(length);
  if (name.startsWith('hyper')) return Float32Array.from(optimizer.hyper(1));
  if (name.startsWith('weights')) return new Float32Array(length).fill(1 / (size.batch * size.time));
  return new Float32Array(length).fill(1);
}

function kernelsOf({ gpuJs, backend }) {
  const { mode, sizesAreBuiltIn } = backendFacts[backend];
  return new KernelCache(new gpuJs.GPU({ mode }), sizesAreBuiltIn);
}

async function pipelined(host, program, steps, seconds) {
  const plan = lowerProgram(program);
  const kernels = kernelsOf(host);
  const pipeline = createPlanPipeline(plan, kernels);
  const data = new Map(plan.uploads.map(({ buffer }) => [buffer.name, numbers(host, buffer)]));
  const call = async () => {
    const uploads = plan.uploads.map(({ buffer, value }) =>
      host.gpuJs.input(data.get(buffer.name), [value.cols, value.rows]),
    );
    const results = await pipeline(...uploads);
    for (const { buffer, window } of plan.downloads) {
      const { value, row, col, rows, cols } = window;
      const target = data.get(buffer.name);
      const made = results[resultName(value)];
      for (let r = 0; target && r < rows; r++) target.set(made[row + r].subarray(col, col + cols), r * cols);
    }
  };
  const start = performance.now();
  await call();
  const firstMs = performance.now() - start;
  const { median, min } = await timeCalls(call, seconds);
  await kernels.gpu.destroy();
  return {
    msPerStep: round(median / steps),
    minMs: round(min / steps),
    firstMs: Math.round(firstMs),
    calls: plan.calls.length,
  };
}

/** Each kernel called on its own; what it makes, and what is kept, stays on the device. */
async function resident(host, program, seconds) {
  const plan = lowerProgram(program);
  const gpu = new host.gpuJs.GPU({ mode: backendFacts[host.backend].mode });
  const made = new Map();
  const kernelOf = ({ source, arrays, output: { rows, cols } }) => {
    const key = `${rows} ${cols} ${arrays.map((array) => `${array.rows} ${array.cols}`)} ${source}`;
    if (!made.has(key)) {
      const settings = { output: [cols, rows], strictIntegers: true, pipeline: true, immutable: true };
      made.set(key, gpu.createKernel(source, settings));
    }
    return made.get(key);
  };
  const kept = new Map();
  const input = ({ buffer, value }) => host.gpuJs.input(numbers(host, buffer), [value.cols, value.rows]);
  const call = async () => {
    const values = new Map();
    for (const upload of plan.uploads)
      values.set(upload.value, kept.get(upload.buffer.name) ?? input(upload));
    const spare = [];
    for (const one of plan.calls) {
      const arrays = one.arrays.map((value) => values.get(value));
      const result = await kernelOf(one)(...arrays, ...one.starts);
      values.set(one.output, result);
      spare.push(result);
    }
    let loss;
    const stays = new Set();
    for (const { buffer, window } of plan.downloads) {
      let result = values.get(window.value);
      if (!isKept(buffer)) loss = await (result.toArray?.() ?? result);
      else {
        const { value, row, col, rows, cols } = window;
        if (value.rows !== rows || value.cols !== cols) {
          // What stays has to be a matrix of its own.
          const source = 'function (x, row, col) { return x[this.thread.y + row][this.thread.x + col]; }';
          result = await kernelOf({ source, arrays: [value], output: { rows, cols } })(result, row, col);
        }
        kept.get(buffer.name)?.delete?.();
        kept.set(buffer.name, result);
        stays.add(result);
      }
    }
    for (const result of spare) if (!stays.has(result)) result.delete?.();
    return loss;
  };
  const start = performance.now();
  await call();
  const firstMs = performance.now() - start;
  const { median, min } = await timeCalls(call, seconds);
  await gpu.destroy();
  return {
    msPerStep: round(median),
    minMs: round(min),
    firstMs: Math.round(firstMs),
    calls: plan.calls.length,
  };
}
