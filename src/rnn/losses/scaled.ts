import type { Matrix } from '../program/program.js';
import type { Trace } from '../weights/trace.js';

/** x times a number: x itself where that is 1. */
export function scaled(trace: Trace, x: Matrix, factor: number): Matrix {
  if (factor === 1) return x;
  const y = trace.temporary(x.rows, x.cols);
  trace.builder.run('affine', { x }, { y }, { factor, offset: 0 });
  return y;
}
