import { describe, expect, it } from 'vitest';
import { openSession } from '../../../src/rnn/engine/choose.js';
import { ProgramBuilder } from '../../../src/rnn/program/program.js';
import { listCommands } from '../../../src/rnn/engine/wasm/command-list.js';
import { compileKernels, instantiateKernels } from '../../../src/rnn/engine/wasm/kernel-module.js';
import { LinearMemory } from '../../../src/rnn/engine/wasm/linear-memory.js';
import { findBarriers } from '../../../src/rnn/engine/wasm/barriers.js';
import { workOf } from '../../../src/rnn/engine/wasm/work.js';
import {
  Adam,
  BatchNormalization,
  Bidirectional,
  Conv1D,
  Dense,
  Dropout,
  GRU,
  LSTM,
  OneHot,
  Sequential,
  SimpleRNN,
} from '../../../src/rnn/index.js';
import type { Layer } from '../../../src/rnn/layers/layer.js';
import { trainProgram } from '../../../src/rnn/training/model-programs.js';
import { LayerStack } from '../../../src/rnn/graph/layer-stack.js';
import { Random } from '../../../src/base/math/random.js';

const [batch, time, vocab] = [27, 30, 65];

/** The weights after some steps of dropout, clipping, Adam, and a batch padded from 27 to 32. */
async function trained(layers: () => Layer[], threads: number, tokens: boolean): Promise<Buffer> {
  const model = new Sequential(layers(), { seed: 5, engine: 'wasm', threads });
  const loss = tokens ? 'sparseCategoricalCrossentropy' : 'binaryCrossentropy';
  model.compile({ loss, optimizer: new Adam({ learningRate: 5e-3, globalClipNorm: 0.5 }) });
  const random = new Random(9);
  const draw = (count: number, shape: number[], next: () => number) => ({
    data: Float32Array.from({ length: count }, next),
    shape,
  });
  const x = tokens
    ? draw(batch * time, [batch, time], () => random.integer(vocab))
    : draw(batch * time * 40, [batch, time, 40], () => random.uniform());
  const steps = tokens ? time : 10;
  const y = tokens
    ? draw(batch * time, [batch, time], () => random.integer(vocab))
    : draw(batch * steps, [batch, steps, 1], () => random.integer(2));
  for (let step = 0; step < 4; step++) await model.trainOnBatch(x, y, { batchSize: 32 });
  const prediction = await model.predict(x, { batchSize: 32 });
  const bytes = Buffer.concat([model.toBytes(), new Uint8Array(prediction.data.buffer)]);
  await model.dispose();
  return bytes;
}

const recurrent = (Cell: typeof LSTM | typeof GRU | typeof SimpleRNN) => () => [
  new OneHot({ depth: vocab }),
  new Cell({ units: 100, returnSequences: true, stateful: true }),
  new Dropout({ rate: 0.2 }),
  new Cell({ units: 65, returnSequences: true }),
  new Dense({ units: vocab }),
];

const trigger = () => [
  new Conv1D({ filters: 61, kernelSize: 5, strides: 3, padding: 'same' }),
  new BatchNormalization({}),
  new Dropout({ rate: 0.3 }),
  new Bidirectional({ layer: new GRU({ units: 48, returnSequences: true }) }),
  new Dense({ units: 1 }),
];

describe('threads give the same bytes', () => {
  it.each([
    ['LSTM', recurrent(LSTM), true],
    ['GRU', recurrent(GRU), true],
    ['SimpleRNN', recurrent(SimpleRNN), true],
    ['convolution, batch normalization, both directions', trigger, false],
  ] as const)('%s, one, two and three', async (_, layers, tokens) => {
    const one = await trained(layers, 1, tokens);
    expect((await trained(layers, 2, tokens)).equals(one)).toBe(true);
    expect((await trained(layers, 3, tokens)).equals(one)).toBe(true);
  });

  it('trains on them, and the program is no small one', async () => {
    // Or the comparison above would hold one thread against itself.
    const stack = new LayerStack(recurrent(SimpleRNN)());
    stack.build(1, new Random(1));
    const size = { batch: 32, time, features: 1 };
    const loss = 'sparseCategoricalCrossentropy';
    const { program } = trainProgram({ layers: stack.layers, size }, loss, new Adam());
    expect(workOf(program)).toBeGreaterThan(3 * 2e7);
  });
});

describe('findMeetings', () => {
  /** Which steps of a program, counted from 0, threads meet before. */
  async function meetingsOf(build: (builder: ProgramBuilder) => void): Promise<number[]> {
    const builder = new ProgramBuilder('meetings');
    build(builder);
    const program = builder.finish();
    const kernels = instantiateKernels(await compileKernels('simd'), new LinearMemory().memory);
    const { commands } = listCommands(program, kernels, { inRows: true });
    let next = 0;
    const starts = new Map(program.buffers.map((buffer) => [buffer, (next += 1 << 20)]));
    const meetings = findBarriers(commands, { buffer: (b) => starts.get(b)!, packed: () => 0, scratch: 0 });
    return commands.flatMap((command, i) => (meetings.has(command) ? [i] : []));
  }
  const plain = { transposeA: false, transposeB: false, accumulate: false };

  it('lets what goes by the same rows follow freely, and stops what sums over them', async () => {
    const meetings = await meetingsOf((builder) => {
      const m = (name: string, rows: number, cols: number) => builder.declare('input', name, rows, cols);
      const [a, b, c, d, total] = [m('a', 20, 8), m('b', 8, 8), m('c', 20, 8), m('d', 20, 8), m('t', 1, 8)];
      builder.run('gemm', { a, b }, { c }, plain);
      builder.run('activate', { x: c }, { y: c }, { activation: 'tanh' });
      builder.run('gemm', { a: c, b }, { c: d }, plain);
      builder.run('sumRows', { x: d }, { total }, { accumulate: false });
      builder.run('gemm', { a: c, b, bias: total }, { c: d }, plain);
    });
    expect(meetings).toEqual([3, 4]);
  });

  it('stops what writes over rows that another thread may still read', async () => {
    const meetings = await meetingsOf((builder) => {
      const m = (name: string, rows: number, cols: number) => builder.declare('input', name, rows, cols);
      const [x, b, c] = [m('x', 20, 20), m('b', 20, 8), m('c', 20, 8)];
      builder.run('gemm', { a: x, b }, { c }, { ...plain, transposeA: true });
      builder.run('fill', {}, { y: x }, { value: 0 });
    });
    expect(meetings).toEqual([1]);
  });
});

describe('openSession', () => {
  it('refuses threads that an engine has not, and numbers that are none', async () => {
    await expect(openSession('reference', { threads: 2 })).rejects.toMatchObject({ code: 'usage' });
    await expect(openSession('wasm', { threads: 1.5 })).rejects.toMatchObject({ code: 'bad-value' });
    await expect(openSession('wasm', { threads: 0 })).rejects.toMatchObject({ code: 'bad-value' });
  });
});
