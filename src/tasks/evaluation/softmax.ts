/**
 * Logits to probabilities, row by row, in place.
 * @param logits shape (N, C)
 * @param temperature what the logits are divided by first
 */
export function softmaxRows(logits: Float32Array, classes: number, temperature = 1): Float32Array {
  for (let at = 0; at < logits.length; at += classes) {
    let largest = -Infinity;
    for (let c = 0; c < classes; c++) largest = Math.max(largest, logits[at + c]);
    let sum = 0;
    for (let c = 0; c < classes; c++) {
      const weight = Math.exp((logits[at + c] - largest) / temperature);
      logits[at + c] = weight;
      sum += weight;
    }
    for (let c = 0; c < classes; c++) logits[at + c] /= sum;
  }
  return logits;
}

/** The place of the largest of each row; of equal ones the first. */
export function largestOfRows(rows: ArrayLike<number>, classes: number): Int32Array {
  return Int32Array.from({ length: rows.length / classes }, (_, n) => {
    let best = 0;
    for (let c = 1; c < classes; c++) if (rows[n * classes + c] > rows[n * classes + best]) best = c;
    return best;
  });
}
