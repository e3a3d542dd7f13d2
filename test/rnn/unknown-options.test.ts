import { describe, expect, it } from 'vitest';
import * as rnn from '../../src/rnn/index.js';
import { describeLayer, makeLayer, prepareLayers } from '../../src/rnn/graph/registry.js';

await prepareLayers();

/** Every layer there is, with options that it takes. */
const layers: Record<string, () => [new (options: never) => rnn.Layer, object]> = {
  AbsoluteDifference: () => [rnn.AbsoluteDifference, {}],
  Activation: () => [rnn.Activation, { activation: 'tanh' }],
  Add: () => [rnn.Add, {}],
  AdditiveAttention: () => [rnn.AdditiveAttention, { ...attention, useScale: false }],
  Attention: () => [rnn.Attention, { ...attention, useScale: true }],
  Average: () => [rnn.Average, {}],
  AveragePooling1D: () => [rnn.AveragePooling1D, { poolSize: 3, strides: 2, padding: 'same' }],
  AveragePooling2D: () => [rnn.AveragePooling2D, { poolSize: [2, 1], strides: 1, channels: 1 }],
  BatchNormalization: () => [rnn.BatchNormalization, { momentum: 0.9, ...norm }],
  Bidirectional: () => [
    rnn.Bidirectional,
    { layer: new rnn.LSTM({ units: 2, unitForgetBias: false }), mergeMode: 'sum' },
  ],
  CRF: () => [rnn.CRF, {}],
  Concatenate: () => [rnn.Concatenate, { axis: 1 }],
  Conv1D: () => [
    rnn.Conv1D,
    {
      ...{
        filters: 2,
        groups: 2,
        kernelSize: 3,
        strides: 2,
        dilationRate: 1,
        padding: 'causal',
        activation: 'relu',
      },
      ...{ useBias: false, kernelInitializer: 'heNormal', kernelRegularizer: { l2: 0.1 } },
      biasRegularizer: { l2: 0.1 },
    },
  ],
  Conv2D: () => [
    rnn.Conv2D,
    {
      ...{ filters: 2, kernelSize: [3, 2], channels: 1, strides: 1, dilationRate: [1, 2], padding: 'causal' },
      ...{ bandPadding: 'same', activation: 'relu', useBias: false, kernelInitializer: 'heNormal' },
      kernelRegularizer: { l2: 0.1 },
    },
  ],
  Dense: () => [
    rnn.Dense,
    {
      ...{ units: 2, activation: 'tanh', useBias: true, biasValue: 1, kernelInitializer: 'zeros' },
      ...{ kernelRegularizer: { l2: 0.1 }, biasRegularizer: { l2: 0 } },
    },
  ],
  Dot: () => [rnn.Dot, { axes: [1, 1] }],
  Dropout: () => [rnn.Dropout, { rate: 0.5 }],
  Embedding: () => [
    rnn.Embedding,
    {
      ...{ inputDim: 4, outputDim: 2, maskZero: true, embeddingsInitializer: 'uniform' },
      embeddingsRegularizer: { l2: 0.1 },
    },
  ],
  Flatten: () => [rnn.Flatten, {}],
  GRU: () => [rnn.GRU, { units: 2, resetAfter: false, recurrentActivation: 'sigmoid', ...recurrent }],
  GlobalAveragePooling1D: () => [rnn.GlobalAveragePooling1D, {}],
  GlobalMaxPooling1D: () => [rnn.GlobalMaxPooling1D, {}],
  LSTM: () => [
    rnn.LSTM,
    { units: 2, unitForgetBias: true, peepholes: true, recurrentActivation: 'sigmoid', ...recurrent },
  ],
  LayerNormalization: () => [rnn.LayerNormalization, norm],
  LeakyReLU: () => [rnn.LeakyReLU, { negativeSlope: 0.1, minValue: -1 }],
  Masking: () => [rnn.Masking, { maskValue: -1 }],
  MaxPooling1D: () => [rnn.MaxPooling1D, { poolSize: 3 }],
  MaxPooling2D: () => [rnn.MaxPooling2D, { poolSize: 2, padding: 'same' }],
  MultiHeadAttention: () => [
    rnn.MultiHeadAttention,
    { ...attention, numHeads: 2, keyDim: 3, valueDim: 4, useBias: false },
  ],
  Multiply: () => [rnn.Multiply, {}],
  OneHot: () => [rnn.OneHot, { depth: 4 }],
  RepeatVector: () => [rnn.RepeatVector, { n: 3 }],
  Reshape: () => [rnn.Reshape, { targetShape: [2, -1] }],
  Residual: () => [rnn.Residual, { layers: [new rnn.Dense({ units: 2 })] }],
  SimpleRNN: () => [rnn.SimpleRNN, { units: 2, ...recurrent }],
  Standardize: () => [rnn.Standardize, {}],
  Subtract: () => [rnn.Subtract, {}],
  TiedEmbedding: () => [
    rnn.TiedEmbedding,
    { inputDim: 3, outputDim: 2, layers: [new rnn.Dense({ units: 2 })] },
  ],
  TimeDistributed: () => [rnn.TimeDistributed, { layer: new rnn.Dense({ units: 2 }) }],
  UnitNormalization: () => [rnn.UnitNormalization, { axis: -1 }],
};

const attention = { causal: true, dropout: 0.1, returnAttentionScores: false };
const norm = { epsilon: 1e-4, center: false, scale: true, axis: 2 };
const recurrent = {
  ...{ activation: 'tanh', useBias: true, returnSequences: true, goBackwards: true, stateful: false },
  ...{ returnState: false, dropout: 0.1, recurrentDropout: 0.1, kernelInitializer: 'glorotUniform' },
  ...{ recurrentInitializer: 'orthogonal', biasInitializer: 'zeros', kernelRegularizer: { l2: 0.1 } },
  ...{ recurrentRegularizer: { l2: 0.1 }, biasRegularizer: { l2: 0.1 } },
};

const make = (kind: string, more: object): rnn.Layer => {
  const [Kind, options] = layers[kind]();
  return new Kind({ ...options, ...more } as never);
};

describe('unknown options', () => {
  it('are looked for in every layer that a model may have', () => {
    const classes = Object.entries(rnn).filter(
      ([, value]) => typeof value === 'function' && value.prototype instanceof rnn.Layer,
    );
    const abstract = ['Recurrent', 'MergeLayer'];
    expect(Object.keys(layers)).toEqual(
      classes
        .map(([name]) => name)
        .filter((name) => !abstract.includes(name))
        .sort(),
    );
  });

  it.each(Object.keys(layers))('%s refuses one by its name, and takes all that it has', (kind) => {
    expect(make(kind, { name: 'here' }).name).toBe('here');
    expect(() => make(kind, { units_: 1 })).toThrow(
      expect.objectContaining({
        code: 'usage',
        message: expect.stringMatching(new RegExp(`\\b${kind}\\b.* has no option "units_"`)) as string,
        hint: expect.stringMatching(/The options are .*\bname\b/) as string,
      }),
    );
  });

  it.each(Object.keys(layers))('%s is made again from what a file says of it', (kind) => {
    const layer = make(kind, { name: 'here' });
    const described = JSON.parse(JSON.stringify(describeLayer(layer))) as ReturnType<typeof describeLayer>;
    expect(describeLayer(makeLayer(described))).toEqual(describeLayer(layer));
    expect(() => makeLayer({ kind, options: { ...described.options, later: 1 } })).toThrow(
      expect.objectContaining({
        code: 'bad-file',
        message: expect.stringContaining('"later"') as string,
      }),
    );
  });

  it('are none of what a model file holds; load has its own', async () => {
    const { Sequential, Dense, GRU } = rnn;
    const model = new Sequential([new GRU({ units: 2 }), new Dense({ units: 1 })], { engine: 'wasm' });
    await model.build([3, 2]);
    const loaded = await Sequential.load(model.toBytes(), { engine: 'wasm' });
    expect(loaded.toBytes()).toEqual(model.toBytes());
    await expect(Sequential.load(model.toBytes(), { seed: 1 } as never)).rejects.toThrow(
      'load has no option "seed"',
    );
    await Promise.all([model.dispose(), loaded.dispose()]);
  });

  it('of a SimpleRNN are the gates of the others', () => {
    expect(() => make('SimpleRNN', { recurrentActivation: 'tanh' })).toThrow('"recurrentActivation"');
    expect(() => make('Flatten', { targetShape: [1] })).toThrow('Flatten has no option "targetShape"');
    expect(() => make('LSTM', { resetAfter: true })).toThrow('"resetAfter"');
  });

  it.each(['SGD', 'Momentum', 'RMSprop', 'Adam', 'AdamW'] as const)('%s refuses one by its name', (name) => {
    const Kind = rnn[name];
    const rates = { learningRate: 0.1, clipNorm: 1 };
    expect(new Kind(rates).hyper(1)[0]).toBe(0.1);
    expect(() => new Kind({ ...rates, lr: 0.1 } as never)).toThrow(
      expect.objectContaining({
        code: 'usage',
        message: `${name} has no option "lr".`,
        hint: expect.stringContaining('learningRate, globalClipNorm, clipNorm, clipValue') as string,
      }),
    );
  });

  it('weightDecay is an option of AdamW alone', () => {
    expect(new rnn.AdamW({ weightDecay: 0.5, learningRate: 0.1, beta1: 0.8 }).hyper(1)[3]).toBe(0.95);
    expect(() => new rnn.Adam({ weightDecay: 0.5 } as never)).toThrow('Adam has no option "weightDecay"');
  });

  const steps = { initial: 0.1, every: 10 };
  it.each([
    ['cosineSchedule', () => rnn.cosineSchedule({ peak: 0.1, totalSteps: 9, warmup: 3 } as never)],
    ['stepSchedule', () => rnn.stepSchedule({ ...steps, factor: 0.5, warmup: 3 } as never)],
    ['exponentialSchedule', () => rnn.exponentialSchedule({ ...steps, factor: 0.5, warmup: 3 } as never)],
    ['inverseTimeSchedule', () => rnn.inverseTimeSchedule({ ...steps, decay: 0.5, warmup: 3 } as never)],
    ['input', () => rnn.input({ shape: [3], warmup: 3 } as never)],
    ['Recurrent', () => new rnn.Recurrent(undefined as never, { warmup: 3 } as never)],
    ['SimpleRNNStep', () => new rnn.SimpleRNNStep({ inputDim: 2, units: 2, warmup: 3 } as never)],
    ['GRUStep', () => new rnn.GRUStep({ inputDim: 2, units: 2, warmup: 3 } as never)],
    ['LSTMStep', () => new rnn.LSTMStep({ inputDim: 2, units: 2, warmup: 3 } as never)],
    ['SimpleRNNCell', () => new rnn.SimpleRNNCell({ units: 2, warmup: 3 } as never)],
    ['GRUCell', () => new rnn.GRUCell({ units: 2, warmup: 3 } as never)],
    ['LSTMCell', () => new rnn.LSTMCell({ units: 2, warmup: 3 } as never)],
    ['gradientCheck', () => rnn.gradientCheck([new rnn.Dense({ units: 1 })], { warmup: 3 } as never)],
    ['Sequential', () => new rnn.Sequential([new rnn.Dense({ units: 1 })], { warmup: 3 } as never)],
    ['Model', () => new rnn.Model({ inputs: [], outputs: [], warmup: 3 } as never)],
    [
      'compile',
      () =>
        new rnn.Sequential([new rnn.Dense({ units: 1 })]).compile({
          ...{ loss: 'meanSquaredError', optimizer: new rnn.Adam(), warmup: 3 },
        } as never),
    ],
  ])('%s refuses one by its name', (name, call) => {
    expect(call).toThrow(
      expect.objectContaining({ code: 'usage', message: `${name} has no option "warmup".` }),
    );
  });

  it('of a loss and of a regularizer are found when the model is made', async () => {
    const x = { data: new Float32Array(2), shape: [1, 2] };
    const y = { data: new Float32Array(1), shape: [1, 1] };
    const fit = async (dense: object, loss: object): Promise<unknown> => {
      const model = new rnn.Sequential([new rnn.Dense({ units: 1, ...dense })], { engine: 'wasm' });
      model.compile({ loss: { name: 'meanSquaredError', ...loss }, optimizer: new rnn.Adam() });
      return model.fit(x, y);
    };
    await expect(fit({ kernelRegularizer: { l2: 0.1, l3: 0.1 } }, {})).rejects.toThrow(
      'Dense: kernelRegularizer has no option "l3"',
    );
    await expect(fit({}, { smoothing: 0.1 })).rejects.toThrow('compile: loss has no option "smoothing"');
    await expect(fit({}, {})).resolves.toBeDefined();
  });
});

describe('what stands where options should', () => {
  const gru = (): rnn.Layer => new rnn.GRU({ units: 2, returnSequences: true });

  it.each<[name: string, value: string, call: () => unknown, hint: string]>([
    [
      'Bidirectional',
      'a GRU',
      () => new rnn.Bidirectional(gru() as never),
      'the layer, write { layer: ... }.',
    ],
    ['TimeDistributed', 'a GRU', () => new rnn.TimeDistributed(gru() as never), 'write { layer: ... }.'],
    ['Residual', 'an array of 1', () => new rnn.Residual([gru()] as never), 'write { layers: ... }.'],
    ['TiedEmbedding', 'a GRU', () => new rnn.TiedEmbedding(gru() as never), 'The options are inputDim,'],
    ['Dense', '3', () => new rnn.Dense(3 as never), 'the units, write { units: ... }.'],
    ['Dropout', '0.5', () => new rnn.Dropout(0.5 as never), 'the rate, write { rate: ... }.'],
    ['Adam', '0.1', () => new rnn.Adam(0.1 as never), 'write { learningRate: ... }.'],
  ])('of %s is named, %s', (name, value, call, hint) => {
    expect(call).toThrow(
      expect.objectContaining({
        ...{ code: 'usage', message: `The options of ${name} must be an object, not ${value}.` },
        hint: expect.stringContaining(hint),
      }),
    );
  });

  it.each([gru(), new rnn.Sequential([gru()]), {}])('of a cell is named', (value) => {
    expect(() => new rnn.Recurrent(value as never)).toThrow(/^A recurrent layer is made of a cell, not of /);
  });
});
