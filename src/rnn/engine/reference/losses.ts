import { MIN_PROBABILITY } from '../../program/kernels.js';
import { sigmoid } from './activations.js';
import type { ReferenceKernels } from './kernel.js';
import { fillWith, get, set, sumOf } from './view.js';
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

/** A loss that is the mean of f over the features of x - targets. @param slope of f */
function meanOverFeatures(
  { x, targets, weights }: { x: View; targets: View; weights: View },
  { dx, losses: loss }: { dx: View; losses: View },
  f: (error: number) => number,
  slope: (error: number) => number,
): void {
  const C = x.cols;
  for (let r = 0; r < x.rows; r++) {
    const weight = get(weights, r, 0) / C;
    if (weight === 0) {
      passOver(loss, dx, r);
      continue;
    }
    const errors = Array.from({ length: C }, (_, c) => get(x, r, c) - get(targets, r, c));
    set(loss, r, 0, weight * sumOf(C, (c) => f(errors[c])));
    for (let c = 0; c < C; c++) set(dx, r, c, weight * slope(errors[c]));
  }
}

export const losses: ReferenceKernels<
  | 'softmax'
  | 'softmaxCrossEntropy'
  | 'denseCrossEntropy'
  | 'probabilityCrossEntropy'
  | 'sigmoidCrossEntropy'
  | 'squaredError'
  | 'absoluteError'
  | 'huberError'
  | 'cosineError'
  | 'keepRows'
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

  absoluteError(inputs, outputs) {
    meanOverFeatures(inputs, outputs, Math.abs, Math.sign);
  },

  huberError(inputs, outputs, { delta }) {
    const f = (e: number): number => (Math.abs(e) <= delta ? e ** 2 / 2 : delta * (Math.abs(e) - delta / 2));
    meanOverFeatures(inputs, outputs, f, (e) => Math.min(delta, Math.max(-delta, e)));
  },

  cosineError({ x, targets, weights }, { dx, losses: loss }) {
    for (let r = 0; r < x.rows; r++) {
      const weight = get(weights, r, 0);
      const over = (f: (c: number) => number): number => sumOf(x.cols, f);
      const ofX = weight === 0 ? 0 : Math.sqrt(over((c) => get(x, r, c) ** 2));
      const ofTarget = weight === 0 ? 0 : Math.sqrt(over((c) => get(targets, r, c) ** 2));
      if (ofX === 0 || ofTarget === 0) {
        passOver(loss, dx, r);
        continue;
      }
      const both = ofX * ofTarget;
      const cosine = over((c) => get(x, r, c) * get(targets, r, c)) / both;
      set(loss, r, 0, -weight * cosine);
      for (let c = 0; c < x.cols; c++) {
        set(dx, r, c, weight * ((cosine * get(x, r, c)) / ofX ** 2 - get(targets, r, c) / both));
      }
    }
  },

  keepRows: ({ x, weights }, { y }) => fillWith(y, (r, c) => (get(weights, r, 0) === 0 ? 0 : get(x, r, c))),

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
