const MAX_ROUNDS = 1000;
const TOLERANCE = 1e-12;

/**
 * The first right singular vector of rows, by power iteration: the direction that they have most in common, their
 * mean not taken out first.
 * @param rows each of the same width
 * @returns a unit vector, or zeros where all rows are
 */
export function commonDirection(rows: readonly Float32Array[]): Float64Array {
  const width = rows[0].length;
  // The sum of the rows is no stranger to their common direction, whatever their order.
  let direction = sumOf(rows, () => 1, width);
  if (!normalize(direction)) {
    direction = Float64Array.from(rows.find((row) => row.some((x) => x !== 0)) ?? rows[0]);
    if (!normalize(direction)) return direction;
  }
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const current = direction;
    const next = sumOf(rows, (row) => dot(row, current), width);
    if (!normalize(next)) return next;
    let change = 0;
    for (let i = 0; i < width; i++) change = Math.max(change, Math.abs(next[i] - current[i]));
    direction = next;
    if (change < TOLERANCE) break;
  }
  return direction;
}

function sumOf(
  rows: readonly Float32Array[],
  weight: (row: Float32Array) => number,
  width: number,
): Float64Array {
  const sum = new Float64Array(width);
  for (const row of rows) {
    const share = weight(row);
    for (let i = 0; i < width; i++) sum[i] += share * row[i];
  }
  return sum;
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** Makes it a unit vector. @returns false where it is all zeros */
function normalize(vector: Float64Array): boolean {
  const length = Math.sqrt(dot(vector, vector));
  if (length === 0) return false;
  for (let i = 0; i < vector.length; i++) vector[i] /= length;
  return true;
}
