import { describe, expect, it } from 'vitest';
import {
  BatchNormalization,
  Conv1D,
  Dense,
  Embedding,
  GRU,
  LSTM,
  Masking,
  Sequential,
  SGD,
  SimpleRNN,
  type DenseOptions,
  type Layer,
  type SeqkitError,
} from '../../src/rnn/index.js';
import { relativeError } from '../../src/rnn/gradient-check/gradient-check.js';
import { numbers } from '../support/golden-numbers.js';
import { normals } from '../support/random-tensors.js';
import { againstTorch, judgedEngines } from '../support/tolerances.js';
// Made by test/golden/torch-regularization.py.
import golden from '../golden/torch-regularization.json' with { type: 'json' };

const [N, D, F] = [6, 5, 4];

type Case = Omit<DenseOptions, 'units'> & { scale?: number };
const cases: Record<keyof typeof golden, Case> = {
  l1: { kernelRegularizer: { l1: 0.02 } },
  'l1 and l2': { kernelRegularizer: { l1: 0.01, l2: 0.03 }, biasRegularizer: { l1: 0.02 } },
  activity: { activityRegularizer: { l1: 0.05, l2: 0.1 } },
  maxNorm: { kernelConstraint: { maxNorm: 0.6 }, biasConstraint: { maxNorm: 0.6 } },
  'maxNorm of 2': { kernelConstraint: 'maxNorm', biasConstraint: 'maxNorm', scale: 4 },
  unitNorm: { kernelConstraint: 'unitNorm', biasConstraint: 'unitNorm' },
  nonNeg: { kernelConstraint: 'nonNeg', biasConstraint: 'nonNeg' },
};

describe.each([...judgedEngines, 'gpu:cpu', 'gpu:webasm'] as const)(
  '20 steps as PyTorch takes them, on %s',
  (engine) => {
    const limits = engine === 'reference' ? engine : 'wasm';

    it.each(Object.keys(cases) as (keyof typeof golden)[])('%s', async (title) => {
      const { scale = 1, ...options } = cases[title];
      const dense = new Dense({ units: F, activation: 'tanh', ...options });
      const model = new Sequential([dense], { engine });
      await model.build([D]);
      dense.setWeights([numbers(3, [D, F], scale), numbers(4, [F], scale)]);
      model.compile({ loss: 'meanSquaredError', optimizer: new SGD({ learningRate: 0.1 }) });
      const [x, y] = [numbers(1, [N, D], 3), numbers(2, [N, F], 4)];
      const expected = golden[title];
      for (const [step, loss] of expected.losses.entries()) {
        // A batch that is padded gives the same.
        const found = await model.trainOnBatch(x, y, { batchSize: step % 2 === 0 ? N : N + 3 });
        expect(Math.abs(found / loss - 1), `loss ${step + 1}`).toBeLessThan(againstTorch.losses[limits]);
      }
      dense.getWeights().forEach(({ data }, i) => {
        expect(relativeError([data], [expected.weights[i]])).toBeLessThan(againstTorch.weights[limits]);
      });
      await model.dispose();
    });
  },
);

/** The loss with a model's weights, by `evaluate`, where targets are what it predicts: what penalties add alone. */
async function penaltyOf(model: Sequential, x: Parameters<Sequential['predict']>[0]): Promise<number> {
  model.compile({ loss: 'meanSquaredError', optimizer: 'sgd' });
  return model.evaluate(x, await model.predict(x), { batchSize: 4 });
}

describe('an activity regularizer', () => {
  it('leaves masked steps out, and divides by the examples of a batch', async () => {
    const l2 = 0.5;
    const model = new Sequential(
      [new Masking(), new GRU({ units: 2, returnSequences: true, activityRegularizer: { l2 } })],
      {
        engine: 'reference',
      },
    );
    const x = normals(3, 3, 4, 2);
    // The last two steps of the first example, and the last of the second.
    for (const [example, from] of [
      [0, 2],
      [1, 3],
    ]) {
      x.data.fill(0, (example * 4 + from) * 2, (example + 1) * 8);
    }
    await model.build([4, 2]);
    const { data } = await model.predict(x);
    const counted = [...data.slice(0, 4), ...data.slice(8, 14), ...data.slice(16, 24)];
    const squares = counted.reduce((sum, value) => sum + value ** 2, 0);
    expect(await penaltyOf(model, x)).toBeCloseTo((l2 * squares) / 3, 6);
    await model.dispose();
  });

  it.each<[string, Layer, number[], number]>([
    ['Dense', new Dense({ units: 2, activityRegularizer: { l1: 0.3 } }), [4, 3], 8],
    ['Conv1D', new Conv1D({ filters: 2, kernelSize: 2, activityRegularizer: { l1: 0.3 } }), [4, 3], 6],
    ['SimpleRNN, last step', new SimpleRNN({ units: 2, activityRegularizer: { l1: 0.3 } }), [4, 3], 2],
  ])('counts the absolute outputs of %s', async (_, layer, shape, size) => {
    const model = new Sequential([layer], { engine: 'reference' });
    const x = normals(4, 3, ...shape);
    await model.build(shape);
    const { data } = await model.predict(x);
    expect(data).toHaveLength(3 * size);
    const sizes = Array.from(data).reduce((sum, value) => sum + Math.abs(value), 0);
    expect(await penaltyOf(model, x)).toBeCloseTo((0.3 * sizes) / 3, 6);
    await model.dispose();
  });
});

const norm = (values: ArrayLike<number>): number => Math.hypot(...Array.from(values));
/** The columns of rows of so many numbers. */
const columns = (data: ArrayLike<number>, count: number): number[][] =>
  Array.from({ length: count }, (_, c) => Array.from(data).filter((_, i) => i % count === c));

describe('constraints hold after every update, with Keras’s axis', () => {
  const fit = async (layers: Layer[], x: Parameters<Sequential['predict']>[0]): Promise<Sequential> => {
    const model = new Sequential(layers, { engine: 'wasm', seed: 5 });
    model.compile({ loss: 'meanSquaredError', optimizer: new SGD({ learningRate: 0.5, useEma: true }) });
    const { shape } = await model.predict(x);
    await model.fit(x, normals(9, ...shape), { epochs: 3, batchSize: 2 });
    return model;
  };

  it.each(['LSTM', 'GRU', 'SimpleRNN'] as const)('of %s, on each of its weights', async (kind) => {
    const options = {
      ...{ units: 3, kernelConstraint: { maxNorm: 0.4 }, recurrentConstraint: 'unitNorm' as const },
      biasConstraint: 'nonNeg' as const,
    };
    const layer = { LSTM, GRU, SimpleRNN }[kind];
    const model = await fit([new layer(options)], normals(8, 4, 5, 2));
    const [kernel, recurrent, bias] = model.layers[0].getWeights();
    const gates = { LSTM: 12, GRU: 9, SimpleRNN: 3 }[kind];
    const sizes = columns(kernel.data, gates).map(norm);
    expect(Math.max(...sizes)).toBeLessThan(0.4 + 1e-6);
    expect(Math.max(...sizes)).toBeGreaterThan(0.37);
    // The averages of columns of norm 1 are not quite as long.
    for (const column of columns(recurrent.data, gates)) {
      expect(norm(column)).toBeLessThan(1 + 1e-6);
      expect(norm(column)).toBeGreaterThan(0.9);
    }
    expect(Math.min(...bias.data)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...bias.data)).toBeGreaterThan(0);
    await model.dispose();
  });

  it('of a convolution over its taps, for each input and filter', async () => {
    const layer = new Conv1D({ filters: 3, kernelSize: 2, kernelConstraint: { maxNorm: 0.3 } });
    const model = await fit([layer], normals(8, 4, 5, 2));
    const sizes = columns(layer.getWeights()[0].data, 2 * 3).map(norm);
    expect(Math.max(...sizes)).toBeLessThan(0.3 + 1e-6);
    expect(sizes.filter((size) => size > 0.29).length).toBeGreaterThan(2);
    await model.dispose();
  });

  it('of embeddings', async () => {
    const layer = new Embedding({ inputDim: 5, outputDim: 3, embeddingsConstraint: 'nonNeg' });
    const tokens = { data: Float32Array.of(0, 1, 2, 3, 4, 1, 2, 0), shape: [4, 2] };
    const model = await fit([layer], tokens);
    expect(Math.min(...layer.getWeights()[0].data)).toBe(0);
    await model.dispose();
  });

  it('leave a column of zeros as it is', async () => {
    const dense = new Dense({ units: 2, useBias: false, kernelConstraint: { maxNorm: 1 } });
    const model = new Sequential([dense], { engine: 'wasm' });
    await model.build([2]);
    dense.setWeights([[0, 3, 0, 4]]);
    model.compile({ loss: 'meanSquaredError', optimizer: new SGD({ learningRate: 1e-30 }) });
    await model.trainOnBatch([[1, 1]], [[0, 7]]);
    const { data } = dense.getWeights()[0];
    [0, 0.6, 0, 0.8].forEach((value, i) => expect(data[i]).toBeCloseTo(value, 6));
    await model.dispose();
  });

  it('do not touch what is frozen', async () => {
    const dense = new Dense({ units: 2, kernelConstraint: 'nonNeg' });
    dense.trainable = false;
    const model = await fit([dense, new BatchNormalization()], normals(8, 4, 3));
    expect(Math.min(...dense.getWeights()[0].data)).toBeLessThan(0);
    await model.dispose();
  });
});

describe('regularizers and constraints', () => {
  it('are saved, and go on after loading as before', async () => {
    const make = (): Sequential =>
      new Sequential(
        [
          new LSTM({
            ...{ units: 3, kernelRegularizer: 'l1', recurrentRegularizer: { l1: 0.01, l2: 0.02 } },
            ...{ recurrentConstraint: { maxNorm: 0.9 }, activityRegularizer: 'l1_l2' as 'l1l2' },
          }),
          new Dense({ units: 2, kernelConstraint: 'unitNorm' }),
        ],
        { engine: 'wasm', seed: 2 },
      );
    const [x, y] = [normals(1, 4, 3, 2), normals(2, 4, 2)];
    const model = make();
    await model.build([3, 2]);
    const opened = await Sequential.load(model.toBytes(), { engine: 'wasm' });
    for (const one of [model, opened]) one.compile({ loss: 'meanSquaredError', optimizer: 'sgd' });
    expect(await opened.fit(x, y, { epochs: 3 })).toEqual(await model.fit(x, y, { epochs: 3 }));
    expect(opened.toBytes()).toEqual(model.toBytes());
    expect(opened.layers[0].options()).toMatchObject({
      kernelRegularizer: { l1: 0.01 },
      activityRegularizer: { l1: 0.01, l2: 0.01 },
      recurrentConstraint: { maxNorm: 0.9 },
    });
    await Promise.all([model.dispose(), opened.dispose()]);
  });

  it.each([
    [{ kernelRegularizer: {} }, 'kernelRegularizer needs l1, l2 or both.', 'Give { l2: 0.01 }'],
    [{ kernelRegularizer: 'l3' }, 'kernelRegularizer must be', undefined],
    [{ kernelRegularizer: { l1: -1 } }, 'l1', undefined],
    [{ kernelConstraint: 'maxnorm' }, 'kernelConstraint must be', 'Did you mean "maxNorm"?'],
    [{ kernelConstraint: { maxNorm: 0 } }, 'maxNorm must be', undefined],
    [{ kernelConstraint: { minNorm: 1 } }, 'minNorm', undefined],
  ])('%j is refused', (options, message, hint) => {
    let error: SeqkitError | undefined;
    try {
      new Dense({ units: 2, ...(options as object) });
    } catch (thrown) {
      error = thrown as SeqkitError;
    }
    expect(error?.message).toContain(message);
    if (hint !== undefined) expect(error?.hint).toContain(hint);
  });
});
