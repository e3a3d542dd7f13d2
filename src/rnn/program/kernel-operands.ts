import type { KernelInputs, KernelName, KernelOutputs, KernelSettings } from './kernels.js';

/** The names of a kernel's operands and settings, as a type: of those that may be left out too. */
type OperandName<Name extends KernelName> = keyof Required<KernelInputs<Name>> | keyof KernelOutputs<Name>;

/**
 * Rows and columns of an operand: a letter stands for the same number throughout a step, `4H` for a multiple, `A+B` for a
 * sum, `*` for any number. What may be left out ends with `?`.
 */
type Shape = `${string} ${string}`;

export interface KernelOperands<Name extends KernelName = KernelName> {
  readonly shapes: Readonly<Record<OperandName<Name>, Shape>>;
  readonly settings: readonly (keyof KernelSettings<Name>)[];
}

const ALL = 'R C';
const ROW = '1 C';
const COLUMN = 'R 1';
const WINDOW = ['batch', 'time', 'outputTime', 'kernelSize', 'stride', 'dilation', 'padBefore'] as const;
const BAND_WINDOW = [
  ...WINDOW,
  ...(['bands', 'outputBands', 'bandKernelSize', 'bandStride', 'bandDilation', 'bandPadBefore'] as const),
] as const;
const CELL = ['recurrentActivation', 'activation'] as const;
const STATE = 'N H';

const oneToOne = { x: ALL, y: ALL } as const;
const twoToOne = { a: ALL, b: ALL, y: ALL } as const;
const rowLoss = { weights: COLUMN, losses: COLUMN } as const;
const valueLoss = { x: ALL, targets: ALL, dx: ALL, ...rowLoss } as const;

/** The operands of each kernel by name with their shapes, and its settings: what `kernels.ts` says, to be held against. */
export const kernelOperands: { readonly [Name in KernelName]: KernelOperands<Name> } = {
  // As without transposing: see `shapesOf`.
  gemm: {
    shapes: { a: 'R K', b: 'K C', bias: '1 C?', c: ALL },
    settings: ['transposeA', 'transposeB', 'accumulate'],
  },
  sumRows: { shapes: { x: ALL, total: ROW }, settings: ['accumulate'] },
  fill: { shapes: { y: ALL }, settings: ['value'] },
  copy: { shapes: oneToOne, settings: [] },
  concatenate: { shapes: { a: 'R A', b: 'R B', y: 'R A+B' }, settings: ['accumulate'] },
  add: { shapes: twoToOne, settings: [] },
  subtract: { shapes: twoToOne, settings: [] },
  multiply: { shapes: twoToOne, settings: ['accumulate'] },
  affine: { shapes: oneToOne, settings: ['factor', 'offset'] },
  scale: { shapes: { ...oneToOne, factor: '1 1' }, settings: [] },
  clip: { shapes: oneToOne, settings: ['limit'] },
  logarithm: { shapes: oneToOne, settings: [] },
  divideByRoot: { shapes: twoToOne, settings: ['epsilon'] },
  scaleRows: { shapes: { ...oneToOne, scale: COLUMN }, settings: ['divide', 'accumulate'] },
  rowMask: { shapes: { x: ALL, valid: '* 1', y: COLUMN }, settings: ['value'] },
  maskWeights: { shapes: { weights: COLUMN, mask: COLUMN, valid: '* 1', y: COLUMN }, settings: [] },
  activate: { shapes: oneToOne, settings: ['activation'] },
  activateBackward: { shapes: { y: ALL, dy: ALL, dx: ALL }, settings: ['activation'] },
  activateInputBackward: { shapes: { x: ALL, dy: ALL, dx: ALL }, settings: ['activation'] },

  lstmForward: {
    shapes: { z: 'N 4H', previousC: STATE, gates: 'N 4H', c: STATE, squashed: STATE, h: STATE },
    settings: CELL,
  },
  lstmBackward: {
    shapes: {
      ...{ gates: 'N 4H', previousC: STATE, squashed: STATE, dh: STATE, dc: STATE },
      ...{ dz: 'N 4H', dPreviousC: STATE },
    },
    settings: CELL,
  },
  gruForward: {
    shapes: { x: 'N 3H', recurrent: 'N 3H', previousH: STATE, gates: 'N 3H', h: STATE },
    settings: CELL,
  },
  gruBackward: {
    shapes: {
      ...{ gates: 'N 3H', recurrent: 'N 3H', previousH: STATE, dh: STATE },
      ...{ dx: 'N 3H', dRecurrent: 'N 3H', dPreviousH: STATE },
    },
    settings: CELL,
  },

  oneHot: { shapes: { index: COLUMN, y: 'R V' }, settings: [] },
  gather: { shapes: { table: 'V D', index: COLUMN, bias: '1 D?', y: 'R D' }, settings: [] },
  gatherBackward: {
    shapes: { dy: 'R D', order: COLUMN, offsets: 'V+1 1', dTable: 'V D' },
    settings: ['accumulate'],
  },

  conv1d: { shapes: { x: '* *', kernel: '* F', bias: '1 F?', y: '* F' }, settings: WINDOW },
  conv1dKernelGradient: {
    shapes: { x: '* *', dy: '* F', dKernel: '* F' },
    settings: [...WINDOW, 'accumulate'],
  },
  conv1dInputGradient: { shapes: { dy: '* F', kernel: '* F', dx: '* *' }, settings: WINDOW },
  pool1d: { shapes: { x: '* C', y: '* C' }, settings: [...WINDOW, 'pooling'] },
  pool1dBackward: {
    shapes: { x: 'X C', y: 'Y C', dy: 'Y C', dx: 'X C' },
    settings: [...WINDOW, 'pooling'],
  },

  conv2d: { shapes: { x: '* *', kernel: '* F', bias: '1 F?', y: '* *' }, settings: BAND_WINDOW },
  conv2dKernelGradient: {
    shapes: { x: '* *', dy: '* *', dKernel: '* *' },
    settings: [...BAND_WINDOW, 'accumulate'],
  },
  conv2dInputGradient: { shapes: { dy: '* *', kernel: '* *', dx: '* *' }, settings: BAND_WINDOW },
  pool2d: { shapes: { x: '* *', y: '* *' }, settings: [...BAND_WINDOW, 'pooling'] },
  pool2dBackward: {
    shapes: { x: 'X C', y: 'Y *', dy: 'Y *', dx: 'X C' },
    settings: [...BAND_WINDOW, 'pooling'],
  },
  leakyRelu: { shapes: oneToOne, settings: ['slope', 'lowest'] },
  leakyReluBackward: { shapes: { y: ALL, dy: ALL, dx: ALL }, settings: ['slope', 'lowest'] },

  layerNorm: {
    shapes: { x: ALL, gamma: ROW, beta: ROW, y: ALL, normalized: ALL, invStd: COLUMN },
    settings: ['epsilon'],
  },
  layerNormBackward: {
    shapes: { normalized: ALL, invStd: COLUMN, gamma: ROW, dy: ALL, dx: ALL },
    settings: [],
  },
  batchNorm: {
    shapes: {
      ...{ x: ALL, gamma: ROW, beta: ROW, valid: '* 1', runningMean: ROW, runningVariance: ROW },
      ...{ y: ALL, mean: ROW, invStd: ROW, newMean: ROW, newVariance: ROW },
    },
    settings: ['epsilon', 'momentum'],
  },
  batchNormInference: {
    shapes: { x: ALL, gamma: ROW, beta: ROW, runningMean: ROW, runningVariance: ROW, y: ALL },
    settings: ['epsilon'],
  },
  batchNormBackward: {
    shapes: {
      ...{ x: ALL, gamma: ROW, mean: ROW, invStd: ROW, valid: '* 1', dy: ALL },
      ...{ dx: ALL, dGamma: ROW, dBeta: ROW },
    },
    settings: ['accumulate'],
  },

  dropout: { shapes: { ...oneToOne, keys: '1 6' }, settings: ['rate'] },

  softmax: { shapes: oneToOne, settings: [] },
  softmaxCrossEntropy: {
    shapes: { logits: ALL, targets: COLUMN, dLogits: ALL, ...rowLoss },
    settings: [],
  },
  denseCrossEntropy: { shapes: { logits: ALL, targets: ALL, dLogits: ALL, ...rowLoss }, settings: [] },
  probabilityCrossEntropy: { shapes: { p: ALL, targets: 'R *', dp: ALL, ...rowLoss }, settings: ['targets'] },
  sigmoidCrossEntropy: { shapes: { logits: ALL, targets: ALL, dLogits: ALL, ...rowLoss }, settings: [] },
  squaredError: { shapes: valueLoss, settings: [] },
  absoluteError: { shapes: valueLoss, settings: [] },
  huberError: { shapes: valueLoss, settings: ['delta'] },
  cosineError: { shapes: valueLoss, settings: [] },
  ctc: {
    shapes: {
      ...{ logits: 'R V', targets: 'N *', weights: 'N 1', mask: 'R 1?' },
      ...{ dLogits: 'R V', losses: 'N 1', forward: 'R *' },
    },
    settings: ['zeroInfinity'],
  },
  keepRows: { shapes: { ...oneToOne, weights: COLUMN }, settings: [] },

  sum: { shapes: { x: ALL, total: '1 1' }, settings: [] },
  sumSquares: { shapes: { x: ALL, total: '1 1' }, settings: [] },
  clipFactor: { shapes: { squares: 'P 1', factor: '1 1' }, settings: ['maxNorm'] },
  adam: {
    shapes: {
      ...{ value: ALL, gradient: ALL, m: ALL, v: ALL, hyper: '1 3', factor: '1 1' },
      ...{ newValue: ALL, newM: ALL, newV: ALL },
    },
    settings: ['beta1', 'beta2', 'epsilon'],
  },
};
