import { describe, expect, it } from 'vitest';
import { WordDetectors } from '../../src/audio/detection/word-detectors.js';

const settings = { threshold: 0.5, smoothSteps: 1, refractorySteps: 5, waitSteps: 2, rivalSteps: 4 };

/** What is believed at each step, [step, word, score, stepsAgo], and after the last. */
function heard(words: number, rows: number[][], thresholds?: number[]): [number, number, number, number][] {
  const detectors = new WordDetectors(words, { ...settings, ...(thresholds && { thresholds }) });
  const all: [number, number, number, number][] = [];
  const add = (fired: ReturnType<WordDetectors['push']>, step: number) => {
    if (fired !== undefined) all.push([step, fired.word, fired.score, fired.stepsAgo]);
  };
  rows.forEach((row, step) => add(detectors.push(row), step));
  add(detectors.flush(), rows.length);
  return all;
}
const quiet = (words: number, steps: number) =>
  Array.from({ length: steps }, () => new Array<number>(words).fill(0));

describe('WordDetectors', () => {
  it('believes a single word at once', () => {
    expect(heard(1, [[0], [0.75], [1], [0]])).toEqual([[1, 0, 0.75, 0]]);
  });

  it('waits for a better word, and tells when the better one fired', () => {
    const rows = [[0.625, 0], [0.625, 0.75], [0.5, 1], ...quiet(2, 4)]; // prettier-ignore
    // The first fires at step 0, the wait ends at step 2; the second had fired a step before that.
    expect(heard(2, rows)).toEqual([[2, 1, 1, 1]]);
  });

  it('keeps to the first where no other is better', () => {
    expect(heard(2, [[0.625, 0], [1, 0.75], ...quiet(2, 5)])).toEqual([[2, 0, 1, 2]]);
  });

  it('drops a rival close behind the word that was believed, and hears one that comes later', () => {
    // Step 3 is within four steps of step 0, step 4 is not.
    const rival = (step: number) =>
      quiet(2, 8).map((row, i) => (i === 0 ? [1, 0] : i === step ? [0, 1] : row));
    expect(heard(2, rival(3))).toEqual([[2, 0, 1, 2]]);
    expect(heard(2, rival(4))).toEqual([
      [2, 0, 1, 2],
      [6, 1, 1, 2],
    ]);
  });

  it('lets each word fire at its own threshold', () => {
    const rows = [[0.5, 0], [0, 0], ...quiet(2, 5), [0, 0.25], ...quiet(2, 3)]; // prettier-ignore
    expect(heard(2, rows, [0.9, 0.2])).toEqual([[9, 1, 0.25, 2]]);
    expect(heard(2, rows, [0.5, 0.3])).toEqual([[2, 0, 0.5, 2]]);
  });

  it('believes of two the one that is further above its own threshold, in log odds', () => {
    // log(0.6 / 0.4) - log(0.2 / 0.8) = 1.79; log(0.95 / 0.05) - log(0.9 / 0.1) = 0.75.
    expect(heard(2, [[0.95, 0.6], ...quiet(2, 4)], [0.9, 0.2])).toEqual([[2, 1, 0.6, 2]]);
    expect(heard(2, [[0.95, 0.6], ...quiet(2, 4)])).toEqual([[2, 0, 0.95, 2]]);
    // log(0.99 / 0.01) - log(0.9 / 0.1) = 2.40 is more than 1.79.
    expect(heard(2, [[0.99, 0.6], ...quiet(2, 4)], [0.9, 0.2])).toEqual([[2, 0, 0.99, 2]]);
  });

  it('goes by other thresholds from the next scores on, and refuses others than one for each word', () => {
    const detectors = new WordDetectors(2, { ...settings, smoothSteps: 2, waitSteps: 0 });
    expect(detectors.push([0.5, 0.25])).toBeUndefined();
    expect(detectors.smoothed).toBe(0.25);
    expect(detectors.push([0.25, 0.25])).toBeUndefined();
    detectors.setThresholds([0.25, 0.75]);
    // The mean of 0.25 and 0.25 was below the old threshold.
    expect(detectors.push([0.25, 0.5])).toEqual({ word: 0, score: 0.25, stepsAgo: 0 });
    expect(detectors.smoothed).toBe(0.375);
    expect(() => detectors.setThresholds([0.5])).toThrow(
      'There are 1 thresholds, expected one for each of 2 words',
    );
    expect(() => detectors.setThresholds([0.5, 0])).toThrow('setThresholds');
  });

  it('tells at the end what still waits', () => {
    expect(heard(2, [[0, 0], [0, 0.75]])).toEqual([[2, 1, 0.75, 0]]); // prettier-ignore
  });
});
