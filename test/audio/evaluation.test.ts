import { describe, expect, it } from 'vitest';
import {
  matchEvents,
  poissonInterval,
  poissonUpperBound,
  triggerReport,
  wilsonInterval,
} from '../../src/audio/evaluation.js';

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

// From scipy 1.17.1: scipy.stats.binomtest(k, n).proportion_ci(method='wilson'), and
// chi2.ppf(0.025, 2 k) / 2, chi2.ppf(0.975, 2 k + 2) / 2.
describe('intervals', () => {
  it.each([
    [57, 60, 0.86297, 0.98286],
    [0, 20, 0, 0.16113],
    [20, 20, 0.83887, 1],
  ])('wilson %d of %d', (k, n, low, high) => {
    const interval = wilsonInterval(k, n);
    expect(interval.low).toBeCloseTo(low, 4);
    expect(interval.high).toBeCloseTo(high, 4);
  });

  it.each([
    [0, 0, 3.68888],
    [1, 0.02532, 5.57164],
    [5, 1.62349, 11.66833],
    [1000, 938.97, 1063.97],
  ])('poisson %d', (count, low, high) => {
    const interval = poissonInterval(count);
    expect(interval.low).toBeCloseTo(low, count < 100 ? 4 : 1);
    expect(interval.high).toBeCloseTo(high, count < 100 ? 4 : 1);
  });

  // chi2.ppf(0.95, 2 k + 2) / 2
  it.each([
    [0, 2.99573],
    [1, 4.74386],
    [10, 16.96222],
  ])('poisson upper bound of %d', (count, bound) => {
    expect(poissonUpperBound(count)).toBeCloseTo(bound, 4);
  });

  it('go into the report with the hours', () => {
    const report = triggerReport({ words: 60, found: 57, falseAlarms: 1, hours: 2 });
    expect(report.shareFound).toBe(0.95);
    expect(report.falseAlarmsPerHour).toBe(0.5);
    expect(report.falseAlarmsPerHourInterval.high).toBeCloseTo(5.57164 / 2, 4);
  });
});
