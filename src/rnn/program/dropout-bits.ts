import { Random } from '../../base/math/random.js';
import { DROPOUT_KEY_COUNT } from './kernels.js';

const HALF = 4096;

/**
 * 24 random bits for one element of a dropout mask: a Feistel network over the two 12-bit
 * halves of the element's index whose round function is the middle of a square (as in
 * Widynski's "Squares", 2020). Every product stays below 2^24, so float32 arithmetic gives
 * the same bits as integers do and a GPU kernel can follow suit.
 *
 * @param element the element's index in its tensor; the part above 2^24 joins the first key
 * @param keys six whole numbers from 0 to 4095
 * @returns a whole number from 0 to 2^24 - 1
 */
export function dropoutBits(element: number, keys: ArrayLike<number>): number {
  const low = element % 16777216;
  let left = Math.floor(low / HALF);
  let right = low % HALF;
  const high = Math.floor(element / 16777216);
  for (let round = 0; round < DROPOUT_KEY_COUNT; round++) {
    const s = (right + keys[round] + (round === 0 ? high : 0)) % HALF;
    const f = Math.floor((s * s) / 64) % HALF;
    const next = (left + f + keys[round]) % HALF;
    left = right;
    right = next;
  }
  return left * HALF + right;
}

/** The keys of one dropout site at one training step. */
export function dropoutKeys(seed: number, site: number, step: number): number[] {
  const random = new Random(
    (Math.imul(seed, 0x9e3779b1) ^ Math.imul(site + 1, 0x85ebca77) ^ Math.imul(step + 1, 0xc2b2ae3d)) >>> 0,
  );
  return Array.from({ length: DROPOUT_KEY_COUNT }, () => random.integer(HALF));
}
