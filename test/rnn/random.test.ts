import { describe, expect, it } from 'vitest';
import { Random } from '../../src/base/math/random.js';

const many = 40_000;
/** Standard errors that a mean of `many` seeded draws may be off; the seeds are fixed. */
const sigmas = 4;

const draws = (draw: () => number): number[] => Array.from({ length: many }, draw);
const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('Random', () => {
  it('is xoshiro128**: the test vector of the rand_xoshiro crate', () => {
    const random = new Random(0);
    random.setState([1, 2, 3, 4]);
    expect(Array.from({ length: 6 }, () => random.bits())).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492,
    ]);
  });

  // From the published algorithms written out in Python's whole numbers.
  it.each([
    { seed: 0, bits: [3809008728, 1133695204, 53579671, 2891528803, 139681546] },
    { seed: 7, bits: [1004282400, 2200021487, 1928073449, 741806228, 2429532727] },
    { seed: -1, bits: [835879718, 1921286648, 2356205009, 1885780724, 980451116] },
  ])('seeds by splitmix32: $seed', ({ seed, bits }) => {
    const random = new Random(seed);
    expect(bits.map(() => random.bits())).toEqual(bits);
  });

  it('refuses a seed that is no whole number', () => {
    expect(() => new Random(0.5)).toThrow('The seed must be a whole number, not 0.5.');
    expect(() => new Random(NaN)).toThrow('not NaN');
  });

  it('is uniform', () => {
    const random = new Random(3);
    const values = draws(() => random.uniform(-2, 4));
    expect(Math.min(...values)).toBeGreaterThanOrEqual(-2);
    expect(Math.max(...values)).toBeLessThan(4);
    const deviation = 6 / Math.sqrt(12);
    expect(Math.abs(mean(values) - 1)).toBeLessThan((sigmas * deviation) / Math.sqrt(many));
    // The second moment's own deviation: that of (x - 1)^2, 36 / sqrt(180).
    const variance = mean(values.map((value) => (value - 1) ** 2));
    expect(Math.abs(variance - 3)).toBeLessThan((sigmas * (36 / Math.sqrt(180))) / Math.sqrt(many));
  });

  it('is normal', () => {
    const random = new Random(4);
    const values = draws(() => (random.normal(5, 3) - 5) / 3);
    // Moments 1 to 4 of the standard normal, and the deviations of the first four powers.
    for (const [power, moment, deviation] of [
      [1, 0, 1],
      [2, 1, Math.sqrt(2)],
      [3, 0, Math.sqrt(15)],
      [4, 3, Math.sqrt(96)],
    ]) {
      const found = mean(values.map((value) => value ** power));
      expect(Math.abs(found - moment), `moment ${power}`).toBeLessThan(
        (sigmas * deviation) / Math.sqrt(many),
      );
    }
  });

  it('makes each whole number as often', () => {
    const random = new Random(5);
    const counts = new Array<number>(7).fill(0);
    draws(() => counts[random.integer(7)]++);
    const expected = many / 7;
    const chiSquared = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // The 99.9th percentile at six degrees of freedom.
    expect(chiSquared).toBeLessThan(22.5);
  });

  it('shuffles into each order as often, and where the array stands', () => {
    const random = new Random(6);
    const counts = new Map<string, number>();
    for (let i = 0; i < 24_000; i++) {
      const items = ['a', 'b', 'c', 'd'];
      expect(random.shuffle(items)).toBe(items);
      const order = items.join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    const chiSquared = [...counts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    // The 99.9th percentile at 23 degrees of freedom.
    expect(chiSquared).toBeLessThan(49.7);
  });

  it('chooses among items, and refuses to among none', () => {
    const random = new Random(8);
    expect(new Set(Array.from({ length: 50 }, () => random.choice(['x', 'y'])))).toEqual(new Set(['x', 'y']));
    expect(() => random.choice([])).toThrow('the list is empty');
  });

  it('forks by name, each on its own', () => {
    const fork = (label: string): number[] => {
      const random = new Random(9).fork(label);
      return Array.from({ length: 4 }, () => random.bits());
    };
    expect(fork('weights')).toEqual(fork('weights'));
    expect(fork('weights')).not.toEqual(fork('shuffle'));
  });

  it('continues from a saved state', () => {
    const random = new Random(10);
    random.bits();
    const state = random.getState();
    const next = [random.bits(), random.bits()];
    const other = new Random(0);
    other.setState(state);
    expect([other.bits(), other.bits()]).toEqual(next);
    expect(() => other.setState([1, 2])).toThrow('setState must be an array of 4, not [1, 2].');
  });
});
