import { madd, storeLanes, zero } from './vector';

// The innermost product: up to 6 rows of A times one panel of 8 columns of B, summed in
// registers. B is packed: 8 floats for each k in turn. A is read where it lies, element
// (i, k) at a + i * rowStep + k * depthStep, so a transposed A needs no copy. Six rows of
// two vectors each, the two of B and one of A fill the registers of SSE. Each element is
// summed in the order of k whatever the height of its tile, so its value does not depend on
// the tile it falls in.
//
// The sums start from what stands at `from`: C itself, a bias for all rows (step 0), or the
// zeros at address 0. Nothing is done to them behind the loop but storing: with as much as an
// addition there, V8 of Node 20 loads all of A ahead of the sums, runs out of registers and
// keeps a third of them in memory. A third of the speed hangs on it.

/**
 * to = from + A B, 8 columns wide, rows `toStep` and `fromStep` bytes apart. `rows` is a
 * constant at every call, so that one source serves all heights.
 */
@inline
function tile(
  rows: i32,
  a: usize,
  rowStep: usize,
  depthStep: usize,
  b: usize,
  depth: i32,
  from: usize,
  fromStep: usize,
  to: usize,
  toStep: usize,
): void {
  let low0 = v128.load(from);
  let high0 = v128.load(from, 16);
  if (rows > 1) from += fromStep;
  let low1 = rows > 1 ? v128.load(from) : zero;
  let high1 = rows > 1 ? v128.load(from, 16) : zero;
  if (rows > 2) from += fromStep;
  let low2 = rows > 2 ? v128.load(from) : zero;
  let high2 = rows > 2 ? v128.load(from, 16) : zero;
  if (rows > 3) from += fromStep;
  let low3 = rows > 3 ? v128.load(from) : zero;
  let high3 = rows > 3 ? v128.load(from, 16) : zero;
  if (rows > 4) from += fromStep;
  let low4 = rows > 4 ? v128.load(from) : zero;
  let high4 = rows > 4 ? v128.load(from, 16) : zero;
  if (rows > 5) from += fromStep;
  let low5 = rows > 5 ? v128.load(from) : zero;
  let high5 = rows > 5 ? v128.load(from, 16) : zero;
  let a0 = a;
  let a1 = a0 + rowStep;
  let a2 = a1 + rowStep;
  let a3 = a2 + rowStep;
  let a4 = a3 + rowStep;
  let a5 = a4 + rowStep;
  const end = b + (usize(depth) << 5);
  while (b < end) {
    const low = v128.load(b);
    const high = v128.load(b, 16);
    const s0 = v128.load_splat<f32>(a0);
    a0 += depthStep;
    low0 = madd(s0, low, low0);
    high0 = madd(s0, high, high0);
    if (rows > 1) {
      const s1 = v128.load_splat<f32>(a1);
      a1 += depthStep;
      low1 = madd(s1, low, low1);
      high1 = madd(s1, high, high1);
    }
    if (rows > 2) {
      const s2 = v128.load_splat<f32>(a2);
      a2 += depthStep;
      low2 = madd(s2, low, low2);
      high2 = madd(s2, high, high2);
    }
    if (rows > 3) {
      const s3 = v128.load_splat<f32>(a3);
      a3 += depthStep;
      low3 = madd(s3, low, low3);
      high3 = madd(s3, high, high3);
    }
    if (rows > 4) {
      const s4 = v128.load_splat<f32>(a4);
      a4 += depthStep;
      low4 = madd(s4, low, low4);
      high4 = madd(s4, high, high4);
    }
    if (rows > 5) {
      const s5 = v128.load_splat<f32>(a5);
      a5 += depthStep;
      low5 = madd(s5, low, low5);
      high5 = madd(s5, high, high5);
    }
    b += 32;
  }
  v128.store(to, low0);
  v128.store(to, high0, 16);
  if (rows > 1) {
    to += toStep;
    v128.store(to, low1);
    v128.store(to, high1, 16);
  }
  if (rows > 2) {
    to += toStep;
    v128.store(to, low2);
    v128.store(to, high2, 16);
  }
  if (rows > 3) {
    to += toStep;
    v128.store(to, low3);
    v128.store(to, high3, 16);
  }
  if (rows > 4) {
    to += toStep;
    v128.store(to, low4);
    v128.store(to, high4, 16);
  }
  if (rows > 5) {
    to += toStep;
    v128.store(to, low5);
    v128.store(to, high5, 16);
  }
}

// One function for each height. They are exported from the module so that the optimizer does
// not draw all six into their one caller.

export function tile1(
  a: usize,
  rowStep: usize,
  depthStep: usize,
  b: usize,
  depth: i32,
  from: usize,
  fromStep: usize,
  to: usize,
  toStep: usize,
): void {
  tile(1, a, rowStep, depthStep, b, depth, from, fromStep, to, toStep);
}

export function tile2(
  a: usize,
  rowStep: usize,
  depthStep: usize,
  b: usize,
  depth: i32,
  from: usize,
  fromStep: usize,
  to: usize,
  toStep: usize,
): void {
  tile(2, a, rowStep, depthStep, b, depth, from, fromStep, to, toStep);
}

export function tile3(
  a: usize,
  rowStep: usize,
  depthStep: usize,
  b: usize,
  depth: i32,
  from: usize,
  fromStep: usize,
  to: usize,
  toStep: usize,
): void {
  tile(3, a, rowStep, depthStep, b, depth, from, fromStep, to, toStep);
}

export function tile4(
  a: usize,
  rowStep: usize,
  depthStep: usize,
  b: usize,
  depth: i32,
  from: usize,
  fromStep: usize,
  to: usize,
  toStep: usize,
): void {
  tile(4, a, rowStep, depthStep, b, depth, from, fromStep, to, toStep);
}

export function tile5(
  a: usize,
  rowStep: usize,
  depthStep: usize,
  b: usize,
  depth: i32,
  from: usize,
  fromStep: usize,
  to: usize,
  toStep: usize,
): void {
  tile(5, a, rowStep, depthStep, b, depth, from, fromStep, to, toStep);
}

export function tile6(
  a: usize,
  rowStep: usize,
  depthStep: usize,
  b: usize,
  depth: i32,
  from: usize,
  fromStep: usize,
  to: usize,
  toStep: usize,
): void {
  tile(6, a, rowStep, depthStep, b, depth, from, fromStep, to, toStep);
}
