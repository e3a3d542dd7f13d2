import { expect, it } from 'vitest';
import { reachedThreshold } from '../../src/audio/detection/reached-threshold.js';

const firing = { threshold: 0.5, smoothSteps: 1, refractorySeconds: 1 };
const score = (logOdds: number): number => 1 / (1 + Math.exp(-logOdds));

/** Twenty seconds in which "w" is said once, and its score comes to `height` within a second of it. */
const said = (height: number) => ({
  ...{ name: 'r', seconds: 20, words: [{ word: 'w', startSeconds: 9, endSeconds: 10 }], triggers: ['w'] },
  scores: Float32Array.from({ length: 20 }, (_, second) => (second === 10 ? height : 0.01)),
  ...{ stepsPerSecond: 1, firstStepSeconds: 0.5 },
});

it('is the highest threshold that 13 of 20 examples reach, in steps of a tenth of log odds', () => {
  const recordings = Array.from({ length: 20 }, (_, n) => 3.05 + n / 2).map((odds) => said(score(odds)));
  expect(reachedThreshold(recordings, 'w', firing)).toBeCloseTo(score(6.5), 12);
  // A score of a float32 is what it is near to 1, too: 1 - 6e-7 is above 1 - 1e-6.
  expect(reachedThreshold([said(score(14.3))], 'w', firing)).toBeCloseTo(score(13.8), 12);
});

it('is where no more are missed than at a half, for a word that is seldom heard', () => {
  const recordings = [4.05, 3.05, -1, -2].map((odds) => said(score(odds)));
  expect(reachedThreshold(recordings, 'w', firing)).toBeCloseTo(score(3), 12);
});

it('is 1 where nothing holds the word', () => {
  expect(reachedThreshold([{ ...said(0.9), words: [] }], 'w', firing)).toBe(1);
  expect(reachedThreshold([], 'w', firing)).toBe(1);
});
