import { SeqkitError } from '../../base/errors.js';
import { rowSums } from '../layers/layer-activation.js';
import { sliceColumns, type Matrix } from '../program/program.js';
import type { Trace } from '../weights/trace.js';

/**
 * The embeddings that stand side by side in an output (R, parts * F), each (R, F).
 * @throws SeqkitError `bad-shape` where the features do not divide by their number
 */
export function partsOf(matrix: Matrix, count: number, loss: string, what: string): Matrix[] {
  if (matrix.cols % count !== 0) {
    throw new SeqkitError(
      `${loss} takes ${what} side by side, a multiple of ${count} features; the output has ${matrix.cols}.`,
      { code: 'bad-shape', hint: 'End with Concatenate of the embeddings.' },
    );
  }
  const size = matrix.cols / count;
  return Array.from({ length: count }, (_, i) => sliceColumns(matrix, i * size, size));
}

/** a - b. */
export function difference(trace: Trace, a: Matrix, b: Matrix): Matrix {
  const y = trace.temporary(a.rows, a.cols);
  trace.builder.run('subtract', { a, b }, { y }, {});
  return y;
}

/** The squared length of each row: (R, 1). */
export function squaredLengths(trace: Trace, x: Matrix): Matrix {
  const squares = trace.temporary(x.rows, x.cols);
  trace.builder.run('multiply', { a: x, b: x }, { y: squares }, { accumulate: false });
  return rowSums(trace, squares);
}

/** Each row of x times its number of scale(R, 1), and times a factor. */
export function rowsTimes(trace: Trace, x: Matrix, scale: Matrix, factor = 1): Matrix {
  const y = trace.temporary(x.rows, x.cols);
  trace.builder.run('scaleRows', { x, scale }, { y }, { divide: false, accumulate: false });
  if (factor !== 1) trace.builder.run('affine', { x: y }, { y }, { factor, offset: 0 });
  return y;
}
