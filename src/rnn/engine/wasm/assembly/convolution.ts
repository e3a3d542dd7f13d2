import { scratchStep, copyOver, zeroOver } from './scratch';
import { blockLength, rowsPerBlock } from './blocks';
import { at, colsOf, integer, packedOf, rowsOf, scratchOf, strideOf } from './command';
import { packPanels, packTransposed, panelBytes } from './panels';
import { product, waitingBytes } from './product';
import { storeLanes } from './vector';

// A convolution is a product with the unfolded input, whose row (t, n) is the K taps that
// output t of example n sees, side by side. It is never there as a whole: blocks of it are
// unfolded into scratch and multiplied from there.

/** The settings of all three kernels stand in this order, behind `operands` operands. */
@inline
function batchOf(command: usize, operands: usize): i32 {
  return integer(command, operands, 0);
}
@inline
function timeOf(command: usize, operands: usize): i32 {
  return integer(command, operands, 1);
}
@inline
function outputTimeOf(command: usize, operands: usize): i32 {
  return integer(command, operands, 2);
}
@inline
function kernelSizeOf(command: usize, operands: usize): i32 {
  return integer(command, operands, 3);
}
@inline
function strideSetting(command: usize, operands: usize): i32 {
  return integer(command, operands, 4);
}
@inline
function dilationOf(command: usize, operands: usize): i32 {
  return integer(command, operands, 5);
}
@inline
function padBeforeOf(command: usize, operands: usize): i32 {
  return integer(command, operands, 6);
}

/** Rows `row` on and columns `col` on of the unfolded x, which is operand 0. */
function unfold(command: usize, operands: usize, row: i32, rows: i32, col: i32, cols: i32, to: usize): void {
  const batch = batchOf(command, operands);
  const time = timeOf(command, operands);
  const dilation = dilationOf(command, operands);
  const D = colsOf(command, 0);
  const xStep = strideOf(command, 0);
  for (let r = row; r < row + rows; r++) {
    const first = (r / batch) * strideSetting(command, operands) - padBeforeOf(command, operands);
    const n = r % batch;
    let target = to;
    let tap = col / D;
    let d = col % D;
    for (let left = cols; left > 0; ) {
      const count = min(D - d, left);
      const t = first + tap * dilation;
      if (t >= 0 && t < time) {
        copyOver(at(command, 0) + usize(t * batch + n) * xStep + (usize(d) << 2), target, count);
      } else {
        zeroOver(target, count);
      }
      target += usize(count) << 2;
      left -= count;
      tap++;
      d = 0;
    }
    to += scratchStep(cols);
  }
}

/** Operands x, kernel, bias, y; a unit is a row of y. The kernel comes packed. */
export function conv1d(command: usize, begin: i32, end: i32): void {
  const depth = rowsOf(command, 1);
  const filters = colsOf(command, 3);
  const yStep = strideOf(command, 3);
  const waiting = scratchOf(command);
  const scratch = waiting + waitingBytes;
  const length = blockLength(depth);
  for (let k = 0; k < depth; k += length) {
    const block = min(length, depth - k);
    const panels = packedOf(command) + panelBytes(k);
    const bias = k == 0 ? at(command, 2) : 0;
    for (let row = begin; row < end; row += rowsPerBlock) {
      const rows = min(rowsPerBlock, end - row);
      unfold(command, 4, row, rows, k, block, scratch);
      const y = at(command, 3) + usize(row) * yStep;
      const step = scratchStep(block);
      product(scratch, step, 4, panels, panelBytes(depth), y, yStep, rows, filters, block, bias, k > 0, waiting);
    }
  }
}

/** Operands x, dy, dKernel; setting 7 accumulate; a unit is a row of dKernel. */
export function conv1dKernelGradient(command: usize, begin: i32, end: i32): void {
  const rows = rowsOf(command, 1);
  const filters = colsOf(command, 1);
  const dyStep = strideOf(command, 1);
  const cStep = strideOf(command, 2);
  const accumulate = integer(command, 3, 7) != 0;
  const length = blockLength(rows);
  const waiting = scratchOf(command);
  const panels = waiting + waitingBytes;
  const unfolded = panels + usize((filters + 7) / 8) * panelBytes(length);
  for (let row = 0; row < rows; row += length) {
    const block = min(length, rows - row);
    packPanels(at(command, 1) + usize(row) * dyStep, dyStep, block, filters, panels);
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

/**
 * Operands dy, kernel, dx; a unit is a time of dx. Only every stride-th tap reaches a given
 * input time; times that are alike in this are worked through together, tap by tap.
 */
export function conv1dInputGradient(command: usize, begin: i32, end: i32): void {
  const filters = colsOf(command, 0);
  const D = colsOf(command, 2);
  const taps = kernelSizeOf(command, 3);
  const stride = strideSetting(command, 3);
  const kernelStep = strideOf(command, 1);
  const tapBytes = usize((D + 7) / 8) * panelBytes(filters);
  const waiting = scratchOf(command);
  const panels = waiting + waitingBytes;
  for (let tap = 0; tap < taps; tap++) {
    const from = at(command, 1) + usize(tap * D) * kernelStep;
    packTransposed(from, kernelStep, filters, D, panels + usize(tap) * tapBytes);
  }
  const unfolded = panels + usize(taps) * tapBytes;
  for (let phase = 0; phase < min(stride, end - begin); phase++) {
    const first = begin + phase;
    const rows = ((end - first + stride - 1) / stride) * batchOf(command, 3);
    for (let row = 0; row < rows; row += rowsPerBlock) {
      gatherTaps(command, first, row, min(rowsPerBlock, rows - row), panels, unfolded);
    }
  }
}

/** Rows `row` on of dx, counted over the times first, first + stride, ... */
function gatherTaps(command: usize, first: i32, row: i32, rows: i32, panels: usize, unfolded: usize): void {
  const filters = colsOf(command, 0);
  const D = colsOf(command, 2);
  const batch = batchOf(command, 3);
  const stride = strideSetting(command, 3);
  const tapBytes = usize((D + 7) / 8) * panelBytes(filters);
  const step = scratchStep(filters);
  const resultStep = scratchStep(D);
  const result = unfolded + usize(rowsPerBlock) * step;
  for (let r: usize = 0; r < usize(rows); r++) zeroOver(result + r * resultStep, D);
  for (let tap = 0; tap < kernelSizeOf(command, 3); tap++) {
    const offset = padBeforeOf(command, 3) - tap * dilationOf(command, 3);
    if ((first + offset) % stride != 0) continue;
    for (let r = 0; r < rows; r++) {
      const time = first + ((row + r) / batch) * stride;
      // Exact where it is not negative; a negative one may round to 0, so it is asked first.
      const t = (time + offset) / stride;
      const from = at(command, 0) + usize(t * batch + ((row + r) % batch)) * strideOf(command, 0);
      const to = unfolded + usize(r) * step;
      if (time + offset >= 0 && t < outputTimeOf(command, 3)) copyOver(from, to, filters);
      else zeroOver(to, filters);
    }
    const panel = panels + usize(tap) * tapBytes;
    product(unfolded, step, 4, panel, panelBytes(filters), result, resultStep, rows, D, filters, 0, true, scratchOf(command));
  }
  const dxStep = strideOf(command, 2);
  for (let r = 0; r < rows; r++) {
    const time = first + ((row + r) / batch) * stride;
    const to = at(command, 2) + usize(time * batch + ((row + r) % batch)) * dxStep;
    const from = result + usize(r) * resultStep;
    for (let j = 0; j < D; j += 4) storeLanes(to + (usize(j) << 2), v128.load(from + (usize(j) << 2)), D - j);
  }
}
