import { activationNames, type ActivationName } from '../../program/activations.js';
import { placeOf } from '../../program/choices.js';
import { targetKinds, type CellActivations, type KernelName } from '../../program/kernels.js';
import { gemmEncoding } from './gemm-encoding.js';
import { float, type KernelEncoding } from './kernel-encoding.js';
import { columnGroups, runs } from './kernel-work.js';
import { slidingEncodings } from './sliding-encodings.js';

const activation = (name: ActivationName): number => placeOf(name, activationNames, 'activation');
const activations = (s: CellActivations): number[] => [
  activation(s.recurrentActivation),
  activation(s.activation),
];
/** How each kernel's steps become commands. */
export const kernelEncodings: { [Name in KernelName]: KernelEncoding<Name> } = {
  gemm: gemmEncoding,
  ...slidingEncodings,

  sumRows: {
    operands: ['x', 'total'],
    settings: ({ settings }) => [+settings.accumulate],
    units: ({ inputs }, kernels) => columnGroups(inputs.x, kernels),
  },

  fill: {
    operands: ['y'],
    elementwise: ['y'],
    settings: ({ settings }) => [float(settings.value)],
    units: ({ outputs }, kernels) => runs(outputs.y, kernels),
  },
  copy: {
    operands: ['x', 'y'],
    elementwise: ['x', 'y'],
    units: ({ outputs }, kernels) => runs(outputs.y, kernels),
  },
  concatenate: {
    operands: ['a', 'b', 'y'],
    byRow: () => ['a', 'b', 'y'],
    settings: ({ settings }) => [+settings.accumulate],
    units: ({ outputs }) => outputs.y.rows,
  },
  add: {
    operands: ['a', 'b', 'y'],
    elementwise: ['a', 'b', 'y'],
    units: ({ outputs }, kernels) => runs(outputs.y, kernels),
  },
  subtract: {
    operands: ['a', 'b', 'y'],
    elementwise: ['a', 'b', 'y'],
    units: ({ outputs }, kernels) => runs(outputs.y, kernels),
  },
  multiply: {
    operands: ['a', 'b', 'y'],
    elementwise: ['a', 'b', 'y'],
    settings: ({ settings }) => [+settings.accumulate],
    units: ({ outputs }, kernels) => runs(outputs.y, kernels),
  },
  affine: {
    operands: ['x', 'y'],
    elementwise: ['x', 'y'],
    settings: ({ settings }) => [float(settings.factor), float(settings.offset)],
    units: ({ outputs }, kernels) => runs(outputs.y, kernels),
  },
  activate: {
    operands: ['x', 'y'],
    elementwise: ['x', 'y'],
    settings: ({ settings }) => [activation(settings.activation)],
    units: ({ outputs }, kernels) => runs(outputs.y, kernels),
  },
  activateBackward: {
    operands: ['y', 'dy', 'dx'],
    elementwise: ['y', 'dy', 'dx'],
    settings: ({ settings }) => [activation(settings.activation)],
    units: ({ outputs }, kernels) => runs(outputs.dx, kernels),
  },
  activateInputBackward: {
    operands: ['x', 'dy', 'dx'],
    elementwise: ['x', 'dy', 'dx'],
    settings: ({ settings }) => [activation(settings.activation)],
    units: ({ outputs }, kernels) => runs(outputs.dx, kernels),
  },

  lstmForward: {
    operands: ['z', 'previousC', 'gates', 'c', 'squashed', 'h'],
    byRow: () => ['z', 'previousC', 'gates', 'c', 'squashed', 'h'],
    settings: ({ settings }) => activations(settings),
    units: ({ outputs }) => outputs.h.rows,
  },
  lstmBackward: {
    operands: ['gates', 'previousC', 'squashed', 'dh', 'dc', 'dz', 'dPreviousC'],
    byRow: () => ['gates', 'previousC', 'squashed', 'dh', 'dc', 'dz', 'dPreviousC'],
    settings: ({ settings }) => activations(settings),
    units: ({ outputs }) => outputs.dz.rows,
  },
  gruForward: {
    operands: ['x', 'recurrent', 'previousH', 'gates', 'h'],
    byRow: () => ['x', 'recurrent', 'previousH', 'gates', 'h'],
    settings: ({ settings }) => activations(settings),
    units: ({ outputs }) => outputs.h.rows,
  },
  gruBackward: {
    operands: ['gates', 'recurrent', 'previousH', 'dh', 'dx', 'dRecurrent', 'dPreviousH'],
    byRow: () => ['gates', 'recurrent', 'previousH', 'dh', 'dx', 'dRecurrent', 'dPreviousH'],
    settings: ({ settings }) => activations(settings),
    units: ({ outputs }) => outputs.dx.rows,
  },

  oneHot: {
    operands: ['index', 'y'],
    byRow: () => ['index', 'y'],
    units: ({ outputs }) => outputs.y.rows,
  },
  gather: {
    operands: ['table', 'index', 'bias', 'y'],
    byRow: () => ['index', 'y'],
    units: ({ outputs }) => outputs.y.rows,
  },
  gatherBackward: {
    operands: ['dy', 'order', 'offsets', 'dTable'],
    byRow: () => ['dTable'],
    settings: ({ settings }) => [+settings.accumulate],
    units: ({ outputs }) => outputs.dTable.rows,
  },

  batchNorm: {
    operands: [
      ...(['x', 'gamma', 'beta', 'valid', 'runningMean', 'runningVariance'] as const),
      ...(['y', 'mean', 'invStd', 'newMean', 'newVariance'] as const),
    ],
    settings: ({ settings: s }) => [float(s.epsilon), float(s.momentum), float(1 - s.momentum)],
    units: ({ inputs }, kernels) => columnGroups(inputs.x, kernels),
    scratch: () => 128,
  },
  batchNormInference: {
    operands: ['x', 'gamma', 'beta', 'runningMean', 'runningVariance', 'y'],
    settings: ({ settings }) => [float(settings.epsilon)],
    units: ({ inputs }, kernels) => columnGroups(inputs.x, kernels),
    scratch: () => 128,
  },
  batchNormBackward: {
    operands: ['x', 'gamma', 'mean', 'invStd', 'valid', 'dy', 'dx', 'dGamma', 'dBeta'],
    settings: ({ settings }) => [+settings.accumulate],
    units: ({ inputs }, kernels) => columnGroups(inputs.x, kernels),
    scratch: () => 128,
  },

  dropout: {
    operands: ['x', 'keys', 'y'],
    elementwise: ['x', 'y'],
    settings({ settings }) {
      const kept = 1 - settings.rate;
      return [Math.ceil(kept * 16777216), float(1 / kept)];
    },
    units: ({ outputs }, kernels) => runs(outputs.y, kernels),
  },

  softmax: {
    operands: ['x', 'y'],
    byRow: () => ['x', 'y'],
    units: ({ outputs }) => outputs.y.rows,
  },
  softmaxCrossEntropy: {
    operands: ['logits', 'targets', 'weights', 'dLogits', 'losses'],
    byRow: () => ['logits', 'targets', 'weights', 'dLogits', 'losses'],
    units: ({ outputs }) => outputs.losses.rows,
  },
  sigmoidCrossEntropy: {
    operands: ['logits', 'targets', 'weights', 'dLogits', 'losses'],
    byRow: () => ['logits', 'targets', 'weights', 'dLogits', 'losses'],
    units: ({ outputs }) => outputs.losses.rows,
  },
  squaredError: {
    operands: ['x', 'targets', 'weights', 'dx', 'losses'],
    byRow: () => ['x', 'targets', 'weights', 'dx', 'losses'],
    units: ({ outputs }) => outputs.losses.rows,
  },

  absoluteError: {
    operands: ['x', 'targets', 'weights', 'dx', 'losses'],
    byRow: () => ['x', 'targets', 'weights', 'dx', 'losses'],
    units: ({ outputs }) => outputs.losses.rows,
  },
  huberError: {
    operands: ['x', 'targets', 'weights', 'dx', 'losses'],
    byRow: () => ['x', 'targets', 'weights', 'dx', 'losses'],
    settings: ({ settings }) => [float(settings.delta)],
    units: ({ outputs }) => outputs.losses.rows,
  },
  cosineError: {
    operands: ['x', 'targets', 'weights', 'dx', 'losses'],
    byRow: () => ['x', 'targets', 'weights', 'dx', 'losses'],
    units: ({ outputs }) => outputs.losses.rows,
  },
  keepRows: {
    operands: ['x', 'weights', 'y'],
    byRow: () => ['x', 'weights', 'y'],
    units: ({ outputs }) => outputs.y.rows,
  },
  // A unit is an example, whose time steps are rows far apart.
  ctc: {
    operands: ['logits', 'targets', 'weights', 'mask', 'dLogits', 'losses', 'forward'],
    settings: ({ settings }) => [+settings.zeroInfinity],
    units: ({ outputs }) => outputs.losses.rows,
    scratch: ({ outputs }) => outputs.forward.cols * 4,
  },

  sum: { operands: ['x', 'total'] },
  sumSquares: { operands: ['x', 'total'] },
  clipFactor: {
    operands: ['squares', 'factor'],
    settings: ({ settings }) => [float(settings.maxNorm)],
  },
  adam: {
    operands: ['value', 'gradient', 'm', 'v', 'hyper', 'factor', 'newValue', 'newM', 'newV'],
    elementwise: ['value', 'gradient', 'm', 'v', 'newValue', 'newM', 'newV'],
    settings: ({ settings: s }) => [s.beta1, 1 - s.beta1, s.beta2, 1 - s.beta2, s.epsilon].map(float),
    units: ({ inputs }, kernels) => runs(inputs.value, kernels),
  },

  scale: {
    operands: ['x', 'factor', 'y'],
    elementwise: ['x', 'y'],
    units: ({ outputs }, kernels) => runs(outputs.y, kernels),
  },
  clip: {
    operands: ['x', 'y'],
    elementwise: ['x', 'y'],
    settings: ({ settings }) => [float(settings.limit)],
    units: ({ outputs }, kernels) => runs(outputs.y, kernels),
  },
  logarithm: {
    operands: ['x', 'y'],
    elementwise: ['x', 'y'],
    units: ({ outputs }, kernels) => runs(outputs.y, kernels),
  },
  divideByRoot: {
    operands: ['a', 'b', 'y'],
    elementwise: ['a', 'b', 'y'],
    settings: ({ settings }) => [float(settings.epsilon)],
    units: ({ outputs }, kernels) => runs(outputs.y, kernels),
  },
  scaleRows: {
    operands: ['x', 'scale', 'y'],
    settings: ({ settings }) => [+settings.divide, +settings.accumulate],
    units: ({ outputs }) => outputs.y.rows,
  },
  rowMask: {
    operands: ['x', 'valid', 'y'],
    settings: ({ settings }) => [float(settings.value)],
    units: ({ outputs }) => outputs.y.rows,
  },
  maskWeights: { operands: ['weights', 'mask', 'valid', 'y'] },

  layerNorm: {
    operands: ['x', 'gamma', 'beta', 'y', 'normalized', 'invStd'],
    settings: ({ settings }) => [float(settings.epsilon)],
    units: ({ outputs }) => outputs.y.rows,
  },
  layerNormBackward: {
    operands: ['normalized', 'invStd', 'gamma', 'dy', 'dx'],
    units: ({ outputs }) => outputs.dx.rows,
  },
  leakyRelu: {
    operands: ['x', 'y'],
    elementwise: ['x', 'y'],
    settings: ({ settings }) => [float(settings.slope), float(settings.lowest)],
    units: ({ outputs }, kernels) => runs(outputs.y, kernels),
  },
  leakyReluBackward: {
    operands: ['y', 'dy', 'dx'],
    elementwise: ['y', 'dy', 'dx'],
    settings: ({ settings }) => [float(settings.slope), float(settings.lowest)],
    units: ({ outputs }, kernels) => runs(outputs.dx, kernels),
  },

  denseCrossEntropy: {
    operands: ['logits', 'targets', 'weights', 'dLogits', 'losses'],
    units: ({ outputs }) => outputs.losses.rows,
  },
  probabilityCrossEntropy: {
    operands: ['p', 'targets', 'weights', 'dp', 'losses'],
    settings: ({ settings }) => [placeOf(settings.targets, targetKinds, 'kind of targets')],
    units: ({ outputs }) => outputs.losses.rows,
  },
};
