/** Numbers row by row. */
export interface NumberMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
}

/** (N, K) times (K, M), in double precision. */
export function product(a: NumberMatrix, b: NumberMatrix): NumberMatrix {
  const data = new Float64Array(a.rows * b.columns);
  for (let row = 0; row < a.rows; row++) {
    for (let k = 0; k < a.columns; k++) {
      const factor = a.data[row * a.columns + k];
      for (let column = 0; column < b.columns; column++) {
        data[row * b.columns + column] += factor * b.data[k * b.columns + column];
      }
    }
  }
  return { rows: a.rows, columns: b.columns, data };
}

export function transposed({ rows, columns, data }: NumberMatrix): NumberMatrix {
  const turned = new Float64Array(data.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      turned[column * rows + row] = data[row * columns + column];
    }
  }
  return { rows: columns, columns: rows, data: turned };
}

/** Matrices of as many rows, one to the right of the other. */
export function sideBySide(parts: readonly NumberMatrix[]): NumberMatrix {
  const { rows } = parts[0];
  const columns = parts.reduce((sum, part) => sum + part.columns, 0);
  const data = new Float64Array(rows * columns);
  let start = 0;
  for (const part of parts) {
    for (let row = 0; row < rows; row++) {
      data.set(part.data.subarray(row * part.columns, (row + 1) * part.columns), row * columns + start);
    }
    start += part.columns;
  }
  return { rows, columns, data };
}

/** Rows `start` to `end`, without the last. */
export function rowsOf({ columns, data }: NumberMatrix, start: number, end: number): NumberMatrix {
  return { rows: end - start, columns, data: data.slice(start * columns, end * columns) };
}
