import type { LayerDescription } from '../graph/registry.js';
import { D, H, UNITS, V, dense, layer, returnSequences } from './described-layers.js';

/** Stacks by the name of the layer that they show. */
export const stacks: Readonly<Record<string, readonly LayerDescription[]>> = {
  SimpleRNN: [layer('SimpleRNN', { units: UNITS, returnSequences })],
  GRU: [layer('GRU', { units: UNITS, returnSequences })],
  'GRU, reset before': [layer('GRU', { units: UNITS, returnSequences, resetAfter: false })],
  LSTM: [layer('LSTM', { units: UNITS, returnSequences })],
  'LSTM, peepholes': [layer('LSTM', { units: UNITS, returnSequences, peepholes: true })],
  Bidirectional: [layer('Bidirectional', { layer: layer('GRU', { units: UNITS, returnSequences }) })],
  Dense: [layer('Dense', { units: UNITS })],
  Activation: [layer('Dense', { units: UNITS }), layer('Activation', { activation: 'tanh' })],
  Dropout: [layer('Dense', { units: UNITS }), layer('Dropout', { rate: 0.4 })],
  CRF: [dense(), layer('CRF')],
  Conv1D: [layer('Conv1D', { filters: H, kernelSize: 2, strides: 2 })],
  Conv2D: [
    dense(),
    layer('Conv2D', { filters: 2, kernelSize: [2, 3], channels: 2, activation: 'tanh' }),
    layer('Conv2D', { filters: 3, kernelSize: [1, 2], channels: 2, strides: [2, 1], bandPadding: 'same' }),
  ],
  MaxPooling2D: [
    layer('Conv2D', { filters: 2, kernelSize: [1, 2] }),
    layer('MaxPooling2D', { poolSize: [2, 2], channels: 2 }),
  ],
  AveragePooling2D: [
    layer('Conv2D', { filters: 2, kernelSize: [1, 2] }),
    layer('AveragePooling2D', { poolSize: [2, 3], strides: [1, 2], channels: 2, padding: 'same' }),
  ],
  LeakyReLU: [dense(), layer('LeakyReLU', { negativeSlope: 0.2, minValue: -0.1 })],
  BatchNormalization: [layer('Dense', { units: UNITS, useBias: false }), layer('BatchNormalization')],
  Embedding: [layer('Embedding', { inputDim: V, outputDim: D }), layer('Dense', { units: V })],
  OneHot: [layer('OneHot', { depth: V }), layer('LSTM', { units: UNITS, returnSequences })],
  Masking: [layer('Masking'), layer('GRU', { units: UNITS, returnSequences })],
  LayerNormalization: [layer('LayerNormalization'), layer('Dense', { units: UNITS })],
  UnitNormalization: [dense(), layer('UnitNormalization'), dense()],
  Residual: [layer('Residual', { layers: [layer('Dense', { units: D, activation: 'tanh' })] })],
  TiedEmbedding: [
    layer('TiedEmbedding', {
      inputDim: V,
      outputDim: D,
      layers: [layer('GRU', { units: D, returnSequences })],
    }),
  ],
  TimeDistributed: [
    layer('TimeDistributed', { layer: layer('Dense', { units: UNITS, activation: 'tanh' }) }),
  ],
  MaxPooling1D: [layer('Dense', { units: UNITS }), layer('MaxPooling1D')],
  AveragePooling1D: [layer('Dense', { units: UNITS }), layer('AveragePooling1D')],
  GlobalMaxPooling1D: [layer('Dense', { units: UNITS }), layer('GlobalMaxPooling1D')],
  GlobalAveragePooling1D: [layer('Dense', { units: UNITS }), layer('GlobalAveragePooling1D')],
  Flatten: [layer('Flatten'), layer('Dense', { units: UNITS })],
  Reshape: [layer('Reshape', { targetShape: [2, -1] }), layer('Dense', { units: UNITS })],
  RepeatVector: [
    layer('Dense', { units: UNITS }),
    layer('GlobalMaxPooling1D'),
    layer('RepeatVector', { n: 2 }),
    layer('SimpleRNN', { units: V, returnSequences }),
  ],
  Standardize: [layer('Standardize'), layer('Dense', { units: UNITS })],
  L2: [
    layer('LSTM', { units: UNITS, kernelRegularizer: { l2: 0.01 }, recurrentRegularizer: { l2: 0.02 } }),
    layer('Dense', { units: V, kernelRegularizer: { l2: 0.03 }, biasRegularizer: { l2: 0.04 } }),
  ],
};
