/** Examples whose probabilities lie in one range. */
export interface CalibrationBin {
  /** The range: above `from` (or from 0 on), up to `to`. */
  readonly from: number;
  readonly to: number;
  readonly examples: number;
  /** The mean probability of the label given; 0 without examples. */
  readonly probability: number;
  /** The share that was right; 0 without examples. */
  readonly accuracy: number;
}

/** Whether probabilities keep what they say. */
export interface CalibrationReport {
  /** The mean distance between probability and accuracy, over bins, each weighted by its examples. */
  readonly expectedError: number;
  readonly bins: readonly CalibrationBin[];
}

/**
 * The expected calibration error over ten bins of equal width (Naeini, Cooper and Hauskrecht 2015).
 * @param probabilities of the label given to each example
 * @param right whether it was right
 */
export function calibrationReport(
  probabilities: ArrayLike<number>,
  right: ArrayLike<boolean>,
  count = 10,
): CalibrationReport {
  const sums = Array.from({ length: count }, () => ({ examples: 0, probability: 0, right: 0 }));
  for (let n = 0; n < probabilities.length; n++) {
    const p = probabilities[n];
    const bin = sums[Math.min(count - 1, Math.max(0, Math.ceil(p * count) - 1))];
    bin.examples++;
    bin.probability += p;
    bin.right += right[n] ? 1 : 0;
  }
  const bins = sums.map(({ examples, probability, right }, i): CalibrationBin => {
    const per = (sum: number): number => (examples === 0 ? 0 : sum / examples);
    return {
      from: i / count,
      to: (i + 1) / count,
      examples,
      probability: per(probability),
      accuracy: per(right),
    };
  });
  const gaps = bins.map(({ examples, probability, accuracy }) => examples * Math.abs(probability - accuracy));
  const total = Math.max(1, probabilities.length);
  return { expectedError: gaps.reduce((sum, gap) => sum + gap, 0) / total, bins };
}
