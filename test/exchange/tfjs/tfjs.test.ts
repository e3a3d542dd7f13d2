import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { LayersModel, Sequential as TheirSequential } from '@tensorflow/tfjs-layers';
import { afterAll, describe, expect, it } from 'vitest';
import {
  Adam,
  Activation,
  Bidirectional,
  Concatenate,
  Conv1D,
  Dense,
  GRU,
  input,
  LSTM,
  Masking,
  Model,
  Random,
  Sequential,
  SimpleRNN,
  Subtract,
  TextModel,
} from '../../../src/index.js';
import { checkTfjs, fromTfjs, importedModel, toTfjs } from '../../../src/exchange/index.js';
import { mutate } from '../../../scripts/fuzz/mutations.mjs';
import { largestDifference, type Numbers } from '../support/onnx-runtime.js';
import { randomized } from '../support/random-weights.js';
import { savedFiles, tf, theirModel } from '../support/tfjs.js';

const [N, T, D, V] = [2, 5, 3, 6];
const random = new Random(3);
const normals = (...shape: number[]): Numbers => ({
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.normal()),
  shape,
});
const tokens: Numbers = { data: Float32Array.from({ length: N * T }, (_, i) => (i * 5) % V), shape: [N, T] };
const l = tf.layers;
const returnSequences = true;
const folder = mkdtempSync(path.join(tmpdir(), 'seqkit-tfjs-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Numbers of their own for all weights, so that no bias is 0. */
function shaken<M extends LayersModel>(model: M): M {
  model.setWeights(
    model.getWeights().map((weight, i) => {
      const positive = model.weights[i].name.includes('variance');
      const values = Array.from({ length: weight.size }, () => random.normal() / 2);
      return tf.tensor(positive ? values.map((value) => 0.5 + Math.abs(value)) : values, weight.shape);
    }),
  );
  return model;
}

const sequential = (layers: TheirSequential['layers']): LayersModel => shaken(tf.sequential({ layers }));
const shape = { inputShape: [T, D] };

/** Models of TensorFlow.js, with the kind of what they take. */
const THEIRS: Record<string, () => LayersModel> = {
  'recurrent layers, both directions, TimeDistributed and norms': () =>
    sequential([
      l.embedding({ inputDim: V, outputDim: 4, maskZero: true, inputLength: T }),
      l.bidirectional({ layer: l.lstm({ units: 3, returnSequences }), mergeMode: 'ave' }),
      l.timeDistributed({ layer: l.dense({ units: 4, activation: 'elu' }) }),
      l.gru({ units: 3, returnSequences }),
      l.lstm({ units: 3, returnSequences, goBackwards: true }),
      l.batchNormalization(),
      l.layerNormalization(),
      l.dense({ units: 2, activation: 'softmax' }),
    ]),
  'convolution, pooling and activations by themselves': () =>
    sequential([
      l.conv1d({
        filters: 4,
        kernelSize: 2,
        padding: 'same',
        dilationRate: 2,
        activation: 'swish',
        ...shape,
      }),
      l.leakyReLU({ alpha: 0.1 }),
      l.simpleRNN({ units: 4, useBias: false, returnSequences, goBackwards: true }),
      l.maxPooling1d({ poolSize: 2 }),
      l.elu(),
      l.dropout({ rate: 0.3 }),
      l.flatten(),
      l.repeatVector({ n: 2 }),
      l.reLU(),
      l.softmax({ axis: -1 }),
      l.globalAveragePooling1d(),
    ]),
  'a functional model with states, a layer that is used twice, and two outputs': () => {
    const [x, z] = [tf.input({ shape: [T, D] }), tf.input({ shape: [T, D] })];
    const shared = l.dense({ units: 3, activation: 'tanh' });
    const encoder = l.lstm({ units: 2, returnState: true });
    const [, h, c] = encoder.apply(shared.apply(x)) as ReturnType<typeof tf.input>[];
    const decoded = l.lstm({ units: 2, returnSequences, recurrentActivation: 'sigmoid' });
    const y = decoded.apply([shared.apply(z), h, c] as never) as ReturnType<typeof tf.input>;
    const both = l.concatenate().apply([h, c]) as ReturnType<typeof tf.input>;
    return shaken(tf.model({ inputs: [x, z], outputs: [y, both] }));
  },
};

describe('fromTfjs', () => {
  it.each(Object.keys(THEIRS))('reads %s', async (name) => {
    const theirs = THEIRS[name]();
    const model = await fromTfjs(await savedFiles(theirs));
    const inputs = name.startsWith('recurrent') ? [tokens] : theirs.inputs.map(() => normals(N, T, D));
    const tensors = inputs.map(({ data, shape: sizes }) => tf.tensor(Float32Array.from(data), [...sizes]));
    const results = theirs.predict(tensors.length > 1 ? tensors : tensors[0]);
    const expected = Array.isArray(results) ? results : [results];
    const found = await model.predictAll((inputs.length > 1 ? inputs : inputs[0]) as never);
    expected.forEach((y, i) => {
      expect(found[i].shape).toEqual(y.shape);
      expect(largestDifference(found[i].data, y.dataSync())).toBeLessThan(2e-6);
    });
    await model.dispose();
  });

  /** A dense layer (2, 2) with a bias, its arrays written by hand. */
  const dense = (
    weights: object[],
    bytes: Uint8Array,
    more: { topology?: object; paths?: unknown; json?: object } = {},
  ): Record<string, Uint8Array> => {
    const config = {
      name: 'd',
      units: 2,
      activation: 'linear',
      use_bias: true,
      batch_input_shape: [null, 2],
    };
    const layers = [{ class_name: 'Dense', config }];
    const modelTopology = { class_name: 'Sequential', config: { name: 's', layers }, ...more.topology };
    const weightsManifest = [{ paths: more.paths ?? ['a.bin'], weights }];
    const json = { format: 'layers-model', modelTopology, weightsManifest, ...more.json };
    return { 'model.json': new TextEncoder().encode(JSON.stringify(json)), 'a.bin': bytes };
  };
  const spec = (name: string, sizes: number[], more: object = {}): object => ({
    ...{ name, shape: sizes, dtype: 'float32' },
    ...more,
  });
  const plain = [spec('d/bias', [2]), spec('d/kernel', [2, 2])];
  const floats = new Uint8Array(Float32Array.of(10, 20, 1, 2, 3, 4).buffer);

  it('goes by the names of arrays, not by where they stand', async () => {
    const model = await fromTfjs(dense(plain, floats));
    const [kernel, bias] = model.layers[0].getWeights();
    expect([Array.from(kernel.data), Array.from(bias.data)]).toEqual([
      [1, 2, 3, 4],
      [10, 20],
    ]);
  });

  it('reads weights of 8 and 16 bits', async () => {
    const files = dense(
      [
        spec('d/kernel', [2, 2], { quantization: { dtype: 'uint8', scale: 0.5, min: -1 } }),
        spec('d/bias', [2], { quantization: { dtype: 'float16' } }),
      ],
      // 1.5 and -2 in 16 bits.
      Uint8Array.of(0, 1, 2, 255, 0x00, 0x3e, 0x00, 0xc0),
    );
    const [kernel, bias] = (await fromTfjs(files)).layers[0].getWeights();
    expect([Array.from(kernel.data), Array.from(bias.data)]).toEqual([
      [-1, -0.5, 0, 126.5],
      [1.5, -2],
    ]);
    const wide = dense(
      [
        spec('d/kernel', [2, 2], { quantization: { dtype: 'uint16', scale: 2, min: 1 } }),
        spec('d/bias', [2]),
      ],
      Uint8Array.of(0, 0, 1, 0, 0, 1, 255, 255, ...floats.subarray(0, 8)),
    );
    expect(Array.from((await fromTfjs(wide)).layers[0].getWeights()[0].data)).toEqual([1, 3, 513, 131071]);
  });

  it('reads a folder, its model.json, and a URL of it, and is told from other JSON', async () => {
    mkdirSync(path.join(folder, 'saved'), { recursive: true });
    for (const [name, bytes] of Object.entries(dense(plain, floats))) {
      writeFileSync(path.join(folder, 'saved', name), bytes);
    }
    const file = path.join(folder, 'saved', 'model.json');
    for (const from of [path.dirname(file), file, new URL(`file://${file}`)]) {
      expect((await fromTfjs(from)).countParameters()).toBe(6);
    }
    expect((await importedModel(file)).format).toBe('TensorFlow.js');
    expect((await importedModel(path.dirname(file))).format).toBe('TensorFlow.js');
    // From bytes alone nobody knows where the weights are.
    await expect(importedModel(dense(plain, floats)['model.json'])).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('lie in other files'),
    });
  });

  it.each<[string, Record<string, Uint8Array>, string]>([
    ['a path that leaves the folder', dense(plain, floats, { paths: ['../a.bin'] }), 'no file beside it'],
    ['a path of the whole disk', dense(plain, floats, { paths: ['/etc/passwd'] }), 'no file beside it'],
    ['an address', dense(plain, floats, { paths: ['https://a.b/c'] }), 'no file beside it'],
    ['a path in disguise', dense(plain, floats, { paths: ['%2e%2e/a.bin'] }), 'no file beside it'],
    ['a file twice', dense(plain, floats, { paths: ['a.bin', 'a.bin'] }), 'lie twice'],
    ['too few bytes', dense(plain, floats.subarray(4)), '"a.bin", have 20 bytes, where its arrays take 24'],
    ['a number that is none', dense(plain, new Uint8Array(24).fill(255)), 'holds NaN at place 0'],
    ['sizes without end', dense([spec('d/kernel', [1e9, 1e9])], floats), 'shape without end'],
    ['an array twice', dense([plain[0], plain[0]], floats), 'two arrays "d/bias"'],
    [
      'an array of no layer',
      dense([...plain, spec('e/bias', [0])], floats),
      'no layer takes its arrays "e/bias"',
    ],
    [
      'an array of another shape than its layer has',
      dense([plain[0], spec('d/kernel', [4, 1])], floats),
      'is no whole model of TensorFlow.js: the layer "d" (Dense) needs arrays of (2, 2), (2); it has (4, 1), (2)',
    ],
    [
      'no layers',
      dense(plain, floats, { topology: { config: [] } }),
      'is no whole model of TensorFlow.js: its configuration lists no layers',
    ],
    [
      'an array by a name of its own',
      dense([plain[0], spec('d/core', [2, 2])], floats),
      '"d/core" is no array of a layer',
    ],
    [
      'text for numbers',
      dense([spec('d/kernel', [2, 2], { dtype: 'string' })], floats),
      'is of the type "string"',
    ],
    [
      'a scale that is none',
      dense([spec('d/kernel', [2, 2], { quantization: { dtype: 'uint8', min: 0 } })], floats),
      'is kept as "uint8" with the scale undefined and the least value 0',
    ],
    [
      'a version that is none',
      dense(plain, floats, { topology: { keras_version: {} } }),
      'keras_version is no',
    ],
    ['a graph model', dense(plain, floats, { json: { format: 'graph-model' } }), 'is a graph model'],
    ['no manifest', dense(plain, floats, { json: { weightsManifest: null } }), 'no weightsManifest'],
    [
      'a class by a name that every object has',
      dense(plain, floats, { topology: { config: [{ class_name: '__proto__', config: { name: 'd' } }] } }),
      'class "__proto__"',
    ],
  ])('refuses %s', async (_what, files, message) => {
    await expect(fromTfjs(files)).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringContaining(message),
    });
  });

  it('refuses a mask behind a walk back, which there is not turned', async () => {
    const theirs = sequential([
      l.masking({ inputShape: [T, D] }),
      l.gru({ units: 3, returnSequences, goBackwards: true }),
      l.dense({ units: 2 }),
      l.lstm({ units: 2, name: 'after' }),
    ]);
    await expect(fromTfjs(await savedFiles(theirs))).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringContaining('"after", which goes by the mask of a layer that walks back'),
    });
    const layers = [
      new Masking(),
      new LSTM({ units: 2, returnSequences, goBackwards: true }),
      new LSTM({ units: 2, name: 'after' }),
    ];
    const model = new Sequential(layers);
    await model.build([T, D]);
    await expect(toTfjs(model)).rejects.toMatchObject({
      message: expect.stringContaining(
        '"after" (LSTM) cannot go to TensorFlow.js: it takes masked sequences from',
      ),
    });
  });

  it('refuses what is damaged, or opens it, and never fails otherwise', async () => {
    const files = await savedFiles(
      THEIRS['a functional model with states, a layer that is used twice, and two outputs'](),
    );
    const chance = new Random(7);
    for (let i = 0; i < 150; i++) {
      const changed = { ...files, 'model.json': mutate(files['model.json'], chance, [files['model.json']]) };
      await fromTfjs(changed).then(
        (model) => model.dispose(),
        (error: unknown) => expect(error).toMatchObject({ name: 'SeqkitError' }),
      );
    }
  });
});

describe('toTfjs', () => {
  it('writes what TensorFlow.js runs, comes back, and is checked', async () => {
    const [a, b] = [input({ shape: [T, D] }), input({ shape: [T, D] })];
    const encoder = new Bidirectional({
      layer: new GRU({ units: 2, resetAfter: false, returnSequences, returnState: true }),
    });
    const [y, forward, backward] = encoder.applyAll(a);
    const wide = new Concatenate().apply([y, new LSTM({ units: 2, returnSequences }).apply(b)]);
    const model = new Model({
      inputs: [a, b],
      outputs: [new Dense({ units: 2, activation: 'leakyRelu' }).apply(wide), forward, backward],
    });
    await model.build([T, D], [T, D]);
    randomized(model, 4);
    const exported = await toTfjs(model);
    expect((await checkTfjs(tf, model, exported)).largest).toBeLessThan(1e-6);
    expect(exported.description).toMatchObject({
      inputs: [
        { name: 'input', type: 'float32', dims: [null, T, D] },
        { name: 'input_1', dims: [null, T, D] },
      ],
    });
    const back = await fromTfjs(exported.files);
    const inputs = [normals(N, T, D), normals(N, T, D)];
    const [expected, found] = [
      await model.predictAll(inputs as never),
      await back.predictAll(inputs as never),
    ];
    expected.forEach(({ data }, i) => expect(largestDifference(found[i].data, data)).toBeLessThan(1e-6));
  });

  it('brings a sequential model back as one', async () => {
    const layers = [
      new Conv1D({ filters: 3, kernelSize: 2, padding: 'causal' }),
      new SimpleRNN({ units: 2, activation: 'relu' }),
      new Activation({ activation: 'silu' }),
    ];
    const model = new Sequential(layers, { seed: 2 });
    await model.build([T, D]);
    const back = await fromTfjs((await toTfjs(model)).files);
    expect(back).toBeInstanceOf(Sequential);
    const x = normals(N, T, D);
    const [expected, found] = [await model.predict(x as never), await back.predict(x as never)];
    expect(largestDifference(found.data, expected.data)).toBeLessThan(1e-6);
  });

  it('writes layers that remember from call to call', async () => {
    const text = new TextModel({ cell: 'lstm', units: 6, layers: 2, seed: 1 });
    await text.fit('hello world '.repeat(30), { seqLength: 6, batchSize: 2, epochs: 1 });
    const exported = await toTfjs(text, { step: true });
    const { largest, numbers } = await checkTfjs(tf, text, exported);
    expect(numbers).toBeGreaterThan(100);
    expect(largest).toBeLessThan(1e-5);
    expect(exported.description).toMatchObject({
      kind: 'TextModel',
      step: true,
      inputs: [{ dims: [1, null] }],
    });
    // Without states that are carried the second piece would begin anew.
    const whole = await toTfjs(text);
    const run = await theirModel(whole.files);
    const [once] = run([tf.tensor([[1, 2, 3]], [1, 3], 'int32')]);
    const stepped = await theirModel(exported.files);
    stepped([tf.tensor([[1, 2]], [1, 2], 'int32')]);
    const [last] = stepped([tf.tensor([[3]], [1, 1], 'int32')]);
    const classes = last.data.length;
    expect(largestDifference(last.data, once.data.slice(-classes))).toBeLessThan(1e-6);
  });

  it('cuts weights into files of 4 MB', async () => {
    const model = new Sequential([new Dense({ units: 1100 })]);
    await model.build([1000]);
    const { files } = await toTfjs(model);
    expect(Object.keys(files)).toEqual(['model.json', 'group1-shard1of2.bin', 'group1-shard2of2.bin']);
    const back = await fromTfjs(files);
    const [kernel] = model.layers[0].getWeights();
    expect(largestDifference(back.layers[0].getWeights()[0].data, kernel.data)).toBe(0);
  });

  it('refuses what there is no layer for, and says what would do', async () => {
    const gru = new Sequential([new GRU({ units: 2 })]);
    gru.compile({ loss: 'meanSquaredError', optimizer: new Adam() });
    await gru.build([T, D]);
    await expect(toTfjs(gru)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('resets after the product'),
      hint: expect.stringContaining('resetAfter: false'),
    });
    const convolution = new Sequential([new Conv1D({ filters: 2, kernelSize: 2, padding: 'causal' })]);
    await convolution.build([T, D]);
    await expect(toTfjs(convolution, { step: true })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('other time steps'),
    });
    const strided = new Sequential([
      new Conv1D({ filters: 2, kernelSize: 2, padding: 'causal', strides: 2 }),
    ]);
    await strided.build([T, D]);
    await expect(toTfjs(strided)).rejects.toMatchObject({ message: expect.stringContaining('with strides') });
    const [a, b] = [input({ shape: [D] }), input({ shape: [D] })];
    const difference = new Model({ inputs: [a, b], outputs: [new Subtract().apply([a, b])] });
    await difference.build([D], [D]);
    expect((await checkTfjs(tf, difference, await toTfjs(difference))).largest).toBe(0);
    await expect(checkTfjs({} as never, gru, await toTfjs(difference))).rejects.toMatchObject({
      code: 'bad-value',
      message: expect.stringContaining('checkTfjs: runtime'),
    });
  });
});
