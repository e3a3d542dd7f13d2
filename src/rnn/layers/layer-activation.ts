import { choice } from '../../base/schema/index.js';
import { activationNames, type ActivationName } from '../program/kernels.js';
import type { Matrix } from '../program/program.js';
import type { Trace } from '../weights/trace.js';

/** What a layer may end with: a function of each element, or softmax over the features. */
export type LayerActivation = ActivationName | 'softmax';

/** The schema of what a layer may end with. */
export const layerActivation = choice<LayerActivation>([...activationNames, 'softmax']);

/** y = f(x). In place. */
export function activate(trace: Trace, x: Matrix, y: Matrix, activation: LayerActivation): void {
  if (activation === 'softmax') trace.builder.run('softmax', { x }, { y }, {});
  else trace.builder.run('activate', { x }, { y }, { activation });
}

/** dy becomes the gradient of x, from y = f(x). */
export function activateBackward(trace: Trace, y: Matrix, dy: Matrix, activation: LayerActivation): void {
  const { builder } = trace;
  if (activation !== 'softmax') {
    if (activation !== 'linear') builder.run('activateBackward', { y, dy }, { dx: dy }, { activation });
    return;
  }
  // dx = y * (dy - sum(dy * y)), the sum over each row by a product with ones.
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
