import { afterEach, describe, expect, it } from 'vitest';
import { metadataOf, withMetadata } from '../support/model-metadata.js';
import { BatchNormalization } from '../../src/rnn/layers/batch-normalization.js';
import { Dense } from '../../src/rnn/layers/dense.js';
import { Embedding } from '../../src/rnn/layers/embedding.js';
import { Flatten } from '../../src/rnn/layers/reshape.js';
import { GRU } from '../../src/rnn/layers/gru.js';
import { input } from '../../src/rnn/layers/input.js';
import { LSTM } from '../../src/rnn/layers/lstm.js';
import { Masking } from '../../src/rnn/layers/masking.js';
import { Add } from '../../src/rnn/layers/merge.js';
import { GlobalAveragePooling1D } from '../../src/rnn/layers/pooling.js';
import { Standardize } from '../../src/rnn/layers/standardize.js';
import { Model } from '../../src/rnn/model/model.js';
import { Sequential } from '../../src/rnn/model/sequential.js';
import { relativeError } from '../../src/rnn/gradient-check/gradient-check.js';
import { SGD } from '../../src/rnn/training/optimizers/index.js';
import { normals, times } from '../support/random-tensors.js';

const [N, T, D, H] = [5, 4, 3, 6];
const optimizer = new SGD({ learningRate: 0.1 });
const opened: Model[] = [];
afterEach(async () => {
  for (const model of opened.splice(0)) await model.dispose();
});
const keep = <Kind extends Model>(model: Kind): Kind => (opened.push(model), model);

describe('masks', () => {
  const lengths = [4, 1, 3, 2, 4];
  const x = normals(1, N, T, D);
  lengths.forEach((length, n) => x.data.fill(0, (n * T + length) * D, (n + 1) * T * D));

  it.each([false, true])('padding changes no state (goBackwards %s)', async (goBackwards) => {
    const layers = [new Masking(), new LSTM({ units: H, goBackwards })];
    const model = keep(new Sequential(layers, { engine: 'wasm' }));
    const { data } = await model.predict(x);
    for (const [n, length] of lengths.entries()) {
      const own = { data: x.data.slice(n * T * D, (n + 1) * T * D), shape: [1, T, D] };
      const alone = await model.predict(times(own, 0, length));
      expect(relativeError([data.slice(n * H, (n + 1) * H)], [alone.data])).toBeLessThan(1e-6);
    }
  });

  it.each(['reference', 'wasm', 'gpu:cpu'] as const)(
    'a batch that is masked throughout teaches nothing, and spoils nothing, on %s',
    async (engine) => {
      const layers = [
        new Masking(),
        new BatchNormalization(),
        new GRU({ units: H, returnSequences: true }),
        new GlobalAveragePooling1D(),
      ];
      const model = keep(new Sequential([...layers, new Dense({ units: 1, useBias: false })], { engine }));
      model.compile({ loss: 'meanSquaredError', optimizer });
      await model.trainOnBatch(x, normals(2, N, 1));
      const all = (): unknown[] => model.layers.flatMap((layer) => layer.getWeights());
      const before = all();
      const nothing = { data: new Float32Array(N * T * D), shape: [N, T, D] };
      const zeros = { data: new Float32Array(N), shape: [N, 1] };
      expect(await model.trainOnBatch(nothing, zeros)).toBe(0);
      expect(all()).toEqual(before);
    },
  );

  it('the loss is the mean over the steps that count', async () => {
    const layers = [new Masking(), new Dense({ units: 2 })];
    const model = keep(new Sequential(layers, { engine: 'reference' }));
    model.compile({ loss: 'meanSquaredError', optimizer });
    const y = normals(2, N, T, 2);
    const loss = await model.evaluate(x, y, { batchSize: N + 3 });
    const { data } = await model.predict(x);
    let [sum, count] = [0, 0];
    for (const [n, length] of lengths.entries()) {
      for (let t = 0; t < length; t++, count++) {
        for (const c of [0, 1]) sum += (data[(n * T + t) * 2 + c] - y.data[(n * T + t) * 2 + c]) ** 2 / 2;
      }
    }
    expect(loss / (sum / count)).toBeCloseTo(1, 6);
  });
});

describe('Standardize', () => {
  it('is fitted by fit, on what is trained on, and saved', async () => {
    const x = normals(3, 10, D);
    x.data.forEach((value, i) => (x.data[i] = (i % D) + (1 + (i % D)) * value));
    const layer = new Standardize();
    const model = keep(new Sequential([layer, new Dense({ units: 1 })], { engine: 'reference' }));
    model.compile({ loss: 'meanSquaredError', optimizer });
    await model.fit(x, normals(4, 10, 1), { validationSplit: 0.2 });
    const [mean, variance, [count]] = layer.getWeights().map(({ data }) => data);
    expect(count).toBe(8);
    for (let d = 0; d < D; d++) {
      const column = Array.from({ length: 8 }, (_, n) => x.data[n * D + d]);
      const average = column.reduce((a, b) => a + b) / 8;
      expect(mean[d]).toBeCloseTo(average, 12);
      expect(variance[d]).toBeCloseTo(column.reduce((sum, v) => sum + (v - average) ** 2, 0) / 8, 12);
    }
    await model.fit(normals(5, 10, D), normals(6, 10, 1));
    expect(layer.getWeights()[0].data).toEqual(mean);
    const again = keep(await Sequential.load(model.toBytes(), { engine: 'reference' }));
    expect(relativeError([(await again.predict(x)).data], [(await model.predict(x)).data])).toBeLessThan(
      1e-6,
    );
  });
});

describe('Model', () => {
  it('trains with fit from several inputs to several outputs, a short batch last', async () => {
    const [a, b] = [input({ shape: [null, D] }), input({ shape: [H] })];
    const state = new GRU({ units: H }).apply(a);
    const both = new Add().apply([state, b]);
    const outputs = [new Dense({ units: 1, name: 'p' }).apply(both), new Dense({ units: 2 }).apply(state)];
    const model = keep(new Model({ inputs: [a, b], outputs }, { engine: 'wasm', seed: 2 }));
    model.compile({ loss: ['binaryCrossentropy', 'meanSquaredError'], lossWeights: [1, 0.5], optimizer });
    const x = [normals(7, 7, T, D), normals(8, 7, H)];
    const y = [{ data: Float32Array.of(0, 1, 1, 0, 1, 0, 0), shape: [7, 1] }, normals(9, 7, 2)];
    const { loss } = await model.fit(x, y, { epochs: 30, batchSize: 4 });
    expect(loss.at(-1)!).toBeLessThan(0.8 * loss[0]);
    expect((await model.predictAll(x)).map(({ shape }) => shape)).toEqual([
      [7, 1],
      [7, 2],
    ]);
  });

  it('says what does not fit', async () => {
    const [a, b] = [input({ shape: [T, D] }), input({ shape: [T, D], name: 'second' })];
    const outputs = new Add().apply([a, b]);
    expect(() => new Model({ inputs: a, outputs })).toThrow(
      'depend on an input that the Model does not list',
    );
    const model = keep(new Model({ inputs: [a, b], outputs }, { engine: 'reference' }));
    await expect(model.predict(normals(1, N, T, D))).rejects.toThrow('The model has 2 inputs');
    await expect(model.predict([normals(1, N, T, D), normals(1, N, T + 1, D)])).rejects.toThrow(
      'The input "second" takes (batch, 4, 3); it got (5, 5, 3).',
    );
    await expect(model.predict([normals(1, N, T, D), normals(1, N + 1, T, D)])).rejects.toThrow('5 examples');
    expect(() => model.compile({ loss: ['meanSquaredError', 'meanSquaredError'], optimizer })).toThrow(
      '1 outputs',
    );
    await expect(keep(new Sequential([new Add()])).predict(normals(1, N, D))).rejects.toThrow('two inputs');
    const shared = new Embedding({ inputDim: 5, outputDim: D });
    const mixed = new Add().apply([shared.apply(a), a]);
    expect(() => new Model({ inputs: a, outputs: mixed })).toThrow('as tokens and to one as numbers');
  });

  it('refuses another number of steps where a layer depends on it', async () => {
    const model = keep(new Sequential([new Flatten(), new Dense({ units: 2 })], { engine: 'reference' }));
    await model.build([T, D]);
    await expect(model.predict(normals(1, N, T + 1, D))).rejects.toThrow(
      'was built for 12 input features; 15 came',
    );
  });

  it('refuses a stateful layer used twice, and initial states for it', async () => {
    const x = input({ shape: [T, D] });
    const carrying = new GRU({ units: H, stateful: true });
    const twice = new Add().apply([carrying.apply(x), carrying.apply(x)]);
    await expect(keep(new Model({ inputs: x, outputs: twice })).predict(normals(1, N, T, D))).rejects.toThrow(
      'used twice',
    );
  });

  it('refuses a file whose graph is damaged, and a graph as a Sequential', async () => {
    const [a, b] = [input({ shape: [D] }), input({ shape: [D] })];
    const model = keep(
      new Model({ inputs: [a, b], outputs: new Add().apply([a, b]) }, { engine: 'reference' }),
    );
    await model.build([D], [D]);
    await expect(Sequential.load(model.toBytes())).rejects.toThrow('do not stand one after the other');
    const bytes = model.toBytes();
    const metadata = Object.entries(metadataOf(bytes)).map(([key, text]) => [
      key,
      text.replace('"inputs":[0,1]', '"inputs":[0,7]'),
    ]);
    const broken = Object.fromEntries(metadata) as Record<string, string>;
    expect(broken).not.toEqual(metadataOf(bytes));
    await expect(Model.load(withMetadata(bytes, broken))).rejects.toThrow('hang together');
  });
});

describe('evaluationLoss', () => {
  it('is what evaluate measures, whatever training minimizes', async () => {
    const name = 'sparseCategoricalCrossentropy';
    const y = { data: Float64Array.of(0, 2, 1, 1, 0), shape: [N] };
    const x = normals(4, N, D);
    const made = (smoothing: number, evaluationLoss?: typeof name): Sequential => {
      const model = keep(new Sequential([new Dense({ units: 3 })], { engine: 'reference', seed: 2 }));
      const loss = { name, labelSmoothing: smoothing } as const;
      model.compile({ loss, optimizer, ...(evaluationLoss && { evaluationLoss }) });
      return model;
    };
    const [plain, smooth, both] = [made(0), made(0.4), made(0.4, name)];
    const expected = await plain.evaluate(x, y);
    expect(await both.evaluate(x, y)).toBe(expected);
    expect(await smooth.evaluate(x, y)).not.toBeCloseTo(expected, 3);
    expect(await both.trainOnBatch(x, y)).toBe(await smooth.trainOnBatch(x, y));
    expect(() => both.compile({ loss: name, evaluationLoss: [name, name], optimizer })).toThrow(
      'The model has 1 outputs; 1 losses, 2 to evaluate and 1 weights were given.',
    );
  });
});
