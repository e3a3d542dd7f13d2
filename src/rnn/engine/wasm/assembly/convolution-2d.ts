import { blockLength, rowsPerBlock } from './blocks';
import { at, colsOf, integer, packedOf, rowsOf, scratchOf, strideOf } from './command';
import { packPanels, packTransposed, panelBytes } from './panels';
import { product, waitingBytes } from './product';
import { copyOver, scratchStep, zeroOver } from './scratch';
import { storeLanes } from './vector';

// A convolution over time and bands is a product as one over time is (convolution.ts): a row of the
// unfolded input is what one band of an output sees, so that there are Bo of them to a row of y, which
// is as good as Bo rows of F. A window over bands is one run of memory.

/** The settings stand in this order behind `operands` operands, those of conv1d first. */
const BATCH: usize = 0;
const TIME: usize = 1;
const OUTPUT_TIME: usize = 2;
const KERNEL_SIZE: usize = 3;
const STRIDE: usize = 4;
const DILATION: usize = 5;
const PAD_BEFORE: usize = 6;
const BANDS: usize = 7;
const OUTPUT_BANDS: usize = 8;
const BAND_KERNEL_SIZE: usize = 9;
const BAND_STRIDE: usize = 10;
const BAND_DILATION: usize = 11;
const BAND_PAD_BEFORE: usize = 12;
const ACCUMULATE: usize = 13;

/** Rows `row` on and columns `col` on of the unfolded x, which is operand 0. */
function unfold(command: usize, operands: usize, row: i32, rows: i32, col: i32, cols: i32, to: usize): void {
  const batch = integer(command, operands, BATCH);
  const time = integer(command, operands, TIME);
  const stride = integer(command, operands, STRIDE);
  const dilation = integer(command, operands, DILATION);
  const pad = integer(command, operands, PAD_BEFORE);
  const bands = integer(command, operands, BANDS);
  const outputBands = integer(command, operands, OUTPUT_BANDS);
  const bandStride = integer(command, operands, BAND_STRIDE);
  const bandPad = integer(command, operands, BAND_PAD_BEFORE);
  const bandDilation = integer(command, operands, BAND_DILATION);
  const x = at(command, 0);
  const xStep = strideOf(command, 0);
  const C = colsOf(command, 0) / bands;
  // Bands side by side are one run.
  const isRun = bandDilation == 1;
  const runs = isRun ? 1 : integer(command, operands, BAND_KERNEL_SIZE);
  const length = isRun ? integer(command, operands, BAND_KERNEL_SIZE) * C : C;
  const step = scratchStep(cols);
  const beginTap = col / length;
  const begin = col % length;
  let b = row % outputBands;
  let n = (row / outputBands) % batch;
  let t = row / outputBands / batch;
  for (let r = 0; r < rows; r++) {
    const firstTime = t * stride - pad;
    const firstBand = b * bandStride - bandPad;
    let target = to;
    let tap = beginTap;
    let from = begin;
    for (let left = cols; left > 0; ) {
      const count = min(length - from, left);
      const inTime = firstTime + (tap / runs) * dilation;
      if (inTime >= 0 && inTime < time) {
        const source = x + usize(inTime * batch + n) * xStep;
        // Where the run begins in the row, which may be before its first column or behind its last.
        const start = (firstBand + (tap % runs) * bandDilation) * C + from;
        const before = min(count, max(0, -start));
        const inside = max(0, min(count, bands * C - start) - before);
        if (inside == count) {
          copyOver(source + (usize(start) << 2), target, count);
        } else {
          if (before > 0) zeroOver(target, before);
          const behind = before + inside;
          if (inside > 0) copyOver(source + (usize(start + before) << 2), target + (usize(before) << 2), inside);
          if (behind < count) zeroOver(target + (usize(behind) << 2), count - behind);
        }
      } else {
        zeroOver(target, count);
      }
      target += usize(count) << 2;
      left -= count;
      tap++;
      from = 0;
    }
    to += step;
    if (++b == outputBands) {
      b = 0;
      if (++n == batch) {
        n = 0;
        t++;
      }
    }
  }
}

/** Operands x, kernel, bias, y; a unit is a row of y. The kernel comes packed. */
export function conv2d(command: usize, begin: i32, end: i32): void {
  const outputBands = integer(command, 4, OUTPUT_BANDS);
  const depth = rowsOf(command, 1);
  const filters = colsOf(command, 1);
  const yStep = usize(filters) << 2;
  const waiting = scratchOf(command);
  const scratch = waiting + waitingBytes;
  if (isAlongTime(command)) {
    alongTime(command, begin, end);
    return;
  }
  const length = blockLength(depth);
  for (let k = 0; k < depth; k += length) {
    const block = min(length, depth - k);
    const panels = packedOf(command) + panelBytes(k);
    const bias = k == 0 ? at(command, 2) : 0;
    const step = scratchStep(block);
    for (let row = begin * outputBands; row < end * outputBands; row += rowsPerBlock) {
      const rows = min(rowsPerBlock, end * outputBands - row);
      unfold(command, 4, row, rows, k, block, scratch);
      const y = at(command, 3) + usize(row) * yStep;
      product(scratch, step, 4, panels, panelBytes(depth), y, yStep, rows, filters, block, bias, k > 0, waiting);
    }
  }
}

/** Whether each output band sees just the input band of its own number, and x has no gaps: nothing need be unfolded then. */
function isAlongTime(command: usize): bool {
  return (
    integer(command, 4, BAND_KERNEL_SIZE) == 1 &&
    integer(command, 4, BAND_STRIDE) == 1 &&
    integer(command, 4, BAND_PAD_BEFORE) == 0 &&
    integer(command, 4, STRIDE) == 1 &&
    integer(command, 4, BANDS) == integer(command, 4, OUTPUT_BANDS) &&
    strideOf(command, 0) == usize(colsOf(command, 0)) << 2
  );
}

/** The rows of a tap are those of x from another time on: a product for each tap, added up. */
function alongTime(command: usize, begin: i32, end: i32): void {
  const bands = integer(command, 4, BANDS);
  const batch = integer(command, 4, BATCH);
  const taps = integer(command, 4, KERNEL_SIZE);
  const inputRows = integer(command, 4, TIME) * batch * bands;
  const filters = colsOf(command, 1);
  const depth = rowsOf(command, 1);
  const C = colsOf(command, 0) / bands;
  const xStep = usize(C) << 2;
  const yStep = usize(filters) << 2;
  const panels = packedOf(command);
  const bias = at(command, 2);
  const length = blockLength(C);
  for (let row = begin * bands; row < end * bands; row += rowsPerBlock) {
    const rows = min(rowsPerBlock, end * bands - row);
    const y = at(command, 3) + usize(row) * yStep;
    for (let r: usize = 0; r < usize(rows); r++) setRow(y + r * yStep, bias, filters);
    for (let tap = 0; tap < taps; tap++) {
      const shift = (tap * integer(command, 4, DILATION) - integer(command, 4, PAD_BEFORE)) * batch * bands;
      const first = max(row, -shift);
      const count = min(row + rows, inputRows - shift) - first;
      if (count <= 0) continue;
      for (let k = 0; k < C; k += length) {
        const block = min(length, C - k);
        const a = at(command, 0) + usize(first + shift) * xStep + (usize(k) << 2);
        const to = y + usize(first - row) * yStep;
        const from = panels + panelBytes(tap * C + k);
        product(a, xStep, 4, from, panelBytes(depth), to, yStep, count, filters, block, 0, true, scratchOf(command));
      }
    }
  }
}

/** A row of the bias, or of zeros. */
function setRow(y: usize, bias: usize, cols: i32): void {
  for (let j = 0; j < cols; j += 4) {
    const byte = usize(j) << 2;
    storeLanes(y + byte, bias ? v128.load(bias + byte) : f32x4.splat(0), cols - j);
  }
}

/** Operands x, dy, dKernel; a unit is a row of dKernel. */
export function conv2dKernelGradient(command: usize, begin: i32, end: i32): void {
  const rows = rowsOf(command, 1) * integer(command, 3, OUTPUT_BANDS);
  const filters = colsOf(command, 2);
  const cStep = strideOf(command, 2);
  const accumulate = integer(command, 3, ACCUMULATE) != 0;
  const length = blockLength(rows);
  const waiting = scratchOf(command);
  const laid = waiting + waitingBytes;
  const panels = laid + usize(length) * scratchStep(filters);
  const unfolded = panels + usize((filters + 7) / 8) * panelBytes(length);
  for (let row = 0; row < rows; row += length) {
    const block = min(length, rows - row);
    layBands(command, row, block, laid);
    packPanels(laid, scratchStep(filters), block, filters, panels);
    for (let col = begin; col < end; col += rowsPerBlock) {
      const cols = min(rowsPerBlock, end - col);
      unfold(command, 3, row, block, col, cols, unfolded);
      const c = at(command, 2) + usize(col) * cStep;
      const adding = accumulate || row > 0;
      const step = scratchStep(cols);
      product(unfolded, 4, step, panels, panelBytes(block), c, cStep, cols, filters, block, 0, adding, waiting);
    }
  }
}

/** Bands `row` on of dy, which is operand 1 and may have gaps between its rows, one below the other. */
function layBands(command: usize, row: i32, rows: i32, to: usize): void {
  const outputBands = integer(command, 3, OUTPUT_BANDS);
  const filters = colsOf(command, 2);
  for (let r = row; r < row + rows; r++) {
    const from = at(command, 1) + usize(r / outputBands) * strideOf(command, 1);
    copyOver(from + (usize((r % outputBands) * filters) << 2), to, filters);
    to += scratchStep(filters);
  }
}

/** Operands dy, kernel, dx; a unit is a row of dx. Tap by tap, what each band of dx has sent there. */
export function conv2dInputGradient(command: usize, begin: i32, end: i32): void {
  const bands = integer(command, 3, BANDS);
  const filters = colsOf(command, 1);
  const C = colsOf(command, 2) / bands;
  const taps = integer(command, 3, KERNEL_SIZE) * integer(command, 3, BAND_KERNEL_SIZE);
  const kernelStep = strideOf(command, 1);
  const tapBytes = usize((C + 7) / 8) * panelBytes(filters);
  const waiting = scratchOf(command);
  const panels = waiting + waitingBytes;
  for (let tap = 0; tap < taps; tap++) {
    const from = at(command, 1) + usize(tap * C) * kernelStep;
    packTransposed(from, kernelStep, filters, C, panels + usize(tap) * tapBytes);
  }
  const gathered = panels + usize(taps) * tapBytes;
  const step = scratchStep(filters);
  const dxStep = usize(C) << 2;
  for (let row = begin * bands; row < end * bands; row += rowsPerBlock) {
    const rows = min(rowsPerBlock, end * bands - row);
    const dx = at(command, 2) + usize(row) * dxStep;
    for (let tap = 0; tap < taps; tap++) {
      gatherTap(command, tap, row, rows, gathered);
      const panel = panels + usize(tap) * tapBytes;
      product(gathered, step, 4, panel, panelBytes(filters), dx, dxStep, rows, C, filters, 0, tap > 0, waiting);
    }
  }
}

/** For bands `row` on of dx the outputs that see them through one tap, or zeros. */
function gatherTap(command: usize, tap: i32, row: i32, rows: i32, to: usize): void {
  const bands = integer(command, 3, BANDS);
  const batch = integer(command, 3, BATCH);
  const stride = integer(command, 3, STRIDE);
  const bandStride = integer(command, 3, BAND_STRIDE);
  const bandTaps = integer(command, 3, BAND_KERNEL_SIZE);
  const filters = colsOf(command, 1);
  const back = integer(command, 3, PAD_BEFORE) - (tap / bandTaps) * integer(command, 3, DILATION);
  const bandBack =
    integer(command, 3, BAND_PAD_BEFORE) - (tap % bandTaps) * integer(command, 3, BAND_DILATION);
  for (let r = row; r < row + rows; r++) {
    const n = (r / bands) % batch;
    // Times the stride.
    const t = r / bands / batch + back;
    const b = (r % bands) + bandBack;
    const seen =
      t >= 0 &&
      b >= 0 &&
      t % stride == 0 &&
      b % bandStride == 0 &&
      t / stride < integer(command, 3, OUTPUT_TIME) &&
      b / bandStride < integer(command, 3, OUTPUT_BANDS);
    if (seen) {
      const from = at(command, 0) + usize((t / stride) * batch + n) * strideOf(command, 0);
      copyOver(from + (usize((b / bandStride) * filters) << 2), to, filters);
    } else {
      zeroOver(to, filters);
    }
    to += scratchStep(filters);
  }
}
