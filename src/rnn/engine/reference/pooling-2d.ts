import type { BandConvolution } from '../../program/kernels.js';
import type { ReferenceKernels } from './kernel.js';
import { fillWith, get, set, type View } from './view.js';

/** The places in x that an output pools, by time and then by band, those in the padding left out. */
function window(s: BandConvolution, t: number, b: number): { time: number; band: number }[] {
  const places: { time: number; band: number }[] = [];
  for (let k = 0; k < s.kernelSize; k++) {
    for (let j = 0; j < s.bandKernelSize; j++) {
      const [time, band] = [t * s.stride + k - s.padBefore, b * s.bandStride + j - s.bandPadBefore];
      if (time >= 0 && time < s.time && band >= 0 && band < s.bands) places.push({ time, band });
    }
  }
  return places;
}

export const pooling2d: ReferenceKernels<'pool2d' | 'pool2dBackward'> = {
  pool2d({ x }, { y }, s) {
    const C = x.cols / s.bands;
    fillWith(y, (row, col) => {
      const [t, n, b, c] = [Math.floor(row / s.batch), row % s.batch, Math.floor(col / C), col % C];
      const values = window(s, t, b).map(({ time, band }) => get(x, time * s.batch + n, band * C + c));
      if (s.pooling === 'max') return Math.max(...values);
      return values.reduce((total, value) => total + value, 0) / values.length;
    });
  },

  pool2dBackward({ x, y, dy }, { dx }, s) {
    const C = x.cols / s.bands;
    fillWith(dx, () => 0);
    const add = (view: View, row: number, col: number, value: number): void =>
      set(view, row, col, get(view, row, col) + value);
    for (let row = 0; row < s.outputTime * s.batch; row++) {
      const [t, n] = [Math.floor(row / s.batch), row % s.batch];
      for (let col = 0; col < s.outputBands * C; col++) {
        const [b, c] = [Math.floor(col / C), col % C];
        const places = window(s, t, b);
        const largest = get(y, row, col);
        const first = places.find(({ time, band }) => get(x, time * s.batch + n, band * C + c) === largest);
        const taking = s.pooling === 'average' ? places : first ? [first] : [];
        const share = get(dy, row, col) / (s.pooling === 'average' ? places.length : 1);
        for (const { time, band } of taking) add(dx, time * s.batch + n, band * C + c, share);
      }
    }
  },
};
