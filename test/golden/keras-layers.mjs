// Makes keras-layers.json: what TensorFlow.js's Keras layers give, in float32.
//
// In a folder of its own: npm install @tensorflow/tfjs@4.22.0
// then there: node <repository>/test/golden/keras-layers.mjs
//
// What goes in, weights and inputs, comes from `number(key, i)`, as in torch-training.py, so that the file holds
// the layers and what they gave alone. Options have Keras's names, which are seqkit's too. A GRU's reset stands
// before its product: TensorFlow.js has no other. It leaves regularizers inside recurrent layers out of the loss,
// which Keras does not, so that those of Dense alone stand here.

import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const tf = createRequire(path.join(process.cwd(), 'judge.js'))('@tensorflow/tfjs');
await tf.setBackend('cpu');

const number = (key, i) => (((key + 2) * (i + 7 * key) ** 3) % 1013) / 1013 - 0.5;
const sizeOf = (shape) => shape.reduce((product, n) => product * n, 1);
const numbers = (key, shape, scale = 1) =>
  tf.tensor(
    Array.from({ length: sizeOf(shape) }, (_, i) => scale * number(key, i)),
    shape,
  );
const whole = (key, shape, count) =>
  tf.tensor(
    Array.from({ length: sizeOf(shape) }, (_, i) => Math.floor((number(key, i) + 0.5) * count)),
    shape,
  );

const layer = (kind, options = {}) => ({ kind, options });
const gates = { recurrentActivation: 'sigmoid' };
const sequences = { returnSequences: true };
const [N, T, D, H, V] = [2, 5, 3, 4, 6];

/** Layers with what they take: (N, T, D), tokens (N, T), or sequences whose last steps are 0. */
const layers = {
  Dense: { layers: [layer('Dense', { units: H, activation: 'relu' })] },
  'Dense, softmax': { layers: [layer('Dense', { units: H, activation: 'softmax' })] },
  'Dense, selu': { layers: [layer('Dense', { units: H, activation: 'selu' })] },
  Embedding: { layers: [layer('Embedding', { inputDim: V, outputDim: D })], tokens: true },
  SimpleRNN: { layers: [layer('SimpleRNN', { units: H })] },
  'SimpleRNN, backwards': { layers: [layer('SimpleRNN', { units: H, goBackwards: true, ...sequences })] },
  GRU: { layers: [layer('GRU', { units: H, resetAfter: false, ...gates })] },
  'GRU, hard sigmoid': {
    layers: [layer('GRU', { units: H, resetAfter: false, recurrentActivation: 'hardSigmoid', ...sequences })],
  },
  'GRU, backwards': {
    layers: [layer('GRU', { units: H, resetAfter: false, goBackwards: true, ...gates, ...sequences })],
  },
  LSTM: { layers: [layer('LSTM', { units: H, ...gates })] },
  'LSTM, hard sigmoid': {
    layers: [layer('LSTM', { units: H, recurrentActivation: 'hardSigmoid', ...sequences })],
  },
  'LSTM, backwards': { layers: [layer('LSTM', { units: H, goBackwards: true, ...gates, ...sequences })] },
  'LSTM, without bias': { layers: [layer('LSTM', { units: H, useBias: false, ...gates })] },
  'LSTM, masked': {
    layers: [layer('Masking'), layer('LSTM', { units: H, ...gates, ...sequences })],
    padded: true,
  },
  'SimpleRNN, masked, last step': {
    layers: [layer('Masking'), layer('SimpleRNN', { units: H })],
    padded: true,
  },
  'Embedding with mask, GRU': {
    layers: [
      layer('Embedding', { inputDim: V, outputDim: D, maskZero: true }),
      layer('GRU', { units: H, resetAfter: false, ...gates }),
    ],
    tokens: true,
  },
  ...Object.fromEntries(
    [
      ['concat', 'concat'],
      ['sum', 'sum'],
      ['multiply', 'mul'],
      ['average', 'ave'],
    ].map(([mergeMode, theirs]) => [
      `Bidirectional, ${mergeMode}`,
      {
        layers: [
          layer('Bidirectional', { layer: layer('LSTM', { units: H, ...gates, ...sequences }), mergeMode }),
        ],
        theirs: { mergeMode: theirs },
      },
    ]),
  ),
  'Bidirectional, last step': {
    layers: [layer('Bidirectional', { layer: layer('SimpleRNN', { units: H }), mergeMode: 'concat' })],
    theirs: { mergeMode: 'concat' },
  },
  'TimeDistributed, Dense': {
    layers: [layer('TimeDistributed', { layer: layer('Dense', { units: H, activation: 'tanh' }) })],
  },
  Conv1D: { layers: [layer('Conv1D', { filters: H, kernelSize: 2 })] },
  'Conv1D, strides, same': {
    layers: [layer('Conv1D', { filters: H, kernelSize: 3, strides: 2, padding: 'same' })],
  },
  'Conv1D, dilated': {
    layers: [layer('Conv1D', { filters: H, kernelSize: 2, dilationRate: 2, activation: 'elu' })],
  },
  BatchNormalization: { layers: [layer('BatchNormalization')] },
  LayerNormalization: { layers: [layer('LayerNormalization')] },
  MaxPooling1D: { layers: [layer('MaxPooling1D', { poolSize: 2 })] },
  'MaxPooling1D, same': { layers: [layer('MaxPooling1D', { poolSize: 3, strides: 2, padding: 'same' })] },
  AveragePooling1D: { layers: [layer('AveragePooling1D', { poolSize: 2, strides: 1 })] },
  GlobalMaxPooling1D: { layers: [layer('GlobalMaxPooling1D')] },
  GlobalAveragePooling1D: { layers: [layer('GlobalAveragePooling1D')] },
  'Flatten, Dense': { layers: [layer('Flatten'), layer('Dense', { units: H })] },
  'GlobalMaxPooling1D, RepeatVector, LSTM': {
    layers: [
      layer('GlobalMaxPooling1D'),
      layer('RepeatVector', { n: 3 }),
      layer('LSTM', { units: H, ...gates, ...sequences }),
    ],
  },
  'two LSTM layers, Dense': {
    layers: [
      layer('LSTM', { units: H, ...gates, ...sequences }),
      layer('LSTM', { units: D, ...gates }),
      layer('Dense', { units: 2, activation: 'sigmoid' }),
    ],
  },
};

const makers = {
  MaxPooling1D: 'maxPooling1d',
  AveragePooling1D: 'averagePooling1d',
  GlobalMaxPooling1D: 'globalMaxPooling1d',
  GlobalAveragePooling1D: 'globalAveragePooling1d',
  Conv1D: 'conv1d',
  GRU: 'gru',
  LSTM: 'lstm',
  SimpleRNN: 'simpleRNN',
};
const theirName = (kind) => makers[kind] ?? kind[0].toLowerCase() + kind.slice(1);

function make({ kind, options }, theirs, inputShape) {
  const { layer: inner, kernelRegularizer, biasRegularizer, ...plain } = options;
  delete plain.resetAfter;
  const regularizer = (given) => given && tf.regularizers.l1l2({ l1: 0, l2: 0, ...given });
  return tf.layers[theirName(kind)]({
    ...plain,
    ...theirs,
    ...(inner && { layer: make(inner) }),
    ...(kernelRegularizer && { kernelRegularizer: regularizer(kernelRegularizer) }),
    ...(biasRegularizer && { biasRegularizer: regularizer(biasRegularizer) }),
    ...(inputShape && { inputShape }),
  });
}

/** A model with weights by their place among all of them; a variance is no less than 0. */
function modelOf({ layers, tokens, theirs }) {
  const shape = tokens ? [T] : [T, D];
  const model = tf.sequential({
    layers: layers.map((described, i) => make(described, i === 0 && theirs, i === 0 ? shape : undefined)),
  });
  let key = 10;
  for (const one of model.layers) {
    const values = one.weights.map(({ shape, name }) => {
      const drawn = numbers(key++, shape, 2);
      return /variance/i.test(name) ? drawn.abs() : drawn;
    });
    if (values.length > 0) one.setWeights(values);
  }
  return model;
}

function inputOf({ tokens, padded }) {
  if (tokens) return whole(1, [N, T], V);
  const x = numbers(1, [N, T, D], 3);
  if (!padded) return x;
  // The last two steps of the first example count for nothing.
  const kept = tf.tensor(
    Array.from({ length: N * T * D }, (_, i) => (i < T * D && i >= (T - 2) * D ? 0 : 1)),
    [N, T, D],
  );
  return x.mul(kept);
}

const rounded = (tensor) => ({
  shape: tensor.shape,
  data: Array.from(tensor.dataSync(), (value) => Number(value.toPrecision(8))),
});

const outputs = Object.fromEntries(
  Object.entries(layers).map(([title, one]) => [title, rounded(modelOf(one).predict(inputOf(one)))]),
);

const dense = (options) => layer('Dense', { units: H, ...options });
/** Trainings of some steps on one batch. */
const trainings = {
  'sgd, mean squared error': {
    layers: [dense()],
    optimizer: ['SGD', { learningRate: 0.1 }],
    loss: 'meanSquaredError',
  },
  momentum: {
    layers: [dense()],
    optimizer: ['SGD', { learningRate: 0.05, momentum: 0.9 }],
    loss: 'meanSquaredError',
  },
  'adam, softmax': {
    layers: [dense({ activation: 'softmax' })],
    optimizer: ['Adam', { learningRate: 0.05, epsilon: 1e-7 }],
    loss: 'categoricalCrossentropy',
  },
  'adagrad, sigmoid': {
    layers: [dense({ activation: 'sigmoid' })],
    optimizer: ['Adagrad', { learningRate: 0.1, initialAccumulatorValue: 0.1 }],
    loss: 'binaryCrossentropy',
  },
  regularizers: {
    layers: [dense({ kernelRegularizer: { l1: 0.02, l2: 0.03 }, biasRegularizer: { l1: 0.05 } })],
    optimizer: ['SGD', { learningRate: 0.05 }],
    loss: 'meanSquaredError',
  },
  lstm: {
    layers: [layer('LSTM', { units: H, ...gates, ...sequences }), dense()],
    optimizer: ['Adam', { learningRate: 0.01, epsilon: 1e-7 }],
    loss: 'meanSquaredError',
  },
  gru: {
    layers: [layer('GRU', { units: H, resetAfter: false, ...gates, ...sequences })],
    optimizer: ['SGD', { learningRate: 0.1 }],
    loss: 'meanSquaredError',
  },
};

const STEPS = 5;
const optimizers = {
  SGD: ({ learningRate, momentum }) =>
    momentum ? tf.train.momentum(learningRate, momentum) : tf.train.sgd(learningRate),
  Adam: ({ learningRate, epsilon }) => tf.train.adam(learningRate, 0.9, 0.999, epsilon),
  Adagrad: ({ learningRate, initialAccumulatorValue }) =>
    tf.train.adagrad(learningRate, initialAccumulatorValue),
};

function targetsOf(loss) {
  if (loss === 'binaryCrossentropy') return whole(2, [N, T, H], 2);
  const values = numbers(2, [N, T, H], 2);
  return loss === 'categoricalCrossentropy' ? tf.softmax(values) : values;
}

const trained = {};
for (const [
  title,
  {
    optimizer: [kind, options],
    loss,
    ...one
  },
] of Object.entries(trainings)) {
  const model = modelOf(one);
  model.compile({ optimizer: optimizers[kind](options), loss });
  const losses = [];
  for (let step = 0; step < STEPS; step++)
    losses.push(await model.trainOnBatch(inputOf(one), targetsOf(loss)));
  trained[title] = { losses, weights: model.getWeights().map(rounded) };
}

const constraints = {
  maxNorm: rounded(tf.constraints.maxNorm({ maxValue: 0.6, axis: 0 }).apply(numbers(3, [D, H], 2))),
  unitNorm: rounded(tf.constraints.unitNorm({ axis: 0 }).apply(numbers(3, [D, H], 2))),
  nonNeg: rounded(tf.constraints.nonNeg().apply(numbers(3, [D, H], 2))),
};

const cases = Object.fromEntries(
  Object.entries(layers).map(([title, { layers, tokens, padded }]) => [
    title,
    { layers, tokens, padded, output: outputs[title] },
  ]),
);
const steps = Object.fromEntries(
  Object.entries(trainings).map(([title, one]) => [title, { ...one, ...trained[title] }]),
);
const text = JSON.stringify(
  { made: `@tensorflow/tfjs ${tf.version.tfjs}`, cases, trainings: steps, constraints },
  null,
  1,
);
writeFileSync(new URL('keras-layers.json', import.meta.url), `${text}\n`);
