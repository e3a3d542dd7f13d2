import type { Matrix } from '../../program/program.js';

/** A matrix with its numbers: what the reference kernels work on. */
export interface View {
  readonly data: Float64Array;
  readonly offset: number;
  readonly rows: number;
  readonly cols: number;
  readonly rowStride: number;
}

export function viewOf(matrix: Matrix, data: Float64Array): View {
  return { data, offset: matrix.offset, rows: matrix.rows, cols: matrix.cols, rowStride: matrix.rowStride };
}

export function get(view: View, row: number, col: number): number {
  return view.data[view.offset + row * view.rowStride + col];
}

export function set(view: View, row: number, col: number, value: number): void {
  view.data[view.offset + row * view.rowStride + col] = value;
}

/** y(r, c) = f(r, c) for every element. */
export function fillWith(y: View, f: (row: number, col: number) => number): void {
  for (let r = 0; r < y.rows; r++) for (let c = 0; c < y.cols; c++) set(y, r, c, f(r, c));
}

/** The sum of f(0) to f(count - 1). */
export function sumOf(count: number, f: (index: number) => number): number {
  let total = 0;
  for (let i = 0; i < count; i++) total += f(i);
  return total;
}
