import type { BandConvolution } from '../../program/kernels.js';
import type { ReferenceKernels } from './kernel.js';
import { fillWith, get, set, type View } from './view.js';

/** Calls `visit` for each tap of an output that falls inside: the place in x and in the kernel's rows, of C channels each. */
function eachTap(
  s: BandConvolution,
  t: number,
  b: number,
  visit: (time: number, band: number, tap: number) => void,
): void {
  for (let k = 0; k < s.kernelSize; k++) {
    const time = t * s.stride + k * s.dilation - s.padBefore;
    if (time < 0 || time >= s.time) continue;
    for (let j = 0; j < s.bandKernelSize; j++) {
      const band = b * s.bandStride + j * s.bandDilation - s.bandPadBefore;
      if (band >= 0 && band < s.bands) visit(time, band, k * s.bandKernelSize + j);
    }
  }
}

/** Calls `visit` for each output, of F filters each, with the row of y that it stands in. */
function eachOutput(s: BandConvolution, visit: (row: number, t: number, n: number, b: number) => void): void {
  for (let t = 0; t < s.outputTime; t++) {
    for (let n = 0; n < s.batch; n++) {
      for (let b = 0; b < s.outputBands; b++) visit(t * s.batch + n, t, n, b);
    }
  }
}

function add(view: View, row: number, col: number, value: number): void {
  set(view, row, col, get(view, row, col) + value);
}

export const convolution2d: ReferenceKernels<'conv2d' | 'conv2dKernelGradient' | 'conv2dInputGradient'> = {
  conv2d({ x, kernel, bias }, { y }, s) {
    const [C, F] = [x.cols / s.bands, kernel.cols];
    fillWith(y, (_, col) => (bias ? get(bias, 0, col % F) : 0));
    eachOutput(s, (row, t, n, b) =>
      eachTap(s, t, b, (time, band, tap) => {
        for (let f = 0; f < F; f++) {
          for (let c = 0; c < C; c++) {
            add(y, row, b * F + f, get(x, time * s.batch + n, band * C + c) * get(kernel, tap * C + c, f));
          }
        }
      }),
    );
  },

  conv2dKernelGradient({ x, dy }, { dKernel }, s) {
    const [C, F] = [x.cols / s.bands, dKernel.cols];
    if (!s.accumulate) fillWith(dKernel, () => 0);
    eachOutput(s, (row, t, n, b) =>
      eachTap(s, t, b, (time, band, tap) => {
        for (let f = 0; f < F; f++) {
          for (let c = 0; c < C; c++) {
            add(dKernel, tap * C + c, f, get(x, time * s.batch + n, band * C + c) * get(dy, row, b * F + f));
          }
        }
      }),
    );
  },

  conv2dInputGradient({ dy, kernel }, { dx }, s) {
    const [C, F] = [dx.cols / s.bands, kernel.cols];
    fillWith(dx, () => 0);
    eachOutput(s, (row, t, n, b) =>
      eachTap(s, t, b, (time, band, tap) => {
        for (let f = 0; f < F; f++) {
          for (let c = 0; c < C; c++) {
            add(dx, time * s.batch + n, band * C + c, get(dy, row, b * F + f) * get(kernel, tap * C + c, f));
          }
        }
      }),
    );
  },
};
