import { describe, expect, it } from 'vitest';
import { dropoutBits, dropoutKeys } from '../../../src/rnn/program/dropout-bits.js';

const size = 1 << 16;
const rate = 0.2;

/** Which of the first elements of a site are kept, as kept minus its expectation. */
function mask(keys: readonly number[]): Float64Array {
  const limit = (1 - rate) * 2 ** 24;
  return Float64Array.from({ length: size }, (_, i) => (dropoutBits(i, keys) < limit ? 1 : 0) - (1 - rate));
}

/** The correlation of a[i] and b[i + lag], in the standard deviations of independent masks. */
function correlation(a: Float64Array, b: Float64Array, lag = 0): number {
  let sum = 0;
  for (let i = 0; i + lag < size; i++) sum += a[i] * b[i + lag];
  return sum / (rate * (1 - rate) * Math.sqrt(size - lag));
}

/** Seeds are fixed, so this either always holds or never. */
const sigmas = 4;
const seeds = [0, 1, 7, 12345, -3];

describe('dropoutBits', () => {
  it('is the network as written out in whole numbers, in Python', () => {
    const keys = [17, 4095, 0, 2048, 999, 3141];
    expect([0, 1, 2, 4095, 4096, 2 ** 24 - 1].map((element) => dropoutBits(element, keys))).toEqual([
      10172433, 13039820, 13085645, 10130996, 12989834, 7860742,
    ]);
  });

  it('goes on differently past 2^24 elements', () => {
    const keys = dropoutKeys(1, 0, 1);
    const [low, high] = [0, 2 ** 24].map((start) =>
      Array.from({ length: 8 }, (_, i) => dropoutBits(start + i, keys)),
    );
    expect(high).not.toEqual(low);
  });

  it('gives every element another number', () => {
    const keys = dropoutKeys(2, 1, 3);
    expect(new Set(Array.from({ length: size }, (_, i) => dropoutBits(i, keys))).size).toBe(size);
  });

  it.each(seeds)('keeps the asked share (seed %i)', (seed) => {
    const sum = mask(dropoutKeys(seed, 0, 1)).reduce((total, value) => total + value, 0);
    expect(Math.abs(sum / Math.sqrt(rate * (1 - rate) * size))).toBeLessThan(sigmas);
  });

  it.each(seeds)('drops neighbours independently (seed %i)', (seed) => {
    const bits = mask(dropoutKeys(seed, 0, 1));
    for (const lag of [1, 2, 3, 64, 128, 512, 4096]) {
      expect(Math.abs(correlation(bits, bits, lag)), `lag ${lag}`).toBeLessThan(sigmas);
    }
  });

  it.each(seeds)('drops independently at other sites, steps and seeds (seed %i)', (seed) => {
    const bits = mask(dropoutKeys(seed, 0, 1));
    for (const [site, step] of [
      [1, 1],
      [2, 1],
      [0, 2],
      [0, 1000],
      [1, 0],
    ]) {
      const other = mask(dropoutKeys(seed, site, step));
      expect(Math.abs(correlation(bits, other)), `site ${site}, step ${step}`).toBeLessThan(sigmas);
    }
    expect(Math.abs(correlation(bits, mask(dropoutKeys(seed + 1, 0, 1))))).toBeLessThan(sigmas);
  });
});

describe('dropoutKeys', () => {
  it('are six whole numbers below 4096, the same for the same place', () => {
    const keys = dropoutKeys(5, 2, 9);
    expect(keys).toHaveLength(6);
    for (const key of keys) expect(Number.isInteger(key) && key >= 0 && key < 4096).toBe(true);
    expect(dropoutKeys(5, 2, 9)).toEqual(keys);
  });
});
