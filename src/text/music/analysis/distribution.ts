/** How often each of some things comes. */
export type Counts = Readonly<Record<string, number>>;

/** @returns each thing with how often it is among those given */
export function countsOf(things: Iterable<string | number>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const thing of things) counts[thing] = (counts[thing] ?? 0) + 1;
  return counts;
}

/**
 * How far two distributions lie apart, in bits, from 0 for equal ones to 1 for such as share nothing (Lin 1991,
 * "Divergence measures based on the Shannon entropy", equation 4.1 with equal weights).
 * @returns 0 where either has nothing
 */
export function jensenShannon(a: Counts, b: Counts): number {
  const [sumA, sumB] = [a, b].map((counts) => Object.values(counts).reduce((sum, count) => sum + count, 0));
  if (sumA === 0 || sumB === 0) return 0;
  let bits = 0;
  for (const thing of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const p = (a[thing] ?? 0) / sumA;
    const q = (b[thing] ?? 0) / sumB;
    const mean = (p + q) / 2;
    if (p > 0) bits += 0.5 * p * Math.log2(p / mean);
    if (q > 0) bits += 0.5 * q * Math.log2(q / mean);
  }
  return bits;
}
