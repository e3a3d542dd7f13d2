import type { Matrix } from '../program/program.js';
import type { Trace } from './trace.js';
import type { Weight } from './weight.js';

/** Keras's limit where none is given. */
const DEFAULT_MAX_NORM = 2;

/** What Keras adds to a norm before it divides by it. */
const NORM_EPSILON = 1e-7;

/** Keeps 0 / 0 out of the root of a sum of squares, and is lost beside any other number. */
const TINY = 1e-30;

/** Appends what holds a weight to its constraint, if it has one. */
export function constrain(trace: Trace, weight: Weight): void {
  const { constraint } = weight;
  if (constraint === undefined) return;
  const { builder } = trace;
  const whole = trace.weight(weight);
  if (constraint === 'nonNeg') {
    builder.run('activate', { x: whole }, { y: whole }, { activation: 'relu' });
    return;
  }
  // The numbers along the first axis, one column for each norm.
  const rows = weight.shape[0];
  const cols = (weight.rows * weight.cols) / rows;
  const value: Matrix = { ...whole, rows, cols, rowStride: cols };
  const squares = trace.temporary(rows, cols);
  builder.run('multiply', { a: value, b: value }, { y: squares }, { accumulate: false });
  const totals = trace.temporary(1, cols);
  builder.run('sumRows', { x: squares }, { total: totals }, { accumulate: false });
  const target = trace.temporary(1, cols);
  if (constraint === 'unitNorm') builder.run('fill', {}, { y: target }, { value: 1 });
  else {
    const limit = constraint === 'maxNorm' ? DEFAULT_MAX_NORM : constraint.maxNorm;
    builder.run('divideByRoot', { a: totals, b: totals }, { y: target }, { epsilon: TINY });
    builder.run('clip', { x: target }, { y: target }, { limit });
  }
  const factors = trace.temporary(1, cols);
  builder.run('divideByRoot', { a: target, b: totals }, { y: factors }, { epsilon: NORM_EPSILON });
  const ones = trace.temporary(rows, 1);
  builder.run('fill', {}, { y: ones }, { value: 1 });
  const spread = squares;
  const plain = { transposeA: false, transposeB: false, accumulate: false };
  builder.run('gemm', { a: ones, b: factors }, { c: spread }, plain);
  builder.run('multiply', { a: value, b: spread }, { y: value }, { accumulate: false });
}
