/** Mandelbrot's shift of Zipf's law, as it fits running English. */
const SHIFT = 2.7;

/**
 * The share of running text that the word of each rank has, by the law of Zipf and Mandelbrot: as 1 / (rank + 2.7),
 * from rank 0. Files of vectors have their words by frequency, and do not tell the frequencies.
 * @param count how many words there are
 */
export function zipfShares(count: number): Float64Array {
  const shares = Float64Array.from({ length: count }, (_, rank) => 1 / (rank + 1 + SHIFT));
  const sum = shares.reduce((total, share) => total + share, 0);
  return shares.map((share) => share / sum);
}
