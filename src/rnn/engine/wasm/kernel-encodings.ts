import { activationNames, type ActivationName } from '../../program/activations.js';
import { placeOf } from '../../program/choices.js';
import { poolings, targetKinds } from '../../program/kernels.js';
import type {
  BandConvolution,
  CellActivations,
  Convolution,
  KernelName,
  Kernels,
} from '../../program/kernels.js';
import type { Matrix, Step } from '../../program/program.js';
import type { KernelExports } from './kernel-module.js';

/** How a step of one kernel becomes a command: what its AssemblyScript side expects. */
export interface KernelEncoding<Name extends KernelName> {
  /** Names of inputs and outputs in the order of the command. */
  readonly operands: readonly (keyof Kernels[Name]['inputs'] | keyof Kernels[Name]['outputs'])[];
  /** These operands may be taken as one long row where all are contiguous. */
  readonly elementwise?: readonly (keyof Kernels[Name]['inputs'] | keyof Kernels[Name]['outputs'])[];
  /** The settings as 32-bit words. */
  settings?(step: Step<Name>): number[];
  /**
   * The operands of which unit u of the work touches row u alone, so that threads need not
   * meet between commands that share them; `elementwise` ones need no mention.
   */
  byRow?(step: Step<Name>): (keyof Kernels[Name]['inputs'] | keyof Kernels[Name]['outputs'])[];
  /** How many parts the work can be split into; 1 where it is left out. */
  units?(step: Step<Name>, kernels: KernelExports): number;
  /** Bytes of scratch memory, beside what every product needs. */
  scratch?(step: Step<Name>, kernels: KernelExports): number;
  /** The right operand to be packed before the step. */
  packs?(step: Step<Name>): { matrix: Matrix; transposed: boolean } | undefined;
  /** The right operand that is worth packing into strips, if that serves every run to come. */
  packsStrips?(step: Step<Name>): Matrix | undefined;
}

const wordView = new DataView(new ArrayBuffer(4));

/** The bits of x as a float. */
function float(x: number): number {
  wordView.setFloat32(0, x);
  return wordView.getInt32(0);
}

const activation = (name: ActivationName): number => placeOf(name, activationNames, 'activation');
const activations = (s: CellActivations): number[] => [
  activation(s.recurrentActivation),
  activation(s.activation),
];
const convolution = (s: Convolution): number[] => [
  s.batch,
  s.time,
  s.outputTime,
  s.kernelSize,
  s.stride,
  s.dilation,
  s.padBefore,
];

const bandConvolution = (s: BandConvolution): number[] => [
  ...convolution(s),
  ...[s.bands, s.outputBands, s.bandKernelSize, s.bandStride, s.bandDilation, s.bandPadBefore],
];

/** Bytes of a packed matrix: panels of 8 columns with `depth` rows. */
export const packedBytes = (depth: number, cols: number): number => Math.ceil(cols / 8) * 32 * depth;

/** How many strips, of 32 columns, a packed right operand of few rows has. */
export const stripsOf = ({ cols }: Matrix): number => Math.ceil(cols / 32);

/** Bytes of it. */
export const stripBytes = (matrix: Matrix): number => stripsOf(matrix) * 128 * matrix.rows;

/** Bytes from row to row of a block laid aside, as in assembly/scratch.ts. */
const scratchStep = (cols: number): number => (cols + 4) * 4;

const columnGroups = (matrix: Matrix, kernels: KernelExports): number =>
  Math.ceil(matrix.cols / (kernels.columnsPerUnit.value as number));

/** Runs of columns, by which elementwise kernels are split. */
const runs = (matrix: Matrix, kernels: KernelExports): number =>
  matrix.rows * kernels.runsPerRow(matrix.cols);

/** Up to so many rows are multiplied without packing: tiles of six would be mostly empty. */
const FEW_ROWS = 5;

/**
 * By tiles, a unit being a row or, in the last, sixteen columns; on B as it lies; on rows of a
 * transposed B as they lie.
 */
type GemmMethod = 'tiles' | 'direct' | 'dots' | 'columns';
const gemmMethods: readonly GemmMethod[] = ['tiles', 'direct', 'dots', 'columns'];

/** A matter of shape alone, since the methods differ in the order of their sums. */
function gemmMethod(step: Step<'gemm'>): GemmMethod {
  const { outputs, settings } = step;
  if (outputs.c.rows > FEW_ROWS) return byColumns(step) ? 'columns' : 'tiles';
  if (!settings.transposeB) return 'direct';
  return settings.transposeA ? 'tiles' : 'dots';
}

/**
 * Every thread lays aside or packs anew what its share of a weight gradient needs: all of one
 * operand and its part of the other. So the wider of the two is shared out.
 */
function byColumns({ inputs, outputs, settings }: Step<'gemm'>): boolean {
  return settings.transposeA && inputs.b.buffer.kind !== 'parameter' && outputs.c.cols > outputs.c.rows;
}

export const kernelEncodings: { [Name in KernelName]: KernelEncoding<Name> } = {
  gemm: {
    operands: ['a', 'b', 'bias', 'c'],
    settings(step) {
      const { transposeA, transposeB, accumulate } = step.settings;
      return [+transposeA, +transposeB, +accumulate, placeOf(gemmMethod(step), gemmMethods, 'product')];
    },
    byRow(step) {
      if (gemmMethod(step) === 'columns') return [];
      return step.settings.transposeA ? ['c'] : ['a', 'c'];
    },
    units: (step, kernels) =>
      gemmMethod(step) === 'columns' ? columnGroups(step.outputs.c, kernels) : step.outputs.c.rows,
    scratch(step, kernels) {
      if (!['tiles', 'columns'].includes(gemmMethod(step))) return 0;
      const { transposeA } = step.settings;
      const { a } = step.inputs;
      const block = kernels.blockLength(transposeA ? a.rows : a.cols);
      const panels = this.packs!(step) ? 0 : packedBytes(block, step.outputs.c.cols);
      return panels + (transposeA ? block * scratchStep(kernels.rowsPerBlock.value as number) : 0);
    },
    packs(step) {
      const { b } = step.inputs;
      if (b.buffer.kind !== 'parameter' || gemmMethod(step) !== 'tiles') return undefined;
      return { matrix: b, transposed: step.settings.transposeB };
    },
    packsStrips: (step) => (gemmMethod(step) === 'direct' ? step.inputs.b : undefined),
  },
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

  conv1d: {
    operands: ['x', 'kernel', 'bias', 'y'],
    byRow: () => ['y'],
    settings: ({ settings }) => convolution(settings),
    units: ({ outputs }) => outputs.y.rows,
    scratch: ({ inputs }, kernels) =>
      (kernels.rowsPerBlock.value as number) * scratchStep(kernels.blockLength(inputs.kernel.rows)),
    packs: ({ inputs }) => ({ matrix: inputs.kernel, transposed: false }),
  },
  conv1dKernelGradient: {
    operands: ['x', 'dy', 'dKernel'],
    byRow: () => ['dKernel'],
    settings: ({ settings }) => [...convolution(settings), +settings.accumulate],
    units: ({ outputs }) => outputs.dKernel.rows,
    scratch({ inputs }, kernels) {
      const block = kernels.blockLength(inputs.dy.rows);
      return packedBytes(block, inputs.dy.cols) + block * scratchStep(kernels.rowsPerBlock.value as number);
    },
  },
  conv1dInputGradient: {
    operands: ['dy', 'kernel', 'dx'],
    settings: ({ settings }) => convolution(settings),
    units: ({ settings }) => settings.time,
    scratch({ inputs, outputs, settings }, kernels) {
      const rows = kernels.rowsPerBlock.value as number;
      const filters = inputs.dy.cols;
      const features = outputs.dx.cols;
      const panels = settings.kernelSize * packedBytes(filters, features);
      return panels + rows * (scratchStep(filters) + scratchStep(features));
    },
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
  pool1d: {
    operands: ['x', 'y'],
    settings: ({ settings }) => [...convolution(settings), placeOf(settings.pooling, poolings, 'pooling')],
    units: ({ outputs }) => outputs.y.rows,
  },
  pool1dBackward: {
    operands: ['x', 'y', 'dy', 'dx'],
    settings: ({ settings }) => [...convolution(settings), placeOf(settings.pooling, poolings, 'pooling')],
    units: ({ outputs }) => outputs.dx.rows,
  },

  conv2d: {
    operands: ['x', 'kernel', 'bias', 'y'],
    byRow: () => ['y'],
    settings: ({ settings }) => bandConvolution(settings),
    units: ({ outputs }) => outputs.y.rows,
    scratch: ({ inputs }, kernels) =>
      (kernels.rowsPerBlock.value as number) * scratchStep(kernels.blockLength(inputs.kernel.rows)),
    packs: ({ inputs }) => ({ matrix: inputs.kernel, transposed: false }),
  },
  conv2dKernelGradient: {
    operands: ['x', 'dy', 'dKernel'],
    byRow: () => ['dKernel'],
    settings: ({ settings }) => [...bandConvolution(settings), +settings.accumulate],
    units: ({ outputs }) => outputs.dKernel.rows,
    scratch({ inputs, outputs, settings }, kernels) {
      const filters = outputs.dKernel.cols;
      const block = kernels.blockLength(inputs.dy.rows * settings.outputBands);
      const unfolded = block * scratchStep(kernels.rowsPerBlock.value as number);
      return block * scratchStep(filters) + packedBytes(block, filters) + unfolded;
    },
  },
  conv2dInputGradient: {
    operands: ['dy', 'kernel', 'dx'],
    byRow: () => ['dx'],
    settings: ({ settings }) => bandConvolution(settings),
    units: ({ outputs }) => outputs.dx.rows,
    scratch({ inputs, outputs, settings }, kernels) {
      const filters = inputs.kernel.cols;
      const taps = settings.kernelSize * settings.bandKernelSize;
      const panels = taps * packedBytes(filters, outputs.dx.cols / settings.bands);
      return panels + (kernels.rowsPerBlock.value as number) * scratchStep(filters);
    },
  },
  pool2d: {
    operands: ['x', 'y'],
    settings: ({ settings }) => [
      ...bandConvolution(settings),
      placeOf(settings.pooling, poolings, 'pooling'),
    ],
    units: ({ outputs }) => outputs.y.rows,
  },
  pool2dBackward: {
    operands: ['x', 'y', 'dy', 'dx'],
    settings: ({ settings }) => [
      ...bandConvolution(settings),
      placeOf(settings.pooling, poolings, 'pooling'),
    ],
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
