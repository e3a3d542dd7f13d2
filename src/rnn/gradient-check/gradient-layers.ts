import { Concatenate } from '../layers/concatenate.js';
import { Dot } from '../layers/dot.js';
import type { Layer } from '../layers/layer.js';
import { Add, Average, Multiply, Subtract } from '../layers/merge.js';
import type { LayerDescription } from '../graph/registry.js';

/** N, T, D, H and V all differ, so that no transposed dimension can pass. */
export const [N, T, D, H, V] = [3, 4, 5, 6, 7];
const layer = (kind: string, options: object = {}): LayerDescription => ({ kind, options: { ...options } });
const units = H;
const returnSequences = true;

/** Stacks by the name of the layer that they show. */
export const stacks: Readonly<Record<string, readonly LayerDescription[]>> = {
  SimpleRNN: [layer('SimpleRNN', { units, returnSequences })],
  GRU: [layer('GRU', { units, returnSequences })],
  'GRU, reset before': [layer('GRU', { units, returnSequences, resetAfter: false })],
  LSTM: [layer('LSTM', { units, returnSequences })],
  Bidirectional: [layer('Bidirectional', { layer: layer('GRU', { units, returnSequences }) })],
  Dense: [layer('Dense', { units })],
  Activation: [layer('Dense', { units }), layer('Activation', { activation: 'tanh' })],
  Dropout: [layer('Dense', { units }), layer('Dropout', { rate: 0.4 })],
  Conv1D: [layer('Conv1D', { filters: H, kernelSize: 2, strides: 2 })],
  BatchNormalization: [layer('Dense', { units, useBias: false }), layer('BatchNormalization')],
  Embedding: [layer('Embedding', { inputDim: V, outputDim: D }), layer('Dense', { units: V })],
  OneHot: [layer('OneHot', { depth: V }), layer('LSTM', { units, returnSequences })],
  Masking: [layer('Masking'), layer('GRU', { units, returnSequences })],
  LayerNormalization: [layer('LayerNormalization'), layer('Dense', { units })],
  Residual: [layer('Residual', { layers: [layer('Dense', { units: D, activation: 'tanh' })] })],
  TiedEmbedding: [
    layer('TiedEmbedding', {
      inputDim: V,
      outputDim: D,
      layers: [layer('GRU', { units: D, returnSequences })],
    }),
  ],
  TimeDistributed: [layer('TimeDistributed', { layer: layer('Dense', { units, activation: 'tanh' }) })],
  MaxPooling1D: [layer('Dense', { units }), layer('MaxPooling1D')],
  AveragePooling1D: [layer('Dense', { units }), layer('AveragePooling1D')],
  GlobalMaxPooling1D: [layer('Dense', { units }), layer('GlobalMaxPooling1D')],
  GlobalAveragePooling1D: [layer('Dense', { units }), layer('GlobalAveragePooling1D')],
  Flatten: [layer('Flatten'), layer('Dense', { units })],
  Reshape: [layer('Reshape', { targetShape: [2, -1] }), layer('Dense', { units })],
  RepeatVector: [
    layer('Dense', { units }),
    layer('GlobalMaxPooling1D'),
    layer('RepeatVector', { n: 2 }),
    layer('SimpleRNN', { units: V, returnSequences }),
  ],
  Standardize: [layer('Standardize'), layer('Dense', { units })],
  L2: [
    layer('LSTM', { units, kernelRegularizer: { l2: 0.01 }, recurrentRegularizer: { l2: 0.02 } }),
    layer('Dense', { units: V, kernelRegularizer: { l2: 0.03 }, biasRegularizer: { l2: 0.04 } }),
  ],
};

const sequences = (...features: number[]): number[][] => features.map((size) => [T, size]);

/** Layers of several inputs by their name: the inputs' shapes, and the layer that takes them. */
export const merges: Readonly<Record<string, readonly [shapes: readonly number[][], merge: () => Layer]>> = {
  Add: [sequences(D, D, D), () => new Add()],
  Subtract: [sequences(D, D, D), () => new Subtract()],
  Average: [sequences(D, D, D), () => new Average()],
  Multiply: [sequences(D, D, D), () => new Multiply()],
  Concatenate: [sequences(D, H), () => new Concatenate()],
  'Concatenate, in time': [
    [
      [T, D],
      [T + 2, D],
    ],
    () => new Concatenate({ axis: 1 }),
  ],
  Dot: [sequences(D, H), () => new Dot({ axes: 1 })],
  'Dot, over features': [
    [
      [T, D],
      [H, D],
    ],
    () => new Dot({ axes: 2 }),
  ],
  'Dot, of rows': [[[D], [D]], () => new Dot({ axes: 1 })],
};
