import { MIN_PROBABILITY } from '../../program/kernels.js';
import { sigmoid } from './activations.js';
import type { ReferenceKernels } from './kernel.js';
import { get, set, sumOf } from './view.js';
import type { View } from './view.js';

/** The logarithm of the sum of exp of one row, safe for large numbers. */
function logSumExp(x: View, row: number): number {
  let highest = -Infinity;
  for (let c = 0; c < x.cols; c++) highest = Math.max(highest, get(x, row, c));
  return highest + Math.log(sumOf(x.cols, (c) => Math.exp(get(x, row, c) - highest)));
}

/** A row that does not count gives a loss and a gradient of 0, whatever stands in it. */
function passOver(loss: View, gradient: View, row: number): void {
  set(loss, row, 0, 0);
  for (let c = 0; c < gradient.cols; c++) set(gradient, row, c, 0);
}

export const losses: ReferenceKernels<
  | 'softmax'
  | 'softmaxCrossEntropy'
  | 'denseCrossEntropy'
  | 'probabilityCrossEntropy'
  | 'sigmoidCrossEntropy'
  | 'squaredError'
  | 'sum'
  | 'sumSquares'
> = {
  softmax({ x }, { y }) {
    for (let r = 0; r < x.rows; r++) {
      const total = logSumExp(x, r);
      for (let c = 0; c < x.cols; c++) set(y, r, c, Math.exp(get(x, r, c) - total));
    }
  },

  softmaxCrossEntropy({ logits, targets, weights }, { dLogits, losses: loss }) {
    for (let r = 0; r < logits.rows; r++) {
      const weight = get(weights, r, 0);
      if (weight === 0) {
        passOver(loss, dLogits, r);
        continue;
      }
      const total = logSumExp(logits, r);
      const target = get(targets, r, 0);
      set(loss, r, 0, weight * (total - get(logits, r, target)));
      for (let v = 0; v < logits.cols; v++) {
        set(dLogits, r, v, weight * (Math.exp(get(logits, r, v) - total) - (v === target ? 1 : 0)));
      }
    }
  },

  denseCrossEntropy({ logits, targets, weights }, { dLogits, losses: loss }) {
    for (let r = 0; r < logits.rows; r++) {
      const weight = get(weights, r, 0);
      if (weight === 0) {
        passOver(loss, dLogits, r);
        continue;
      }
      const total = logSumExp(logits, r);
      const share = sumOf(logits.cols, (c) => get(targets, r, c));
      set(loss, r, 0, weight * sumOf(logits.cols, (c) => get(targets, r, c) * (total - get(logits, r, c))));
      for (let c = 0; c < logits.cols; c++) {
        set(dLogits, r, c, weight * (share * Math.exp(get(logits, r, c) - total) - get(targets, r, c)));
      }
    }
  },

  probabilityCrossEntropy({ p, targets, weights }, { dp, losses: loss }, { targets: kind }) {
    const C = p.cols;
    for (let r = 0; r < p.rows; r++) {
      const weight = get(weights, r, 0) / (kind === 'binary' ? C : 1);
      if (weight === 0) {
        passOver(loss, dp, r);
        continue;
      }
      let total = 0;
      for (let c = 0; c < C; c++) {
        const given = get(p, r, c);
        const held = Math.min(1 - MIN_PROBABILITY, Math.max(MIN_PROBABILITY, given));
        const target = kind === 'sparse' ? +(get(targets, r, 0) === c) : get(targets, r, c);
        const other = kind === 'binary' ? 1 - target : 0;
        if (target !== 0) total -= target * Math.log(held);
        if (other !== 0) total -= other * Math.log1p(-held);
        set(dp, r, c, given === held ? weight * (other / (1 - held) - target / held) : 0);
      }
      set(loss, r, 0, weight * total);
    }
  },

  sigmoidCrossEntropy({ logits, targets, weights }, { dLogits, losses: loss }) {
    const C = logits.cols;
    for (let r = 0; r < logits.rows; r++) {
      const weight = get(weights, r, 0) / C;
      if (weight === 0) {
        passOver(loss, dLogits, r);
        continue;
      }
      // max(x, 0) - x y + log(1 + exp(-|x|)): the form that never overflows.
      const row = sumOf(C, (c) => {
        const x = get(logits, r, c);
        return Math.max(x, 0) - x * get(targets, r, c) + Math.log1p(Math.exp(-Math.abs(x)));
      });
      set(loss, r, 0, weight * row);
      for (let c = 0; c < C; c++) {
        set(dLogits, r, c, weight * (sigmoid(get(logits, r, c)) - get(targets, r, c)));
      }
    }
  },

  squaredError({ x, targets, weights }, { dx, losses: loss }) {
    const C = x.cols;
    for (let r = 0; r < x.rows; r++) {
      const weight = get(weights, r, 0) / C;
      if (weight === 0) {
        passOver(loss, dx, r);
        continue;
      }
      const errors = Array.from({ length: C }, (_, c) => get(x, r, c) - get(targets, r, c));
      set(loss, r, 0, weight * sumOf(C, (c) => errors[c] ** 2));
      for (let c = 0; c < C; c++) set(dx, r, c, weight * 2 * errors[c]);
    }
  },

  sum({ x }, { total }) {
    set(
      total,
      0,
      0,
      sumOf(x.rows, (r) => sumOf(x.cols, (c) => get(x, r, c))),
    );
  },

  sumSquares({ x }, { total }) {
    set(
      total,
      0,
      0,
      sumOf(x.rows, (r) => sumOf(x.cols, (c) => get(x, r, c) ** 2)),
    );
  },
};
