import type { Random } from '../../../base/math/random.js';

/** Picks one of some things by how often each was seen. @returns its place among them */
export type Picking = (counts: readonly number[]) => number;

/** Draws each as often as it was seen. */
export function pickAtRandom(random: Random): Picking {
  return (counts) => {
    let left = random.integer(counts.reduce((sum, count) => sum + count, 0));
    return counts.findIndex((count) => (left -= count) < 0);
  };
}

/** Takes the first, which is the most frequent of what is counted here. */
export const pickFirst: Picking = () => 0;

/** Multiples of these leave remainders by 1 that lie evenly, and pairs of remainders too. */
const STEPS = { form: (Math.sqrt(5) - 1) / 2, key: Math.SQRT2 - 1 } as const;

/**
 * Draws each as often as it was seen, and evenly: seeds in a row make up a sample in which each comes about as often as its
 * share of the training, with less chance than draws of their own would have (a Kronecker sequence). What is picked
 * next is picked within that.
 */
export function pickEvenly(seed: number, of: keyof typeof STEPS): Picking {
  let place = (seed * STEPS[of]) % 1;
  if (place < 0) place += 1;
  return (counts) => {
    let at = place * counts.reduce((sum, count) => sum + count, 0);
    let i = 0;
    for (; i < counts.length - 1 && at >= counts[i]; i++) at -= counts[i];
    // Rounding may leave it a little beyond the last.
    place = Math.min(at / counts[i], 1 - Number.EPSILON);
    return i;
  };
}
