/** Rounds of power iteration for each direction: two that are alike need many, and either does then. */
const MAX_ROUNDS = 300;
const TOLERANCE = 1e-9;

/**
 * The directions in which running text varies most whatever it says: the first eigenvectors of the words' second
 * moment, each word with its weight (all-but-the-top: Mu and Viswanath 2018).
 * @param rows word vectors, each times what it weighs
 * @param count how many directions
 * @returns unit vectors at right angles, shape `(count, width)`; fewer where the rows have no more
 */
export function wordDirections(rows: Iterable<Float32Array>, width: number, count: number): Float64Array[] {
  const moment = new Float64Array(width * width);
  for (const row of rows) {
    for (let i = 0; i < width; i++) {
      for (let j = 0; j <= i; j++) moment[i * width + j] += row[i] * row[j];
    }
  }
  for (let i = 0; i < width; i++) for (let j = 0; j < i; j++) moment[j * width + i] = moment[i * width + j];
  let trace = 0;
  for (let i = 0; i < width; i++) trace += moment[i * width + i];
  const found: Float64Array[] = [];
  while (found.length < count) {
    const direction = firstDirection(moment, width, found, trace);
    if (!direction) break;
    found.push(direction);
  }
  return found;
}

/** The first eigenvector at right angles to those found; undefined where nothing is left. */
function firstDirection(
  moment: Float64Array,
  width: number,
  found: readonly Float64Array[],
  trace: number,
): Float64Array | undefined {
  // Any start does that is at right angles to none.
  let current = Float64Array.from({ length: width }, (_, i) => 1 + ((i * 7) % 11) / 11);
  takeOut(current, found);
  if (scaleToOne(current) === 0) return undefined;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const next = new Float64Array(width);
    for (let i = 0; i < width; i++) {
      let sum = 0;
      for (let j = 0; j < width; j++) sum += moment[i * width + j] * current[j];
      next[i] = sum;
    }
    takeOut(next, found);
    if (scaleToOne(next) <= 1e-12 * trace) return undefined;
    let change = 0;
    for (let i = 0; i < width; i++) change = Math.max(change, Math.abs(next[i] - current[i]));
    current = next;
    if (change < TOLERANCE) break;
  }
  return current;
}

/** Takes directions, unit vectors, out of a vector. */
function takeOut(vector: Float64Array, directions: readonly Float64Array[]): void {
  for (const direction of directions) {
    let along = 0;
    for (let i = 0; i < vector.length; i++) along += vector[i] * direction[i];
    for (let i = 0; i < vector.length; i++) vector[i] -= along * direction[i];
  }
}

/** @returns how long it was */
function scaleToOne(vector: Float64Array): number {
  let squares = 0;
  for (const x of vector) squares += x * x;
  const length = Math.sqrt(squares);
  if (length > 0) for (let i = 0; i < vector.length; i++) vector[i] /= length;
  return length;
}
