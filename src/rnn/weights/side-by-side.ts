import type { Matrix } from '../program/program.js';
import type { Trace } from './trace.js';

/** Matrices of as many rows put side by side, by halves, so that no column is copied often. */
export function sideBySide(trace: Trace, parts: readonly Matrix[]): Matrix {
  if (parts.length === 1) return parts[0];
  const half = Math.ceil(parts.length / 2);
  const [a, b] = [sideBySide(trace, parts.slice(0, half)), sideBySide(trace, parts.slice(half))];
  const y = trace.temporary(a.rows, a.cols + b.cols);
  trace.builder.run('concatenate', { a, b }, { y }, { accumulate: false });
  return y;
}
