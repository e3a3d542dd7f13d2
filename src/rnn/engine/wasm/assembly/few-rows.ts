import { at, colsOf, packedOf, rowsOf, strideOf } from './command';
import { firstLanes, madd, storeLanes, zero } from './vector';

// Products of a few rows, where B is read about once and packing it would cost more than
// the product, unless the packed form serves many.

/** Columns of B that are taken at a time, and of a packed strip. */
const stripCols: i32 = 32;

/** Bytes of a row of a strip. */
export const stripRow: usize = 128;

/**
 * Operand b, packed for products of few rows: strips of 32 columns, each holding 128 bytes for
 * every k in turn. What stands behind the last column is anything: it is never stored.
 */
export function packStrips(command: usize, begin: i32, end: i32): void {
  const depth = rowsOf(command, 0);
  const cols = colsOf(command, 0);
  let to = packedOf(command) + usize(begin) * stripRow * usize(depth);
  for (let strip = begin; strip < end; strip++) {
    let from = at(command, 0) + usize(strip) * stripRow;
    const bytes = usize(min(stripCols, cols - strip * stripCols)) << 2;
    for (let k = 0; k < depth; k++) {
      memory.copy(to, from, bytes);
      from += strideOf(command, 0);
      to += stripRow;
    }
  }
}

@inline
function finish(c: usize, value: v128, bias: usize, accumulate: bool, count: i32): void {
  if (bias) value = f32x4.add(value, v128.load(bias));
  if (accumulate) value = f32x4.add(value, v128.load(c));
  storeLanes(c, value, count);
}

/**
 * C = A B [+ bias] [+ C], each element summed in the order of k. B(depth, cols) is row-major, its
 * strips of 32 columns `stripStep` bytes apart; or packed, with rows of `stripRow` bytes.
 */
export function directRows(
  a: usize,
  rowStep: usize,
  depthStep: usize,
  b: usize,
  bStep: usize,
  stripStep: usize,
  c: usize,
  cStep: usize,
  rows: i32,
  cols: i32,
  depth: i32,
  bias: usize,
  accumulate: bool,
): void {
  // A strip at a time, for all rows while it is in the cache.
  for (let j = 0; j < cols; j += stripCols) {
    const byte = usize(j) << 2;
    const bj = bias ? bias + byte : 0;
    for (let i: usize = 0; i < usize(rows); i++) {
      const to = c + i * cStep + byte;
      const from = a + i * rowStep;
      if (cols - j > 8) wideStrip(from, depthStep, b, bStep, to, cols - j, depth, bj, accumulate);
      else narrowStrip(from, depthStep, b, bStep, to, cols - j, depth, bj, accumulate);
    }
    b += stripStep;
  }
}

function wideStrip(
  a: usize,
  depthStep: usize,
  b: usize,
  bStep: usize,
  c: usize,
  count: i32,
  depth: i32,
  bias: usize,
  accumulate: bool,
): void {
  let c0 = zero;
  let c1 = zero;
  let c2 = zero;
  let c3 = zero;
  let c4 = zero;
  let c5 = zero;
  let c6 = zero;
  let c7 = zero;
  for (let k = 0; k < depth; k++) {
    const s = v128.load_splat<f32>(a);
    c0 = madd(s, v128.load(b), c0);
    c1 = madd(s, v128.load(b, 16), c1);
    c2 = madd(s, v128.load(b, 32), c2);
    c3 = madd(s, v128.load(b, 48), c3);
    c4 = madd(s, v128.load(b, 64), c4);
    c5 = madd(s, v128.load(b, 80), c5);
    c6 = madd(s, v128.load(b, 96), c6);
    c7 = madd(s, v128.load(b, 112), c7);
    a += depthStep;
    b += bStep;
  }
  finish(c, c0, bias, accumulate, count);
  finish(c + 16, c1, bias ? bias + 16 : 0, accumulate, count - 4);
  finish(c + 32, c2, bias ? bias + 32 : 0, accumulate, count - 8);
  finish(c + 48, c3, bias ? bias + 48 : 0, accumulate, count - 12);
  finish(c + 64, c4, bias ? bias + 64 : 0, accumulate, count - 16);
  finish(c + 80, c5, bias ? bias + 80 : 0, accumulate, count - 20);
  finish(c + 96, c6, bias ? bias + 96 : 0, accumulate, count - 24);
  finish(c + 112, c7, bias ? bias + 112 : 0, accumulate, count - 28);
}

function narrowStrip(
  a: usize,
  depthStep: usize,
  b: usize,
  bStep: usize,
  c: usize,
  count: i32,
  depth: i32,
  bias: usize,
  accumulate: bool,
): void {
  let c0 = zero;
  let c1 = zero;
  for (let k = 0; k < depth; k++) {
    const s = v128.load_splat<f32>(a);
    c0 = madd(s, v128.load(b), c0);
    c1 = madd(s, v128.load(b, 16), c1);
    a += depthStep;
    b += bStep;
  }
  finish(c, c0, bias, accumulate, count);
  finish(c + 16, c1, bias ? bias + 16 : 0, accumulate, count - 4);
}

/**
 * C = A B^T [+ bias] [+ C] with A(rows, depth) and B(cols, depth) both row-major: lane l of
 * a sum takes every fourth k from l on, and the four are added at the end.
 */
export function dotRows(
  a: usize,
  rowStep: usize,
  b: usize,
  bStep: usize,
  c: usize,
  cStep: usize,
  rows: i32,
  cols: i32,
  depth: i32,
  bias: usize,
  accumulate: bool,
): void {
  const whole = depth & ~3;
  const rest = firstLanes(depth - whole);
  for (let j = 0; j < cols; j += 4) {
    // Where fewer than four rows of B are left, the first of them stands in for the others.
    const count = cols - j;
    const b0 = b + usize(j) * bStep;
    const b1 = count > 1 ? b0 + bStep : b0;
    const b2 = count > 2 ? b1 + bStep : b0;
    const b3 = count > 3 ? b2 + bStep : b0;
    for (let i: usize = 0; i < usize(rows); i++) {
      const from = a + i * rowStep;
      let t0 = zero;
      let t1 = zero;
      let t2 = zero;
      let t3 = zero;
      const end = usize(whole) << 2;
      for (let k: usize = 0; k < end; k += 16) {
        const s = v128.load(from + k);
        t0 = madd(s, v128.load(b0 + k), t0);
        t1 = madd(s, v128.load(b1 + k), t1);
        t2 = madd(s, v128.load(b2 + k), t2);
        t3 = madd(s, v128.load(b3 + k), t3);
      }
      if (whole < depth) {
        // Both sides are cut: what stands behind them may be NaN.
        const s = v128.and(v128.load(from + end), rest);
        t0 = madd(s, v128.and(v128.load(b0 + end), rest), t0);
        t1 = madd(s, v128.and(v128.load(b1 + end), rest), t1);
        t2 = madd(s, v128.and(v128.load(b2 + end), rest), t2);
        t3 = madd(s, v128.and(v128.load(b3 + end), rest), t3);
      }
      const low01 = f32x4.add(i32x4.shuffle(t0, t1, 0, 4, 1, 5), i32x4.shuffle(t0, t1, 2, 6, 3, 7));
      const low23 = f32x4.add(i32x4.shuffle(t2, t3, 0, 4, 1, 5), i32x4.shuffle(t2, t3, 2, 6, 3, 7));
      const total = f32x4.add(i64x2.shuffle(low01, low23, 0, 2), i64x2.shuffle(low01, low23, 1, 3));
      const byte = usize(j) << 2;
      finish(c + i * cStep + byte, total, bias ? bias + byte : 0, accumulate, count);
    }
  }
}
