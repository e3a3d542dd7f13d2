import { sliceColumns, type Matrix } from '../../program/program.js';
import type { Trace } from '../../weights/trace.js';
import type { Weight } from '../../weights/weight.js';
import type { ClippedGradient } from './clipping.js';

// The steps that updates are made of.

/** Kept from step to step, beside the weight. */
export function moment(trace: Trace, { name, rows, cols }: Weight, what: string): Matrix {
  return trace.builder.declare('state', `${name}/${what}`, rows, cols);
}

/** The gradient times its clipping factor. */
export function clippedGradient(trace: Trace, { gradient, factor }: ClippedGradient): Matrix {
  if (!factor) return gradient;
  trace.builder.run('scale', { x: gradient, factor }, { y: gradient }, {});
  return gradient;
}

/** old = keep * old + share * x. */
export function blend(trace: Trace, old: Matrix, keep: number, x: Matrix, share: number): void {
  const { builder } = trace;
  builder.run('affine', { x: old }, { y: old }, { factor: keep, offset: 0 });
  let added = x;
  if (share !== 1) {
    added = trace.temporary(x.rows, x.cols);
    builder.run('affine', { x }, { y: added }, { factor: share, offset: 0 });
  }
  builder.run('add', { a: old, b: added }, { y: old }, {});
}

/** value -= rate * change. @param hyper its first number is the rate */
export function descend(trace: Trace, weight: Weight, change: Matrix, hyper: Matrix): void {
  const { builder } = trace;
  const value = trace.weight(weight);
  const stride = trace.temporary(change.rows, change.cols);
  builder.run('scale', { x: change, factor: sliceColumns(hyper, 0, 1) }, { y: stride }, {});
  builder.run('subtract', { a: value, b: stride }, { y: value }, {});
}
