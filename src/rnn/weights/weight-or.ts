import type { Matrix } from '../program/program.js';
import type { Trace } from './trace.js';
import type { Weight } from './weight.js';

/** A vector of weights (1, D) as a program sees it, or a value everywhere for a layer that was told to have none. */
export function weightOr(trace: Trace, weight: Weight | undefined, size: number, value: number): Matrix {
  if (weight) return trace.weight(weight);
  const y = trace.temporary(1, size);
  trace.builder.run('fill', {}, { y }, { value });
  return y;
}
