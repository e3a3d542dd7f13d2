import type { Convolution } from '../../program/kernels.js';
import type { ReferenceKernels } from './kernel.js';
import { fillWith, get } from './view.js';

/** The input times that output time t pools, those in the padding left out. */
function window(t: number, { time, kernelSize, stride, padBefore }: Convolution): number[] {
  const taps = Array.from({ length: kernelSize }, (_, k) => t * stride + k - padBefore);
  return taps.filter((tap) => tap >= 0 && tap < time);
}

export const pooling: ReferenceKernels<'pool1d' | 'pool1dBackward'> = {
  pool1d({ x }, { y }, s) {
    fillWith(y, (row, c) => {
      const t = Math.floor(row / s.batch);
      const values = window(t, s).map((tap) => get(x, tap * s.batch + (row % s.batch), c));
      if (s.pooling === 'max') return Math.max(...values);
      return values.reduce((total, value) => total + value, 0) / values.length;
    });
  },

  pool1dBackward({ x, y, dy }, { dx }, s) {
    fillWith(dx, (row, c) => {
      const n = row % s.batch;
      const time = Math.floor(row / s.batch);
      let total = 0;
      for (let t = 0; t < s.outputTime; t++) {
        const taps = window(t, s);
        if (!taps.includes(time)) continue;
        const gradient = get(dy, t * s.batch + n, c);
        if (s.pooling === 'average') total += gradient / taps.length;
        else {
          const largest = get(y, t * s.batch + n, c);
          const first = taps.find((tap) => get(x, tap * s.batch + n, c) === largest);
          if (first === time) total += gradient;
        }
      }
      return total;
    });
  },
};
