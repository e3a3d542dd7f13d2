import { sliceRows, type Matrix } from '../program/program.js';
import type { Trace } from '../weights/trace.js';

/** How sequences are cut into one block for each example and head. */
export interface Blocks {
  /** H. @default 1 */
  readonly heads: number;
  /** T. */
  readonly time: number;
}

/** A product of two operands, for one example and head. */
export interface BlockProduct {
  readonly a: Matrix;
  readonly b: Matrix;
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
}

/** Rows (T, C) of example n and head h: a view of x (T * N, H * C), time-major. */
export function blockOf(trace: Trace, x: Matrix, { heads, time }: Blocks, n: number, h: number): Matrix {
  const cols = x.cols / heads;
  const offset = x.offset + n * x.rowStride + h * cols;
  return { ...x, offset, rows: time, cols, rowStride: trace.batch * x.rowStride };
}

/** What `blockProducts` gave for example n and head h: rows of (H * N * T, C), heads outermost. */
export function resultOf(trace: Trace, x: Matrix, { time }: Blocks, n: number, h: number): Matrix {
  return sliceRows(x, (h * trace.batch + n) * time, time);
}

/** (H * N * T, C): a product (T, C) for each example and head, heads outermost. */
export function blockProducts(
  trace: Trace,
  blocks: Blocks,
  cols: number,
  product: (n: number, h: number) => BlockProduct,
): Matrix {
  const c = trace.temporary(blocks.heads * trace.batch * blocks.time, cols);
  everyBlock(trace, blocks, (n, h) => multiply(trace, product(n, h), resultOf(trace, c, blocks, n, h)));
  return c;
}

/** (T * N, H * C), time-major: a product (T, C) for each example and head. */
export function sequenceOfProducts(
  trace: Trace,
  blocks: Blocks,
  cols: number,
  product: (n: number, h: number) => BlockProduct,
): Matrix {
  const { heads, time } = blocks;
  const N = trace.batch;
  // Heads innermost, so that the heads of a time step lie at even distances.
  const results = trace.temporary(N * heads * time, cols);
  everyBlock(trace, blocks, (n, h) =>
    multiply(trace, product(n, h), sliceRows(results, (n * heads + h) * time, time)),
  );
  const y = trace.temporary(time * N, heads * cols);
  for (let t = 0; t < (trace.shapesOnly ? 0 : time); t++) {
    const x = { ...results, offset: results.offset + t * cols, rows: N * heads, rowStride: time * cols };
    const step = { ...sliceRows(y, t * N, N), rows: N * heads, cols, rowStride: cols };
    trace.builder.run('copy', { x }, { y: step }, {});
  }
  return y;
}

function everyBlock(trace: Trace, { heads }: Blocks, run: (n: number, h: number) => void): void {
  if (trace.shapesOnly) return;
  for (let h = 0; h < heads; h++) for (let n = 0; n < trace.batch; n++) run(n, h);
}

function multiply(trace: Trace, product: BlockProduct, c: Matrix): void {
  const { a, b, transposeA = false, transposeB = false } = product;
  trace.builder.run('gemm', { a, b }, { c }, { transposeA, transposeB, accumulate: false });
}
