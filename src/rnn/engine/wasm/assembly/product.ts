import { tile1, tile2, tile3, tile4, tile5, tile6 } from './tile';
import { storeLanes } from './vector';

/** Where the last, narrow tile of a row of tiles waits to be stored: six rows of eight floats. */
const waitingStep: usize = 32;

/** Bytes that `product` needs for it. */
export const waitingBytes: usize = 192;

/**
 * C(rows, cols) = A(rows, depth) B(depth, cols) [+ bias on every row] [+ C]. A as in
 * tile.ts; B's panels stand `panelStep` bytes apart. The rows are dealt out evenly, so that
 * none of the tiles is low.
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
  if (bias && accumulate) {
    addBias(bias, c, cStep, rows, cols);
    bias = 0;
  }
  const tiles = (rows + 5) / 6;
  const low = rows / tiles;
  const higher = rows % tiles;
  const fromStep = accumulate ? cStep : 0;
  for (let j = 0; j < cols; j += 8) {
    const whole = cols - j >= 8;
    const step = whole ? cStep : waitingStep;
    const bj = bias ? bias + (usize(j) << 2) : 0;
    let ai = a;
    let ci = c + (usize(j) << 2);
    for (let t = 0; t < tiles; t++) {
      const height = t < higher ? low + 1 : low;
      const from = accumulate ? ci : bj;
      const to = whole ? ci : waiting;
      if (height == 6) tile6(ai, rowStep, depthStep, b, depth, from, fromStep, to, step);
      else if (height == 5) tile5(ai, rowStep, depthStep, b, depth, from, fromStep, to, step);
      else if (height == 4) tile4(ai, rowStep, depthStep, b, depth, from, fromStep, to, step);
      else if (height == 3) tile3(ai, rowStep, depthStep, b, depth, from, fromStep, to, step);
      else if (height == 2) tile2(ai, rowStep, depthStep, b, depth, from, fromStep, to, step);
      else tile1(ai, rowStep, depthStep, b, depth, from, fromStep, to, step);
      if (!whole) storeNarrow(waiting, ci, cStep, height, cols - j);
      ai += usize(height) * rowStep;
      ci += usize(height) * cStep;
    }
    b += panelStep;
  }
}

/** Stores the columns that are there of a tile that waits. */
function storeNarrow(from: usize, c: usize, cStep: usize, rows: i32, width: i32): void {
  for (let row = 0; row < rows; row++) {
    storeLanes(c, v128.load(from), width);
    storeLanes(c + 16, v128.load(from, 16), width - 4);
    from += waitingStep;
    c += cStep;
  }
}

function addBias(bias: usize, c: usize, cStep: usize, rows: i32, cols: i32): void {
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < cols; j += 4) {
      const byte = usize(j) << 2;
      storeLanes(c + byte, f32x4.add(v128.load(c + byte), v128.load(bias + byte)), cols - j);
    }
    c += cStep;
  }
}
