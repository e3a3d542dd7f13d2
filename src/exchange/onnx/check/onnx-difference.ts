/** How far a file's numbers are from the model's. */
export interface OnnxDifference {
  /** The largest difference of any two numbers. */
  readonly largest: number;
  /** The largest of the model's own numbers, to hold it against. */
  readonly magnitude: number;
  /** How many numbers were compared. */
  readonly numbers: number;
}

/** @param found the numbers of each output, as the file gives them @param expected as the model does */
export function differenceOf(
  found: readonly Float32Array[],
  expected: readonly ArrayLike<number>[],
): OnnxDifference {
  let [largest, magnitude, numbers] = [0, 0, 0];
  expected.forEach((values, output) => {
    if (found[output].length !== values.length) largest = NaN;
    numbers += values.length;
    for (let i = 0; i < values.length; i++) {
      const difference = Math.abs(found[output][i] - values[i]);
      // Of no number the comparison is false, so that it stays.
      if (!(difference <= largest)) largest = difference;
      magnitude = Math.max(magnitude, Math.abs(values[i]));
    }
  });
  return { largest, magnitude, numbers };
}
