import { describe, expect, it } from 'vitest';
import { shareAlarms, type ThresholdOption } from '../../src/audio/detection/alarm-budget.js';
import { Random } from '../../src/base/math/random.js';

/** A word whose misses rise with the threshold while its false alarms fall, by chance. */
function curveOf(random: Random, points: number): ThresholdOption[] {
  let [missed, alarms] = [1, 0];
  return Array.from({ length: points }, (_, n) => {
    missed = Math.max(0, missed - (random.uniform() < 0.5 ? random.uniform(0, 0.4) : 0));
    alarms += random.integer(3);
    return { threshold: 1 - n / points, missed, alarms };
  }).reverse();
}

/** The least sum of squares that any choice of one option a word gives. */
function leastByTrying(curves: readonly ThresholdOption[][], most: number): number {
  if (curves.length === 0) return 0;
  const [first, ...rest] = curves;
  return Math.min(
    ...first
      .filter(({ alarms }) => alarms <= most)
      .map(({ missed, alarms }) => missed ** 2 + leastByTrying(rest, most - alarms)),
  );
}

describe('shareAlarms', () => {
  it('misses as little as any choice would', () => {
    const random = new Random(3);
    for (let round = 0; round < 200; round++) {
      const curves = Array.from({ length: 1 + random.integer(3) }, () => curveOf(random, 6));
      const most = random.integer(9);
      const chosen = shareAlarms(curves, most);
      const least = leastByTrying(curves, most);
      if (chosen === undefined) {
        expect(least).toBe(Infinity);
        continue;
      }
      expect(chosen.reduce((sum, { alarms }) => sum + alarms, 0)).toBeLessThanOrEqual(most);
      const missed = chosen.reduce((sum, option) => sum + option.missed ** 2, 0);
      expect(missed).toBeCloseTo(least, 12);
    }
  });

  it('gives one word all, as calibration of one word does', () => {
    const curve = [
      { threshold: 0.2, missed: 0, alarms: 9 },
      { threshold: 0.4, missed: 0, alarms: 2 },
      { threshold: 0.6, missed: 0, alarms: 3 },
      { threshold: 0.8, missed: 0.5, alarms: 1 },
    ];
    // 0.4 gives two, but 0.6 above it three.
    expect(shareAlarms([curve], 2)).toEqual([curve[3]]);
    expect(shareAlarms([curve], 3)).toEqual([{ ...curve[1], alarms: 3 }]);
    expect(shareAlarms([curve], 0)).toBeUndefined();
    expect(shareAlarms([], 1)).toBeUndefined();
  });

  it('leaves no word unheard for others that are said as often', () => {
    // Each alarm finds a tenth of either; the first word is found to nine tenths as it is.
    const row = (missed: number) =>
      Array.from({ length: 11 }, (_, n) => ({
        ...{ threshold: 1 - n / 20, missed: Math.max(0, missed - n / 10), alarms: n },
      })).reverse();
    const [known, hard] = shareAlarms([row(0.1), row(1)], 5)!;
    expect([known.alarms, hard.alarms]).toEqual([0, 5]);
  });

  it('gives words of which nothing is known an equal part, and shares the rest', () => {
    const row = (missed: number) =>
      [3, 2, 1, 0].map((alarms) => ({ threshold: 1 - alarms / 10, missed, alarms }));
    const unknown = shareAlarms([row(NaN), row(NaN)], 4)!;
    expect(unknown.map(({ alarms }) => alarms)).toEqual([2, 2]);
    const saturated = shareAlarms([row(0), row(0), row(NaN)], 3)!;
    expect(saturated.map(({ alarms }) => alarms)).toEqual([1, 1, 1]);
  });
});
