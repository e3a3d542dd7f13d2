import { at, colsOf, float, strideOf } from './command';
import { runLength, runsPerRow, runStart } from './run-of-columns';
import { select, storeLanes, zero } from './vector';

/** Operands x, y; settings slope, lowest. */
export function leakyRelu(command: usize, begin: i32, end: i32): void {
  const cols = colsOf(command, 1);
  const perRow = runsPerRow(cols);
  const slope = f32x4.splat(float(command, 2, 0));
  const lowest = f32x4.splat(float(command, 2, 1));
  for (let unit = begin; unit < end; unit++) {
    const row = usize(unit / perRow);
    const run = unit % perRow;
    const skip = usize(runStart(run)) << 2;
    const x = at(command, 0) + row * strideOf(command, 0) + skip;
    const y = at(command, 1) + row * strideOf(command, 1) + skip;
    const count = runLength(run, cols);
    for (let j = 0; j < count; j += 4) {
      const value = v128.load(x + (usize(j) << 2));
      const leaked = select(f32x4.mul(value, slope), value, f32x4.lt(value, zero));
      storeLanes(y + (usize(j) << 2), f32x4.max(leaked, lowest), count - j);
    }
  }
}

/** Operands y, dy, dx; settings slope, lowest. */
export function leakyReluBackward(command: usize, begin: i32, end: i32): void {
  const cols = colsOf(command, 2);
  const perRow = runsPerRow(cols);
  const slope = f32x4.splat(float(command, 3, 0));
  const lowest = f32x4.splat(float(command, 3, 1));
  for (let unit = begin; unit < end; unit++) {
    const row = usize(unit / perRow);
    const run = unit % perRow;
    const skip = usize(runStart(run)) << 2;
    const y = at(command, 0) + row * strideOf(command, 0) + skip;
    const dy = at(command, 1) + row * strideOf(command, 1) + skip;
    const dx = at(command, 2) + row * strideOf(command, 2) + skip;
    const count = runLength(run, cols);
    for (let j = 0; j < count; j += 4) {
      const byte = usize(j) << 2;
      const value = v128.load(y + byte);
      const gradient = v128.load(dy + byte);
      const leaked = select(f32x4.mul(gradient, slope), gradient, f32x4.lt(value, zero));
      storeLanes(dx + byte, v128.andnot(leaked, f32x4.le(value, lowest)), count - j);
    }
  }
}
