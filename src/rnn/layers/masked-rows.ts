import type { Matrix } from '../program/program.js';
import type { Trace } from '../weights/trace.js';

/** x with masked rows at 0, with the backward pass, which takes the gradient where it stands. */
export function withoutMasked(trace: Trace, x: Matrix, mask: Matrix) {
  const kept = trace.temporary(x.rows, x.cols);
  const drop = (from: Matrix, to: Matrix): void =>
    trace.builder.run('scaleRows', { x: from, scale: mask }, { y: to }, { divide: false, accumulate: false });
  drop(x, kept);
  return { kept, backward: (d: Matrix) => (drop(d, d), d) };
}
