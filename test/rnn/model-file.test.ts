import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { Activation } from '../../src/rnn/layers/activation.js';
import { BatchNormalization } from '../../src/rnn/layers/batch-normalization.js';
import { Bidirectional } from '../../src/rnn/layers/bidirectional.js';
import { Conv1D } from '../../src/rnn/layers/conv1d.js';
import { Dense } from '../../src/rnn/layers/dense.js';
import { Dropout } from '../../src/rnn/layers/dropout.js';
import { Embedding } from '../../src/rnn/layers/embedding.js';
import { GRU } from '../../src/rnn/layers/gru.js';
import type { Layer } from '../../src/rnn/layers/layer.js';
import { LSTM } from '../../src/rnn/layers/lstm.js';
import { OneHot } from '../../src/rnn/layers/one-hot.js';
import { SimpleRNN } from '../../src/rnn/layers/simple-rnn.js';
import { Random } from '../../src/base/math/random.js';
import { decodeSafetensors, encodeSafetensors } from '../../src/base/encoding/safetensors.js';
import { Sequential } from '../../src/rnn/model/sequential.js';
import type { Tensor } from '../../src/rnn/program/tensor.js';
import type { History } from '../../src/rnn/training/fit.js';
import { Adam } from '../../src/rnn/training/optimizers/index.js';
import { classes, normals } from '../support/random-tensors.js';

const [N, T, D, H, V] = [3, 5, 4, 6, 7];
const folder = mkdtempSync(join(tmpdir(), 'seqkit-model-'));
afterAll(() => rmSync(folder, { recursive: true }));

const models: { title: string; layers: () => Layer[]; x: Tensor; y: Tensor }[] = [
  {
    title: 'tokens, every cell, both directions',
    layers: () => [
      new Embedding({ inputDim: V, outputDim: D }),
      new Bidirectional({ layer: new LSTM({ units: H, returnSequences: true }), mergeMode: 'sum' }),
      new Dropout({ rate: 0.1 }),
      new GRU({ units: H, resetAfter: false, returnSequences: true, recurrentActivation: 'hardSigmoid' }),
      new GRU({ units: 2, returnSequences: true, goBackwards: true, name: 'second' }),
      new SimpleRNN({ units: D, useBias: false, activation: 'relu', returnSequences: true }),
      new Dense({ units: 2, useBias: false }),
    ],
    x: classes(1, V, N, T),
    y: normals(2, N, T, 2),
  },
  {
    title: 'features, convolution and running statistics',
    layers: () => [
      new Conv1D({ filters: H, kernelSize: 2, strides: 2, dilationRate: 2, padding: 'same' }),
      new BatchNormalization({ momentum: 0.5, epsilon: 1e-2 }),
      new Activation({ activation: 'tanh' }),
      new LSTM({ units: H, unitForgetBias: false, peepholes: true }),
      new Dense({ units: 2, biasValue: -3 }),
    ],
    x: normals(3, N, T, D),
    y: normals(4, N, 2),
  },
  {
    title: 'one-hot tokens',
    layers: () => [new OneHot({ depth: V }), new GRU({ units: H }), new Dense({ units: 2 })],
    x: classes(5, V, N, T),
    y: normals(6, N, 2),
  },
];

async function trained({ layers, x, y }: (typeof models)[number]): Promise<Sequential> {
  const model = new Sequential(layers(), { seed: 2, engine: 'wasm' });
  model.compile({ loss: 'meanSquaredError', optimizer: new Adam({ learningRate: 0.05 }) });
  await model.fit(x, y, { epochs: 3 });
  return model;
}

describe('a saved model', () => {
  it.each(models)('answers bit for bit as it did: $title', async (given) => {
    const model = await trained(given);
    const path = join(folder, `${given.title}.safetensors`);
    await model.save(path);
    const loaded = await Sequential.load(path, { engine: 'wasm' });
    const expected = await model.predict(given.x);
    expect(await loaded.predict(given.x)).toEqual(expected);
    expect(loaded.layers.map(({ name }) => name)).toEqual(model.layers.map(({ name }) => name));
    // And it saves to the same bytes.
    expect(loaded.toBytes()).toEqual(model.toBytes());
    expect(await (await Sequential.load(model.toBytes())).predict(given.x)).toEqual(expected);
  });

  it('trains on just as the model itself does', async () => {
    const given = models[1];
    const model = await trained(given);
    const loaded = await Sequential.load(model.toBytes(), { engine: 'wasm' });
    const goOn = (which: Sequential): Promise<History> => {
      which.compile({ loss: 'meanSquaredError', optimizer: new Adam({ learningRate: 0.05 }) });
      return which.fit(given.x, given.y, { batchSize: 2, epochs: 4 });
    };
    expect(await goOn(loaded)).toEqual(await goOn(model));
    expect(loaded.toBytes()).toEqual(model.toBytes());
  });

  it('keeps what stands beside the weights', async () => {
    const model = await trained(models[2]);
    const settings = { vocabulary: ['a', 'ü', '\n'], threshold: 0.25 };
    const { file } = await Sequential.open(model.toBytes({ kind: 'TextModel', settings }));
    expect(file).toMatchObject({ kind: 'TextModel', settings, seed: 2, features: 1 });
  });

  it('is not overwritten unasked', async () => {
    const model = await trained(models[2]);
    const path = join(folder, 'twice.safetensors');
    await model.save(path);
    await expect(model.save(path)).rejects.toMatchObject({ code: 'file-exists' });
    await model.save(path, { force: true });
  });
});

/** A file of a few hundred bytes that says this of its model. */
function claims(model: object, tensors: Parameters<typeof encodeSafetensors>[0] = {}): Uint8Array {
  return encodeSafetensors(tensors, {
    ...{ format: 'seqkit', formatVersion: '1', kind: 'Sequential', settings: '{}' },
    model: JSON.stringify({ features: 2, seed: 0, shapes: [{ time: 3, features: 2 }], ...model }),
  });
}

describe('opening a file', () => {
  /** Runs `open`: how often it drew random numbers, and how many numbers its largest array of float64 held. */
  async function costOf(open: () => Promise<unknown>): Promise<{ draws: number; largest: number }> {
    const draws = [vi.spyOn(Random.prototype, 'normal'), vi.spyOn(Random.prototype, 'uniform')];
    let largest = 0;
    vi.stubGlobal(
      'Float64Array',
      new Proxy(Float64Array, {
        construct(target, [first, ...rest]: [unknown, ...unknown[]], newTarget) {
          const made = Reflect.construct(target, [first, ...rest], newTarget) as Float64Array;
          largest = Math.max(largest, made.length);
          return made;
        },
      }),
    );
    try {
      await open();
      return { draws: draws.reduce((sum, { mock }) => sum + mock.calls.length, 0), largest };
    } finally {
      vi.unstubAllGlobals();
      vi.restoreAllMocks();
    }
  }
  const refused = (bytes: Uint8Array, message: string) => () =>
    expect(Sequential.load(bytes)).rejects.toThrow(
      expect.objectContaining({ code: 'bad-file', message: expect.stringContaining(message) as string }),
    );
  const layer = (kind: string, options: object) => ({ kind, options });
  const lstm = (units: number) => layer('LSTM', { units });

  // Each claim is large enough to show, and small enough for a release that believes it to fail in time.
  it.each<[string, object[], string]>([
    ['Dense', [layer('Dense', { units: 2_000_000 })], '"dense/kernel" as F32 (2, 2000000)'],
    ['LSTM', [lstm(200)], '"lstm/kernel" as F32 (2, 800)'],
    [
      'Bidirectional',
      [layer('Bidirectional', { layer: layer('GRU', { units: 200 }) })],
      '"bidirectional/forward/kernel"',
    ],
    ['Conv1D', [layer('Conv1D', { filters: 900, kernelSize: 3 })], '"conv1d/kernel" as F32 (3, 2, 900)'],
    ['Embedding', [layer('Embedding', { inputDim: 500_000, outputDim: 9 })], '"embedding/embeddings"'],
    [
      'TiedEmbedding',
      [layer('TiedEmbedding', { inputDim: 100_000, outputDim: 9, layers: [layer('Dense', { units: 9 })] })],
      '"tiedembedding/embeddings"',
    ],
    [
      'what comes after OneHot',
      [layer('OneHot', { depth: 900_000 }), layer('Dense', { units: 3 })],
      '"dense/kernel"',
    ],
  ])('believes no size that its tensors do not bear out: %s', async (kind, layers, message) => {
    const features = /Embedding|OneHot/.test(kind) ? 1 : 2;
    const file = claims({ layers, features, shapes: [{ time: 3, features }] });
    const cost = await costOf(refused(file, `The model should hold ${message}`));
    expect(cost.draws).toBe(0);
    expect(cost.largest).toBeLessThan(1000);
  });

  it.each(['BatchNormalization', 'LayerNormalization', 'Standardize'])(
    'makes no statistics for features that are not there: %s',
    async (kind) => {
      const shapes = [{ time: 3, features: 2_000_000 }];
      const cost = await costOf(refused(claims({ layers: [layer(kind, {})], shapes }), '(2000000)'));
      expect(cost).toMatchObject({ draws: 0, largest: 0 });
    },
  );

  it('takes no time for time steps that are but claimed', async () => {
    const model = new Sequential([new Dense({ units: 2 }), new LSTM({ units: 2, name: 'last' })]);
    await model.build([3, 2]);
    const { layers, tensors } = {
      layers: model.layers.map((each) => layer(each.kind, { ...each.options(), name: each.name })),
      tensors: Object.fromEntries(
        model.layers.flatMap(({ weights }) =>
          weights.map((weight) => {
            const { data } = weight.get();
            return [
              weight.name,
              { dtype: 'F32', shape: [...weight.shape], data: Float32Array.from(data) },
            ] as const;
          }),
        ),
      ),
    };
    const x = normals(8, N, T, 2);
    const expected = await model.predict(x);
    const shapes = [{ time: 1e12, features: 2 }];
    const loaded = await Sequential.load(claims({ layers, shapes }, tensors));
    expect(await loaded.predict(x)).toEqual(expected);
    const pipes = [
      layer('GlobalMaxPooling1D', {}),
      layer('RepeatVector', { n: 100_000 }),
      layer('Bidirectional', { layer: lstm(3) }),
      layer('Reshape', { targetShape: [3, 2] }),
    ];
    await refused(
      claims({ layers: pipes, shapes }),
      'The model should hold "bidirectional/forward/kernel"',
    )();
    await refused(
      claims({ layers: [layer('Flatten', {}), layer('Dense', { units: 3 })], shapes }),
      'A weight of shape (2000000000000, 3) would hold more than 2^30 numbers',
    )();
    await Promise.all([model.dispose(), loaded.dispose()]);
  });

  it('draws nothing for weights that it holds, and answers as the model did', async () => {
    const model = await trained(models[0]);
    const bytes = model.toBytes();
    const held: Sequential[] = [];
    const { draws } = await costOf(async () => {
      held.push(await Sequential.load(bytes, { engine: 'wasm' }));
    });
    expect(draws).toBe(0);
    expect(held[0].toBytes()).toEqual(bytes);
    // The count would show what a build of the same model draws.
    expect(
      (await costOf(() => new Sequential(models[0].layers()).predict(models[0].x))).draws,
    ).toBeGreaterThan(500);
  });
});

describe('a file that is no model', () => {
  const load = (bytes: Uint8Array | string): Promise<Sequential> => Sequential.load(bytes);

  it('is missing', async () => {
    await expect(load(join(folder, 'none.safetensors'))).rejects.toMatchObject({ code: 'file-access' });
  });

  it('is foreign or damaged', async () => {
    const path = join(folder, 'text.safetensors');
    writeFileSync(path, 'not a model at all, but long enough to be read as one');
    await expect(load(path)).rejects.toMatchObject({ code: 'bad-file' });
    const foreign = encodeSafetensors({ w: { dtype: 'F32', shape: [1], data: new Float32Array(1) } }, {});
    await expect(load(foreign)).rejects.toThrow('is a safetensors file, but not a seqkit model');
    const bytes = (await trained(models[2])).toBytes();
    await expect(load(bytes.slice(0, bytes.length - 8))).rejects.toMatchObject({ code: 'bad-file' });
  });

  it('holds arrays that no layer takes', async () => {
    const bytes = (await trained(models[1])).toBytes();
    const { tensors, metadata } = decodeSafetensors(bytes, 'it');
    // The weights of peepholes, and a description without them.
    const model = metadata['model'].replace('"peepholes":true', '"peepholes":false');
    expect(model).not.toBe(metadata['model']);
    const rest = Object.fromEntries(Object.entries(metadata).filter(([name]) => !name.includes('igest')));
    const changed = encodeSafetensors(Object.fromEntries(tensors), { ...rest, model });
    await expect(load(changed)).rejects.toMatchObject({
      code: 'bad-file',
      message: 'The model holds arrays that none of its layers takes: "lstm/peepholes".',
      hint: 'If a later release of seqkit wrote it, update. Else save the model again.',
    });
  });

  it.each([
    ['a later format', { formatVersion: '3' }, 'has format version 3; this release reads up to 2'],
    ['no description', { model: '{' }, 'damaged description'],
    ['no layers', { model: '{}' }, 'its model needs the option "layers"'],
    [
      'an unknown layer',
      { model: '{"layers":[{"kind":"Transformer","options":{}}],"features":1,"seed":0}' },
      'has a layer "Transformer", which this release does not know',
    ],
    [
      'other weights',
      { model: '{"layers":[{"kind":"Dense","options":{"units":2}}],"features":3,"seed":0}' },
      'should hold "dense/kernel" as F32 (3, 2); it holds nothing',
    ],
  ])('has %s', async (_, changed, message) => {
    const metadata = { format: 'seqkit', formatVersion: '1', kind: 'Sequential', settings: '{}', ...changed };
    const bytes = encodeSafetensors({}, { model: '{"layers":[],"features":1,"seed":0}', ...metadata });
    await expect(load(bytes)).rejects.toThrow(message);
  });
});
