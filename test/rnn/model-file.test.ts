import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
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
import { encodeSafetensors } from '../../src/rnn/safetensors.js';
import { Sequential } from '../../src/rnn/sequential.js';
import type { Tensor } from '../../src/rnn/tensor.js';
import type { History } from '../../src/rnn/training/fit.js';
import { Adam } from '../../src/rnn/training/optimizers.js';
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
      new LSTM({ units: H, unitForgetBias: false }),
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

  it.each([
    ['a later format', { formatVersion: '2' }, 'has format version 2; this release reads up to 1'],
    ['no description', { model: '{' }, 'damaged description'],
    ['no layers', { model: '{}' }, 'does not describe its layers'],
    [
      'an unknown layer',
      { model: '{"layers":[{"kind":"Attention","options":{}}],"features":1,"seed":0}' },
      'has a layer "Attention", which this release does not know',
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
