import { SeqkitError } from '../../base/errors.js';
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
  const [squares, ones, lengths] = [
    trace.temporary(x.rows, x.cols),
    trace.temporary(x.cols, 1),
    trace.temporary(x.rows, 1),
  ];
  const { builder } = trace;
  builder.run('multiply', { a: x, b: x }, { y: squares }, { accumulate: false });
  builder.run('fill', {}, { y: ones }, { value: 1 });
  const product = { transposeA: false, transposeB: false, accumulate: false };
  builder.run('gemm', { a: squares, b: ones }, { c: lengths }, product);
  return lengths;
}

/** Each row of x times its number of scale(R, 1), and times a factor. */
export function rowsTimes(trace: Trace, x: Matrix, scale: Matrix, factor = 1): Matrix {
  const y = trace.temporary(x.rows, x.cols);
  trace.builder.run('scaleRows', { x, scale }, { y }, { divide: false, accumulate: false });
  if (factor !== 1) trace.builder.run('affine', { x: y }, { y }, { factor, offset: 0 });
  return y;
}

/** Several matrices of R rows side by side. */
export function sideBySide(trace: Trace, [first, ...others]: readonly Matrix[]): Matrix {
  let joined = first;
  for (const b of others) {
    const y = trace.temporary(first.rows, joined.cols + b.cols);
    trace.builder.run('concatenate', { a: joined, b }, { y }, { accumulate: false });
    joined = y;
  }
  return joined;
}
