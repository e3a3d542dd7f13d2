import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Dense } from '../../../src/rnn/layers/dense.js';
import { Sequential } from '../../../src/rnn/model/sequential.js';
import type { Tensor } from '../../../src/rnn/program/tensor.js';
import { relativeError } from '../../../src/rnn/gradient-check/gradient-check.js';
import type { LossName } from '../../../src/rnn/losses/loss-choice.js';
import { SGD } from '../../../src/rnn/training/optimizers/index.js';
import { normals } from '../../support/random-tensors.js';
import { recordComparison } from '../../support/conformance.js';
import { againstTorch, judgedEngines, type JudgedEngine } from '../../support/tolerances.js';

interface Golden {
  sizes: [number, number, number, number, number];
  classes: {
    classWeight: Record<number, number>;
    weights: number[][];
    gradients: number[][];
    loss: number;
  } & Record<'x' | 'y' | 'sampleWeight', number[]>;
}

// Made by torch-lengths.py.
const golden = JSON.parse(
  readFileSync(new URL('../../golden/torch-lengths.json', import.meta.url), 'utf8'),
) as Golden;
const [N, T, D, , V] = golden.sizes;
const { classWeight } = golden.classes;
const float64 = (values: readonly number[], ...shape: number[]): Tensor => ({
  data: Float64Array.from(values),
  shape,
});
const x = float64(golden.classes.x, N, T, D);
const y = float64(golden.classes.y, N, T);
const oneHot = float64(
  golden.classes.y.flatMap((one) => Array.from({ length: V }, (_, c) => (c === one ? 1 : 0))),
  ...[N, T, V],
);
const sampleWeight = float64(golden.classes.sampleWeight, N);

async function network(loss: LossName, units = V, engine: JudgedEngine = 'reference'): Promise<Sequential> {
  const model = new Sequential([new Dense({ units })], { engine, seed: 3 });
  model.compile({ loss, optimizer: new SGD({ learningRate: 1 }) });
  await model.build([T, D]);
  return model;
}

describe('classWeight', () => {
  it.each(
    judgedEngines.flatMap((engine) => [
      [engine, 'sparseCategoricalCrossentropy', y] as const,
      [engine, 'categoricalCrossentropy', oneHot] as const,
    ]),
  )('on %s gives PyTorch its loss and gradients: %s', async (engine, loss, targets) => {
    const model = await network(loss, V, engine);
    const [layer] = model.layers;
    layer.setWeights(golden.classes.weights);
    const before = layer.getWeights().map(({ data }) => data);
    const history = await model.fit(x, targets, { classWeight, sampleWeight });
    const errors = { losses: Math.abs(history.loss[0] / golden.classes.loss - 1), weights: 0 };
    const after = layer.getWeights().map(({ data }) => data);
    const moved = before.map((values, i) => values.map((value, k) => value - after[i][k]));
    errors.weights = relativeError(moved, golden.classes.gradients);
    for (const what of ['losses', 'weights'] as const) {
      const [error, limit] = [errors[what], againstTorch[what][engine]];
      const source = `PyTorch, class weights: ${what}`;
      recordComparison({ source, engine, title: loss, measure: 'relative', error, limit });
      expect(error).toBeLessThan(limit);
    }
    await model.dispose();
  });

  it('of two classes is a weight of each example, and none where it is held back', async () => {
    const targets = float64([1, 0, 0, 1, 0], N, 1);
    const rows = normals(2, N, D);
    const options = { validationSplit: 0.4, epochs: 3 };
    const [byClass, byHand] = [
      await network('binaryCrossentropy', 1),
      await network('binaryCrossentropy', 1),
    ];
    const found = await byClass.fit(rows, targets, { ...options, classWeight: { 1: 3 } });
    // The last two are held back.
    const expected = await byHand.fit(rows, targets, {
      ...options,
      sampleWeight: float64([3, 1, 1, 1, 1], N),
    });
    expect(found).toEqual(expected);
    expect(byClass.toBytes()).toEqual(byHand.toBytes());
  });

  it('belongs to a run: a resume with others is refused', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'seqkit-classes-'));
    try {
      const checkpoint = { path: join(folder, 'run.safetensors') };
      const resumable = { checkpoint, resume: true, epochs: 1 };
      const first = await network('sparseCategoricalCrossentropy');
      await first.fit(x, y, { ...resumable, classWeight });
      const other = (await network('sparseCategoricalCrossentropy')).fit(x, y, {
        ...resumable,
        classWeight: { 1: 2 },
      });
      await expect(other).rejects.toMatchObject({
        code: 'usage',
        message: expect.stringContaining('What differs: sampleWeight; classWeight ({"0":2'),
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('refuses sample weights that fit neither examples nor rows', async () => {
    const model = await network('sparseCategoricalCrossentropy');
    const wrong = normals(5, N, T - 1);
    await expect(model.fit(x, y, { classWeight, sampleWeight: wrong })).rejects.toMatchObject({
      code: 'bad-shape',
      message: expect.stringContaining('do not fit 6 output rows'),
    });
  });

  it.each<[string, LossName, number, Record<number, number>, string, string]>([
    ['a class that there is not', 'sparseCategoricalCrossentropy', V, { 7: 1 }, 'bad-value', 'from 0 to 6'],
    ['half a class', 'sparseCategoricalCrossentropy', V, { 0.5: 1 }, 'bad-value', '"0.5"'],
    ['a weight below 0', 'sparseCategoricalCrossentropy', V, { 1: -1 }, 'bad-value', 'not -1'],
    ['what is no object', 'sparseCategoricalCrossentropy', V, 2 as never, 'bad-value', 'must be an object'],
    ['values', 'meanSquaredError', 2, { 1: 2 }, 'usage', 'meanSquaredError over 2 outputs has none'],
    ['several labels', 'binaryCrossentropy', 2, { 1: 2 }, 'usage', 'binaryCrossentropy over 2 outputs'],
  ])('refuses %s', async (_what, loss, units, wrong, code, message) => {
    const model = await network(loss, units);
    const targets = loss === 'sparseCategoricalCrossentropy' ? y : normals(4, N, T, units);
    await expect(model.fit(x, targets, { classWeight: wrong })).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
  });
});
