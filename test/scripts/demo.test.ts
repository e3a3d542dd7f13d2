import { describe, expect, it } from 'vitest';
import recording from '../../data/demo/recording.json' with { type: 'json' };
import { judge } from '../../scripts/demo-judge.mjs';
import { demoText } from '../../scripts/demo-text.mjs';
import { matchEvents } from '../../src/audio/detection/evaluation.js';

describe('the judge of the demo', () => {
  const inTime = recording.words
    .filter(({ word }) => word === recording.word)
    .map(({ endSeconds }) => endSeconds + 0.2);

  it('is content when each of the four words fired once', () => {
    const { good, lines } = judge(inTime, recording, matchEvents);
    expect(good).toBe(true);
    expect(lines).toHaveLength(12 + 4);
    expect(lines.slice(0, 3)).toEqual([
      '  1.00 s  said "breakfast"',
      '  3.43 s  said "activate"',
      '  4.26 s  fired',
    ]);
  });

  it.each([
    ['a miss', inTime.slice(1), '3.43 s  said "activate"  WRONG: missed'],
    [
      'a second event for one word',
      [inTime[0], inTime[0] + 0.1, ...inTime.slice(1)],
      '4.36 s  fired  WRONG: false alarm',
    ],
    ['another word taken for it', [1.6, ...inTime], '1.60 s  fired  WRONG: false alarm'],
  ])('finds %s', (_what, eventSeconds, line) => {
    const { good, lines } = judge(eventSeconds, recording, matchEvents);
    expect(good).toBe(false);
    expect(lines.filter((text) => text.includes('WRONG'))).toEqual([expect.stringContaining(line)]);
  });
});

describe('the text of the demo', () => {
  it('follows from its seed', () => {
    const text = demoText(5_000, 1);
    expect(text.length).toBeGreaterThanOrEqual(5_000);
    expect(demoText(5_000, 1)).toBe(text);
    expect(demoText(5_000, 2)).not.toBe(text);
    expect(text.split('\n\n')[0]).toMatch(/^[A-Z].*\.$/);
  });
});
