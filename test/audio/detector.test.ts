import { describe, expect, it } from 'vitest';
import { Detector } from '../../src/audio/detection/detector.js';

const fired = (scores: number[], settings = { threshold: 0.5, smoothSteps: 5, refractorySteps: 10 }) => {
  const detector = new Detector(settings);
  return scores.flatMap((score, step) => {
    const smoothed = detector.push(score);
    return smoothed === undefined ? [] : [[step, Math.round(smoothed * 1000) / 1000]];
  });
};
const burst = (length: number, before = 4, after = 20) => [
  ...new Array<number>(before).fill(0),
  ...new Array<number>(length).fill(1),
  ...new Array<number>(after).fill(0),
];

describe('Detector', () => {
  it('fires when the mean of the last five scores reaches the threshold', () => {
    expect(fired(burst(12))).toEqual([[6, 0.6]]);
  });

  it('does not fire on a spike of two steps', () => {
    expect(fired(burst(2))).toEqual([]);
  });

  it('counts the steps before the first as silence', () => {
    expect(fired([1, 1, 1, 1])).toEqual([[2, 0.6]]);
  });

  it('fires once for one long stretch, even beyond the refractory time', () => {
    expect(fired(burst(40))).toEqual([[6, 0.6]]);
  });

  it('stays still for the refractory steps', () => {
    expect(fired([...burst(6, 4, 6), ...burst(6, 0, 30)])).toEqual([
      [6, 0.6],
      [18, 0.6],
    ]);
    expect(fired([...burst(4, 4, 4), ...burst(4, 0, 30)])).toEqual([[6, 0.6]]);
  });

  it('forgets when it is reset', () => {
    const detector = new Detector({ threshold: 0.5, smoothSteps: 2, refractorySteps: 0 });
    expect(detector.push(0.9)).toBeUndefined();
    detector.reset();
    expect(detector.push(0.9)).toBeUndefined();
    expect(detector.push(0.9)).toBeCloseTo(0.9, 12);
  });

  it.each([0, 1.5, NaN])('refuses a threshold of %d', (threshold) => {
    expect(() => new Detector({ threshold, smoothSteps: 5, refractorySteps: 1 })).toThrow(/threshold/);
  });
});
