import { at, colsOf, integer, strideOf } from './command';
import { storeLanes, zero } from './vector';

// Settings: batch, time, outputTime, kernelSize, stride, dilation, padBefore, and the pooling:
// 0 for the largest, 1 for the mean. The dilation is 1.
const time: usize = 1;
const outputTime: usize = 2;
const kernelSize: usize = 3;
const stride: usize = 4;
const padBefore: usize = 6;
const averaging: usize = 7;

/** Operands x, y; a unit is a row of y. */
export function pool1d(command: usize, begin: i32, end: i32): void {
  const batch = integer(command, 2, 0);
  const cols = colsOf(command, 1);
  const average = integer(command, 2, averaging);
  for (let row = begin; row < end; row++) {
    const n = row % batch;
    const start = (row / batch) * integer(command, 2, stride) - integer(command, 2, padBefore);
    const first = max(0, start);
    const last = min(integer(command, 2, time), start + integer(command, 2, kernelSize));
    const share = f32x4.splat(f32(last - first));
    const step = strideOf(command, 0);
    const y = at(command, 1) + usize(row) * strideOf(command, 1);
    for (let j = 0; j < cols; j += 4) {
      const byte = usize(j) << 2;
      let value = average ? zero : f32x4.splat(-Infinity);
      for (let t = first; t < last; t++) {
        const x = v128.load(at(command, 0) + usize(t * batch + n) * step + byte);
        value = average ? f32x4.add(value, x) : f32x4.max(value, x);
      }
      storeLanes(y + byte, average ? f32x4.div(value, share) : value, cols - j);
    }
  }
}

/** Operands x, y, dy, dx; a unit is a row of dx. */
export function pool1dBackward(command: usize, begin: i32, end: i32): void {
  const batch = integer(command, 4, 0);
  const size = integer(command, 4, kernelSize);
  const pace = integer(command, 4, stride);
  const pad = integer(command, 4, padBefore);
  const average = integer(command, 4, averaging);
  const cols = colsOf(command, 3);
  for (let row = begin; row < end; row++) {
    const n = row % batch;
    const here = row / batch;
    // The windows that begin no later than here and end no earlier.
    const earliest = max(0, (here + pad - size + pace) / pace);
    const latest = min(integer(command, 4, outputTime) - 1, (here + pad) / pace);
    const x = at(command, 0) + usize(row) * strideOf(command, 0);
    const dx = at(command, 3) + usize(row) * strideOf(command, 3);
    for (let j = 0; j < cols; j += 4) {
      const byte = usize(j) << 2;
      let total = zero;
      for (let t = earliest; t <= latest; t++) {
        const first = max(0, t * pace - pad);
        const last = min(integer(command, 4, time), t * pace - pad + size);
        const output = usize(t * batch + n);
        let gradient = v128.load(at(command, 2) + output * strideOf(command, 2) + byte);
        if (average) gradient = f32x4.div(gradient, f32x4.splat(f32(last - first)));
        else {
          const largest = v128.load(at(command, 1) + output * strideOf(command, 1) + byte);
          gradient = v128.and(gradient, f32x4.eq(v128.load(x + byte), largest));
          for (let earlier = first; earlier < here; earlier++) {
            const other = at(command, 0) + usize(earlier * batch + n) * strideOf(command, 0);
            gradient = v128.andnot(gradient, f32x4.eq(v128.load(other + byte), largest));
          }
        }
        total = f32x4.add(total, gradient);
      }
      storeLanes(dx + byte, total, cols - j);
    }
  }
}
