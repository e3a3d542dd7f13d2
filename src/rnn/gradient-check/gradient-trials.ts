import type { LayerDescription } from '../graph/registry.js';
import { Crossentropy } from '../losses/crossentropy.js';
import { lossNames, parseLoss, type LossChoice } from '../losses/loss-choice.js';
import { activationNames, outputSlopeNames } from '../program/activations.js';
import {
  D,
  H,
  T,
  UNITS,
  V,
  dense,
  frozen,
  layer,
  masking,
  recurrent,
  returnSequences,
} from './described-layers.js';

/** Layers one after the other, and what their gradients are checked with. */
export interface Trial {
  readonly stack: readonly LayerDescription[];
  /** @default what the outputs suggest */
  readonly loss?: LossChoice;
  /** How far the inputs spread. @default 1 */
  readonly spread?: number;
  /** Whether the last steps of some examples are 0. @default whether the first layer is Masking */
  readonly padded?: boolean;
  /** Rows of padding behind the batch, and a weight for each example. @default false */
  readonly weighed?: boolean;
  /** Drop out as in training. @default false */
  readonly dropout?: boolean;
}

/** Every loss, of logits and of probabilities, of labels as they are and smoothed. */
const lossTrials: Readonly<Record<string, Trial>> = Object.fromEntries(
  lossNames.flatMap((name): [string, Trial][] => {
    const loss = parseLoss(name);
    if (!(loss instanceof Crossentropy)) {
      const masked = { stack: [masking, dense()], loss: name };
      return [
        [`Loss, ${name}`, { stack: [dense()], loss: name, weighed: true }],
        [`Loss, ${name}, masked`, masked],
      ];
    }
    const { probabilities: activation } = loss;
    return [true, false].flatMap((fromLogits) =>
      [0, 0.1].map((labelSmoothing): [string, Trial] => [
        `Loss, ${name}${fromLogits ? '' : `, of ${activation}`}${labelSmoothing ? ', smoothed' : ''}`,
        {
          stack: [dense(fromLogits ? {} : { activation })],
          loss: { name, labelSmoothing },
          weighed: true,
        },
      ]),
    );
  }),
);

/** What one kind of layer has besides its common form: each a branch of its backward pass. */
export const trials: Readonly<Record<string, Trial>> = {
  ...lossTrials,
  ...Object.fromEntries(
    [...activationNames, 'softmax'].map((activation) => [
      `Activation, ${activation}`,
      // So far out that hardSigmoid and relu are flat for some.
      { stack: [dense(), layer('Activation', { activation })], spread: activation === 'exponential' ? 1 : 4 },
    ]),
  ),
  ...Object.fromEntries(
    outputSlopeNames
      .filter((name) => !['tanh', 'exponential'].includes(name))
      .flatMap((activation) =>
        ['LSTM', 'GRU'].map((kind) => [
          `${kind}, ${activation}`,
          { stack: [recurrent(kind, { activation, recurrentActivation: 'hardSigmoid' })], spread: 3 },
        ]),
      ),
  ),
  'GRU, reset before, hardSigmoid': {
    stack: [recurrent('GRU', { activation: 'relu', recurrentActivation: 'hardSigmoid', resetAfter: false })],
    spread: 4,
  },
  'SimpleRNN, gelu': { stack: [recurrent('SimpleRNN', { activation: 'gelu' })] },
  'Dense, softmax': { stack: [dense({ activation: 'softmax' })] },
  'Dense, relu': { stack: [dense({ activation: 'relu' })] },
  'Dense, silu': { stack: [dense({ activation: 'silu' }), dense()] },
  'Conv1D, relu, causal, dilated': {
    stack: [
      layer('Conv1D', { filters: H, kernelSize: 2, dilationRate: 2, padding: 'causal', activation: 'relu' }),
    ],
  },
  'Conv2D, causal, dilated, without bias': {
    stack: [
      dense(),
      layer('Conv2D', {
        ...{ filters: 2, kernelSize: [2, 2], channels: 3, dilationRate: [2, 1], padding: 'causal' },
        useBias: false,
      }),
    ],
  },
  'Conv2D, same, strides over bands, activity': {
    stack: [
      dense(),
      layer('Conv2D', {
        ...{ filters: 4, kernelSize: 3, channels: 2, strides: [1, 2], padding: 'same', activation: 'gelu' },
        activityRegularizer: { l2: 0.1 },
      }),
    ],
  },
  'MaxPooling2D, overlapping': {
    stack: [
      dense(),
      layer('MaxPooling2D', { poolSize: [2, 3], strides: [1, 1], channels: 2, padding: 'same' }),
      dense(),
    ],
  },
  'LeakyReLU, without a least value': { stack: [dense(), layer('LeakyReLU'), dense()] },
  'Conv1D, same': { stack: [dense(), layer('Conv1D', { filters: H, kernelSize: 3, padding: 'same' })] },
  'OneHot, Conv1D': {
    stack: [layer('OneHot', { depth: V }), layer('Conv1D', { filters: H, kernelSize: 2, padding: 'same' })],
  },
  ...Object.fromEntries(
    ['SimpleRNN', 'LSTM', 'GRU'].flatMap((kind) => [
      [`${kind}, masked`, { stack: [masking, dense(), recurrent(kind)] }],
      [`${kind}, last step, masked`, { stack: [masking, dense(), layer(kind, { units: UNITS })] }],
      [`${kind}, backwards`, { stack: [recurrent(kind, { goBackwards: true })] }],
      [`${kind}, last step, backwards`, { stack: [layer(kind, { units: UNITS, goBackwards: true })] }],
      [
        `${kind}, dropout`,
        { stack: [dense(), recurrent(kind, { dropout: 0.3, recurrentDropout: 0.4 })], dropout: true },
      ],
    ]),
  ),
  ...Object.fromEntries(
    ['sum', 'multiply', 'average'].map((mergeMode) => [
      `Bidirectional, ${mergeMode}`,
      { stack: [dense(), layer('Bidirectional', { layer: recurrent('GRU'), mergeMode })] },
    ]),
  ),
  'GRU, reset before, dropout': {
    stack: [recurrent('GRU', { recurrentDropout: 0.4, resetAfter: false })],
    dropout: true,
  },
  'LSTM, peepholes, last step, masked, backwards': {
    stack: [masking, dense(), layer('LSTM', { units: UNITS, peepholes: true, goBackwards: true })],
    weighed: true,
  },
  'Bidirectional, masked': { stack: [masking, layer('Bidirectional', { layer: recurrent('LSTM') })] },
  'Recurrent, of a cell': {
    stack: [
      layer('Recurrent', { cell: layer('GRUCell', { units: UNITS, resetAfter: false }), returnSequences }),
    ],
  },
  'Dropout, in training': { stack: [dense(), layer('Dropout', { rate: 0.4 }), dense()], dropout: true },
  'BatchNormalization, masked, a short batch': {
    stack: [masking, dense(), layer('BatchNormalization'), dense({ activation: 'tanh' })],
    weighed: true,
  },
  'BatchNormalization, without center': {
    stack: [dense(), layer('BatchNormalization', { center: false }), dense({ activation: 'tanh' })],
  },
  'BatchNormalization, without scale': {
    stack: [dense(), layer('BatchNormalization', { scale: false }), dense({ activation: 'tanh' })],
    weighed: true,
  },
  'BatchNormalization, with neither': {
    stack: [dense(), layer('BatchNormalization', { center: false, scale: false }), dense()],
  },
  'LayerNormalization, without center': {
    stack: [dense(), layer('LayerNormalization', { center: false }), dense({ activation: 'tanh' })],
  },
  'LayerNormalization, without scale': {
    stack: [dense(), layer('LayerNormalization', { scale: false }), dense({ activation: 'tanh' })],
  },
  'Conv1D, in groups': {
    stack: [dense(), layer('Conv1D', { filters: 4, kernelSize: 2, groups: 2, dilationRate: 2 })],
  },
  'Conv1D, depthwise': {
    stack: [dense(), layer('Conv1D', { filters: 2 * UNITS, kernelSize: 3, groups: UNITS, padding: 'same' })],
  },
  'BatchNormalization, frozen': {
    stack: [dense(), frozen(layer('BatchNormalization')), dense({ activation: 'tanh' })],
  },
  'MaxPooling1D, overlapping': {
    stack: [dense(), layer('MaxPooling1D', { poolSize: 3, strides: 1, padding: 'same' })],
  },
  'AveragePooling1D, overlapping': {
    stack: [dense(), layer('AveragePooling1D', { poolSize: 3, strides: 2, padding: 'same' })],
  },
  'GlobalMaxPooling1D, masked': { stack: [masking, dense(), layer('GlobalMaxPooling1D')] },
  'GlobalAveragePooling1D, masked': { stack: [masking, dense(), layer('GlobalAveragePooling1D')] },
  'Residual, masked': {
    stack: [masking, dense(), layer('Residual', { layers: [recurrent('SimpleRNN'), dense()] })],
  },
  'TimeDistributed, frozen inside': {
    stack: [dense(), layer('TimeDistributed', { layer: frozen(dense({ activation: 'tanh' })) }), dense()],
  },
  'L1, of weights': {
    stack: [
      recurrent('GRU', { kernelRegularizer: { l1: 0.02 }, recurrentRegularizer: { l1: 0.01, l2: 0.03 } }),
      dense({ kernelRegularizer: { l1: 0.03, l2: 0.01 }, biasRegularizer: { l1: 0.02 } }),
    ],
  },
  'Dense, activity, a short batch': {
    stack: [dense({ activation: 'tanh', activityRegularizer: { l1: 0.03, l2: 0.05 } }), dense()],
    weighed: true,
  },
  'Conv1D, activity': {
    stack: [layer('Conv1D', { filters: H, kernelSize: 2, activityRegularizer: { l2: 0.1 } })],
  },
  'Embedding, activity': {
    stack: [
      layer('Embedding', { inputDim: V, outputDim: D, maskZero: true, activityRegularizer: { l1: 0.5 } }),
      recurrent('SimpleRNN'),
    ],
  },
  'TimeDistributed, activity, masked': {
    stack: [
      masking,
      dense(),
      layer('TimeDistributed', { layer: dense({ activation: 'tanh', activityRegularizer: { l2: 0.1 } }) }),
    ],
    weighed: true,
  },
  ...Object.fromEntries(
    ['SimpleRNN', 'LSTM', 'GRU'].flatMap((kind) => [
      [
        `${kind}, activity, masked`,
        { stack: [masking, dense(), recurrent(kind, { activityRegularizer: { l1: 0.02, l2: 0.1 } })] },
      ],
      [
        `${kind}, activity, last step`,
        { stack: [layer(kind, { units: UNITS, activityRegularizer: { l2: 0.2 } })], weighed: true },
      ],
    ]),
  ),
  'Bidirectional, activity, masked': {
    stack: [
      masking,
      dense(),
      layer('Bidirectional', { layer: recurrent('GRU', { activityRegularizer: { l2: 0.1 } }) }),
    ],
    weighed: true,
  },
  'Reshape, to steps of one and back': {
    stack: [
      dense({ units: 1 }),
      layer('Flatten'),
      layer('Activation', { activation: 'softmax' }),
      layer('Reshape', { targetShape: [T, 1] }),
      dense(),
    ],
  },
  'Reshape, of masked steps': {
    stack: [
      masking,
      dense({ units: 1 }),
      layer('Flatten'),
      layer('Activation', { activation: 'softmax' }),
      layer('Reshape', { targetShape: [T, 1] }),
      recurrent('SimpleRNN'),
    ],
  },
};
