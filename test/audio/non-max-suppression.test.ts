import { describe, expect, it } from 'vitest';
import { nonMaxSuppression, type ClassSpan } from '../../src/audio/advanced.js';

const span = (startSeconds: number, endSeconds: number, score: number, of?: string): ClassSpan => ({
  ...{ startSeconds, endSeconds, score },
  ...(of !== undefined && { class: of }),
});
const scores = (...given: Parameters<typeof nonMaxSuppression>): number[] =>
  nonMaxSuppression(...given).map(({ score }) => score);

describe('nonMaxSuppression', () => {
  // 0 to 2 and 1 to 3 share a third; 0 to 2 and 0.5 to 2 three quarters.
  const overlapping = [span(0.5, 2, 0.6), span(1, 3, 0.7), span(0, 2, 0.9), span(5, 6, 0.1)];

  it('keeps the best of those that share more than the threshold, the best first', () => {
    expect(scores(overlapping)).toEqual([0.9, 0.7, 0.1]);
    expect(scores(overlapping, { iouThreshold: 0.3 })).toEqual([0.9, 0.1]);
    expect(scores(overlapping, { iouThreshold: 1 })).toEqual([0.9, 0.7, 0.6, 0.1]);
  });

  it('leaves spans that share just the threshold', () => {
    expect(scores([span(0, 2, 0.9), span(1, 2, 0.8)], { iouThreshold: 0.5 })).toEqual([0.9, 0.8]);
    expect(scores([span(0, 2, 0.9), span(1, 2, 0.8)], { iouThreshold: 0.499 })).toEqual([0.9]);
  });

  it('goes class by class', () => {
    const spans = [span(0, 1, 0.9, 'yes'), span(0, 1, 0.8, 'no'), span(0, 1, 0.7, 'yes'), span(0, 1, 0.6)];
    expect(scores(spans)).toEqual([0.9, 0.8, 0.6]);
  });

  it('keeps so many, of all classes and of each', () => {
    const spans = Array.from({ length: 6 }, (_, i) => span(i, i + 0.5, 1 - i / 10, i < 4 ? 'a' : 'b'));
    expect(scores(spans, { maxCount: 3 })).toEqual([1, 0.9, 0.8]);
    expect(scores(spans, { maxCountPerClass: 1 })).toEqual([1, 0.6]);
    expect(scores(spans, { maxCountPerClass: 2, maxCount: 3 })).toEqual([1, 0.9, 0.6]);
  });

  it('takes the first given of equal scores', () => {
    const [first, second] = [span(0, 1, 0.5), span(0.1, 1, 0.5)];
    expect(nonMaxSuppression([first, second])).toEqual([first]);
    expect(nonMaxSuppression([second, first])).toEqual([second]);
  });

  it('gives back the spans themselves, and leaves what it was given', () => {
    const given = [span(3, 4, 0.1), span(0, 1, 0.9)];
    expect(nonMaxSuppression(given)[1]).toBe(given[0]);
    expect(given.map(({ score }) => score)).toEqual([0.1, 0.9]);
    expect(nonMaxSuppression([])).toEqual([]);
  });

  it.each([
    [[span(2, 1, 0.5)], {}, 'endSeconds must be at least the start, 2'],
    [[{ startSeconds: 0, endSeconds: 1 }], {}, 'score must be a number'],
    [[], { maxCount: 0 }, 'maxCount must be a number of at least 1'],
    [[], { iouThreshold: 2 }, 'iouThreshold must be a number from 0 to 1'],
    [[{ ...span(0, 1, 1), class: {} }], {}, 'class must be'],
  ] as [never[], object, string][])('refuses %o with %o', (spans, options, message) => {
    expect(() => nonMaxSuppression(spans, options)).toThrow(message);
  });
});
