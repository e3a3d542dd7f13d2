import { sliceColumns, type Matrix } from '../../program/program.js';
import type { Trace } from '../../weights/trace.js';
import type { ClippedGradient } from './clipping.js';
import { moment } from './moments.js';

export interface AdamSettings {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/**
 * Appends Adam's step: m = beta1 m + (1 - beta1) g, v = beta2 v + (1 - beta2) g^2, and the new value.
 * @param hyper the rate and Adam's two divisors, then anything
 * @param step.kind before the names of the two moments
 * @param step.newValue the weight itself, or memory for one run where the moments alone are wanted: the
 *   kernel lets those that have died away be 0, where arithmetic would be slow
 */
export function adamStep(
  trace: Trace,
  { weight, gradient, factor: given }: ClippedGradient,
  hyper: Matrix,
  { kind, settings, newValue }: { kind: string; settings: AdamSettings; newValue: Matrix },
): { m: Matrix; v: Matrix } {
  const { builder } = trace;
  const value = trace.weight(weight);
  const m = moment(trace, weight, `${kind} m`);
  const v = moment(trace, weight, `${kind} v`);
  let factor = given;
  if (!factor) {
    factor = trace.temporary(1, 1);
    builder.run('fill', {}, { y: factor }, { value: 1 });
  }
  builder.run(
    'adam',
    { value, gradient, m, v, hyper: sliceColumns(hyper, 0, 3), factor },
    { newValue, newM: m, newV: v },
    { ...settings },
  );
  return { m, v };
}

/** largest = max(largest, x), as largest + max(0, x - largest). */
export function takeLarger(trace: Trace, largest: Matrix, x: Matrix): void {
  const { builder } = trace;
  const more = trace.temporary(x.rows, x.cols);
  builder.run('subtract', { a: x, b: largest }, { y: more }, {});
  builder.run('activate', { x: more }, { y: more }, { activation: 'relu' });
  builder.run('add', { a: largest, b: more }, { y: largest }, {});
}
