import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as rnn from '../../src/rnn/index.js';
import { wrongValues } from '../support/wrong-values.js';

/** By hand: the titles in `wrongValues` that each kind of option takes. */
const numbers = ['0', '-1', '1.5', '2^53', '1e308'];
const texts = ['an empty text', 'a text', 'a number as text', 'a text that names an object key', 'another'];
const objects = ['an object', 'an object without a prototype'];
const numberLists = ['an array of numbers', 'a typed array', 'bytes'];
const kinds = {
  count: [],
  choice: [],
  layer: [],
  l2: [],
  flag: ['true', 'false'],
  text: texts,
  someText: texts.slice(1),
  number: numbers,
  atLeastZero: ['0', '1.5', '2^53', '1e308'],
  aboveZero: ['1.5', '2^53', '1e308'],
  /** From 0 up to but without 1, or with it. */
  share: ['0'],
  whole: ['0', '-1'],
  wholeFromZero: ['0'],
  axis: ['-1'],
  share0to1: ['0'],
  shape: ['an array of numbers'],
  rate: ['1.5', '2^53', '1e308', 'a function', 'a class'],
  callback: ['a function', 'a class'],
} as const satisfies Record<string, readonly string[]>;
type Kind = keyof typeof kinds;
/** The kind of each option; a `?` may be left out. */
type Has = Record<string, Kind | `${Kind}?`>;

/** The titles of the values that a call takes; whatever else it does than take or refuse them fails the test. */
async function taken(call: (value: unknown) => unknown): Promise<string[]> {
  const found: string[] = [];
  for (const [title, value] of wrongValues) {
    try {
      await call(value);
      found.push(title);
    } catch (error) {
      // What a callback throws, as a class does that is called, is its giver's.
      if (title === 'a class' && String(error).includes('Class constructor Nonsense')) continue;
      if (!(error instanceof rnn.SeqkitError))
        throw new Error(`${title}: ${String(error)}`, { cause: error });
      expect(error.message).not.toMatch(/undefined:|NaN,|\[object/);
    }
  }
  return found;
}

const inOrder = (titles: readonly string[]): string[] =>
  wrongValues.map(([title]) => title).filter((title) => titles.includes(title));

const dense = (): rnn.Dense => new rnn.Dense({ units: 2 });
const named: Has = { name: 'text?' };
/** The name of a loss among its options is its own alone. */
const loss: Has = { name: 'choice?' };
const crossentropy: Has = { ...loss, fromLogits: 'flag?', labelSmoothing: 'share?' };
const metric: Has = { name: 'someText?' };
const threshold: Has = { ...metric, threshold: 'share0to1?' };
const cell: Has = {
  ...{ units: 'count', activation: 'choice?', useBias: 'flag?' },
  ...{ kernelInitializer: 'choice?', recurrentInitializer: 'choice?', biasInitializer: 'choice?' },
  ...{ kernelRegularizer: 'l2?', recurrentRegularizer: 'l2?', biasRegularizer: 'l2?' },
  ...{ kernelConstraint: 'choice?', recurrentConstraint: 'choice?', biasConstraint: 'choice?' },
};
const recurrent: Has = {
  ...{ returnSequences: 'flag?', goBackwards: 'flag?', stateful: 'flag?', returnState: 'flag?' },
  ...{ dropout: 'share?', recurrentDropout: 'share?', activityRegularizer: 'l2?', ...named },
};
const attention: Has = {
  ...{ causal: 'flag?', dropout: 'share?', returnAttentionScores: 'flag?', ...named },
};
const norm: Has = { epsilon: 'atLeastZero?', center: 'flag?', scale: 'flag?', axis: 'axis?', ...named };
const gated: Has = { ...cell, recurrentActivation: 'choice?' };
const lstm: Has = { unitForgetBias: 'flag?', peepholes: 'flag?' };
const loop: Has = { inputDim: 'count', seed: 'whole?' };
const rates: Has = {
  ...{ learningRate: 'rate?', globalClipNorm: 'aboveZero?', clipNorm: 'aboveZero?', clipValue: 'aboveZero?' },
  ...{ useEma: 'flag?', emaMomentum: 'share?', emaOverwriteFrequency: 'count?' },
};
const averaging = (): object => ({ useEma: true });
const moments: Has = { ...rates, beta1: 'share?', beta2: 'share?', epsilon: 'aboveZero?' };
const adam: Has = { ...moments, amsgrad: 'flag?' };
const steps: Has = { initial: 'aboveZero', every: 'aboveZero' };
const factors: { make: () => object; has: Has } = {
  make: () => ({ initial: 1, every: 2, factor: 0.5 }),
  has: { ...steps, factor: 'aboveZero' },
};

/** What takes an options object: options that it takes, and the kind of each that it has. */
const withOptions: Record<string, { make: () => object; has: Has }> = {
  AUC: { make: () => ({}), has: { ...metric, curve: 'choice?' } },
  AbsoluteDifference: { make: () => ({}), has: named },
  Accuracy: { make: () => ({}), has: metric },
  Activation: { make: () => ({ activation: 'tanh' }), has: { activation: 'choice', ...named } },
  Adagrad: {
    make: averaging,
    has: { ...rates, initialAccumulatorValue: 'atLeastZero?', epsilon: 'aboveZero?' },
  },
  Adam: { make: averaging, has: adam },
  AdamW: { make: averaging, has: { ...adam, weightDecay: 'atLeastZero?' } },
  Add: { make: () => ({}), has: named },
  Average: { make: () => ({}), has: named },
  AdditiveAttention: { make: () => ({}), has: { ...attention, useScale: 'flag?' } },
  Attention: { make: () => ({}), has: { ...attention, useScale: 'flag?' } },
  MultiHeadAttention: {
    make: () => ({ numHeads: 2, keyDim: 3 }),
    has: {
      ...{ numHeads: 'count', keyDim: 'count', valueDim: 'count?', useBias: 'flag?' },
      ...attention,
    },
  },
  AveragePooling1D: {
    make: () => ({}),
    has: { poolSize: 'count?', strides: 'count?', padding: 'choice?', ...named },
  },
  BinaryAccuracy: { make: () => ({}), has: threshold },
  BinaryCrossentropy: { make: () => ({}), has: crossentropy },
  CRF: { make: () => ({}), has: named },
  CRFLoss: { make: () => ({ layer: new rnn.CRF() }), has: { layer: 'layer' } },
  CTC: { make: () => ({}), has: { ...loss, zeroInfinity: 'flag?' } },
  CategoricalAccuracy: { make: () => ({}), has: metric },
  CategoricalCrossentropy: { make: () => ({}), has: crossentropy },
  ContrastiveLoss: { make: () => ({}), has: { ...loss, margin: 'aboveZero?' } },
  CosineSimilarity: { make: () => ({}), has: loss },
  F1Score: { make: () => ({}), has: { ...threshold, average: 'choice?' } },
  Huber: { make: () => ({}), has: { ...loss, delta: 'aboveZero?' } },
  MeanAbsoluteError: { make: () => ({}), has: loss },
  MeanSquaredError: { make: () => ({}), has: loss },
  Perplexity: { make: () => ({}), has: metric },
  Precision: { make: () => ({}), has: { ...threshold, classId: 'wholeFromZero?' } },
  Recall: { make: () => ({}), has: { ...threshold, classId: 'wholeFromZero?' } },
  SparseCategoricalCrossentropy: { make: () => ({}), has: crossentropy },
  TopKCategoricalAccuracy: { make: () => ({}), has: { ...metric, k: 'count?' } },
  TripletLoss: { make: () => ({}), has: { ...loss, margin: 'atLeastZero?' } },
  BatchNormalization: {
    make: () => ({}),
    has: { momentum: 'share?', ...norm },
  },
  Bidirectional: {
    make: () => ({ layer: new rnn.GRU({ units: 2 }) }),
    has: { layer: 'layer', mergeMode: 'choice?', ...named },
  },
  Concatenate: { make: () => ({}), has: { axis: 'axis?', ...named } },
  Conv1D: {
    make: () => ({ filters: 2, kernelSize: 3 }),
    has: {
      ...{
        filters: 'count',
        kernelSize: 'count',
        strides: 'count?',
        dilationRate: 'count?',
        groups: 'count?',
      },
      ...{ padding: 'choice?', activation: 'choice?', useBias: 'flag?', kernelInitializer: 'choice?' },
      ...{ kernelRegularizer: 'l2?', biasRegularizer: 'l2?', activityRegularizer: 'l2?', ...named },
      ...{ kernelConstraint: 'choice?', biasConstraint: 'choice?' },
    },
  },
  Conv2D: {
    make: () => ({ filters: 2, kernelSize: [3, 1] }),
    has: {
      ...{ filters: 'count', kernelSize: 'count', channels: 'count?', strides: 'count?' },
      ...{ dilationRate: 'count?', bandPadding: 'choice?' },
      ...{ padding: 'choice?', activation: 'choice?', useBias: 'flag?', kernelInitializer: 'choice?' },
      ...{ kernelRegularizer: 'l2?', biasRegularizer: 'l2?', activityRegularizer: 'l2?', ...named },
      ...{ kernelConstraint: 'choice?', biasConstraint: 'choice?' },
    },
  },
  LeakyReLU: {
    make: () => ({}),
    has: { negativeSlope: 'share0to1?', minValue: 'whole?', ...named },
  },
  MaxPooling2D: {
    make: () => ({}),
    has: { poolSize: 'count?', strides: 'count?', channels: 'count?', padding: 'choice?', ...named },
  },
  AveragePooling2D: {
    make: () => ({}),
    has: { poolSize: 'count?', strides: 'count?', channels: 'count?', padding: 'choice?', ...named },
  },
  Dense: {
    make: () => ({ units: 2 }),
    has: {
      ...{ units: 'count', activation: 'choice?', useBias: 'flag?', biasValue: 'number?' },
      ...{ kernelInitializer: 'choice?', kernelRegularizer: 'l2?', biasRegularizer: 'l2?', ...named },
      ...{ activityRegularizer: 'l2?', kernelConstraint: 'choice?', biasConstraint: 'choice?' },
    },
  },
  Dot: { make: () => ({ axes: 1 }), has: { axes: 'count', ...named } },
  Dropout: { make: () => ({ rate: 0.5 }), has: { rate: 'share', ...named } },
  EarlyStopping: {
    make: () => ({}),
    has: { monitor: 'someText?', patience: 'count?', minDelta: 'atLeastZero?', restoreBest: 'flag?' },
  },
  Embedding: {
    make: () => ({ inputDim: 3, outputDim: 2 }),
    has: {
      ...{ inputDim: 'count', outputDim: 'count', maskZero: 'flag?' },
      ...{ embeddingsInitializer: 'choice?', embeddingsRegularizer: 'l2?', ...named },
      ...{ activityRegularizer: 'l2?', embeddingsConstraint: 'choice?' },
    },
  },
  Flatten: { make: () => ({}), has: named },
  GRU: { make: () => ({ units: 2 }), has: { ...gated, ...recurrent, resetAfter: 'flag?' } },
  GRUCell: { make: () => ({ units: 2 }), has: { ...gated, resetAfter: 'flag?' } },
  GRUStep: { make: () => ({ units: 2, inputDim: 2 }), has: { ...gated, ...loop, resetAfter: 'flag?' } },
  GlobalAveragePooling1D: { make: () => ({}), has: named },
  GlobalMaxPooling1D: { make: () => ({}), has: named },
  LSTM: { make: () => ({ units: 2 }), has: { ...gated, ...recurrent, ...lstm } },
  LSTMCell: { make: () => ({ units: 2 }), has: { ...gated, ...lstm } },
  LSTMStep: { make: () => ({ units: 2, inputDim: 2 }), has: { ...gated, ...loop, ...lstm } },
  LayerNormalization: { make: () => ({}), has: norm },
  Masking: { make: () => ({}), has: { maskValue: 'number?', ...named } },
  MaxPooling1D: {
    make: () => ({}),
    has: { poolSize: 'count?', strides: 'count?', padding: 'choice?', ...named },
  },
  Momentum: { make: averaging, has: { ...rates, beta: 'share?' } },
  Multiply: { make: () => ({}), has: named },
  Nadam: { make: averaging, has: { ...moments, momentumDecay: 'atLeastZero?' } },
  OneHot: { make: () => ({ depth: 3 }), has: { depth: 'count', ...named } },
  RMSprop: {
    make: averaging,
    has: { ...rates, rho: 'share?', momentum: 'share?', epsilon: 'aboveZero?' },
  },
  RepeatVector: { make: () => ({ n: 2 }), has: { n: 'count', ...named } },
  Reshape: { make: () => ({ targetShape: [2, 3] }), has: { targetShape: 'count', ...named } },
  Residual: { make: () => ({ layers: [dense()] }), has: { layers: 'layer', ...named } },
  SGD: {
    make: () => ({ momentum: 0.5, useEma: true }),
    has: { ...rates, momentum: 'share?', nesterov: 'flag?', weightDecay: 'atLeastZero?' },
  },
  SimpleRNN: { make: () => ({ units: 2 }), has: { ...cell, ...recurrent } },
  SimpleRNNCell: { make: () => ({ units: 2 }), has: cell },
  SimpleRNNStep: { make: () => ({ units: 2, inputDim: 2 }), has: { ...cell, ...loop } },
  Standardize: { make: () => ({}), has: named },
  Subtract: { make: () => ({}), has: named },
  TiedEmbedding: {
    make: () => ({ inputDim: 3, outputDim: 2, layers: [dense()] }),
    has: { inputDim: 'count', outputDim: 'count', layers: 'layer', ...named },
  },
  UnitNormalization: { make: () => ({}), has: { axis: 'axis?', ...named } },
  TimeDistributed: { make: () => ({ layer: dense() }), has: { layer: 'layer', ...named } },
  cosineSchedule: {
    make: () => ({ peak: 1, totalSteps: 1e300, warmupSteps: 1 }),
    has: { peak: 'aboveZero', totalSteps: 'aboveZero', warmupSteps: 'atLeastZero?', floor: 'atLeastZero?' },
  },
  exponentialSchedule: factors,
  input: { make: () => ({ shape: [null, 2] }), has: { shape: 'shape', ...named } },
  inverseTimeSchedule: {
    make: () => ({ initial: 1, every: 2, decay: 0.5 }),
    has: { ...steps, decay: 'aboveZero' },
  },
  stepSchedule: factors,
};

const call = (name: string, ...given: unknown[]): unknown => {
  const made = (rnn as unknown as Record<string, unknown>)[name];
  const isClass = /^[A-Z]/.test(name);
  return isClass
    ? new (made as new (...all: unknown[]) => unknown)(...given)
    : (made as (...all: unknown[]) => unknown)(...given);
};

/** Values of options that contradict others, each fine by itself. */
const contradictions: Record<string, readonly string[]> = {
  // The first takes momentum away from nesterov, the second has less room than the warm-up.
  'cosineSchedule warmupSteps': ['1e308'],
  'cosineSchedule totalSteps': [],
};

describe('every option of every constructor and function', () => {
  it.each(Object.keys(withOptions))('%s', async (name) => {
    const { make, has } = withOptions[name];
    for (const [option, kind] of Object.entries(has)) {
      const mayLack = kind.endsWith('?');
      const against = contradictions[`${name} ${option}`] ?? [];
      const expected = [...kinds[kind.replace('?', '') as Kind], ...(mayLack ? ['undefined'] : [])];
      const found = await taken((value) => call(name, { ...make(), [option]: value }));
      expect([option, ...found]).toEqual([
        option,
        ...inOrder(expected).filter((title) => !against.includes(title)),
      ]);
    }
    const needsNone = Object.values(has).every((kind) => kind.endsWith('?'));
    expect(await taken((value) => call(name, value))).toEqual(
      needsNone ? inOrder(['undefined', ...objects]) : [],
    );
    expect(await taken((value) => call(name, { ...make(), nonsense: value }))).toEqual([]);
  });

  it('in pairs', async () => {
    const few = wrongValues.filter((_, i) => i % 5 === 2).map(([, value]) => value);
    for (const [name, { make, has }] of Object.entries(withOptions)) {
      const options = Object.keys(has);
      for (const [i, first] of options.entries()) {
        for (const second of options.slice(i + 1)) {
          for (const value of few) {
            const more = { [first]: value, [second]: few[(few.indexOf(value) + i) % few.length] };
            try {
              call(name, { ...make(), ...more });
            } catch (error) {
              if (!(error instanceof rnn.SeqkitError))
                throw new Error(`${name} ${first} ${second}`, { cause: error });
            }
          }
        }
      }
    }
  });
});

const D = 2;
const x = [
  [1, 2],
  [3, 4],
];
const network = (): rnn.Sequential => {
  const model = new rnn.Sequential([new rnn.Dense({ units: D, name: 'head' })], { engine: 'reference' });
  model.compile({ loss: 'meanSquaredError', optimizer: 'adam' });
  return model;
};
let model: rnn.Sequential;
let recurrentModel: rnn.Sequential;
let bytes: Uint8Array;
beforeAll(async () => {
  model = network();
  await model.build([D]);
  recurrentModel = new rnn.Sequential([new rnn.GRU({ units: D, name: 'gru' })], { engine: 'reference' });
  await recurrentModel.build([3, D]);
  bytes = model.toBytes();
});
afterAll(() => Promise.all([model.dispose(), recurrentModel.dispose()]));

const evaluation = { sampleWeight: ['undefined'], lengths: ['undefined'], batchSize: ['undefined'] };
const loopCell = new rnn.GRUStep({ inputDim: D, units: D });
const forward = loopCell.forward([1, 2]);
const random = new rnn.Random(1);
const vectors = { size: 0, vectorSize: 2, has: () => false, get: () => new Float32Array(2) };
const engines = { engine: ['undefined'], threads: ['undefined'], onEngine: ['undefined', ...kinds.callback] };

/** One argument, or one option of an argument: how it is given, and the titles that it takes. */
type Argument = readonly [call: (value: unknown) => unknown, taken: readonly string[]];

/** Every option of a call, each by itself. */
const options = (
  by: (options: object) => unknown,
  table: Readonly<Record<string, readonly string[]>>,
): Record<string, Argument> =>
  Object.fromEntries(
    Object.entries(table).map(([name, titles]) => [name, [(value) => by({ [name]: value }), titles]]),
  );
const optional = ['undefined', ...objects];
const never: never = undefined as never;
const as = <T>(value: unknown): T => value as T;

/** Methods and functions by their arguments, each with what it takes. */
const methods: Record<string, Record<string, Argument>> = {
  'Sequential.constructor': {
    layers: [(v) => new rnn.Sequential(as(v)), []],
    'one of layers': [(v) => new rnn.Sequential([dense(), as(v)]), []],
    options: [(v) => new rnn.Sequential([dense()], as(v)), optional],
    ...options((o) => new rnn.Sequential([dense()], o), { seed: ['undefined', ...kinds.whole], ...engines }),
  },
  'Model.constructor': {
    ends: [(v) => new rnn.Model(as(v)), []],
    inputs: [
      (v) => new rnn.Model({ inputs: v as never, outputs: dense().apply(rnn.input({ shape: [2] })) }),
      [],
    ],
    outputs: [(v) => new rnn.Model({ inputs: rnn.input({ shape: [2] }), outputs: v as never }), []],
  },
  'Sequential.compile': {
    options: [(v) => network().compile(as(v)), []],
    loss: [(v) => network().compile({ loss: as(v), optimizer: 'adam' }), []],
    optimizer: [(v) => network().compile({ loss: 'mse', optimizer: as(v) }), []],
    lossWeights: [
      (v) => network().compile({ loss: 'meanSquaredError', lossWeights: as(v), optimizer: 'sgd' }),
      ['undefined'],
    ],
    metrics: [
      (v) =>
        network().compile({ loss: 'meanSquaredError', metrics: as<rnn.MetricsOption>(v), optimizer: 'sgd' }),
      ['undefined', 'an empty array', ...objects],
    ],
    'one of metrics': [
      (v) =>
        network().compile({ loss: 'meanSquaredError', metrics: [as<rnn.MetricName>(v)], optimizer: 'sgd' }),
      // A list for the one output.
      ['an empty array'],
    ],
    evaluationLoss: [
      (v) => network().compile({ loss: 'meanSquaredError', evaluationLoss: as(v), optimizer: 'sgd' }),
      ['undefined'],
    ],
  },
  'Sequential.build': { shape: [(v) => network().build(as(v)), ['an array of numbers'].slice(1)] },
  'Sequential.fit': {
    x: [(v) => model.fit(as(v), x), []],
    y: [(v) => model.fit(x, as(v)), []],
    options: [(v) => model.fit(x, x, as(v)), optional],
    ...options((o) => model.fit(x, x, o), {
      ...evaluation,
      ...{
        epochs: ['undefined'],
        shuffle: ['undefined', ...kinds.flag],
        validationSplit: ['undefined', '0'],
      },
      ...{ validationData: ['undefined'], classWeight: ['undefined'], earlyStopping: ['undefined'] },
      ...{ checkpoint: ['undefined'], resume: ['undefined', 'false'], signal: ['undefined'] },
      ...{ onBatch: ['undefined', 'a function'], onEpoch: ['undefined', 'a function'] },
      callbacks: ['undefined', 'an empty array'],
    }),
  },
  'Sequential.trainOnBatch': {
    x: [(v) => model.trainOnBatch(as(v), x), []],
    y: [(v) => model.trainOnBatch(x, as(v)), []],
    options: [(v) => model.trainOnBatch(x, x, as(v)), optional],
    ...options((o) => model.trainOnBatch(x, x, o), evaluation),
  },
  'Sequential.layer': { name: [(v) => model.layer(as(v)), []] },
  'Sequential.summary': {
    options: [(v) => model.summary(as(v)), optional],
    ...options((o) => model.summary(o), { print: ['undefined', 'a function'] }),
  },
  'Sequential.evaluate': {
    x: [(v) => model.evaluate(as(v), x), []],
    y: [(v) => model.evaluate(x, as(v)), []],
    options: [(v) => model.evaluate(x, x, as(v)), optional],
    ...options((o) => model.evaluate(x, x, o), evaluation),
  },
  'Sequential.evaluateAll': {
    x: [(v) => model.evaluateAll(as(v), x), []],
    y: [(v) => model.evaluateAll(x, as(v)), []],
    ...options((o) => model.evaluateAll(x, x, o), evaluation),
  },
  'Sequential.predict': {
    x: [(v) => model.predict(as(v)), []],
    options: [(v) => model.predict(x, as(v)), optional],
    ...options((o) => model.predict(x, o), { lengths: ['undefined'], batchSize: ['undefined'] }),
  },
  'Sequential.predictAll': { x: [(v) => model.predictAll(as(v)), []] },
  'Sequential.stepper': {
    options: [(v) => recurrentModel.stepper(as(v)), optional],
    ...options((o) => recurrentModel.stepper(o), { batch: ['undefined'] }),
  },
  'Sequential.resetStates': { by: [(v) => model.resetStates(as(v)), ['undefined']] },
  'Sequential.toBytes': {
    options: [(v) => model.toBytes(as(v)), optional],
    ...options((o) => model.toBytes(o), {
      kind: ['undefined', ...kinds.someText],
      settings: ['undefined', ...objects, 'an object with a key'],
    }),
  },
  'Sequential.save': {
    // Texts are paths, which would be written.
    path: [(v) => model.save(typeof v === 'string' ? never : as(v)), []],
    options: [(v) => model.save('/nowhere/to/be/found', { force: as(v) }), []],
  },
  'Sequential.checkpoints': { options: [(v) => void model.checkpoints(as(v)), optional] },
  'Sequential.setTrainingState': {
    state: [(v) => model.setTrainingState(as(v)), []],
    buffers: [
      (v) => model.setTrainingState({ engine: 'reference', step: 0, updates: 0, buffers: as(v) }),
      [],
    ],
  },
  'Sequential.load': {
    from: [(v) => rnn.Sequential.load(typeof v === 'string' ? never : as(v)), []],
    options: [async (v) => (await rnn.Sequential.load(bytes, as(v))).dispose(), optional],
    ...options(async (o) => (await rnn.Sequential.load(bytes, o)).dispose(), {
      ...engines,
      layers: ['undefined', ...objects],
    }),
  },
  'Model.load': { from: [(v) => rnn.Model.load(typeof v === 'string' ? never : as(v)), []] },
  'Stepper.step': { x: [(v) => recurrentModel.stepper().step(as(v)), []] },
  'Stepper.setState': { states: [(v) => recurrentModel.stepper().setState(as(v)), []] },
  'Embedding.fromVectors': {
    vectors: [(v) => rnn.Embedding.fromVectors(as(v), ['a']), []],
    vocabulary: [(v) => rnn.Embedding.fromVectors(vectors, as(v)), ['an array of texts']],
    'a word': [(v) => rnn.Embedding.fromVectors(vectors, [as<string>(v)]), texts.slice(1)],
    'a token': [(v) => rnn.Embedding.fromVectors(vectors, new Map<string, number>([['a', as(v)]])), ['0']],
    options: [(v) => rnn.Embedding.fromVectors(vectors, ['a'], as(v)), optional],
    ...options((o) => rnn.Embedding.fromVectors(vectors, ['a'], o), {
      ...{ inputDim: ['undefined'], unknown: ['undefined'], trainable: ['undefined', ...kinds.flag] },
      ...{ maskZero: ['undefined', ...kinds.flag], seed: ['undefined', ...kinds.whole] },
      name: ['undefined', ...texts],
    }),
  },
  'Layer.apply': { inputs: [(v) => dense().apply(as(v)), []] },
  'Layer.applyAll': { inputs: [(v) => dense().applyAll(as(v)), []] },
  'Layer.build': {
    features: [(v) => dense().build(as(v), random), []],
    random: [(v) => dense().build(2, as(v)), []],
  },
  'Layer.setWeights': {
    values: [(v) => model.layers[0].setWeights(as(v)), []],
    'one of values': [(v) => model.layers[0].setWeights([new Float32Array(4), as(v)]), []],
  },
  'Layer.trainable': { value: [(v) => (dense().trainable = as(v)), kinds.flag] },
  'Layer.name': {
    value: [
      (v) => {
        const layer = dense();
        layer.name = as(v);
        void new rnn.Sequential([layer]);
      },
      texts,
    ],
  },
  'Recurrent.constructor': {
    cell: [(v) => new rnn.Recurrent(as(v), {}), []],
    options: [(v) => new rnn.Recurrent(as(new rnn.GRU({ units: 2 }).cell), as(v)), optional],
  },
  'Recurrent.copyWith': {
    changes: [(v) => new rnn.GRU({ units: 2 }).copyWith(as(v)), optional],
  },
  'Standardize.adapt': { rows: [(v) => new rnn.Standardize().adapt(as(v)), []] },
  'GRUStep.forward': {
    x: [(v) => loopCell.forward(as(v)), []],
    states: [(v) => loopCell.forward([1, 2], as(v)), ['undefined']],
  },
  'GRUStep.backward': {
    dStates: [(v) => loopCell.backward(as(v), forward.cache), []],
    cache: [(v) => loopCell.backward([[1, 2]], as(v)), []],
  },
  'GRUStep.setWeights': { values: [(v) => loopCell.setWeights(as(v)), []] },
  'Weight.constructor': {
    name: [(v) => new rnn.Weight(as(v), [3], undefined), kinds.someText],
    shape: [(v) => new rnn.Weight('w', as(v), undefined), ['an array of numbers']],
    values: [(v) => new rnn.Weight('w', [3], as(v)), ['undefined', ...numberLists]],
    options: [(v) => new rnn.Weight('w', [3], undefined, as(v)), optional],
  },
  'Weight.set': { values: [(v) => new rnn.Weight('w', [3], undefined).set(as(v)), numberLists] },
  'Weight.check': { values: [(v) => new rnn.Weight('w', [3], undefined).check(as(v)), numberLists] },
  'Random.constructor': { seed: [(v) => new rnn.Random(as(v)), kinds.whole] },
  'Random.uniform': { low: [(v) => random.uniform(as(v)), ['undefined', ...numbers]] },
  'Random.normal': { mean: [(v) => random.normal(as(v)), ['undefined', ...numbers]] },
  'Random.integer': { below: [(v) => random.integer(as(v)), []] },
  'Random.choice': {
    items: [
      (v) => random.choice(as(v)),
      ['an array of texts', 'an array with a hole', 'nested arrays', ...numberLists],
    ],
  },
  'Random.shuffle': {
    items: [
      (v) => random.shuffle(Array.isArray(v) ? [...(v as unknown[])] : as<number[]>(v)),
      ['an empty array', 'an array of texts', 'an array with a hole', 'nested arrays', ...numberLists],
    ],
  },
  'Random.fork': { label: [(v) => random.fork(as(v)), texts] },
  'Random.setState': { state: [(v) => new rnn.Random(1).setState(as(v)), []] },
  cellWeights: {
    layerName: [(v) => rnn.cellWeights(as(v), sizesOf(2), {}, random), kinds.someText],
    sizes: [(v) => rnn.cellWeights('a', as(v), {}, random), []],
    features: [(v) => rnn.cellWeights('a', { ...sizesOf(2), features: as(v) }, {}, random), []],
    options: [
      (v) => rnn.cellWeights('a', sizesOf(2), { useBias: as(v) }, random),
      ['undefined', ...kinds.flag],
    ],
    random: [(v) => rnn.cellWeights('a', sizesOf(2), {}, as(v)), []],
  },
  sliceRows: {
    matrix: [(v) => rnn.sliceRows(as(v), 0, 1), []],
    start: [(v) => rnn.sliceRows(matrix(), as(v), 1), ['0']],
    count: [(v) => rnn.sliceRows(matrix(), 0, as(v)), ['0']],
  },
  sliceColumns: {
    matrix: [(v) => rnn.sliceColumns(as(v), 0, 1), []],
    start: [(v) => rnn.sliceColumns(matrix(), as(v), 1), ['0']],
  },
  tensor: {
    data: [(v) => rnn.tensor(as(v), [3]), numberLists],
    shape: [(v) => rnn.tensor([1, 2, 3, 4, 5, 6], as(v)), ['an array of numbers']],
  },
  toTensor: { values: [(v) => rnn.toTensor(as(v)), ['an empty array', 'an array of numbers']] },
  warmUp: {
    steps: [(v) => rnn.warmUp(as(v), () => 1), kinds.atLeastZero],
    after: [(v) => rnn.warmUp(3, as(v)), ['a function']],
    peak: [(v) => rnn.warmUp(3, () => 1, as(v)), ['undefined', ...kinds.atLeastZero]],
  },
  gradientCheckOn: {
    engine: [(v) => rnn.gradientCheckOn(as(v), [dense()], { loss: 'meanSquaredError', x, y: x }), []],
    layers: [(v) => rnn.gradientCheckOn('wasm', as(v), { loss: 'meanSquaredError', x, y: x }), []],
    options: [(v) => rnn.gradientCheckOn('wasm', [dense()], as(v)), []],
  },
  gradientCheck: {
    layers: [(v) => rnn.gradientCheck(as(v), { loss: 'meanSquaredError', x, y: x }), []],
    options: [(v) => rnn.gradientCheck([dense()], as(v)), []],
    ...options((o) => rnn.gradientCheck([dense()], { loss: 'meanSquaredError', x, y: x, ...o }), {
      ...evaluation,
      ...{
        loss: [],
        x: [],
        y: [],
        step: ['undefined', ...kinds.aboveZero],
        dropout: ['undefined', ...kinds.flag],
      },
      ...{ samples: ['undefined', 'Infinity'], seed: ['undefined', ...kinds.whole] },
      weightNoise: ['undefined', ...kinds.atLeastZero],
    }),
  },
};

function sizesOf(units: number) {
  return { features: 3, units, gates: 3, biasShape: [2, 3 * units] };
}

function matrix(): rnn.Matrix {
  return { buffer: { name: 'b', kind: 'temporary', size: 6 }, offset: 0, rows: 2, cols: 3, rowStride: 3 };
}

describe('every argument of every method', () => {
  it.each(Object.keys(methods))(
    '%s',
    async (name) => {
      for (const [argument, [by, titles]] of Object.entries(methods[name])) {
        expect([argument, ...(await taken(by))]).toEqual([argument, ...inOrder(titles)]);
      }
    },
    20_000,
  );
});

describe('nothing is left out', () => {
  /** Bases that nobody makes, and lists of names. */
  const others = [
    'Layer',
    'Loss',
    'Metric',
    'MeanMetric',
    'SeqkitError',
    'engineChoices',
    'lossNames',
    'metricNames',
  ];
  it('of what the module exports', () => {
    const tried = [...Object.keys(withOptions), ...Object.keys(methods).map((name) => name.split('.')[0])];
    expect(Object.keys(rnn).filter((name) => !tried.includes(name) && !others.includes(name))).toEqual([]);
  });

  /** What models and trainings call, with what they have made; and what takes no argument. */
  const inner = new Set(
    [
      'trace connect connectInTimeOrder create merge combine part masked all update hyper refuse adapt',
      'see restore save open attach end geometry options getWeights bits getState get dispose describe',
      'countParameters getTrainingState constructor inputBias accumulate ending corrections attend createFrom',
      'targetColumns classes fitting checkOutput checkLabels toJSON copyWith',
      'check update result copy rowValue useWorker move startBy finishStart',
    ].flatMap((names) => names.split(' ')),
  );
  it('of their methods', () => {
    const found = new Set<string>();
    for (const value of Object.values(rnn)) {
      if (typeof value !== 'function' || !/^class/.test(String(value))) continue;
      for (
        let at = value.prototype as object;
        at && at !== Object.prototype && at !== Error.prototype;
        at = Object.getPrototypeOf(at) as object
      ) {
        for (const [name, { value: method }] of Object.entries(Object.getOwnPropertyDescriptors(at))) {
          if (typeof method === 'function' && !inner.has(name)) found.add(name);
        }
      }
    }
    const tried = new Set(Object.keys(methods).map((name) => name.split('.').at(-1)!));
    expect([...found].filter((name) => !tried.has(name))).toEqual([]);
  });
});
