import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../../src/base/errors.js';
import { BatchNormalization } from '../../../src/rnn/layers/batch-normalization.js';
import { Dense } from '../../../src/rnn/layers/dense.js';
import { GRU } from '../../../src/rnn/layers/gru.js';
import { Random } from '../../../src/base/math/random.js';
import { Sequential } from '../../../src/rnn/model/sequential.js';
import type { Tensor } from '../../../src/rnn/program/tensor.js';
import { EarlyStopping } from '../../../src/rnn/training/early-stopping.js';
import type { FitOptions } from '../../../src/rnn/training/fit.js';
import { Adam } from '../../../src/rnn/training/optimizers/index.js';
import { normals, rows } from '../../support/random-tensors.js';
import { reordered } from '../../support/tolerances.js';

const [N, T, D, H, F] = [10, 3, 4, 5, 2];
const x = normals(1, N, T, D);
const y = normals(2, N, F);

const network = (): Sequential => {
  const model = new Sequential([new BatchNormalization(), new GRU({ units: H }), new Dense({ units: F })], {
    seed: 1,
    engine: 'reference',
  });
  model.compile({ loss: 'meanSquaredError', optimizer: new Adam({ learningRate: 0.05, epsilon: 1e-3 }) });
  return model;
};

const weightsOf = (model: Sequential): number[] =>
  model.layers.flatMap((layer) => layer.getWeights().flatMap(({ data }) => Array.from(data)));

function expectClose(found: readonly number[], expected: readonly number[], tolerance: number): void {
  const norm = (values: readonly number[]): number => Math.hypot(...values);
  expect(found).toHaveLength(expected.length);
  const error = norm(found.map((value, i) => value - expected[i])) / (norm(found) + norm(expected));
  expect(error).toBeLessThan(tolerance);
}

describe('a short last batch', () => {
  it('counts as its own examples, no more: as batches cut by hand', async () => {
    const [fitted, byHand] = [network(), network()];
    const losses: number[] = [];
    await fitted.fit(x, y, {
      batchSize: 4,
      shuffle: false,
      epochs: 3,
      onBatch: ({ loss }) => losses.push(loss),
    });
    const expected: number[] = [];
    for (let epoch = 0; epoch < 3; epoch++) {
      for (const [start, end] of [
        [0, 4],
        [4, 8],
        [8, 10],
      ]) {
        expected.push(await byHand.trainOnBatch(rows(x, start, end), rows(y, start, end)));
      }
    }
    expectClose(losses, expected, reordered.reference);
    expectClose(weightsOf(fitted), weightsOf(byHand), reordered.reference);
  });

  it('gives the gradient of its mean loss, worked out by hand', async () => {
    // Linear regression: L = sum((xW + b - y)^2) / (n F), dW = 2 x'(xW + b - y) / (n F).
    const [inputs, targets] = [normals(3, 5, D), normals(4, 5, F)];
    const model = new Sequential([new Dense({ units: F })], { engine: 'reference' });
    const [rate, beta1, beta2, epsilon] = [0.1, 0.9, 0.999, 1e-3];
    model.compile({ loss: 'meanSquaredError', optimizer: new Adam({ learningRate: rate, epsilon }) });
    await model.build([D]);
    const W = Array.from(model.layers[0].getWeights()[0].data);
    const b = [0, 0];
    const moments = [...W, ...b].map(() => ({ m: 0, v: 0 }));
    let sum = 0;
    // Batches of 3 and 2.
    [
      [0, 3],
      [3, 5],
    ].forEach(([start, end], k) => {
      const gradient = new Array<number>(D * F + F).fill(0);
      const scale = (end - start) * F;
      for (let n = start; n < end; n++) {
        for (let f = 0; f < F; f++) {
          let error = b[f] - targets.data[n * F + f];
          for (let d = 0; d < D; d++) error += inputs.data[n * D + d] * W[d * F + f];
          sum += error ** 2 / F;
          for (let d = 0; d < D; d++) gradient[d * F + f] += (2 * error * inputs.data[n * D + d]) / scale;
          gradient[D * F + f] += (2 * error) / scale;
        }
      }
      gradient.forEach((g, i) => {
        const at = moments[i];
        at.m = beta1 * at.m + (1 - beta1) * g;
        at.v = beta2 * at.v + (1 - beta2) * g * g;
        const step =
          (rate * (at.m / (1 - beta1 ** (k + 1)))) / (Math.sqrt(at.v / (1 - beta2 ** (k + 1))) + epsilon);
        if (i < D * F) W[i] -= step;
        else b[i - D * F] -= step;
      });
    });
    const history = await model.fit(inputs, targets, { batchSize: 3, shuffle: false });
    expectClose(weightsOf(model), [...W, ...b], reordered.reference);
    // The mean over the examples, not over the batches.
    expectClose(history.loss, [sum / 5], reordered.reference);
  });
});

describe('shuffling', () => {
  /** The order in which examples were seen: each one's loss tells it. */
  async function orderOf(seed: number, options: FitOptions): Promise<number[]> {
    const numbers: Tensor = { data: Float32Array.from({ length: N }, (_, i) => i), shape: [N, 1] };
    const model = new Sequential([new Dense({ units: 1 })], { seed, engine: 'reference' });
    model.compile({ loss: 'meanSquaredError', optimizer: new Adam({ learningRate: 1e-30 }) });
    await model.build([1]);
    model.layers[0].setWeights([[1], [0]]);
    const order: number[] = [];
    // Predicts i for example i; the target is 0, so the loss is i squared.
    await model.fit(
      numbers,
      { data: new Float32Array(N), shape: [N, 1] },
      {
        batchSize: 1,
        ...options,
        onBatch: ({ loss }) => order.push(Math.round(Math.sqrt(loss))),
      },
    );
    return order;
  }

  it('gives each epoch a new order with every example once, the same for a seed', async () => {
    const order = await orderOf(5, { epochs: 3 });
    const epochs = [0, 1, 2].map((k) => order.slice(k * N, (k + 1) * N));
    const all = Array.from({ length: N }, (_, i) => i);
    for (const epoch of epochs) expect(epoch.toSorted((a, b) => a - b)).toEqual(all);
    expect(new Set(epochs.map(String)).size).toBe(3);
    const random = new Random(5).fork('shuffle');
    expect(epochs[0]).toEqual(random.shuffle([...all]));
    expect(await orderOf(5, { epochs: 3 })).toEqual(order);
    expect(await orderOf(6, { epochs: 3 })).not.toEqual(order);
  });

  it('leaves held-back examples where they are, and can be turned off', async () => {
    const order = await orderOf(5, { validationSplit: 0.3 });
    expect(order.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(await orderOf(5, { shuffle: false })).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
});

describe('EarlyStopping', () => {
  const unasked = (): never => expect.fail('the state was asked for');
  const losses = [5, 4, 4.5, 3.95, 3.96, 3.97, 3.98, 3];
  it.each([
    [{ patience: 1 }, { stopsAt: 3, best: 2 }],
    [{ patience: 2 }, { stopsAt: 6, best: 4 }],
    [{ patience: 3 }, { stopsAt: 7, best: 4 }],
    [{ patience: 4 }, { stopsAt: 0, best: 8 }],
    [
      { patience: 2, minDelta: 0.1 },
      { stopsAt: 4, best: 2 },
    ],
  ])('of %j', (options, { stopsAt, best }) => {
    const stopping = new EarlyStopping(options);
    const epochs = losses.findIndex((loss, i) => {
      stopping.see(i + 1, loss, unasked);
      return stopping.over;
    });
    expect(epochs + 1).toBe(stopsAt);
    expect(stopping.best).toEqual({ epoch: best, loss: losses[best - 1] });
  });

  it('takes a loss that is no number for no better one', () => {
    const stopping = new EarlyStopping({ patience: 2 });
    stopping.see(1, NaN, unasked);
    expect(stopping.over).toBe(false);
    stopping.see(2, NaN, unasked);
    expect(stopping.over).toBe(true);
    expect(stopping.save()).toEqual({ best: undefined, arrays: {} });
  });

  it('ends a fit, and puts the best weights back where asked', async () => {
    // Validation targets that move away from what is learnt: the first epochs are the best.
    const options: FitOptions = { batchSize: 4, epochs: 40, validationData: { x, y: normals(7, N, F) } };
    const plain = network();
    const all = await plain.fit(x, y, options);
    const lowest = all.validationLoss.indexOf(Math.min(...all.validationLoss)) + 1;
    const stopped = network();
    const cut = await stopped.fit(x, y, { ...options, earlyStopping: { patience: 5 } });
    expect(cut.loss.length).toBeLessThan(40);
    expect(cut.loss).toEqual(all.loss.slice(0, cut.loss.length));
    expect(cut.bestEpoch! + 5).toBe(cut.loss.length);
    expect(cut.bestEpoch).toBe(lowest);
    expect(cut.stopped).toBe(false);
    const best = network();
    await best.fit(x, y, { ...options, epochs: lowest });
    const restored = network();
    await restored.fit(x, y, { ...options, earlyStopping: { patience: 5, restoreBest: true } });
    expect(restored.toBytes()).toEqual(best.toBytes());
    expect(stopped.toBytes()).not.toEqual(best.toBytes());
    // Training may go on from there.
    await restored.fit(x, y, { batchSize: 4 });
  });
});

describe('a signal', () => {
  it('that a timer gives is heard within a long training', async () => {
    const history = await network().fit(x, y, { epochs: 1e6, signal: AbortSignal.timeout(50) });
    expect(history.stopped).toBe(true);
  });
});

describe('options of fit', () => {
  it.each<[object, ErrorCode, string]>([
    [{ batchsize: 3 }, 'usage', 'fit has no option "batchsize".'],
    [{ earlyStopping: { patiance: 3 } }, 'usage', 'earlyStopping has no option "patiance".'],
    [{ checkpoint: { path: 'a', every: 3 } }, 'usage', 'checkpoint has no option "every".'],
    [{ validationData: { x, y, z: 1 } }, 'usage', 'validationData has no option "z".'],
    [{ checkpoint: {} }, 'usage', 'checkpoint needs the option "path"'],
    [{ checkpoint: { path: 'a', everySteps: 0 } }, 'bad-value', 'everySteps'],
    [{ checkpoint: { path: 'a', everyMinutes: -1 } }, 'bad-value', 'everyMinutes'],
    [{ resume: true }, 'usage', 'resume needs to know from where'],
    [{ earlyStopping: {} }, 'usage', 'watches validationLoss, but nothing is held back'],
    [{ earlyStopping: { monitor: 'accuracy' } }, 'bad-value', 'monitor must be one of'],
    [{ earlyStopping: { monitor: 'loss', patience: 0 } }, 'bad-value', 'patience'],
    [{ earlyStopping: { monitor: 'loss', minDelta: NaN } }, 'bad-value', 'minDelta'],
  ])('%j is refused', async (options, code, message) => {
    await expect(network().fit(x, y, options)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
  });

  it.each<[string, (model: Sequential, wrong: object) => Promise<unknown>]>([
    ['trainOnBatch', (model, wrong) => model.trainOnBatch(x, y, wrong)],
    ['evaluate', (model, wrong) => model.evaluate(x, y, wrong)],
    ['predict', (model, wrong) => model.predict(x, wrong)],
    ['save', (model, wrong) => model.save('nowhere', wrong)],
  ])('and of %s', async (name, act) => {
    await expect(act(network(), { batchsize: 2 })).rejects.toMatchObject({
      code: 'usage',
      message: `${name} has no option "batchsize".`,
    });
  });

  it('and of the model', () => {
    expect(() => new Sequential([new Dense({ units: 1 })], { sede: 3 } as object)).toThrow(
      'Sequential has no option "sede".',
    );
  });
});
