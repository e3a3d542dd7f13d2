import { describe, expect, it, vi } from 'vitest';
import { canRun, compileKernels, type Variant } from '../../../src/rnn/engine/wasm/kernel-module.js';
import { PacedSession } from '../../../src/rnn/engine/wasm/paced-session.js';
import { WasmSession } from '../../../src/rnn/engine/wasm/wasm-session.js';
import { allOf, examplesFor } from '../../../src/rnn/model/model-examples.js';
import { Model } from '../../../src/rnn/model/model.js';
import { ProgramBuilder } from '../../../src/rnn/program/program.js';
import { BatchFeeder } from '../../../src/rnn/training/batch-feeder.js';
import { predictProgram } from '../../../src/rnn/training/forward-program.js';
import { layerCases } from '../layer-cases.js';

const variants: Variant[] = (await canRun('relaxed-simd')) ? ['simd', 'relaxed-simd'] : ['simd'];
const open = async (variant: Variant, set: 'all' | 'forward') =>
  new WasmSession(await compileKernels(variant, { set }));

describe.each(variants)('the %s kernels that predict', (variant) => {
  it.each(Object.entries(layerCases))('are enough for %s, with the bits of all', async (_, test) => {
    const graph = test.graph();
    const model = new Model(graph, { engine: 'wasm', threads: 1, seed: 3 });
    const { examples, indices, size } = allOf(graph, examplesFor(graph, { x: test.x }));
    await model.predictAll(test.x);
    const traced = predictProgram({ graph, size });
    const outputs = [];
    for (const session of [await open(variant, 'forward'), await open(variant, 'all')]) {
      expect(session.runs(traced.program)).toBe(true);
      for (const weight of graph.weights) session.write(weight.name, weight.get().data);
      const executable = session.compile(traced.program);
      new BatchFeeder(traced, executable).fill(examples, indices, 0, indices.length);
      executable.run();
      const ports = traced.program.buffers.filter(({ kind }) => kind === 'output');
      outputs.push(ports.map(({ name }) => [...executable.read(name)]));
    }
    expect(outputs[0]).toEqual(outputs[1]);
    expect(outputs[0].flat().some((value) => value !== 0)).toBe(true);
    await model.dispose();
  });

  it('are followed by all where a program needs more, over the same numbers', async () => {
    const loadAll = vi.fn(() => compileKernels(variant));
    const session = new PacedSession(await open(variant, 'forward'), loadAll);
    session.write('w', [1, -2, 3]);

    const before = new ProgramBuilder('before');
    const w = before.declare('parameter', 'w', 1, 3);
    before.run('affine', { x: w }, { y: before.declare('output', 'y', 1, 3) }, { factor: 2, offset: 1 });
    const predicting = await session.compile(before.finish());
    await predicting.run();
    expect([...predicting.read('y')]).toEqual([3, -3, 7]);
    expect(loadAll).not.toHaveBeenCalled();

    // dx = relu'(x) dy, by a kernel that only training has.
    const after = new ProgramBuilder('after');
    const weights = after.declare('parameter', 'w', 1, 3);
    const dy = after.temporary(1, 3);
    after.run('fill', {}, { y: dy }, { value: 5 });
    after.run('activateBackward', { y: weights, dy }, { dx: weights }, { activation: 'relu' });
    const training = await session.compile(after.finish());
    expect(loadAll).toHaveBeenCalledOnce();
    await training.run();
    expect([...session.read('w')]).toEqual([5, 0, 5]);
    // What was compiled before goes on, in the same memory.
    await predicting.run();
    expect([...predicting.read('y')]).toEqual([11, 1, 11]);
    session.dispose();
  });

  it('are said to lack what they lack', async () => {
    const builder = new ProgramBuilder('training');
    const x = builder.declare('input', 'x', 1, 3);
    builder.run(
      'activateBackward',
      { y: x, dy: x },
      { dx: builder.declare('output', 'dx', 1, 3) },
      { activation: 'relu' },
    );
    const session = await open(variant, 'forward');
    const program = builder.finish();
    expect(session.runs(program)).toBe(false);
    expect(() => session.compile(program)).toThrow(
      expect.objectContaining({ code: 'engine', hint: expect.stringContaining('predict') as string }),
    );
  });
});
