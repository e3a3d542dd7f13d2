import { describe, expect, it } from 'vitest';
import { SeqkitError } from '../../../src/base/errors.js';
import { Adam, SGD } from '../../../src/rnn/training/optimizers/index.js';
import {
  cosineSchedule,
  exponentialSchedule,
  inverseTimeSchedule,
  stepSchedule,
  warmUp,
} from '../../../src/rnn/training/optimizers/schedules.js';

describe('schedules', () => {
  it('step: halves at once every 10 steps', () => {
    const rate = stepSchedule({ initial: 0.8, every: 10, factor: 0.5 });
    expect([1, 10, 11, 20, 21].map(rate)).toEqual([0.8, 0.8, 0.4, 0.4, 0.2]);
  });

  it('exponential: the same after as many steps, smooth between', () => {
    const rate = exponentialSchedule({ initial: 0.8, every: 10, factor: 0.5 });
    expect(rate(1)).toBe(0.8);
    expect(rate(11)).toBeCloseTo(0.4, 15);
    expect(rate(6)).toBeCloseTo(0.8 * Math.SQRT1_2, 15);
  });

  it('inverse time: 1 / (1 + decay * time)', () => {
    const rate = inverseTimeSchedule({ initial: 0.9, every: 4, decay: 2 });
    expect(rate(1)).toBe(0.9);
    expect(rate(5)).toBeCloseTo(0.3, 15);
    expect(rate(3)).toBeCloseTo(0.45, 15);
  });

  it('cosine: from the peak through the middle to the floor, and no further', () => {
    const rate = cosineSchedule({ peak: 1, floor: 0.2, totalSteps: 100, warmupSteps: 20 });
    expect(rate(10)).toBeCloseTo(0.5, 15);
    expect([20, 60, 100, 500].map(rate)).toEqual([1, expect.closeTo(0.6, 12), 0.2, 0.2]);
    expect(rate(40)).toBeCloseTo(0.2 + 0.8 * 0.5 * (1 + Math.SQRT1_2), 12);
  });

  it('warm-up: climbs to where the other schedule takes over', () => {
    const rate = warmUp(4, stepSchedule({ initial: 0.8, every: 100, factor: 0.5 }));
    expect([1, 2, 4, 5, 101].map(rate)).toEqual([0.2, 0.4, 0.8, 0.8, 0.4]);
  });

  it('is what an optimizer takes', () => {
    const optimizer = new SGD({ learningRate: stepSchedule({ initial: 1, every: 1, factor: 0.5 }) });
    expect([1, 2, 3].map((step) => optimizer.hyper(step)[0])).toEqual([1, 0.5, 0.25]);
  });

  it('refuses what is no rate', () => {
    expect(() => stepSchedule({ initial: 0, every: 10, factor: 0.5 })).toThrow(SeqkitError);
    expect(() => warmUp(NaN, () => 1)).toThrow(SeqkitError);
  });
});

describe('optimizers', () => {
  it('take one way of clipping', () => {
    expect(() => new Adam({ clipNorm: 1, clipValue: 1 })).toThrow('Give clipNorm or clipValue, not both.');
    expect(() => new Adam({ clipValue: -1 })).toThrow('clipValue must be a number above 0');
    expect(() => new SGD({ nesterov: true })).toThrow('nesterov needs a momentum');
  });
});
