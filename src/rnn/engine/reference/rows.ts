import type { ReferenceKernels } from './kernel.js';
import { fillWith, get, set, sumOf, type View } from './view.js';

/** Row r's share of x: valid(N, 1) repeats over the rows. */
const validity = (valid: View, r: number): number => get(valid, r % valid.rows, 0);

export const rows: ReferenceKernels<'rowMask' | 'maskWeights' | 'layerNorm' | 'layerNormBackward'> = {
  rowMask({ x, valid }, { y }, { value }) {
    fillWith(y, (r) => {
      for (let c = 0; c < x.cols; c++) if (get(x, r, c) !== value) return validity(valid, r);
      return 0;
    });
  },

  maskWeights({ weights, mask, valid }, { y }) {
    const count = sumOf(mask.rows, (r) => validity(valid, r));
    const kept = sumOf(mask.rows, (r) => get(mask, r, 0));
    fillWith(y, (r) => {
      if (get(mask, r, 0) === 0) return 0;
      return (get(weights, r, 0) * get(mask, r, 0) * count) / kept;
    });
  },

  layerNorm({ x, gamma, beta }, { y, normalized, invStd }, { epsilon }) {
    const C = x.cols;
    for (let r = 0; r < x.rows; r++) {
      const mean = sumOf(C, (c) => get(x, r, c)) / C;
      const variance = sumOf(C, (c) => (get(x, r, c) - mean) ** 2) / C;
      const inverse = 1 / Math.sqrt(variance + epsilon);
      set(invStd, r, 0, inverse);
      for (let c = 0; c < C; c++) {
        const value = (get(x, r, c) - mean) * inverse;
        set(normalized, r, c, value);
        set(y, r, c, get(gamma, 0, c) * value + get(beta, 0, c));
      }
    }
  },

  layerNormBackward({ normalized, invStd, gamma, dy }, { dx }) {
    const C = dy.cols;
    for (let r = 0; r < dy.rows; r++) {
      const scaled = Array.from({ length: C }, (_, c) => get(dy, r, c) * get(gamma, 0, c));
      const mean = sumOf(C, (c) => scaled[c]) / C;
      const slope = sumOf(C, (c) => scaled[c] * get(normalized, r, c)) / C;
      for (let c = 0; c < C; c++) {
        set(dx, r, c, get(invStd, r, 0) * (scaled[c] - mean - get(normalized, r, c) * slope));
      }
    }
  },
};
