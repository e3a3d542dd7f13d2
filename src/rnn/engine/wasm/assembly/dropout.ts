import { at, colsOf, float, integer, strideOf } from './command';
import { runLength, runsPerRow, runStart } from './run-of-columns';
import { storeLanes } from './vector';

const half: i32 = 4095;

/**
 * Operands x, keys, y; settings: the bits below which an element is kept, and 1 / (1 - rate).
 * The bits are those of ../../dropout-bits.ts, in integers.
 */
export function dropout(command: usize, begin: i32, end: i32): void {
  const threshold = i32x4.splat(integer(command, 3, 0));
  const scale = f32x4.splat(float(command, 3, 1));
  const cols = colsOf(command, 2);
  const perRow = runsPerRow(cols);
  for (let unit = begin; unit < end; unit++) {
    const row = unit / perRow;
    const run = unit % perRow;
    const start = runStart(run);
    const skip = usize(start) << 2;
    const x = at(command, 0) + usize(row) * strideOf(command, 0) + skip;
    const y = at(command, 2) + usize(row) * strideOf(command, 2) + skip;
    const count = runLength(run, cols);
    let element = i32x4.add(i32x4.splat(row * cols + start), i32x4(0, 1, 2, 3));
    for (let j = 0; j < count; j += 4) {
      const kept = i32x4.lt_s(bits(element, at(command, 1)), threshold);
      const value = f32x4.mul(v128.load(x + (usize(j) << 2)), scale);
      storeLanes(y + (usize(j) << 2), v128.and(value, kept), count - j);
      element = i32x4.add(element, i32x4.splat(4));
    }
  }
}

/** 24 random bits for each of four elements. */
@inline
function bits(element: v128, keys: usize): v128 {
  const mask = i32x4.splat(half);
  let left = v128.and(i32x4.shr_u(element, 12), mask);
  let right = v128.and(element, mask);
  let extra = i32x4.shr_u(element, 24);
  for (let round: usize = 0; round < 6; round++) {
    const key = i32x4.splat(i32(load<f32>(keys + (round << 2))));
    const s = v128.and(i32x4.add(i32x4.add(right, key), extra), mask);
    const f = v128.and(i32x4.shr_u(i32x4.mul(s, s), 6), mask);
    const next = v128.and(i32x4.add(i32x4.add(left, f), key), mask);
    left = right;
    right = next;
    extra = i32x4.splat(0);
  }
  return v128.or(i32x4.shl(left, 12), right);
}
