/** The numbers of a row that are not zero, each index once, in no order. */
export interface SparseRow {
  readonly indices: Int32Array;
  readonly values: Float32Array;
}

/** Rows side by side: the indices of each start where those of the one before it end. @param widths of each */
export function sideBySide(rows: readonly SparseRow[], widths: readonly number[]): SparseRow {
  const count = rows.reduce((sum, { indices }) => sum + indices.length, 0);
  const indices = new Int32Array(count);
  const values = new Float32Array(count);
  let [at, first] = [0, 0];
  for (const [i, row] of rows.entries()) {
    for (let k = 0; k < row.indices.length; k++) indices[at + k] = row.indices[k] + first;
    values.set(row.values, at);
    at += row.indices.length;
    first += widths[i];
  }
  return { indices, values };
}

/** A row of which every number is kept. @param scale times which it is kept @default 1 */
export function denseRow(numbers: ArrayLike<number>, scale = 1): SparseRow {
  return {
    indices: Int32Array.from({ length: numbers.length }, (_, i) => i),
    values: Float32Array.from(numbers, (number) => number * scale),
  };
}
