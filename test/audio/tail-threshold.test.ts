import { describe, expect, it } from 'vitest';
import {
  paretoTail,
  scorePeaks,
  tailLevel,
  tailThreshold,
} from '../../src/audio/detection/tail-threshold.js';
import { Random } from '../../src/base/math/random.js';

const firing = { threshold: 0.5, smoothSteps: 1, refractorySeconds: 1 };
const recording = (scores: number[], seconds: number, stepsPerSecond = 1) => ({
  ...{ name: 'r', seconds, words: [], triggers: ['w'], scores: Float32Array.from(scores) },
  ...{ stepsPerSecond, firstStepSeconds: 0 },
});
const score = (odds: number) => 1 / (1 + Math.exp(-odds));

describe('paretoTail', () => {
  it('has the L-moments of its values', () => {
    // Excesses 1, 2, 6: mean 3; the weighted moment is (1 * 2/2 + 2 * 1/2 + 6 * 0) / 3 = 2/3; 2 - 3 / (3 - 4/3) = 0.2.
    const { shape, scale } = paretoTail([4, 0, 5, 9], 3);
    expect(shape).toBeCloseTo((0.2 * 3) / 23, 12);
    expect(scale).toBeCloseTo(3 * (1 - (0.2 * 3) / 23), 12);
  });

  it.each([0, 0.25, -0.25])('finds a shape of %f in many values', (shape) => {
    const random = new Random(5);
    const drawn = Array.from({ length: 20_000 }, () => {
      const p = 1 - random.uniform();
      return shape === 0 ? -2 * Math.log(p) : (2 / shape) * (p ** -shape - 1);
    });
    const tail = paretoTail(drawn, 0);
    expect(Math.abs(tail.shape - shape)).toBeLessThan(0.03);
    expect(Math.abs(tail.scale - 2)).toBeLessThan(0.08);
    // A thousandth of them lies above the level of a thousandth of the rate.
    const level = tailLevel(tail, 1, 1e-3);
    expect(Math.abs(drawn.filter((x) => x > level).length - 20)).toBeLessThan(18);
  });
});

it('peaks are apart by the refractory time, the highest first', () => {
  const peaks = scorePeaks(recording([0.1, 0.9, 0.8, 0.1, 0.1, 0.6, 0.2], 7), firing);
  expect(peaks.slice(0, 2).map((odds) => score(odds).toFixed(2))).toEqual(['0.90', '0.60']);
  expect(peaks).toHaveLength(3);
});

describe('tailThreshold', () => {
  /** Hours of independent seconds, whose log odds are exponential: a score of x exceeds by e^(-x - 4). */
  const hours = (count: number, seed: number) => {
    const random = new Random(seed);
    return Array.from({ length: count * 60 }, () =>
      recording(
        Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? score(-4 - Math.log(1 - random.uniform())) : 0)),
        60,
        1 / 3,
      ),
    );
  };

  it('goes beyond what an hour can count, within its interval', () => {
    // 600 peaks an hour: half an alarm an hour is exceeded with probability 1/1200.
    const truth = -4 + Math.log(1200);
    const rates: number[] = [];
    let inside = 0;
    for (let seed = 1; seed <= 30; seed++) {
      const {
        threshold,
        low,
        high,
        hours: heard,
      } = tailThreshold(hours(1, seed), 'w', { ...firing, refractorySeconds: 3 }, 0.5, new Random(seed));
      expect(heard).toBeCloseTo(1, 9);
      expect(low <= threshold && threshold <= high).toBe(true);
      const rate = 600 * Math.exp(-4 - Math.log(threshold / (1 - threshold)));
      rates.push(rate);
      if (score(truth) >= low && score(truth) <= high) inside++;
    }
    // Nine in ten of the resamplings are eight in ten of the truths, by 200 seeds: 20 peaks are few to draw from.
    expect(inside).toBeGreaterThanOrEqual(20);
    expect(inside).toBeLessThan(30);
    rates.sort((a, b) => a - b);
    expect(rates[15]).toBeGreaterThan(0.5 / 1.5);
    expect(rates[15]).toBeLessThan(0.5 * 1.5);
    // The scale comes of 20 peaks, 22% off, times ln(20 / 0.5); the shape adds as much: a factor of e^0.9, more or less.
    expect(rates.filter((rate) => rate > 0.5 / 3 && rate < 0.5 * 3).length).toBeGreaterThanOrEqual(20);
  });

  it('says where there is too little to fit', () => {
    expect(() => tailThreshold([recording([0.1, 0.2], 2)], 'w', firing, 0.5, new Random(1))).toThrow(
      expect.objectContaining({ code: 'too-little-data' }),
    );
    expect(() => tailThreshold(hours(1, 1), 'w', firing, 0, new Random(1))).toThrow(
      expect.objectContaining({ code: 'bad-value' }),
    );
  });
});
