import { describe, expect, it } from 'vitest';
import { PhaseFilter } from '../../src/audio/signal/filter/phase-filter.js';
import { Random } from '../../src/base/math/random.js';

describe('PhaseFilter', () => {
  const noise = (length: number) => {
    const random = new Random(length);
    return Float32Array.from({ length }, () => random.uniform(-1, 1));
  };

  it.each([
    [8000, 16_000],
    [11_025, 16_000],
    [22_050, 16_000],
    [44_100, 16_000],
    [48_000, 16_000],
    [192_000, 16_000],
    [16_000, 44_100],
    [16_000, 768_000],
  ])('gives from %d to %d Hz by its kernel what plain sums in float64 give', (from, to) => {
    const samples = noise(9001);
    const plain = new PhaseFilter(from, to, { kernel: false });
    const kernel = new PhaseFilter(from, to);
    const most = Math.min(5000, Math.floor((samples.length * to) / from));
    // The whole, which is several of the kernel's blocks; from the middle on; and beyond both ends.
    for (const [first, count, start] of [
      [0, most, 0],
      [Math.floor(most / 3), 333, 0],
      [0, 50, 1000],
      [Math.floor((samples.length * to) / from) - 20, 300, 0],
      [100_000, 10, 0],
    ]) {
      const expected = new Float32Array(count);
      const actual = new Float32Array(count).fill(NaN);
      plain.fill(expected, first, samples, start);
      kernel.fill(actual, first, samples, start);
      for (let n = 0; n < count; n++) expect(Math.abs(actual[n] - expected[n])).toBeLessThan(1e-6);
    }
  });

  it('computes rates of many phases without a kernel', () => {
    // 44,101 and 16,000 have no common divisor: 16,000 phases.
    const out = new Float32Array(1000);
    new PhaseFilter(44_101, 16_000).fill(out, 100, new Float32Array(5000).fill(0.5), 0);
    for (const x of out) expect(x).toBeCloseTo(0.5, 5);
  });
});
