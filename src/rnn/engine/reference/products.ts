import type { Convolution } from '../../program/kernels.js';
import type { ReferenceKernels } from './kernel.js';
import { fillWith, get, set, sumOf } from './view.js';

/** For output time t and tap k, the input time, or -1 where it falls into the padding. */
function inputTime(t: number, k: number, s: Convolution): number {
  const time = t * s.stride + k * s.dilation - s.padBefore;
  return time >= 0 && time < s.time ? time : -1;
}

export const products: ReferenceKernels<
  'gemm' | 'sumRows' | 'gather' | 'gatherBackward' | 'conv1d' | 'conv1dKernelGradient' | 'conv1dInputGradient'
> = {
  gemm({ a, b, bias }, { c }, { transposeA, transposeB, accumulate }) {
    const depth = transposeA ? a.rows : a.cols;
    fillWith(c, (i, j) => {
      const start = (accumulate ? get(c, i, j) : 0) + (bias ? get(bias, 0, j) : 0);
      return (
        start +
        sumOf(
          depth,
          (k) => (transposeA ? get(a, k, i) : get(a, i, k)) * (transposeB ? get(b, j, k) : get(b, k, j)),
        )
      );
    });
  },

  sumRows({ x }, { total }, { accumulate }) {
    fillWith(total, (_, c) => (accumulate ? get(total, 0, c) : 0) + sumOf(x.rows, (r) => get(x, r, c)));
  },

  gather({ table, index, bias }, { y }) {
    fillWith(y, (r, c) => get(table, get(index, r, 0), c) + (bias ? get(bias, 0, c) : 0));
  },

  gatherBackward({ dy, order, offsets }, { dTable }, { accumulate }) {
    fillWith(dTable, (v, c) => {
      let total = accumulate ? get(dTable, v, c) : 0;
      for (let i = get(offsets, v, 0); i < get(offsets, v + 1, 0); i++) total += get(dy, get(order, i, 0), c);
      return total;
    });
  },

  conv1d({ x, kernel, bias }, { y }, s) {
    fillWith(y, (row, f) => {
      const t = Math.floor(row / s.batch);
      const n = row % s.batch;
      let total = bias ? get(bias, 0, f) : 0;
      for (let k = 0; k < s.kernelSize; k++) {
        const time = inputTime(t, k, s);
        if (time < 0) continue;
        for (let d = 0; d < x.cols; d++)
          total += get(x, time * s.batch + n, d) * get(kernel, k * x.cols + d, f);
      }
      return total;
    });
  },

  conv1dKernelGradient({ x, dy }, { dKernel }, s) {
    fillWith(dKernel, (row, f) => {
      const k = Math.floor(row / x.cols);
      const d = row % x.cols;
      let total = s.accumulate ? get(dKernel, row, f) : 0;
      for (let t = 0; t < s.outputTime; t++) {
        const time = inputTime(t, k, s);
        if (time < 0) continue;
        for (let n = 0; n < s.batch; n++)
          total += get(x, time * s.batch + n, d) * get(dy, t * s.batch + n, f);
      }
      return total;
    });
  },

  conv1dInputGradient({ dy, kernel }, { dx }, s) {
    fillWith(dx, () => 0);
    for (let t = 0; t < s.outputTime; t++) {
      for (let k = 0; k < s.kernelSize; k++) {
        const time = inputTime(t, k, s);
        if (time < 0) continue;
        for (let n = 0; n < s.batch; n++) {
          for (let d = 0; d < dx.cols; d++) {
            const row = time * s.batch + n;
            const gradient = sumOf(
              dy.cols,
              (f) => get(dy, t * s.batch + n, f) * get(kernel, k * dx.cols + d, f),
            );
            set(dx, row, d, get(dx, row, d) + gradient);
          }
        }
      }
    }
  },
};
