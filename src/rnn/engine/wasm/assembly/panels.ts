import { at, colsOf, integer, packedOf, rowsOf, strideOf } from './command';
import { firstLanes, zero } from './vector';

// The packed form of the right operand of a product: panels of 8 columns, each holding 8
// floats for every k in turn, the last filled up with zeros.

/** The address step from panel to panel for this many k. */
@inline
export function panelBytes(depth: i32): usize {
  return usize(depth) << 5;
}

/** Packs B(depth, cols), row-major. */
export function packPanels(b: usize, stride: usize, depth: i32, cols: i32, to: usize): void {
  const panel = panelBytes(depth);
  for (let j = 0; j < cols; j += 16) {
    // Two panels at once: they use up whole cache lines of B.
    const count = cols - j;
    const from = b + (usize(j) << 2);
    if (count >= 16) {
      for (let k: usize = 0; k < usize(depth); k++) {
        const source = from + k * stride;
        const target = to + (k << 5);
        v128.store(target, v128.load(source));
        v128.store(target, v128.load(source, 16), 16);
        v128.store(target + panel, v128.load(source, 32));
        v128.store(target + panel, v128.load(source, 48), 16);
      }
    } else {
      packSome(from, stride, depth, count, to);
      if (count > 8) packSome(from + 32, stride, depth, count - 8, to + panel);
    }
    to += 2 * panel;
  }
}

/** Packs one panel of `count` columns, or 8 where that is more. */
function packSome(b: usize, stride: usize, depth: i32, count: i32, to: usize): void {
  const low = firstLanes(count);
  const high = firstLanes(count - 4);
  for (let k: usize = 0; k < usize(depth); k++) {
    const source = b + k * stride;
    v128.store(to + (k << 5), v128.and(v128.load(source), low));
    v128.store(to + (k << 5), v128.and(v128.load(source, 16), high), 16);
  }
}

/** Packs the transpose of B(cols, depth), row-major. */
export function packTransposed(b: usize, stride: usize, depth: i32, cols: i32, to: usize): void {
  const panel = panelBytes(depth);
  for (let j = 0; j < cols; j += 8) {
    const from = b + usize(j) * stride;
    transposeFour(from, stride, depth, cols - j, to);
    transposeFour(from + 4 * stride, stride, depth, cols - j - 4, to + 16);
    to += panel;
  }
}

/** Four columns of a panel from four rows of B, of which the first `count` are there. */
function transposeFour(b: usize, stride: usize, depth: i32, count: i32, to: usize): void {
  for (let k = 0; k < depth; k += 4) {
    const from = b + (usize(k) << 2);
    const r0 = count > 0 ? v128.load(from) : zero;
    const r1 = count > 1 ? v128.load(from + stride) : zero;
    const r2 = count > 2 ? v128.load(from + 2 * stride) : zero;
    const r3 = count > 3 ? v128.load(from + 3 * stride) : zero;
    const low01 = i32x4.shuffle(r0, r1, 0, 4, 1, 5);
    const high01 = i32x4.shuffle(r0, r1, 2, 6, 3, 7);
    const low23 = i32x4.shuffle(r2, r3, 0, 4, 1, 5);
    const high23 = i32x4.shuffle(r2, r3, 2, 6, 3, 7);
    const target = to + (usize(k) << 5);
    const left = depth - k;
    v128.store(target, i64x2.shuffle(low01, low23, 0, 2));
    if (left > 1) v128.store(target, i64x2.shuffle(low01, low23, 1, 3), 32);
    if (left > 2) v128.store(target, i64x2.shuffle(high01, high23, 0, 2), 64);
    if (left > 3) v128.store(target, i64x2.shuffle(high01, high23, 1, 3), 96);
  }
}

/** Columns of the packed matrix in a unit of packing: two panels, so that no cache line of B is read twice. */
export const packedColumnsPerUnit: i32 = 16;

/** Operand b, packed to the command's packed operand; setting transposed. A unit is sixteen columns. */
export function pack(command: usize, begin: i32, end: i32): void {
  const step = strideOf(command, 0);
  const transposed = integer(command, 1, 0);
  const depth = transposed ? colsOf(command, 0) : rowsOf(command, 0);
  const all = transposed ? rowsOf(command, 0) : colsOf(command, 0);
  const first = begin * packedColumnsPerUnit;
  const cols = min(end * packedColumnsPerUnit, all) - first;
  const to = packedOf(command) + usize(first / 8) * panelBytes(depth);
  if (transposed) packTransposed(at(command, 0) + usize(first) * step, step, depth, cols, to);
  else packPanels(at(command, 0) + (usize(first) << 2), step, depth, cols, to);
}
