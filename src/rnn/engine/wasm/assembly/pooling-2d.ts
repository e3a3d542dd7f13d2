import { at, colsOf, integer, strideOf } from './command';
import { storeLanes, zero } from './vector';

// Settings: those of pool1d without the pooling, then bands, outputBands, bandKernelSize, bandStride,
// bandDilation, bandPadBefore, and the pooling: 0 for the largest, 1 for the mean. The dilations are 1.
const BATCH: usize = 0;
const TIME: usize = 1;
const OUTPUT_TIME: usize = 2;
const KERNEL_SIZE: usize = 3;
const STRIDE: usize = 4;
const PAD_BEFORE: usize = 6;
const BANDS: usize = 7;
const OUTPUT_BANDS: usize = 8;
const BAND_KERNEL_SIZE: usize = 9;
const BAND_STRIDE: usize = 10;
const BAND_PAD_BEFORE: usize = 12;
const AVERAGING: usize = 13;

/** Operands x, y; a unit is a row of y. */
export function pool2d(command: usize, begin: i32, end: i32): void {
  const batch = integer(command, 2, BATCH);
  const bands = integer(command, 2, BANDS);
  const outputBands = integer(command, 2, OUTPUT_BANDS);
  const average = integer(command, 2, AVERAGING);
  const C = colsOf(command, 0) / bands;
  const xStep = strideOf(command, 0);
  for (let row = begin; row < end; row++) {
    const n = row % batch;
    const start = (row / batch) * integer(command, 2, STRIDE) - integer(command, 2, PAD_BEFORE);
    const first = max(0, start);
    const last = min(integer(command, 2, TIME), start + integer(command, 2, KERNEL_SIZE));
    for (let b = 0; b < outputBands; b++) {
      const startBand = b * integer(command, 2, BAND_STRIDE) - integer(command, 2, BAND_PAD_BEFORE);
      const firstBand = max(0, startBand);
      const lastBand = min(bands, startBand + integer(command, 2, BAND_KERNEL_SIZE));
      const share = f32x4.splat(f32((last - first) * (lastBand - firstBand)));
      const y = at(command, 1) + usize(row) * strideOf(command, 1) + (usize(b * C) << 2);
      for (let j = 0; j < C; j += 4) {
        let value = average ? zero : f32x4.splat(-Infinity);
        for (let t = first; t < last; t++) {
          const x = at(command, 0) + usize(t * batch + n) * xStep + (usize(j) << 2);
          for (let band = firstBand; band < lastBand; band++) {
            const other = v128.load(x + (usize(band * C) << 2));
            value = average ? f32x4.add(value, other) : f32x4.max(value, other);
          }
        }
        storeLanes(y + (usize(j) << 2), average ? f32x4.div(value, share) : value, C - j);
      }
    }
  }
}

/** Operands x, y, dy, dx; a unit is a row of dx. */
export function pool2dBackward(command: usize, begin: i32, end: i32): void {
  const batch = integer(command, 4, BATCH);
  const size = integer(command, 4, KERNEL_SIZE);
  const pace = integer(command, 4, STRIDE);
  const pad = integer(command, 4, PAD_BEFORE);
  const bands = integer(command, 4, BANDS);
  const bandSize = integer(command, 4, BAND_KERNEL_SIZE);
  const bandPace = integer(command, 4, BAND_STRIDE);
  const bandPad = integer(command, 4, BAND_PAD_BEFORE);
  const C = colsOf(command, 3) / bands;
  for (let row = begin; row < end; row++) {
    const here = row / batch;
    // The windows that begin no later than here and end no earlier.
    const earliest = max(0, (here + pad - size + pace) / pace);
    const latest = min(integer(command, 4, OUTPUT_TIME) - 1, (here + pad) / pace);
    for (let band = 0; band < bands; band++) {
      const lowest = max(0, (band + bandPad - bandSize + bandPace) / bandPace);
      const highest = min(integer(command, 4, OUTPUT_BANDS) - 1, (band + bandPad) / bandPace);
      for (let j = 0; j < C; j += 4) {
        let total = zero;
        for (let t = earliest; t <= latest; t++) {
          for (let b = lowest; b <= highest; b++) {
            total = f32x4.add(total, shareOf(command, row, band, t, b, j));
          }
        }
        const dx = at(command, 3) + usize(row) * strideOf(command, 3);
        storeLanes(dx + (usize(band * C + j) << 2), total, C - j);
      }
    }
  }
}

/** What of the gradient of window (t, b) goes to one band of a row of x, in four channels from j on. */
@inline
function shareOf(command: usize, row: i32, band: i32, t: i32, b: i32, j: i32): v128 {
  const batch = integer(command, 4, BATCH);
  const bands = integer(command, 4, BANDS);
  const C = colsOf(command, 3) / bands;
  const n = row % batch;
  const here = row / batch;
  const start = t * integer(command, 4, STRIDE) - integer(command, 4, PAD_BEFORE);
  const startBand = b * integer(command, 4, BAND_STRIDE) - integer(command, 4, BAND_PAD_BEFORE);
  const first = max(0, start);
  const last = min(integer(command, 4, TIME), start + integer(command, 4, KERNEL_SIZE));
  const firstBand = max(0, startBand);
  const lastBand = min(bands, startBand + integer(command, 4, BAND_KERNEL_SIZE));
  const output = usize(t * batch + n);
  const byte = usize(b * C + j) << 2;
  let gradient = v128.load(at(command, 2) + output * strideOf(command, 2) + byte);
  if (integer(command, 4, AVERAGING)) {
    return f32x4.div(gradient, f32x4.splat(f32((last - first) * (lastBand - firstBand))));
  }
  const largest = v128.load(at(command, 1) + output * strideOf(command, 1) + byte);
  const x = at(command, 0) + (usize(j) << 2);
  const xStep = strideOf(command, 0);
  gradient = v128.and(
    gradient,
    f32x4.eq(v128.load(x + usize(row) * xStep + (usize(band * C) << 2)), largest),
  );
  // Unless it stands earlier, or lower at the same time.
  for (let time = first; time <= here; time++) {
    const from = x + usize(time * batch + n) * xStep;
    const until = time < here ? lastBand : band;
    for (let other = firstBand; other < until; other++) {
      gradient = v128.andnot(gradient, f32x4.eq(v128.load(from + (usize(other * C) << 2)), largest));
    }
  }
  return gradient;
}
