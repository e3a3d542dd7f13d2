import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  matchEvents,
  poissonInterval,
  poissonUpperBound,
  triggerReport,
  wilsonInterval,
} from '../../src/audio/detection/evaluation.js';

/** Made by intervals.py: [k, n, low, high] and [k, low, high, one-sided bound]. */
const golden = JSON.parse(readFileSync(new URL('../golden/intervals.json', import.meta.url), 'utf8')) as {
  shares: [number, number, number, number][];
  counts: [number, number, number, number][];
};

describe('matchEvents', () => {
  const words = [{ endSeconds: 2 }, { endSeconds: 5 }, { endSeconds: 8 }];

  it('gives each word at most one event and counts the rest as false alarms', () => {
    expect(matchEvents([0.5, 2.2, 2.7, 5.79, 9], words)).toEqual({
      found: 2,
      missed: [2],
      falseAlarms: [0, 2, 4],
      pairs: [
        [1, 0],
        [3, 1],
      ],
    });
  });

  it('takes an event a little before the end of the speech', () => {
    expect(matchEvents([1.75, 4.6, 8.9], words)).toEqual({
      found: 1,
      missed: [1, 2],
      falseAlarms: [1, 2],
      pairs: [[0, 0]],
    });
  });

  it('knows nothing found and nothing said', () => {
    expect(matchEvents([], words)).toEqual({ found: 0, missed: [0, 1, 2], falseAlarms: [], pairs: [] });
    expect(matchEvents([1], [])).toEqual({ found: 0, missed: [], falseAlarms: [0], pairs: [] });
  });
});

describe('intervals', () => {
  it.each(golden.shares)('wilson %d of %d', (k, n, low, high) => {
    const interval = wilsonInterval(k, n);
    expect(interval.low).toBeCloseTo(low, 12);
    expect(interval.high).toBeCloseTo(high, 12);
  });

  it.each(golden.counts)('poisson %d', (count, low, high, bound) => {
    const interval = poissonInterval(count);
    expect(Math.abs(interval.low - low)).toBeLessThanOrEqual(1e-9 * low);
    expect(Math.abs(interval.high - high)).toBeLessThanOrEqual(1e-9 * high);
    expect(Math.abs(poissonUpperBound(count) - bound)).toBeLessThanOrEqual(1e-9 * bound);
  });

  it('go into the report with the hours', () => {
    const report = triggerReport({ words: 60, found: 57, falseAlarms: 1, hours: 2 });
    expect(report.shareFound).toBe(0.95);
    expect(report.falseAlarmsPerHour).toBe(0.5);
    expect(report.falseAlarmsPerHourInterval.high).toBeCloseTo(5.57164 / 2, 4);
  });
});
