import { describe, expect, it } from 'vitest';
import { openSession } from '../../src/rnn/engine/choose.js';
import { Bidirectional } from '../../src/rnn/layers/bidirectional.js';
import { LayerStack } from '../../src/rnn/graph/layer-stack.js';
import type { Layer } from '../../src/rnn/layers/layer.js';
import { SimpleRNN, type SimpleRNNOptions } from '../../src/rnn/layers/simple-rnn.js';
import { layerOutputName } from '../../src/rnn/weights/trace.js';
import { Random } from '../../src/base/math/random.js';
import type { Tensor } from '../../src/rnn/program/tensor.js';
import { BatchFeeder } from '../../src/rnn/training/batch-feeder.js';
import { gradientProgram } from '../../src/rnn/training/model-programs.js';

const [N, T, H] = [5, 7, 24];
const eye = Float64Array.from({ length: H * H }, (_, i) => (i % (H + 1) === 0 ? 1 : 0));
const nothing = new Float64Array(H * H);
const ones: Tensor = { data: new Float64Array(N * T * H).fill(1), shape: [N, T, H] };
const linear = { units: H, returnSequences: true, useBias: false, activation: 'linear' } as const;

/** What a layer of these weights makes of ones in training: values[n][t][column] for each training step. */
async function outputs(
  engine: 'reference' | 'wasm',
  layer: Layer,
  weights: readonly Float64Array[],
  trainingSteps: readonly number[],
): Promise<number[][][][]> {
  const graph = new LayerStack([layer]);
  const size = { batch: N, time: T, features: H };
  graph.build([size], new Random(1));
  layer.setWeights(weights);
  const model = gradientProgram({ graph, size }, 'meanSquaredError', {
    carryState: false,
    exposeOutputs: true,
  });
  const session = await openSession(engine);
  for (const weight of graph.weights) session.write(weight.name, weight.get().data);
  const executable = await session.compile(model.program);
  const feeder = new BatchFeeder(model, executable);
  const [{ features }] = model.outputs;
  const y: Tensor = { data: new Float64Array(N * T * features), shape: [N, T, features] };
  const examples = { inputs: [ones], targets: [y], weights: [undefined], lengths: [] };
  feeder.fill(
    examples as never,
    Int32Array.from({ length: N }, (_, n) => n),
    0,
    N,
  );
  const found = [];
  for (const step of trainingSteps) {
    feeder.renewDropout(3, step);
    await executable.run();
    const values = Array.from(executable.read(layerOutputName(0)));
    found.push(
      Array.from({ length: N }, (_, n) =>
        Array.from({ length: T }, (_, t) => values.slice((t * N + n) * features, (t * N + n + 1) * features)),
      ),
    );
  }
  session.dispose();
  return found;
}

/** Which columns are kept, one row for each example, by what the columns hold over time. */
function keptColumns(example: number[][], dropped: readonly number[], kept: readonly number[]): boolean[] {
  return example[0].map((_, column) => {
    const course = example.map((row) => row[column]);
    const isKept = course[1] === kept[1];
    expect(course).toEqual(isKept ? kept : dropped);
    return isKept;
  });
}

/** Masks differ between examples and between the first two training steps; the third is the first again. */
function expectFreshMasks([first, second, again]: boolean[][][]): void {
  const all = [...first, ...second].map(String);
  expect(new Set(all).size).toBe(2 * N);
  expect(again).toEqual(first);
  const share =
    all
      .join()
      .split(',')
      .filter((kept) => kept === 'true').length /
    (2 * N * H);
  // 240 draws of one half: five standard deviations are 0.16.
  expect(Math.abs(share - 0.5)).toBeLessThan(0.16);
}

const always = (value: number): number[] => Array.from({ length: T }, () => value);
const rnn = (options: Partial<SimpleRNNOptions>) => new SimpleRNN({ ...linear, ...options });
/** 1, 3, 7, ...: h = 1 + 2 h', the sum of what came in, each step's doubled by 1 / (1 - rate). */
const doubling = Array.from({ length: T }, (_, t) => 2 ** (t + 1) - 1);

describe.each(['reference', 'wasm'] as const)('dropout inside recurrent layers, on %s', (engine) => {
  it('hides the same columns of the state from the recurrent weights at every step', async () => {
    const found = await outputs(engine, rnn({ recurrentDropout: 0.5 }), [eye, eye], [1, 2, 1]);
    // What is hidden leaves each step's own input alone.
    expectFreshMasks(found.map((step) => step.map((example) => keptColumns(example, always(1), doubling))));
  });

  it('drops the same columns of the input at every step', async () => {
    const found = await outputs(engine, rnn({ dropout: 0.5 }), [eye, nothing], [1, 2, 1]);
    expectFreshMasks(found.map((step) => step.map((example) => keptColumns(example, always(0), always(2)))));
  });

  it('draws the two masks, and those of two directions, apart', async () => {
    const [[example]] = await outputs(engine, rnn({ dropout: 0.5, recurrentDropout: 0.5 }), [eye, eye], [1]);
    // Of the last step: nothing, the input alone, or the input and all before it.
    expect([...new Set(example[T - 1])].sort((a, b) => a - b)).toEqual([0, 2, 2 * (2 ** T - 1)]);
    const both = new Bidirectional({ layer: rnn({ dropout: 0.5 }) });
    const [[[row]]] = await outputs(engine, both, [eye, nothing, eye, nothing], [1]);
    expect(row.slice(0, H)).not.toEqual(row.slice(H));
    expect(new Set(row)).toEqual(new Set([0, 2]));
  });
});
