import type { Matrix } from '../program/program.js';
import type { Regularizer } from './regularizer.js';
import type { Trace } from './trace.js';

type Factors = Required<Regularizer>;

/** Appends l1 * sum(|x|) + l2 * sum(x^2), and returns it (1, 1); undefined where both factors are 0. */
export function penaltyOf(trace: Trace, x: Matrix, { l1, l2 }: Factors): Matrix | undefined {
  const { builder } = trace;
  let total: Matrix | undefined;
  if (l2 > 0) {
    total = trace.temporary(1, 1);
    builder.run('sumSquares', { x }, { total }, {});
    builder.run('affine', { x: total }, { y: total }, { factor: l2, offset: 0 });
  }
  if (l1 > 0) {
    const sizes = trace.temporary(x.rows, x.cols);
    const negative = negated(trace, x);
    builder.run('activate', { x }, { y: sizes }, { activation: 'relu' });
    builder.run('activate', { x: negative }, { y: negative }, { activation: 'relu' });
    builder.run('add', { a: sizes, b: negative }, { y: sizes }, {});
    const sum = trace.temporary(1, 1);
    builder.run('sum', { x: sizes }, { total: sum }, {});
    builder.run('affine', { x: sum }, { y: sum }, { factor: l1, offset: 0 });
    if (total) builder.run('add', { a: total, b: sum }, { y: total }, {});
    else total = sum;
  }
  return total;
}

/**
 * Appends its gradient, 2 * l2 * x + l1 * sign(x), with a sign of 0 at 0, to what is there already.
 * @param scale (1, 1) by which it is multiplied first @default 1
 */
export function addPenaltyGradient(
  trace: Trace,
  x: Matrix,
  gradient: Matrix,
  { l1, l2, scale }: Factors & { scale?: Matrix },
): void {
  const { builder } = trace;
  const add = (penalty: Matrix): void => {
    if (scale) builder.run('scale', { x: penalty, factor: scale }, { y: penalty }, {});
    builder.run('add', { a: gradient, b: penalty }, { y: gradient }, {});
  };
  if (l2 > 0) {
    const penalty = trace.temporary(x.rows, x.cols);
    builder.run('affine', { x }, { y: penalty }, { factor: 2 * l2, offset: 0 });
    add(penalty);
  }
  if (l1 === 0) return;
  // The slope of relu is 1 above 0 alone: that of x less that of -x is the sign.
  for (const [side, factor] of [
    [x, l1],
    [negated(trace, x), -l1],
  ] as const) {
    const penalty = trace.temporary(x.rows, x.cols);
    builder.run('fill', {}, { y: penalty }, { value: factor });
    const slope = { y: side, dy: penalty };
    builder.run('activateBackward', slope, { dx: penalty }, { activation: 'relu' });
    add(penalty);
  }
}

function negated(trace: Trace, x: Matrix): Matrix {
  const y = trace.temporary(x.rows, x.cols);
  trace.builder.run('affine', { x }, { y }, { factor: -1, offset: 0 });
  return y;
}
