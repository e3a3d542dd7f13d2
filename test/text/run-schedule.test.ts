import { afterEach, describe, expect, it, vi } from 'vitest';
import { RunSchedule } from '../../src/text/training/run-schedule.js';

afterEach(() => {
  vi.restoreAllMocks();
});

const cosine = { schedule: 'cosine', warmup: 0.02 } as const;

describe('Pace', () => {
  it('climbs over a fiftieth of the steps, then falls along half a cosine', () => {
    const pace = new RunSchedule({ steps: 1000, minutes: Infinity, peak: 0.1, ...cosine });
    expect(pace.progress(250)).toBe(0.25);
    expect(pace.rate(1)).toBeCloseTo(0.1 / 20, 12);
    expect(pace.rate(20)).toBeCloseTo(0.1, 12);
    // Halfway between 0.1 and its fiftieth.
    expect(pace.rate(510)).toBeCloseTo(0.051, 12);
    expect(pace.rate(1000)).toBeCloseTo(0.002, 12);
    expect(pace.rate(2000)).toBeCloseTo(0.002, 12);
  });

  it('goes by the clock where there is a limit of time, unless the steps run out first', () => {
    const clock = vi.spyOn(performance, 'now').mockReturnValue(5_000);
    const pace = new RunSchedule({ steps: 100, minutes: 2, peak: 0.1, ...cosine });
    clock.mockReturnValue(5_000 + 61_200);
    expect(pace.progress(1)).toBeCloseTo(0.51, 12);
    expect(pace.rate(1)).toBeCloseTo(0.051, 12);
    expect(pace.progress(80)).toBe(0.8);
    clock.mockReturnValue(5_000 + 180_000);
    expect(pace.progress(1)).toBe(1);
  });

  it.each([
    // Halfway down and at the end, each to a fiftieth.
    ['linear', 0.1 * (1 - 0.98 / 2), 0.002],
    ['exponential', 0.1 * Math.sqrt(0.02), 0.002],
    ['constant', 0.1, 0.1],
    // An eighth down the last of three cosines, which are 1, 2 and 4 sevenths long.
    ['cosine-restarts', 0.1 * (0.02 + 0.49 * (1 + Math.cos(Math.PI / 8))), 0.002],
  ] as const)('falls in other ways: %s', (schedule, halfway, end) => {
    const pace = new RunSchedule({ steps: 1000, minutes: Infinity, peak: 0.1, schedule, warmup: 0.1 });
    expect(pace.rate(50)).toBeCloseTo(0.05, 12);
    expect(pace.rate(100)).toBeCloseTo(0.1, 12);
    expect(pace.rate(550)).toBeCloseTo(halfway, 12);
    expect(pace.rate(1000)).toBeCloseTo(end, 12);
  });

  it('climbs again where a cosine of warm restarts ends', () => {
    const pace = new RunSchedule({
      ...{ steps: 7_000, minutes: Infinity, peak: 0.1, schedule: 'cosine-restarts', warmup: 0 },
    });
    expect([999, 2_999].every((step) => pace.rate(step) < 0.0021)).toBe(true);
    expect([1_001, 3_001].every((step) => pace.rate(step) > 0.0999)).toBe(true);
    expect(pace.rate(2_000)).toBeCloseTo(0.051, 12);
  });

  it.each(['cosine', 'linear', 'constant'] as const)('does without a climb: %s', (schedule) => {
    const pace = new RunSchedule({ steps: 1000, minutes: Infinity, peak: 0.1, schedule, warmup: 0 });
    expect(pace.rate(1)).toBeCloseTo(0.1, 3);
  });
});
