import { GRUCell } from '../../src/rnn/cells/gru-cell.js';
import { LSTMCell } from '../../src/rnn/cells/lstm-cell.js';
import { SimpleRNNCell } from '../../src/rnn/cells/simple-rnn-cell.js';
import { ContrastiveLoss } from '../../src/rnn/losses/contrastive-loss.js';
import { CTC } from '../../src/rnn/losses/ctc.js';
import { TripletLoss } from '../../src/rnn/losses/triplet-loss.js';
import { AbsoluteDifference } from '../../src/rnn/layers/absolute-difference.js';
import { input } from '../../src/rnn/layers/input.js';
import { activationNames, outputSlopeNames } from '../../src/rnn/program/activations.js';
import { AdditiveAttention } from '../../src/rnn/layers/additive-attention.js';
import { Attention } from '../../src/rnn/layers/attention.js';
import { MultiHeadAttention } from '../../src/rnn/layers/multi-head-attention.js';
import { Activation } from '../../src/rnn/layers/activation.js';
import { BatchNormalization } from '../../src/rnn/layers/batch-normalization.js';
import { Bidirectional } from '../../src/rnn/layers/bidirectional.js';
import { Concatenate } from '../../src/rnn/layers/concatenate.js';
import { Conv1D } from '../../src/rnn/layers/conv1d.js';
import { Conv2D } from '../../src/rnn/layers/conv2d.js';
import { CRF } from '../../src/rnn/layers/crf.js';
import { Dense } from '../../src/rnn/layers/dense.js';
import { Dot } from '../../src/rnn/layers/dot.js';
import { Dropout } from '../../src/rnn/layers/dropout.js';
import { Embedding } from '../../src/rnn/layers/embedding.js';
import { GRU } from '../../src/rnn/layers/gru.js';
import { graphBetween } from '../../src/rnn/graph/graph-between.js';
import type { LayerGraph } from '../../src/rnn/graph/layer-graph.js';
import { LayerNormalization } from '../../src/rnn/layers/layer-normalization.js';
import { LayerStack } from '../../src/rnn/graph/layer-stack.js';
import type { Layer } from '../../src/rnn/layers/layer.js';
import type { SymbolicTensor } from '../../src/rnn/layers/symbolic-tensor.js';
import { LeakyReLU } from '../../src/rnn/layers/leaky-relu.js';
import { LSTM } from '../../src/rnn/layers/lstm.js';
import { Masking } from '../../src/rnn/layers/masking.js';
import { Add, Average, Multiply, Subtract } from '../../src/rnn/layers/merge.js';
import {
  AveragePooling1D,
  GlobalAveragePooling1D,
  GlobalMaxPooling1D,
  MaxPooling1D,
} from '../../src/rnn/layers/pooling.js';
import { AveragePooling2D, MaxPooling2D } from '../../src/rnn/layers/pooling-2d.js';
import { OneHot } from '../../src/rnn/layers/one-hot.js';
import { Recurrent } from '../../src/rnn/layers/recurrent.js';
import { RepeatVector } from '../../src/rnn/layers/repeat-vector.js';
import { Residual } from '../../src/rnn/layers/residual.js';
import { Flatten, Reshape } from '../../src/rnn/layers/reshape.js';
import { SimpleRNN } from '../../src/rnn/layers/simple-rnn.js';
import { Standardize } from '../../src/rnn/layers/standardize.js';
import { TiedEmbedding } from '../../src/rnn/layers/tied-embedding.js';
import { TimeDistributed } from '../../src/rnn/layers/time-distributed.js';
import { UnitNormalization } from '../../src/rnn/layers/unit-normalization.js';
import { Random } from '../../src/base/math/random.js';
import { sizeOf, type Tensor } from '../../src/rnn/program/tensor.js';
import type { LossChoice } from '../../src/rnn/losses/loss-choice.js';

/** All sizes differ, so that no transposed dimension can pass. */
export const [N, T, D, H, V] = [3, 4, 5, 6, 7];

const random = new Random(23);
const normals = (...shape: number[]): Tensor => ({
  data: Float64Array.from({ length: sizeOf(shape) }, () => random.normal()),
  shape,
});
const classes = (count: number, ...shape: number[]): Tensor => ({
  data: Float64Array.from({ length: sizeOf(shape) }, () => random.integer(count)),
  shape,
});
/** Rows of shares that add up to 1. */
function shares(count: number, ...shape: number[]): Tensor {
  const { data } = normals(...shape, count);
  for (let row = 0; row < data.length; row += count) {
    const values = Array.from(data.slice(row, row + count), Math.abs);
    const total = values.reduce((a, b) => a + b);
    values.forEach((value, i) => (data[row + i] = value / total));
  }
  return { data, shape: [...shape, count] };
}

const lengths = [4, 2, 3];
/** Sequences of different lengths, 0 beyond them; and a step of zeros amid the first. */
const ragged = normals(N, T, D);
for (let n = 0; n < N; n++) {
  for (let t = 0; t < T; t++) {
    if (t < lengths[n] && !(n === 0 && t === 1)) continue;
    ragged.data.fill(0, (n * T + t) * D, (n * T + t + 1) * D);
  }
}
/** Tokens 1 to V - 1, with 0 after the end. */
const raggedTokens = classes(V - 1, N, T);
raggedTokens.data.forEach((token, i) => {
  raggedTokens.data[i] = i % T < lengths[Math.floor(i / T)] ? token + 1 : 0;
});

/** The same, the second all padding. */
const emptySecond: Tensor = { data: ragged.data.slice().fill(0, T * D, 2 * T * D), shape: ragged.shape };

/** Tokens of which the second example has none but padding. */
const someEmptyTokens: Tensor = {
  data: raggedTokens.data.slice().fill(0, T, 2 * T),
  shape: raggedTokens.shape,
};

export interface LayerCase {
  graph: () => LayerGraph;
  loss: LossChoice | readonly LossChoice[];
  lossWeights?: readonly number[];
  x: Tensor | readonly Tensor[];
  y: Tensor | readonly Tensor[];
  sampleWeight?: Tensor;
  /** Rows to pad the batch to. */
  batchSize?: number;
  /** Weights, states and inputs whose gradients must be among those checked. */
  names: readonly string[];
}

const sequences = normals(N, T, D);
const mse = 'meanSquaredError';
const returnSequences = true;

function stack(
  layers: () => Layer[],
  y: Tensor,
  names: readonly string[],
  more: Partial<Omit<LayerCase, 'graph' | 'y' | 'names'>> = {},
): LayerCase {
  return { graph: () => new LayerStack(layers()), loss: mse, x: sequences, y, names, ...more };
}

const maskedRecurrent = (recurrent: () => Layer, name: string, more: readonly string[]): LayerCase =>
  stack(() => [new Masking(), recurrent(), new Dense({ units: V })], normals(N, T, V), [name, ...more], {
    x: ragged,
  });

/** All that attention can be asked for. */
const scored = { useScale: true, causal: true, returnAttentionScores: true };
const heads = { numHeads: 2, keyDim: 3, valueDim: 4, causal: true, returnAttentionScores: true };

/** From padded sequences to padded tokens: what attends gives the context and its weights. */
function attentionGraph(attend: (inputs: SymbolicTensor<Layer>[]) => SymbolicTensor<Layer>[]): LayerGraph {
  const [to, from] = [input({ shape: [T, D] }), input({ shape: [T] })];
  const values = new Embedding({ inputDim: V, outputDim: H, maskZero: true }).apply(from);
  const queries = new GRU({ units: H, returnSequences }).apply(new Masking().apply(to));
  const [context, weights] = attend([queries, values]);
  return graphBetween([to, from], [new Dense({ units: 2 }).apply(context), weights]);
}

export const layerCases: Record<string, LayerCase> = {
  'SimpleRNN under a mask': maskedRecurrent(
    () => new SimpleRNN({ units: H, returnSequences }),
    'simplernn/recurrentKernel',
    ['simplernn/h'],
  ),
  'LSTM under a mask, backwards': maskedRecurrent(
    () => new LSTM({ units: H, returnSequences, goBackwards: true }),
    'lstm/recurrentKernel',
    ['lstm/h', 'lstm/c'],
  ),
  'GRU in both directions under a mask': maskedRecurrent(
    () => new Bidirectional({ layer: new GRU({ units: H, returnSequences }) }),
    'bidirectional/backward/bias',
    [],
  ),
  'LSTM, last step, tokens under a mask, a short batch': stack(
    () => [
      new Embedding({ inputDim: V, outputDim: D, maskZero: true }),
      new LSTM({ units: H, returnSequences }),
      new GRU({ units: H - 1, resetAfter: false }),
      new Dense({ units: V }),
    ],
    classes(V, N),
    ['embedding/embeddings', 'lstm/kernel', 'gru/recurrentKernel'],
    { x: raggedTokens, loss: 'sparseCategoricalCrossentropy', batchSize: N + 2 },
  ),
  'batch normalization under a mask, a short batch': stack(
    () => [
      new Masking(),
      new Dense({ units: H, useBias: false }),
      new BatchNormalization(),
      new GRU({ units: H + 1, returnSequences }),
      new Dense({ units: 2 }),
    ],
    classes(2, N, T, 2),
    ['dense/kernel', 'batchnormalization/gamma', 'batchnormalization/beta', 'gru/kernel'],
    { x: ragged, loss: 'binaryCrossentropy', batchSize: N + 1 },
  ),
  'dropout inside an LSTM': stack(
    () => [new LSTM({ units: H, returnSequences, dropout: 0.3, recurrentDropout: 0.4 })],
    normals(N, T, H),
    ['lstm/kernel', 'lstm/recurrentKernel', 'lstm/bias', 'lstm/h', 'lstm/c', 'x'],
  ),
  'dropout inside GRUs and a SimpleRNN under a mask': stack(
    () => [
      new Masking(),
      new GRU({ units: H, returnSequences, recurrentDropout: 0.4 }),
      new GRU({ units: H + 2, returnSequences, dropout: 0.2, recurrentDropout: 0.3, resetAfter: false }),
      new SimpleRNN({ units: H + 1, recurrentDropout: 0.4, goBackwards: true, dropout: 0.1 }),
    ],
    normals(N, H + 1),
    ['gru/recurrentKernel', 'gru_1/recurrentKernel', 'simplernn/recurrentKernel', 'gru/h', 'gru_1/h'],
    { x: ragged },
  ),
  'layer normalization': stack(
    () => [new LayerNormalization(), new Dense({ units: H }), new LayerNormalization()],
    normals(N, T, H),
    ['layernormalization/gamma', 'layernormalization_1/beta', 'dense/kernel', 'x'],
  ),
  'residual connections': stack(
    () => [
      new Residual({ layers: [new GRU({ units: H, returnSequences }), new Dense({ units: D })] }),
      new Residual({ layers: [new LayerNormalization(), new Dense({ units: D, activation: 'tanh' })] }),
    ],
    normals(N, T, D),
    ['residual/gru_0/kernel', 'residual/dense_1/bias', 'residual_1/dense_1/kernel', 'x'],
  ),
  'residual connections at the input of tokens': stack(
    () => [
      new Embedding({ inputDim: V, outputDim: D }),
      new Residual({ layers: [new LSTM({ units: D, returnSequences })] }),
    ],
    normals(N, T, D),
    ['embedding/embeddings', 'residual/lstm_0/recurrentKernel'],
    { x: classes(V, N, T) },
  ),
  'tied embeddings': stack(
    () => [
      new TiedEmbedding({
        inputDim: V,
        outputDim: D,
        layers: [new LSTM({ units: H, returnSequences }), new Dense({ units: D, activation: 'tanh' })],
      }),
    ],
    classes(V, N, T),
    ['tiedembedding/embeddings', 'tiedembedding/lstm_0/kernel', 'tiedembedding/bias'],
    { x: classes(V, N, T), loss: 'sparseCategoricalCrossentropy' },
  ),
  'max pooling, overlapping': stack(
    () => [new Dense({ units: H }), new MaxPooling1D({ poolSize: 3, strides: 2, padding: 'same' })],
    normals(N, 2, H),
    ['dense/kernel', 'x'],
  ),
  'average pooling, same padding': stack(
    () => [new Dense({ units: H }), new AveragePooling1D({ poolSize: 3, strides: 1, padding: 'same' })],
    normals(N, T, H),
    ['dense/kernel', 'x'],
  ),
  'global max pooling under a mask': stack(
    () => [new Masking(), new Dense({ units: H }), new GlobalMaxPooling1D()],
    normals(N, H),
    ['dense/kernel', 'x'],
    { x: ragged },
  ),
  'global average pooling under a mask, a short batch': stack(
    () => [new Masking(), new Dense({ units: H }), new GlobalAveragePooling1D()],
    normals(N, H),
    ['dense/kernel', 'x'],
    { x: ragged, batchSize: N + 1 },
  ),
  'convolutions under a mask, a short batch': stack(
    () => [
      new Masking(),
      new Conv1D({ filters: H, kernelSize: 3, padding: 'same', activation: 'tanh' }),
      new Conv1D({ filters: H, kernelSize: 2, dilationRate: 2, padding: 'causal', groups: H }),
      new GlobalMaxPooling1D(),
    ],
    normals(N, H),
    ['conv1d/kernel', 'conv1d/bias', 'conv1d_1/kernel', 'conv1d_1/bias', 'x'],
    { x: ragged, batchSize: N + 1 },
  ),
  'convolutions over bands under a mask, a short batch': stack(
    () => [
      new Masking(),
      new Conv2D({ filters: 2, kernelSize: [3, 2], padding: 'same', activation: 'tanh' }),
      new LeakyReLU({ negativeSlope: 0.2, minValue: -0.1 }),
      new Conv2D({ filters: 3, kernelSize: [2, 3], channels: 2, padding: 'causal', bandPadding: 'valid' }),
      new GlobalMaxPooling1D(),
    ],
    normals(N, 3 * (D - 2)),
    ['conv2d/kernel', 'conv2d/bias', 'conv2d_1/kernel', 'conv2d_1/bias', 'x'],
    { x: ragged, batchSize: N + 1 },
  ),
  'convolutions and poolings over bands, strides': stack(
    () => [
      new Conv2D({ filters: 4, kernelSize: [1, 3], strides: [1, 2], bandPadding: 'same', useBias: false }),
      new MaxPooling2D({ poolSize: [2, 1], channels: 4 }),
      new AveragePooling2D({ poolSize: [1, 2], strides: 1, channels: 4, padding: 'same' }),
      new Conv2D({ filters: 2, kernelSize: [1, 2], channels: 4, kernelRegularizer: { l2: 0.1 } }),
    ],
    normals(N, 2, 4),
    ['conv2d/kernel', 'conv2d_1/kernel', 'conv2d_1/bias', 'x'],
    { batchSize: N + 1 },
  ),
  'global pooling without a mask': stack(
    () => [new GlobalAveragePooling1D(), new Dense({ units: H })],
    normals(N, H),
    ['dense/kernel', 'x'],
  ),
  TimeDistributed: stack(
    () => [
      new TimeDistributed({ layer: new Residual({ layers: [new Dense({ units: D, activation: 'tanh' })] }) }),
    ],
    normals(N, T, D),
    ['timedistributed/layer/dense_0/kernel', 'x'],
  ),
  'TimeDistributed batch normalization, a short batch': stack(
    () => [
      new Dense({ units: H, useBias: false }),
      new TimeDistributed({ layer: new BatchNormalization() }),
      new TimeDistributed({ layer: new Dropout({ rate: 0.3 }) }),
    ],
    normals(N, T, H),
    ['timedistributed/layer/gamma', 'dense/kernel', 'x'],
    { batchSize: N + 2 },
  ),
  '1 x 1 convolution and Flatten': stack(
    () => [new Conv1D({ filters: H, kernelSize: 1 }), new Flatten(), new Dense({ units: V })],
    normals(N, V),
    ['conv1d/kernel', 'conv1d/bias', 'dense/kernel', 'x'],
  ),
  'Reshape there and back': stack(
    () => [
      new Reshape({ targetShape: [2, -1] }),
      new Dense({ units: H }),
      new Reshape({ targetShape: [-1] }),
      new Reshape({ targetShape: [H, 2] }),
      new SimpleRNN({ units: V }),
    ],
    normals(N, V),
    ['dense/kernel', 'simplernn/kernel', 'x'],
  ),
  'RepeatVector between encoder and decoder': stack(
    () => [new GRU({ units: H }), new RepeatVector({ n: 2 }), new LSTM({ units: V, returnSequences })],
    normals(N, 2, V),
    ['gru/kernel', 'lstm/kernel', 'x'],
  ),
  'softmax as an activation': stack(
    () => [new Dense({ units: V, activation: 'softmax' })],
    classes(V, N, T),
    ['dense/kernel', 'dense/bias', 'x'],
    { loss: { name: 'sparseCategoricalCrossentropy', fromLogits: false } },
  ),
  'softmax of shares, smoothed': stack(
    () => [new Dense({ units: V }), new Activation({ activation: 'softmax' })],
    shares(V, N, T),
    ['dense/kernel', 'dense/bias', 'x'],
    { loss: { name: 'categoricalCrossentropy', fromLogits: false, labelSmoothing: 0.1 } },
  ),
  'sigmoid probabilities': stack(
    () => [new Dense({ units: V, activation: 'sigmoid' })],
    classes(2, N, T, V),
    ['dense/kernel', 'x'],
    { loss: { name: 'binaryCrossentropy', fromLogits: false, labelSmoothing: 0.2 } },
  ),
  'categorical cross-entropy of logits, weighted': stack(
    () => [new Dense({ units: V })],
    shares(V, N, T),
    ['dense/kernel', 'x'],
    { loss: 'categoricalCrossentropy', sampleWeight: { data: Float64Array.of(0.5, 2, 0), shape: [N] } },
  ),
  ...Object.fromEntries(
    (['meanAbsoluteError', 'huber', 'cosineSimilarity'] as const).map((loss) => [
      `${loss} under a mask, a short batch`,
      stack(() => [new Masking(), new Dense({ units: V })], normals(N, T, V), ['dense/kernel', 'x'], {
        ...{ loss, x: ragged, batchSize: N + 2 },
      }),
    ]),
  ),
  'triplets of a shared layer': {
    graph: () => {
      const inputs = [0, 1, 2].map(() => input({ shape: [T, D] }));
      const embed = new GRU({ units: H });
      return graphBetween(inputs, [new Concatenate().apply(inputs.map((one) => embed.apply(one)))]);
    },
    loss: new TripletLoss({ margin: 2 }),
    x: [normals(N, T, D), normals(N, T, D), normals(N, T, D)],
    // It takes none.
    y: classes(2, N),
    names: ['gru/kernel', 'gru/recurrentKernel', 'x', 'x/2'],
  },
  'pairs by the contrastive loss, weighted': {
    graph: () => {
      const inputs = [0, 1].map(() => input({ shape: [D] }));
      const embed = new Dense({ units: H });
      return graphBetween(inputs, [new Concatenate().apply(inputs.map((one) => embed.apply(one)))]);
    },
    loss: new ContrastiveLoss({ margin: 4 }),
    x: [normals(N, D), normals(N, D)],
    y: classes(2, N, 1),
    sampleWeight: { data: Float64Array.of(0.5, 2, 1), shape: [N] },
    names: ['dense/kernel', 'x', 'x/1'],
  },
  'a head on the absolute difference of masked sequences': {
    graph: () => {
      const inputs = [0, 1].map(() => input({ shape: [T, D] }));
      const [a, b] = [new Masking().apply(inputs[0]), inputs[1]];
      const h = new Dense({ units: H });
      const apart = new AbsoluteDifference().apply([h.apply(a), h.apply(b)]);
      return graphBetween(inputs, [new Dense({ units: 1 }).apply(apart)]);
    },
    loss: 'binaryCrossentropy',
    x: [ragged, normals(N, T, D)],
    y: classes(2, N, T, 1),
    names: ['dense/kernel', 'dense_1/kernel', 'x', 'x/1'],
  },
  'ctc under a mask, a short batch, weighted': stack(
    () => [new Masking(), new GRU({ units: H, returnSequences }), new Dense({ units: V })],
    { data: Float64Array.of(1, 1, 2, 3, 0, 0), shape: [N, 2] },
    ['gru/kernel', 'dense/kernel', 'x'],
    {
      ...{ loss: new CTC(), x: ragged, batchSize: N + 2 },
      sampleWeight: { data: Float64Array.of(0.5, 2, 1), shape: [N] },
    },
  ),
  CRF: stack(() => [new Dense({ units: V }), new CRF()], normals(N, T, V), ['dense/kernel', 'x']),
  'sparse classes, smoothed': stack(
    () => [new Dense({ units: V })],
    classes(V, N, T),
    ['dense/kernel', 'x'],
    { loss: { name: 'sparseCategoricalCrossentropy', labelSmoothing: 0.15 } },
  ),
  'L2 on every kind of weight': stack(
    () => [
      new Conv1D({
        filters: H,
        kernelSize: 2,
        kernelRegularizer: { l2: 0.01 },
        biasRegularizer: { l2: 0.3 },
      }),
      new LSTM({
        units: V,
        kernelRegularizer: { l2: 0.02 },
        recurrentRegularizer: { l2: 0.05 },
        biasRegularizer: { l2: 0.1 },
      }),
      new Dense({ units: 2, kernelRegularizer: { l2: 0.2 }, biasRegularizer: { l2: 0.1 } }),
    ],
    normals(N, 2),
    ['conv1d/kernel', 'conv1d/bias', 'lstm/recurrentKernel', 'lstm/bias', 'dense/kernel', 'dense/bias'],
  ),
  'L1 on every kind of weight, and activities': stack(
    () => [
      new Conv1D({
        ...{ filters: H, kernelSize: 2, kernelRegularizer: { l1: 0.01 }, biasRegularizer: { l1: 0.1 } },
        activityRegularizer: { l1: 0.02, l2: 0.01 },
      }),
      new LSTM({
        ...{ units: V, kernelRegularizer: { l1: 0.02 }, recurrentRegularizer: { l1: 0.03, l2: 0.01 } },
        ...{ biasRegularizer: { l1: 0.01 }, activityRegularizer: { l2: 0.2 } },
      }),
      new Dense({ units: 2, kernelRegularizer: { l1: 0.1 }, activityRegularizer: { l1: 0.1 } }),
    ],
    normals(N, 2),
    ['conv1d/kernel', 'conv1d/bias', 'lstm/kernel', 'lstm/recurrentKernel', 'dense/kernel', 'dense/bias'],
  ),
  'activities of embeddings and masked steps': stack(
    () => [
      new Embedding({ inputDim: V, outputDim: D, maskZero: true, activityRegularizer: { l2: 0.3 } }),
      new GRU({ units: H, returnSequences: true, activityRegularizer: { l1: 0.1, l2: 0.1 } }),
      new Dense({ units: H }),
    ],
    normals(N, T, H),
    ['embedding/embeddings', 'gru/kernel', 'gru/recurrentKernel'],
    { x: classes(V, N, T) },
  ),
  'L2 on embeddings': stack(
    () => [
      new Embedding({ inputDim: V, outputDim: D, embeddingsRegularizer: { l2: 0.1 } }),
      new Dense({ units: H }),
    ],
    normals(N, T, H),
    ['embedding/embeddings'],
    { x: classes(V, N, T) },
  ),
  Standardize: stack(() => [new Standardize(), new Dense({ units: H })], normals(N, T, H), [
    'dense/kernel',
    'x',
  ]),
  merges: {
    graph() {
      const [a, b] = [input({ shape: [T, D] }), input({ shape: [null, D] })];
      const wide = new Concatenate().apply([new Add().apply([a, b]), new Subtract().apply([a, b])]);
      const products = new Multiply().apply([a, b, new Average().apply([a, b])]);
      const long = new Concatenate({ axis: 1 }).apply([products, a]);
      return graphBetween(
        [a, b],
        [new Dense({ units: H }).apply(wide), new SimpleRNN({ units: V }).apply(long)],
      );
    },
    loss: [mse, 'sparseCategoricalCrossentropy'],
    lossWeights: [0.3, 2],
    x: [sequences, normals(N, T, D)],
    y: [normals(N, T, H), classes(V, N)],
    names: ['dense/kernel', 'simplernn/kernel', 'x', 'x/1'],
  },
  'a shared layer, rows against rows': {
    graph() {
      const [a, b] = [input({ shape: [T, D] }), input({ shape: [T, D] })];
      const encoder = new GRU({ units: H });
      const likeness = new Dot({ axes: 1 }).apply([encoder.apply(a), encoder.apply(b)]);
      return graphBetween([a, b], [likeness]);
    },
    loss: 'binaryCrossentropy',
    x: [sequences, normals(N, T, D)],
    y: classes(2, N, 1),
    batchSize: N + 1,
    names: ['gru/kernel', 'gru/recurrentKernel', 'gru/bias', 'x', 'x/1'],
  },
  'attention by Dot and softmax over time': {
    graph() {
      const x = input({ shape: [T, D] });
      const h = new GRU({ units: H, returnSequences }).apply(x);
      const energies = new Reshape({ targetShape: [T] }).apply(
        new Dense({ units: 1, useBias: false }).apply(h),
      );
      const weights = new Reshape({ targetShape: [T, 1] }).apply(
        new Activation({ activation: 'softmax' }).apply(energies),
      );
      return graphBetween([x], [new Dot({ axes: 1 }).apply([weights, h])]);
    },
    loss: mse,
    x: sequences,
    y: normals(N, 1, H),
    names: ['gru/kernel', 'dense/kernel', 'x'],
  },
  'an LSTM chained through its own states by attention, layers shared between its steps': {
    graph() {
      const x = input({ shape: [T, D] });
      const a = new Bidirectional({ layer: new LSTM({ units: 2, returnSequences }) }).apply(x);
      const repeat = new RepeatVector({ n: T });
      const beside = new Concatenate();
      const hidden = new Dense({ units: D, activation: 'tanh', name: 'hidden' });
      const energy = new Dense({ units: 1, name: 'energy' });
      const flat = new Reshape({ targetShape: [T] });
      const softmax = new Activation({ activation: 'softmax' });
      const upright = new Reshape({ targetShape: [T, 1] });
      const dot = new Dot({ axes: 1 });
      const decoder = new LSTM({ units: H, returnState: true, name: 'decoder' });
      const answer = new Dense({ units: V, name: 'answer' });
      // The first step's states are inputs, as courses have them.
      const [h0, c0] = [input({ shape: [H] }), input({ shape: [H] })];
      let [h, c] = [h0, c0];
      const outputs = Array.from({ length: 3 }, () => {
        const energies = energy.apply(hidden.apply(beside.apply([a, repeat.apply(h)])));
        const weights = upright.apply(softmax.apply(flat.apply(energies)));
        [, h, c] = decoder.applyAll([dot.apply([weights, a]), h, c]);
        return answer.apply(h);
      });
      return graphBetween([x, h0, c0], outputs);
    },
    loss: ['sparseCategoricalCrossentropy', 'sparseCategoricalCrossentropy', 'sparseCategoricalCrossentropy'],
    x: [sequences, normals(N, H), normals(N, H)],
    y: [classes(V, N), classes(V, N), classes(V, N)],
    batchSize: N + 1,
    names: [
      ...['bidirectional/forward/kernel', 'hidden/kernel', 'hidden/bias', 'energy/kernel', 'energy/bias'],
      ...['decoder/kernel', 'decoder/recurrentKernel', 'decoder/bias', 'answer/kernel', 'x', 'x/1', 'x/2'],
    ],
  },
  ...Object.fromEntries(
    (
      [
        [1, 1, D, H],
        [2, 2, T, T],
        [1, 2, D, 2],
        [2, 1, T, H],
      ] as const
    ).map(([axisA, axisB, rows, cols]) => {
      // The sizes summed over: time or features of either.
      const summed = axisA === 1 ? T : D;
      const other = axisB === 1 ? [summed, cols] : [cols, summed];
      const graph = (): LayerGraph => {
        const [a, b] = [input({ shape: [T, D] }), input({ shape: other })];
        const products = new Dot({ axes: [axisA, axisB] }).apply([a, b]);
        return graphBetween([a, b], [new Dense({ units: V }).apply(products)]);
      };
      const { loss, y } = { loss: mse, y: normals(N, rows, V) } as const;
      return [
        `Dot over axes ${axisA} and ${axisB}`,
        { graph, loss, x: [sequences, normals(N, ...other)], y, names: ['x', 'x/1', 'dense/kernel'] },
      ];
    }),
  ),
  'encoder and decoder by states': {
    graph() {
      const [from, to] = [input({ shape: [T, D] }), input({ shape: [T - 1, V] })];
      const [, h, c] = new LSTM({ units: H, returnState: true }).applyAll(from);
      const decoded = new LSTM({ units: H, returnSequences }).apply([to, h, c]);
      return graphBetween([from, to], [new Dense({ units: V }).apply(decoded)]);
    },
    loss: 'sparseCategoricalCrossentropy',
    x: [sequences, normals(N, T - 1, V)],
    y: classes(V, N, T - 1),
    batchSize: N + 1,
    names: ['lstm/kernel', 'lstm/h', 'lstm/c', 'lstm_1/recurrentKernel', 'dense/bias', 'x', 'x/1'],
  },
  'states of both directions under a mask, tokens twice': {
    graph() {
      const [from, to] = [input({ shape: [T] }), input({ shape: [null] })];
      const embedding = new Embedding({ inputDim: V, outputDim: D, maskZero: true });
      const encoder = new Bidirectional({ layer: new GRU({ units: H, returnState: true, returnSequences }) });
      const [y, forward, backward] = encoder.applyAll(embedding.apply(from));
      const decoder = new Bidirectional({ layer: new GRU({ units: H }), mergeMode: 'sum' });
      const decoded = decoder.apply([embedding.apply(to), forward, backward]);
      return graphBetween([from, to], [decoded, new Dense({ units: 2 }).apply(y)]);
    },
    loss: [mse, mse],
    x: [raggedTokens, classes(V, N, T + 1)],
    y: [normals(N, H), normals(N, T, 2)],
    names: [
      'embedding/embeddings',
      'bidirectional/forward/kernel',
      'bidirectional_1/backward/bias',
      'dense/kernel',
    ],
  },
  'TimeDistributed convolution, normalization and LSTM, then an LSTM, a short batch': stack(
    () => [
      new TimeDistributed({ layer: new Conv1D({ filters: H, kernelSize: 2, activation: 'tanh' }) }),
      new TimeDistributed({ layer: new BatchNormalization() }),
      new TimeDistributed({ layer: new LSTM({ units: 2 }) }),
      new LSTM({ units: V }),
    ],
    normals(N, V),
    ['timedistributed/layer/kernel', 'timedistributed_1/layer/gamma', 'timedistributed_2/layer/bias', 'x'],
    { x: normals(N, T, D, 2), batchSize: N + 1 },
  ),
  'TimeDistributed Bidirectional to sequences of sequences': stack(
    () => [
      new TimeDistributed({ layer: new Bidirectional({ layer: new GRU({ units: 2, returnSequences }) }) }),
    ],
    normals(N, T, D, 4),
    ['timedistributed/layer/backward/kernel', 'x'],
    { x: normals(N, T, D, 2) },
  ),
  ...Object.fromEntries(
    // Of sums of itself the exponential is soon infinite.
    activationNames
      .filter((name) => name !== 'exponential')
      .map((activation) => [
        `${activation}, of Dense, SimpleRNN and by itself`,
        stack(
          () => [
            new Dense({ units: H, activation }),
            new SimpleRNN({ units: H, activation, returnSequences }),
            new Activation({ activation }),
            new Dense({ units: 2 }),
          ],
          normals(N, T, 2),
          ['dense/kernel', 'dense/bias', 'simplernn/kernel', 'simplernn/recurrentKernel', 'x'],
        ),
      ]),
  ),
  'exponential of Dense': stack(
    () => [new Dense({ units: H, activation: 'exponential' }), new Dense({ units: 2 })],
    normals(N, T, 2),
    ['dense/kernel', 'dense/bias', 'x'],
  ),
  ...Object.fromEntries(
    outputSlopeNames
      .filter((activation) => activation !== 'exponential')
      .map((activation) => [
        `${activation} in LSTM and both GRUs`,
        stack(
          () => [
            new LSTM({ units: H, activation, recurrentActivation: 'hardSigmoid', returnSequences }),
            new GRU({ units: H, activation, returnSequences }),
            new GRU({ units: 2, activation, recurrentActivation: 'hardSigmoid', resetAfter: false }),
          ],
          normals(N, 2),
          ['lstm/kernel', 'gru/recurrentKernel', 'gru_1/recurrentKernel', 'x'],
        ),
      ]),
  ),
  'convolution with gelu, then pooling': stack(
    () => [new Conv1D({ filters: H, kernelSize: 2, activation: 'gelu' }), new GlobalAveragePooling1D()],
    normals(N, H),
    ['conv1d/kernel', 'conv1d/bias', 'x'],
  ),
  'OneHot before a convolution': stack(
    () => [new OneHot({ depth: V }), new Conv1D({ filters: H, kernelSize: 2, padding: 'causal' })],
    normals(N, T, H),
    ['conv1d/kernel', 'conv1d/bias'],
    { x: classes(V, N, T) },
  ),
  'OneHot before normalization, in a residual connection': stack(
    () => [
      new OneHot({ depth: V }),
      new Residual({ layers: [new LayerNormalization(), new Dense({ units: V })] }),
      new GRU({ units: H }),
    ],
    normals(N, H),
    ['residual/layernormalization_0/gamma', 'residual/dense_1/kernel', 'gru/kernel'],
    { x: classes(V, N, T) },
  ),
  'the largest of masked sequences, one of them all padding': stack(
    () => [new Masking(), new GRU({ units: H, returnSequences }), new GlobalMaxPooling1D()],
    normals(N, H),
    ['gru/kernel', 'x'],
    { x: emptySecond },
  ),
  'attention over masked sequences': {
    graph: () => {
      const x = input({ shape: [T, D] });
      const h = new GRU({ units: H, returnSequences }).apply(new Masking().apply(x));
      const energies = new Flatten().apply(new Dense({ units: 1, activation: 'tanh' }).apply(h));
      const shares = new Activation({ activation: 'softmax' }).apply(energies);
      const weights = new Reshape({ targetShape: [T, 1] }).apply(shares);
      return graphBetween([x], [new Flatten().apply(new Dot({ axes: 1 }).apply([weights, h]))]);
    },
    loss: mse,
    x: ragged,
    y: normals(N, H),
    names: ['gru/kernel', 'dense/kernel', 'x'],
  },
  'attention from masked sequences to others': {
    graph: () => {
      const [to, from] = [input({ shape: [T, D] }), input({ shape: [T] })];
      const keys = new Embedding({ inputDim: V, outputDim: H, maskZero: true }).apply(from);
      const queries = new Dense({ units: H }).apply(new Masking().apply(to));
      const energies = new Dot({ axes: 2 }).apply([queries, keys]);
      const shares = new Activation({ activation: 'softmax' }).apply(energies);
      const context = new Dot({ axes: [2, 1] }).apply([shares, keys]);
      return graphBetween([to, from], [new Dense({ units: 2 }).apply(context)]);
    },
    loss: mse,
    x: [ragged, raggedTokens],
    y: normals(N, T, 2),
    names: ['embedding/embeddings', 'dense/kernel', 'dense_1/kernel', 'x'],
  },
  'Attention from masked sequences to masked tokens, with its weights': {
    graph: () => attentionGraph((inputs) => new Attention(scored).applyAll(inputs)),
    loss: [mse, mse],
    x: [emptySecond, raggedTokens],
    y: [normals(N, T, 2), normals(N, T, T)],
    batchSize: N + 1,
    names: ['attention/scale', 'embedding/embeddings', 'gru/kernel', 'x'],
  },
  'AdditiveAttention from masked sequences to masked tokens, with its weights': {
    graph: () => attentionGraph((inputs) => new AdditiveAttention(scored).applyAll(inputs)),
    loss: [mse, mse],
    x: [ragged, someEmptyTokens],
    y: [normals(N, T, 2), normals(N, T, T)],
    batchSize: N + 1,
    names: ['additiveattention/scale', 'embedding/embeddings', 'gru/kernel', 'x'],
  },
  'MultiHeadAttention from masked sequences to masked tokens, with its weights': {
    graph: () => attentionGraph((inputs) => new MultiHeadAttention(heads).applyAll(inputs)),
    loss: [mse, mse],
    x: [ragged, someEmptyTokens],
    y: [normals(N, T, 2), normals(N, heads.numHeads, T, T)],
    batchSize: N + 1,
    names: [
      ...[
        'multiheadattention/query/kernel',
        'multiheadattention/key/kernel',
        'multiheadattention/value/bias',
      ],
      ...['multiheadattention/attention_output/kernel', 'multiheadattention/attention_output/bias'],
      ...['embedding/embeddings', 'gru/kernel', 'x'],
    ],
  },
  'causal attention of masked sequences to themselves, all kinds one after the other': {
    graph: () => {
      const x = input({ shape: [T, D] });
      const causal = true;
      let h = new Masking().apply(x);
      h = new MultiHeadAttention({ numHeads: 3, keyDim: 2, causal }).apply([h, h]);
      h = new Attention({ causal }).apply([h, h]);
      h = new AdditiveAttention({ causal }).apply([h, h]);
      return graphBetween([x], [new Dense({ units: 2 }).apply(h)]);
    },
    loss: mse,
    x: emptySecond,
    y: normals(N, T, 2),
    names: ['multiheadattention/query/kernel', 'additiveattention/scale', 'dense/kernel', 'x'],
  },
  'causal attention of sequences without a mask to themselves, with dropout': {
    graph: () => {
      const x = input({ shape: [T, D] });
      const options = { causal: true, dropout: 0.3 };
      const h = new MultiHeadAttention({ numHeads: 2, keyDim: 3, ...options }).apply([x, x]);
      return graphBetween([x], [new Attention(options).apply([h, h, h])]);
    },
    loss: mse,
    x: sequences,
    y: normals(N, T, D),
    names: ['multiheadattention/query/kernel', 'x'],
  },
  'norms without center or scale, then rows of length 1, masked, a short batch': stack(
    () => [
      new Masking(),
      new Dense({ units: H }),
      new BatchNormalization({ center: false }),
      new LayerNormalization({ scale: false }),
      new GRU({ units: 4, returnSequences }),
      new BatchNormalization({ center: false, scale: false }),
      new LayerNormalization({ center: false }),
      new UnitNormalization(),
      new Dense({ units: 2 }),
    ],
    normals(N, T, 2),
    ['batchnormalization/gamma', 'layernormalization/beta', 'layernormalization_1/gamma', 'x'],
    { x: ragged, batchSize: N + 1 },
  ),
  'convolutions in groups, and depthwise': stack(
    () => [
      new Dense({ units: H }),
      new Conv1D({ filters: 4, kernelSize: 2, groups: 2, padding: 'causal', activation: 'tanh' }),
      new Conv1D({ filters: 8, kernelSize: 3, groups: 4, padding: 'same', useBias: false }),
      new Dense({ units: 2 }),
    ],
    normals(N, T, 2),
    ['conv1d/kernel', 'conv1d/bias', 'conv1d_1/kernel', 'x'],
  ),
  'cells by themselves, masked, in both directions': stack(
    () => [
      new Masking(),
      new Bidirectional({ layer: new Recurrent(new GRUCell({ units: 2 }), { returnSequences }) }),
      new Recurrent(new LSTMCell({ units: H, recurrentActivation: 'hardSigmoid' }), { returnSequences }),
      new Recurrent(new SimpleRNNCell({ units: V, activation: 'gelu' }), { goBackwards: true }),
    ],
    normals(N, V),
    ['bidirectional/forward/kernel', 'recurrent/recurrentKernel', 'recurrent_1/bias', 'x'],
    { x: ragged },
  ),
  'TimeDistributed Flatten': stack(
    () => [new TimeDistributed({ layer: new Flatten() }), new Dense({ units: H })],
    normals(N, T, H),
    ['dense/kernel', 'x'],
    { x: normals(N, T, 2, D) },
  ),
  'LSTM with peepholes in both directions under a mask': maskedRecurrent(
    () => new Bidirectional({ layer: new LSTM({ units: H, returnSequences, peepholes: true }) }),
    'bidirectional/forward/peepholes',
    ['bidirectional/backward/peepholes', 'bidirectional/backward/recurrentKernel', 'x'],
  ),
  'dropout inside an LSTM with peepholes, without bias, backwards, a short batch': stack(
    () => [
      new LSTM({
        ...{ units: H, peepholes: true, useBias: false, goBackwards: true },
        ...{ dropout: 0.3, recurrentDropout: 0.4, recurrentActivation: 'hardSigmoid' },
      }),
    ],
    normals(N, H),
    ['lstm/kernel', 'lstm/recurrentKernel', 'lstm/peepholes', 'lstm/h', 'lstm/c', 'x'],
    { batchSize: N + 2 },
  ),
};
