import { describe, expect, it } from 'vitest';
import {
  COURSERA_LABELS,
  COURSERA_TIMING,
  endStep,
  LABEL_MS,
  stepLabels,
  type LabelSettings,
  type StepTiming,
} from '../../src/audio/mixing/labels.js';

const ones = (labels: Float32Array) => Array.from(labels.keys()).filter((s) => labels[s] === 1);
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

describe('the coursera labels', () => {
  it.each([
    [0, 0],
    [80, 11],
    [4219, 580],
    [4999, 687],
    [5000, 687],
    [9631, 1324],
    [9700, 1333],
    [10_000, 1375],
  ])('a word ending at %d ms ends at step %d', (endMs, step) => {
    expect(endStep(endMs, COURSERA_TIMING)).toBe(step);
    expect(endStep(endMs, COURSERA_TIMING)).toBe(Math.floor((endMs * 1375) / 10_000));
  });

  it('holds the formula at every millisecond', () => {
    for (let ms = 0; ms <= 10_000; ms++) {
      expect(endStep(ms, COURSERA_TIMING)).toBe(Math.floor((ms * 1375) / 10_000));
    }
  });

  it('sets steps e+1 to e+50', () => {
    const { labels, weights } = stepLabels([4219], COURSERA_TIMING, COURSERA_LABELS);
    expect(ones(labels)).toEqual(range(581, 630));
    expect(new Set(weights)).toEqual(new Set([1]));
  });

  it('cuts the labels at the end of the example', () => {
    const { labels } = stepLabels([9700], COURSERA_TIMING, COURSERA_LABELS);
    expect(ones(labels)).toEqual(range(1334, 1374));
  });

  it('labels several words', () => {
    const { labels } = stepLabels([1000, 1200], COURSERA_TIMING, COURSERA_LABELS);
    expect(ones(labels)).toEqual(range(138, 215));
  });

  it('lasts 364 ms', () => {
    expect(LABEL_MS).toBeCloseTo(363.64, 2);
  });
});

describe('labels of other presets', () => {
  const timing: StepTiming = { steps: 40, stepsPerSecond: 100, firstStepMs: 50 };
  const settings: LabelSettings = { labelSteps: 6, positiveWeight: 3, silentBeforeMs: 30, silentAfterMs: 20 };

  it('weigh the labels, and count no loss around them', () => {
    const { labels, weights } = stepLabels([205], timing, settings);
    expect(endStep(205, timing)).toBe(15);
    expect(ones(labels)).toEqual(range(16, 21));
    expect(Array.from(weights.subarray(10, 26))).toEqual([1, 1, 0, 0, 0, 0, 3, 3, 3, 3, 3, 3, 0, 0, 1, 1]);
  });

  it('keep the labels of a word in the silent zone of another', () => {
    const { labels, weights } = stepLabels([205, 295], timing, settings);
    expect(ones(labels)).toEqual([...range(16, 21), ...range(25, 30)]);
    expect(weights[21]).toBe(3);
    expect(weights[22]).toBe(0);
  });

  it('cut the labels at the start', () => {
    const { labels } = stepLabels([20], timing, settings);
    expect(ones(labels)).toEqual([0, 1, 2, 3]);
  });
});
