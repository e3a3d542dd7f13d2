import { scratchStep, copyOver } from './scratch';
import { blockLength, rowsPerBlock } from './blocks';
import { columnsPerUnit } from './columns';
import { at, colsOf, integer, packedOf, rowsOf, scratchOf, strideOf } from './command';
import { dotRows, directRows, stripRow } from './few-rows';
import { packPanels, packTransposed, panelBytes } from './panels';
import { product, waitingBytes } from './product';

const direct = 1;
const dots = 2;
const byColumns = 3;

/**
 * Operands a, b, bias, c; settings transposeA, transposeB, accumulate, method: by tiles, or
 * for a few rows on B as it lies (which is for the host to say). A unit is a row of c, or
 * sixteen columns.
 */
export function gemm(command: usize, begin: i32, end: i32): void {
  const transposeA = integer(command, 4, 0);
  const transposeB = integer(command, 4, 1);
  const accumulate = integer(command, 4, 2);
  const method = integer(command, 4, 3);
  const depth = transposeA ? rowsOf(command, 0) : colsOf(command, 0);
  const rowStep: usize = transposeA ? 4 : strideOf(command, 0);
  const depthStep: usize = transposeA ? strideOf(command, 0) : 4;
  const bStep = strideOf(command, 1);
  const cStep = strideOf(command, 3);
  const packed = packedOf(command);
  // The part of c that the units are.
  const columns = method == byColumns;
  const firstRow = columns ? 0 : begin;
  const firstColumn = columns ? begin * columnsPerUnit : 0;
  const rows = columns ? rowsOf(command, 3) : end - begin;
  const cols = columns ? min(end * columnsPerUnit, colsOf(command, 3)) - firstColumn : colsOf(command, 3);
  const skip = usize(firstColumn) << 2;
  const a = at(command, 0) + usize(firstRow) * rowStep;
  const b = at(command, 1) + (transposeB ? usize(firstColumn) * bStep : skip);
  const biasRow = at(command, 2) ? at(command, 2) + skip : 0;
  const c = at(command, 3) + usize(firstRow) * cStep + skip;
  const waiting = scratchOf(command);
  if (method == dots) {
    dotRows(a, rowStep, b, bStep, c, cStep, rows, cols, depth, biasRow, accumulate != 0);
    return;
  }
  const length = blockLength(depth);
  for (let k = 0; k < depth; k += length) {
    const block = min(length, depth - k);
    const bias = k == 0 ? biasRow : 0;
    const adding = accumulate != 0 || k > 0;
    const ak = a + usize(k) * depthStep;
    if (method == direct) {
      // As it lies, or packed into strips.
      const step = packed ? stripRow : bStep;
      const stripStep = packed ? usize(depth) * stripRow : stripRow;
      const bk = (packed ? packed : b) + usize(k) * step;
      directRows(ak, rowStep, depthStep, bk, step, stripStep, c, cStep, rows, cols, block, bias, adding);
      continue;
    }
    let panels = packed + panelBytes(k);
    let panelStep = panelBytes(depth);
    if (!packed) {
      panels = waiting + waitingBytes;
      panelStep = panelBytes(block);
      if (transposeB) packTransposed(b + (usize(k) << 2), bStep, block, cols, panels);
      else packPanels(b + usize(k) * bStep, bStep, block, cols, panels);
    }
    const scratch = packed ? waiting + waitingBytes : panels + usize((cols + 7) / 8) * panelStep;
    for (let i = 0; i < rows; i += rowsPerBlock) {
      const count = min(rowsPerBlock, rows - i);
      const ci = c + usize(i) * cStep;
      const ai = ak + usize(i) * rowStep;
      if (transposeA) {
        layInScratch(ai, depthStep, block, count, scratch);
        product(scratch, 4, scratchStep(count), panels, panelStep, ci, cStep, count, cols, block, bias, adding, waiting);
      } else {
        product(ai, rowStep, depthStep, panels, panelStep, ci, cStep, count, cols, block, bias, adding, waiting);
      }
    }
  }
}

/** Copies `cols` columns of `rows` rows to where they stand closer together. */
function layInScratch(from: usize, step: usize, rows: i32, cols: i32, to: usize): void {
  for (let row = 0; row < rows; row++) {
    copyOver(from, to, cols);
    from += step;
    to += scratchStep(cols);
  }
}
