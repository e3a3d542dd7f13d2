import { choice } from '../../base/schema/index.js';
import { activationNames, otherNames, slopesByInput } from '../program/activations.js';
import type { Ending } from './layer.js';
import type { Matrix } from '../program/program.js';
import type { Trace } from '../weights/trace.js';

/** What a layer may end with: a function of each element, or softmax over the features. */
export const layerActivationNames = [...activationNames, 'softmax'] as const;
export type LayerActivation = (typeof layerActivationNames)[number];

/** The schema of what a layer may end with. */
export const layerActivation = choice<LayerActivation>(layerActivationNames, otherNames);

/** y = f(x), with the backward pass. */
export interface Activated {
  readonly y: Matrix;
  /** Appends the steps by which dy becomes the gradient of x. */
  readonly backward: (dy: Matrix) => void;
}

interface ActivatedOptions {
  /** Leave x as it is: else y takes its place where the slope follows from y. @default false */
  apart?: boolean;
  /** (R, C): 1 for features that softmax shares out to, 0 for those that get 0. @default all of them */
  featureMask?: Matrix | undefined;
}

/** y = f(x). */
export function activated(
  trace: Trace,
  x: Matrix,
  activation: LayerActivation,
  { apart = false, featureMask }: ActivatedOptions = {},
): Activated {
  const { builder } = trace;
  const own = (): Matrix => trace.temporary(x.rows, x.cols);
  if (activation === 'softmax') {
    const y = apart ? own() : x;
    if (featureMask) maskedSoftmax(trace, x, featureMask, y);
    else builder.run('softmax', { x }, { y }, {});
    return { y, backward: (dy) => softmaxBackward(trace, y, dy) };
  }
  if (slopesByInput(activation)) {
    const y = own();
    builder.run('activate', { x }, { y }, { activation });
    return {
      y,
      backward: (dy) => builder.run('activateInputBackward', { x, dy }, { dx: dy }, { activation }),
    };
  }
  if (activation === 'linear' && !apart) return { y: x, backward: () => undefined };
  const y = apart ? own() : x;
  builder.run('activate', { x }, { y }, { activation });
  return {
    y,
    backward(dy) {
      if (activation !== 'linear') builder.run('activateBackward', { y, dy }, { dx: dy }, { activation });
    },
  };
}

/** Far below any energy, and far from the ends of float32. */
const LOWEST = -1e30;

/** y = softmax over the features that count, 0 for the others, and for all where none counts. */
function maskedSoftmax(trace: Trace, x: Matrix, mask: Matrix, y: Matrix): void {
  const { builder } = trace;
  const sunk = trace.temporary(x.rows, x.cols);
  builder.run('affine', { x: mask }, { y: sunk }, { factor: -LOWEST, offset: LOWEST });
  builder.run('multiply', { a: x, b: mask }, { y }, { accumulate: false });
  builder.run('add', { a: y, b: sunk }, { y }, {});
  builder.run('softmax', { x: y }, { y }, {});
  builder.run('multiply', { a: y, b: mask }, { y }, { accumulate: false });
}

/** dx = y * (dy - sum(dy * y)), the sum over each row by a product with ones; in the place of dy. */
function softmaxBackward(trace: Trace, y: Matrix, dy: Matrix): void {
  const { builder } = trace;
  const products = trace.temporary(y.rows, y.cols);
  builder.run('multiply', { a: dy, b: y }, { y: products }, { accumulate: false });
  const total = rowSums(trace, products);
  builder.run('scaleRows', { x: y, scale: total }, { y: dy }, { divide: false, accumulate: false });
  builder.run('subtract', { a: products, b: dy }, { y: dy }, {});
}

/** (R, 1): the sum of each row of x(R, C). */
export function rowSums(trace: Trace, x: Matrix): Matrix {
  const ones = trace.temporary(x.cols, 1);
  trace.builder.run('fill', {}, { y: ones }, { value: 1 });
  const total = trace.temporary(x.rows, 1);
  const plain = { transposeA: false, transposeB: false, accumulate: false };
  trace.builder.run('gemm', { a: x, b: ones }, { c: total }, plain);
  return total;
}

/** What the outputs of an activation are to a loss, from what its inputs are. */
export function endingOf(activation: LayerActivation, before: Ending): Ending {
  switch (activation) {
    case 'softmax':
      return 'softmax';
    case 'sigmoid':
    case 'hardSigmoid':
      return 'sigmoid';
    case 'linear':
      return before;
    default:
      return undefined;
  }
}
