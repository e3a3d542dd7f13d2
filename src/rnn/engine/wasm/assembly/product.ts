import { tile1, tile2, tile3, tile4, tile5, tile6 } from './tile';
import { storeLanes } from './vector';

/** Where a tile waits for its second pass: six rows of eight floats. */
const waitingStep: usize = 32;

/** Bytes that `product` needs for it. */
export const waitingBytes: usize = 192;

/**
 * C(rows, cols) = A(rows, depth) B(depth, cols) [+ bias on every row] [+ C]. A as in tile.ts;
 * B's panels stand `panelStep` bytes apart. The rows are dealt out evenly, so that none of
 * the tiles is low.
 */
export function product(
  a: usize,
  rowStep: usize,
  depthStep: usize,
  b: usize,
  panelStep: usize,
  c: usize,
  cStep: usize,
  rows: i32,
  cols: i32,
  depth: i32,
  bias: usize,
  accumulate: bool,
  waiting: usize,
): void {
  const tiles = (rows + 5) / 6;
  const low = rows / tiles;
  const higher = rows % tiles;
  for (let j = 0; j < cols; j += 8) {
    const width = cols - j;
    const finished = width >= 8 && !bias && !accumulate;
    const step = finished ? cStep : waitingStep;
    const biasHere = bias ? bias + (usize(j) << 2) : 0;
    let ai = a;
    let ci = c + (usize(j) << 2);
    for (let t = 0; t < tiles; t++) {
      const height = t < higher ? low + 1 : low;
      const to = finished ? ci : waiting;
      if (height == 6) tile6(ai, rowStep, depthStep, b, depth, to, step);
      else if (height == 5) tile5(ai, rowStep, depthStep, b, depth, to, step);
      else if (height == 4) tile4(ai, rowStep, depthStep, b, depth, to, step);
      else if (height == 3) tile3(ai, rowStep, depthStep, b, depth, to, step);
      else if (height == 2) tile2(ai, rowStep, depthStep, b, depth, to, step);
      else tile1(ai, rowStep, depthStep, b, depth, to, step);
      if (!finished) finish(waiting, ci, cStep, height, width, biasHere, accumulate);
      ai += usize(height) * rowStep;
      ci += usize(height) * cStep;
    }
    b += panelStep;
  }
}

/** Adds what is to be added to a tile that waits, and stores the columns that are there. */
function finish(
  from: usize,
  c: usize,
  cStep: usize,
  rows: i32,
  width: i32,
  bias: usize,
  accumulate: bool,
): void {
  for (let row = 0; row < rows; row++) {
    let low = v128.load(from);
    let high = v128.load(from, 16);
    if (bias) {
      low = f32x4.add(low, v128.load(bias));
      high = f32x4.add(high, v128.load(bias, 16));
    }
    if (accumulate) {
      low = f32x4.add(low, v128.load(c));
      high = f32x4.add(high, v128.load(c, 16));
    }
    storeLanes(c, low, width);
    storeLanes(c + 16, high, width - 4);
    from += waitingStep;
    c += cStep;
  }
}
