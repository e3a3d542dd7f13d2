import type { LayerActivation } from '../../../rnn/layers/layer-activation.js';
import { LEAKY_SLOPE, SELU_ALPHA, SELU_SCALE } from '../../../rnn/program/activations.js';
import type { Writing } from './writing.js';

/** Far below any energy, and far from the ends of float32. */
const LOWEST = -1e30;

/** y = f(x), element by element; softmax over the features, of those that the mask counts where there is one. */
export function writeActivation(
  writing: Writing,
  x: string,
  activation: LayerActivation,
  featureMask?: string,
): string {
  const { builder } = writing;
  const op = writing.op.bind(writing);
  const scalar = (value: number): string => builder.scalar(value);
  switch (activation) {
    case 'linear':
      return x;
    case 'tanh':
      return op('Tanh', [x]);
    case 'sigmoid':
      return op('Sigmoid', [x]);
    case 'relu':
      return op('Relu', [x]);
    case 'hardSigmoid':
      return op('HardSigmoid', [x], { alpha: { float: 0.2 }, beta: { float: 0.5 } });
    case 'elu':
      return op('Elu', [x], { alpha: { float: 1 } });
    case 'selu':
      return op('Selu', [x], { alpha: { float: SELU_ALPHA }, gamma: { float: SELU_SCALE } });
    case 'softplus':
      return op('Softplus', [x]);
    case 'leakyRelu':
      return op('LeakyRelu', [x], { alpha: { float: LEAKY_SLOPE } });
    case 'exponential':
      return op('Exp', [x]);
    case 'silu':
      return op('Mul', [x, op('Sigmoid', [x])]);
    case 'gelu': {
      const phi = op('Add', [op('Erf', [op('Mul', [x, scalar(Math.SQRT1_2)])]), scalar(1)]);
      return op('Mul', [op('Mul', [x, scalar(0.5)]), phi]);
    }
    case 'geluTanh': {
      const cube = op('Mul', [op('Mul', [op('Mul', [x, x]), x]), scalar(0.044715)]);
      const squashed = op('Tanh', [op('Mul', [op('Add', [x, cube]), scalar(Math.sqrt(2 / Math.PI))])]);
      return op('Mul', [op('Mul', [x, scalar(0.5)]), op('Add', [squashed, scalar(1)])]);
    }
    case 'softmax':
      return featureMask === undefined
        ? op('Softmax', [x], { axis: -1 })
        : maskedSoftmax(writing, x, featureMask);
  }
}

/** Softmax over what counts, 0 for the rest, and for all where none counts. */
export function maskedSoftmax(writing: Writing, x: string, mask: string): string {
  const op = writing.op.bind(writing);
  const sunk = op('Mul', [op('Sub', [writing.builder.scalar(1), mask]), writing.builder.scalar(LOWEST)]);
  const shares = op('Softmax', [op('Add', [op('Mul', [x, mask]), sunk])], { axis: -1 });
  return op('Mul', [shares, mask]);
}
