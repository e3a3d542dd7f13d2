import { describe, expect, it } from 'vitest';
import { BatchNormalization } from '../../src/rnn/layers/batch-normalization.js';
import { Conv1D } from '../../src/rnn/layers/conv1d.js';
import { Dense } from '../../src/rnn/layers/dense.js';
import { Dropout } from '../../src/rnn/layers/dropout.js';
import { Embedding } from '../../src/rnn/layers/embedding.js';
import { GRU } from '../../src/rnn/layers/gru.js';
import { LSTM } from '../../src/rnn/layers/lstm.js';
import { OneHot } from '../../src/rnn/layers/one-hot.js';
import { Sequential } from '../../src/rnn/model/sequential.js';
import { relativeError } from '../../src/rnn/gradient-check/gradient-check.js';
import type { BatchReport, EpochReport } from '../../src/rnn/training/fit.js';
import { Adam } from '../../src/rnn/training/optimizers/index.js';
import { classes, normals, rows, times } from '../support/random-tensors.js';
import { judgedEngines, reordered, type JudgedEngine } from '../support/tolerances.js';

const [N, T, D, H, V] = [5, 4, 3, 6, 7];
const x = classes(1, V, N, T);
const y = classes(2, V, N, T);

/** Characters to the next character. */
function characterModel(engine: JudgedEngine, { seed = 3, dropout = 0, stateful = false } = {}): Sequential {
  const model = new Sequential(
    [
      new Embedding({ inputDim: V, outputDim: D }),
      new LSTM({ units: H, returnSequences: true, stateful }),
      new Dropout({ rate: dropout }),
      new GRU({ units: H - 1, returnSequences: true, stateful }),
      new Dense({ units: V }),
    ],
    { engine, seed },
  );
  model.compile({ loss: 'sparseCategoricalCrossentropy', optimizer: adam() });
  return model;
}

/** Convolution and batch normalization, whose statistics padding must not touch. */
function convolutionModel(engine: JudgedEngine): Sequential {
  const model = new Sequential(
    [
      new Conv1D({ filters: H, kernelSize: 2, padding: 'causal', useBias: false }),
      new BatchNormalization({ momentum: 0.5 }),
      new GRU({ units: H + 1, resetAfter: false }),
      new Dense({ units: 2 }),
    ],
    { engine, seed: 5 },
  );
  model.compile({ loss: 'binaryCrossentropy', optimizer: adam() });
  return model;
}

const adam = (): Adam => new Adam({ learningRate: 0.01, globalClipNorm: 0.3 });

const weightsOf = (model: Sequential): ArrayLike<number>[] =>
  model.layers.flatMap((layer) => layer.getWeights().map(({ data }) => data));

/** Softmax cross-entropy by its definition. */
function crossEntropy(logits: ArrayLike<number>, target: number): number {
  const exponentials = Array.from(logits, Math.exp);
  return -Math.log(exponentials[target] / exponentials.reduce((sum, value) => sum + value, 0));
}

describe.each(judgedEngines)('Sequential on %s', (engine) => {
  const close = (a: readonly ArrayLike<number>[], b: readonly ArrayLike<number>[]): void => {
    expect(a).toHaveLength(b.length);
    a.forEach((values, i) => expect(relativeError([values], [b[i]]), `${i}`).toBeLessThan(reordered[engine]));
  };

  it('names, shapes and counts', async () => {
    const model = characterModel(engine);
    await model.build([T]);
    expect(model.layers.map(({ name }) => name)).toEqual(['embedding', 'lstm', 'dropout', 'gru', 'dense']);
    const lstm = D * 4 * H + H * 4 * H + 4 * H;
    const gru = H * 3 * (H - 1) + (H - 1) * 3 * (H - 1) + 2 * 3 * (H - 1);
    expect(model.countParameters()).toBe(V * D + lstm + gru + (H - 1) * V + V);
    expect((await model.predict(x)).shape).toEqual([N, T, V]);
    expect(model.layers[1].getWeights().map(({ shape }) => shape)).toEqual([[D, 4 * H], [H, 4 * H], [4 * H]]);
  });

  it('evaluates to the mean cross-entropy of what it predicts, in batches of any size', async () => {
    const model = characterModel(engine);
    const weights = normals(4, N, T);
    const plain = await model.evaluate(x, y);
    const weighted = await model.evaluate(x, y, { sampleWeight: weights });
    const { data } = await model.predict(x);
    const losses = Array.from({ length: N * T }, (_, i) =>
      crossEntropy(data.slice(i * V, (i + 1) * V), y.data[i]),
    );
    const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    // `predict` answers in float32.
    expect(Math.abs(plain / mean(losses) - 1)).toBeLessThan(1e-6);
    const expected = mean(losses.map((loss, i) => loss * weights.data[i]));
    expect(Math.abs(weighted / expected - 1)).toBeLessThan(1e-6);
    for (const batchSize of [1, 2, 3, 8]) {
      close([[await model.evaluate(x, y, { batchSize })]], [[plain]]);
      close([(await model.predict(x, { batchSize })).data], [data]);
    }
  });

  it.each([
    { title: 'characters', make: characterModel, input: x, target: y },
    {
      title: 'convolution and batch normalization',
      make: convolutionModel,
      input: normals(6, N, T, D),
      target: classes(7, 2, N, 2),
    },
  ])('a batch padded with rows trains as one without: $title', async ({ make, input, target }) => {
    const [whole, padded] = [make(engine), make(engine)];
    for (let step = 0; step < 3; step++) {
      const loss = await whole.trainOnBatch(input, target);
      close([[await padded.trainOnBatch(input, target, { batchSize: N + 3 })]], [[loss]]);
    }
    close(weightsOf(padded), weightsOf(whole));
  });

  it('fits batch by batch, the last one short', async () => {
    const [fitted, stepped] = [characterModel(engine), characterModel(engine)];
    const reports: BatchReport[] = [];
    const epochs: EpochReport[] = [];
    const history = await fitted.fit(x, y, {
      batchSize: 3,
      epochs: 2,
      shuffle: false,
      onBatch: (report) => reports.push(report),
      onEpoch: (report) => epochs.push(report),
    });
    const losses: number[] = [];
    for (const [start, end] of [
      [0, 3],
      [3, 5],
      [0, 3],
      [3, 5],
    ]) {
      losses.push(await stepped.trainOnBatch(rows(x, start, end), rows(y, start, end), { batchSize: 3 }));
    }
    expect(reports.map(({ epoch, batch, batches }) => [epoch, batch, batches])).toEqual([
      [1, 1, 2],
      [1, 2, 2],
      [2, 1, 2],
      [2, 2, 2],
    ]);
    expect(reports.map(({ loss }) => loss)).toEqual(losses);
    expect(weightsOf(fitted)).toEqual(weightsOf(stepped));
    // Each epoch's loss is the mean over its examples, not over its batches.
    const means = [0, 2].map((i) => (losses[i] * 3 + losses[i + 1] * 2) / 5);
    expect(history.loss).toEqual(means);
    expect(epochs.map(({ epoch, loss }) => [epoch, loss])).toEqual([
      [1, means[0]],
      [2, means[1]],
    ]);
    expect(history.stopped).toBe(false);
  });

  it('the same seed gives the same bytes, another seed others', async () => {
    const train = async (seed: number): Promise<Uint8Array> => {
      const model = characterModel(engine, { seed, dropout: 0.3 });
      await model.fit(x, y, { batchSize: 2, epochs: 3 });
      return model.toBytes();
    };
    const bytes = await train(8);
    expect(await train(8)).toEqual(bytes);
    expect(await train(9)).not.toEqual(bytes);
  });

  it('holds back the last share of the examples', async () => {
    const [split, plain] = [characterModel(engine), characterModel(engine)];
    const history = await split.fit(x, y, { batchSize: 2, epochs: 2, validationSplit: 0.45 });
    const onOthers = await plain.fit(rows(x, 0, 3), rows(y, 0, 3), { batchSize: 2, epochs: 2 });
    expect(history.loss).toEqual(onOthers.loss);
    expect(weightsOf(split)).toEqual(weightsOf(plain));
    const [heldX, heldY] = [rows(x, 3, 5), rows(y, 3, 5)];
    expect(history.validationLoss).toHaveLength(2);
    expect(history.validationLoss[1]).toBe(await plain.evaluate(heldX, heldY, { batchSize: 2 }));

    const given = await characterModel(engine).fit(rows(x, 0, 3), rows(y, 0, 3), {
      batchSize: 2,
      epochs: 2,
      validationData: { x: heldX, y: heldY },
    });
    expect(given.validationLoss).toEqual(history.validationLoss);
  });

  it('stops after the batch in hand', async () => {
    const controller = new AbortController();
    const model = characterModel(engine);
    let batches = 0;
    const history = await model.fit(x, y, {
      batchSize: 1,
      epochs: 9,
      signal: controller.signal,
      onBatch: () => {
        if (++batches === 7) controller.abort();
      },
    });
    expect(batches).toBe(7);
    expect(history).toMatchObject({ stopped: true, loss: [expect.any(Number)] });
  });

  it('carries state: windows one after the other are one long sequence', async () => {
    const [whole, windows] = [characterModel(engine), characterModel(engine, { stateful: true })];
    const long = await whole.predict(x, { batchSize: N });
    const inWindows = async (): Promise<ArrayLike<number>[]> => [
      (await windows.predict(times(x, 0, 3), { batchSize: N })).data,
      (await windows.predict(times(x, 3, 4), { batchSize: N })).data,
    ];
    const expected = [times(long, 0, 3).data, times(long, 3, 4).data];
    close(await inWindows(), expected);
    // Without a reset the second round starts where the first ended.
    expect(relativeError(await inWindows(), expected)).toBeGreaterThan(1e-3);
    await windows.resetStates();
    close(await inWindows(), expected);
  });

  it('compiling again starts the optimizer anew', async () => {
    const [used, fresh] = [characterModel(engine), characterModel(engine)];
    await used.fit(x, y, { epochs: 3 });
    await fresh.build([T]);
    used.layers.forEach((layer, i) => fresh.layers[i].setWeights(layer.getWeights()));
    used.compile({ loss: 'sparseCategoricalCrossentropy', optimizer: adam() });
    expect(await used.trainOnBatch(x, y)).toBe(await fresh.trainOnBatch(x, y));
    expect(weightsOf(used)).toEqual(weightsOf(fresh));
  });
});

it('learns to remember: an LSTM names the first of eight tokens', async () => {
  const model = new Sequential([new OneHot({ depth: V }), new LSTM({ units: 16 }), new Dense({ units: V })], {
    seed: 1,
  });
  model.compile({ loss: 'sparseCategoricalCrossentropy', optimizer: new Adam({ learningRate: 0.02 }) });
  const tokens = classes(11, V, 256, 8);
  const firsts = times(tokens, 0, 1);
  const { loss } = await model.fit(tokens, firsts, { batchSize: 32, epochs: 40 });
  // Without a memory the loss stays at ln 7 = 1.95.
  expect(loss[0]).toBeGreaterThan(1.7);
  expect(loss[39]).toBeLessThan(0.05);
  const unseen = classes(12, V, 64, 8);
  expect(await model.evaluate(unseen, times(unseen, 0, 1))).toBeLessThan(0.2);
});
