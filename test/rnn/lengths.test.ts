import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { BatchNormalization } from '../../src/rnn/layers/batch-normalization.js';
import { Bidirectional } from '../../src/rnn/layers/bidirectional.js';
import { Conv1D } from '../../src/rnn/layers/conv1d.js';
import { Dense } from '../../src/rnn/layers/dense.js';
import { Embedding } from '../../src/rnn/layers/embedding.js';
import { GRU } from '../../src/rnn/layers/gru.js';
import { input } from '../../src/rnn/layers/input.js';
import { graphBetween } from '../../src/rnn/graph/graph-between.js';
import type { Layer } from '../../src/rnn/layers/layer.js';
import { LSTM } from '../../src/rnn/layers/lstm.js';
import { Masking } from '../../src/rnn/layers/masking.js';
import { Add } from '../../src/rnn/layers/merge.js';
import { GlobalAveragePooling1D } from '../../src/rnn/layers/pooling.js';
import { Standardize } from '../../src/rnn/layers/standardize.js';
import type { Model } from '../../src/rnn/model/model.js';
import { Sequential } from '../../src/rnn/model/sequential.js';
import type { Tensor } from '../../src/rnn/program/tensor.js';
import { gradientCheck, relativeError } from '../../src/rnn/gradient-check/gradient-check.js';
import { SGD } from '../../src/rnn/training/optimizers/index.js';
import { classes, normals, rows, times } from '../support/random-tensors.js';
import { recordComparison } from '../support/conformance.js';
import { againstTorch, judgedEngines, type JudgedEngine } from '../support/tolerances.js';
import { expectExactGradients } from '../support/exact-gradients.js';

interface Golden {
  sizes: [number, number, number, number, number];
  lengths: {
    lengths: number[];
    counts: number[];
    loss: number;
    weights: number[][];
    gradients: number[][];
  } & Record<'x' | 'y' | 'outputs' | 'states', number[]>;
}

// Made by torch-lengths.py.
const golden = JSON.parse(
  readFileSync(new URL('../golden/torch-lengths.json', import.meta.url), 'utf8'),
) as Golden;
const [N, T, D, H] = golden.sizes;
const { lengths } = golden.lengths;
const float64 = (values: readonly number[], ...shape: number[]): Tensor => ({
  data: Float64Array.from(values),
  shape,
});
const x = float64(golden.lengths.x, N, T, D);
const y = float64(golden.lengths.y, N, T, 2);
/** As x, with what must not be read in the padding. */
const dirty = float64(golden.lengths.x, N, T, D);
lengths.forEach((length, n) => dirty.data.fill(NaN, (n * T + length) * D, (n + 1) * T * D));

const opened: Model[] = [];
afterEach(async () => {
  for (const model of opened.splice(0)) await model.dispose();
});
const keep = <Kind extends Model>(model: Kind): Kind => (opened.push(model), model);
const network = (layers: readonly Layer[], engine: JudgedEngine = 'reference'): Sequential =>
  keep(new Sequential(layers, { engine, seed: 4 }));

/** Holds a relative error to what the engine is allowed, and notes it for docs/numerics.md. */
function expectWithin(engine: JudgedEngine, what: keyof typeof againstTorch, error: number): void {
  const limit = againstTorch[what][engine];
  const source = `PyTorch, packed sequences: ${what}`;
  recordComparison({ source, engine, title: 'both directions', measure: 'relative', error, limit });
  expect(error).toBeLessThan(limit);
}

describe.each(judgedEngines)('lengths on %s, as packed sequences in PyTorch', (engine) => {
  const both = (returnSequences: boolean): Bidirectional =>
    new Bidirectional({ layer: new LSTM({ units: H, returnSequences }) });

  it('give its outputs, loss and gradients, whatever the padding holds', async () => {
    const { weights, gradients, outputs, counts, loss } = golden.lengths;
    const layers = [both(true), new Dense({ units: 2 })];
    const model = network(layers, engine);
    model.compile({ loss: 'meanSquaredError', optimizer: new SGD({ learningRate: 1 }) });
    await model.build([T, D]);
    layers[0].setWeights(weights.slice(0, 6));
    layers[1].setWeights(weights.slice(6));
    const { data } = await model.predict(dirty, { lengths });
    const counted = (values: ArrayLike<number>): number[] =>
      Array.from(values).filter((_, i) => counts[Math.floor(i / 2)] === 1);
    expectWithin(engine, 'predictions', relativeError([counted(data)], [counted(outputs)]));
    // More rows than examples, so that padding of both kinds is there.
    const options = { lengths, batchSize: N + 2 };
    expectWithin(engine, 'losses', Math.abs((await model.evaluate(dirty, y, options)) / loss - 1));
    const before = layers.flatMap((layer) => layer.getWeights().map(({ data: values }) => values));
    await model.trainOnBatch(dirty, y, options);
    const after = layers.flatMap((layer) => layer.getWeights().map(({ data: values }) => values));
    const moved = before.map((values, i) => values.map((value, k) => value - after[i][k]));
    expectWithin(engine, 'weights', relativeError(moved, gradients));
  });

  it('give its last states', async () => {
    const layer = both(false);
    const model = network([layer], engine);
    await model.build([T, D]);
    layer.setWeights(golden.lengths.weights.slice(0, 6));
    const { data } = await model.predict(dirty, { lengths: Int32Array.from(lengths), batchSize: 2 });
    expectWithin(engine, 'predictions', relativeError([data], [golden.lengths.states]));
  });
});

describe('lengths', () => {
  const optimizer = new SGD({ learningRate: 0.1 });

  it('train as Masking does, to the last bit', async () => {
    const padded = { ...x, data: dirty.data.map((value) => (Number.isNaN(value) ? -7 : value)) };
    const layers = (): Layer[] => [
      new BatchNormalization(),
      new GRU({ units: H, returnSequences: true }),
      new GlobalAveragePooling1D(),
      new Dense({ units: 2 }),
    ];
    const options = { batchSize: 2, epochs: 3 };
    const targets = normals(3, N, 2);
    const masked = network([new Masking({ maskValue: -7 }), ...layers()], 'wasm');
    const plain = network(layers(), 'wasm');
    await masked.build([T, D]);
    await plain.build([T, D]);
    plain.layers.forEach((layer, i) => layer.setWeights(masked.layers[i + 1].getWeights()));
    for (const model of [masked, plain]) model.compile({ loss: 'meanSquaredError', optimizer });
    const expected = await masked.fit(padded, targets, options);
    const found = await plain.fit(dirty, targets, { ...options, lengths });
    expect(found).toEqual(expected);
    plain.layers.forEach((layer, i) => expect(layer.getWeights()).toEqual(masked.layers[i + 1].getWeights()));
  });

  it('meet a mask: steps count where both say so', async () => {
    const gap = { ...x, data: dirty.data.map((value) => (Number.isNaN(value) ? 9 : value)) };
    gap.data.fill(0, 2 * D, 3 * D);
    const layer = new LSTM({ units: H });
    const model = network([new Masking(), layer]);
    const found = await model.predict(rows(gap, 0, 3), { lengths: lengths.slice(0, 3) });
    const first = times(rows(gap, 0, 1), 0, lengths[0]);
    const without = { data: Float64Array.from([...first.data.slice(0, 2 * D), ...first.data.slice(3 * D)]) };
    const alone = network([new LSTM({ units: H })]);
    await alone.build([T - 1, D]);
    alone.layers[0].setWeights(layer.getWeights());
    const expected = await alone.predict({ ...without, shape: [1, T - 1, D] });
    expect(relativeError([found.data.slice(0, H)], [expected.data])).toBeLessThan(1e-7);
  });

  it('of tokens: padding may be anything, even no token', async () => {
    const tokens = classes(5, 6, N, T);
    lengths.forEach((length, n) => tokens.data.fill(-1, n * T + length, (n + 1) * T));
    const model = network([new Embedding({ inputDim: 6, outputDim: D }), new LSTM({ units: H })]);
    const { data } = await model.predict(tokens, { lengths });
    for (const [n, length] of lengths.entries()) {
      const alone = await model.predict(times(rows(tokens, n, n + 1), 0, length));
      expect(relativeError([data.slice(n * H, (n + 1) * H)], [alone.data])).toBeLessThan(1e-7);
    }
  });

  it('have right gradients, of one input of several', () => {
    const [a, b] = [input({ shape: [null, D] }), input({ shape: [null, D] })];
    const states = [a, b].map((port) => new GRU({ units: H }).apply(port));
    const errors = gradientCheck(graphBetween([a, b], [new Add().apply(states)]), {
      loss: 'meanSquaredError',
      x: [x, normals(7, N, 3, D)],
      y: normals(8, N, H),
      lengths: [lengths, undefined],
      batchSize: N + 1,
    });
    expect(errors.map(({ name }) => name)).toContain('x/1');
    expectExactGradients('lengths of one input of several', errors);
  });

  it('tell Standardize what to measure', async () => {
    const layer = new Standardize();
    const model = network([layer, new GRU({ units: 2 })]);
    model.compile({ loss: 'meanSquaredError', optimizer });
    await model.fit(dirty, normals(6, N, 2), { lengths });
    const total = lengths.reduce((sum, length) => sum + length, 0);
    const { counts } = golden.lengths;
    let sum = 0;
    for (let row = 0; row < N * T; row++) sum += counts[row] * x.data[row * D + 1];
    expect(layer.getWeights()[0].data[1]).toBeCloseTo(sum / total, 12);
    expect(layer.getWeights()[2].data[0]).toBe(total);
  });

  it.each([
    [[6, 0, 4, 6, 3], 'bad-value', 'The length of example 1 is 0; it must be a whole number from 1 to 6'],
    [[6, 7, 4, 6, 3], 'bad-value', 'The length of example 1 is 7'],
    [[6, 1.5, 4, 6, 3], 'bad-value', 'The length of example 1 is 1.5'],
    [[6, 1, 4], 'bad-shape', 'There are 5 examples, but 3 lengths.'],
  ])('%j is refused', async (wrong, code, message) => {
    const act = network([new GRU({ units: 2 })]).predict(x, { lengths: wrong });
    await expect(act).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });

  it('are refused where a layer would mix the padding in, and for rows', async () => {
    const mixing = network([new Conv1D({ filters: 2, kernelSize: 2 })]);
    await expect(mixing.predict(x, { lengths })).rejects.toMatchObject({ code: 'usage' });
    const plain = network([new Dense({ units: 2 })]);
    await expect(plain.predict(normals(1, N, D), { lengths: [1, 1, 1, 1, 1] })).rejects.toMatchObject({
      code: 'bad-shape',
    });
  });
});
