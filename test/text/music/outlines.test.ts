import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/math/random.js';
import { pickAtRandom, pickEvenly, pickFirst } from '../../../src/text/music/composition/picking.js';
import {
  drawHeading,
  isSeenHeading,
  seenHeadings,
} from '../../../src/text/music/composition/seen-headings.js';
import { plannedKeys } from '../../../src/text/music/composition/tune-plans.js';

const counts = [60, 25, 10, 5];

describe('what is picked as often as it was seen', () => {
  /** How often each of the counts is picked at 1,000 seeds from one on. */
  const picked = (from: number, pick: (seed: number) => number): number[] => {
    const times = counts.map(() => 0);
    for (let seed = from; seed < from + 1000; seed++) times[pick(seed)] += 1;
    return times;
  };

  it.each([1, -4_000, 123_456_789])('comes evenly at seeds in a row from %i on', (from) => {
    for (const of of ['form', 'key'] as const) {
      const times = picked(from, (seed) => pickEvenly(seed, of)(counts));
      // Draws of their own would depart by 15 of 600.
      times.forEach((count, i) => expect(Math.abs(count - 10 * counts[i])).toBeLessThan(4));
    }
  });

  it('is picked evenly within what was picked before, and with a key of its own', () => {
    const pairs = new Map<string, number>();
    for (let seed = 1; seed <= 1000; seed++) {
      const [pick, key] = [pickEvenly(seed, 'form'), pickEvenly(seed, 'key')];
      const name = `${pick(counts)} ${pick([3, 1])} ${key([1, 1])}`;
      pairs.set(name, (pairs.get(name) ?? 0) + 1);
    }
    // 1,000 x 0.6 x 0.75 x 0.5 and so on.
    for (const [name, count] of pairs) {
      const [i, j] = name.split(' ').map(Number);
      expect(Math.abs(count - 5 * counts[i] * [0.75, 0.25][j])).toBeLessThan(8);
    }
    expect(pairs.size).toBe(16);
  });

  it('is random, or the most frequent, elsewhere', () => {
    const random = new Random(3);
    const times = picked(1, () => pickAtRandom(random)(counts));
    // Four standard deviations.
    times.forEach((count, i) => {
      const share = counts[i] / 100;
      expect(Math.abs(count - 1000 * share)).toBeLessThan(4 * Math.sqrt(1000 * share * (1 - share)));
    });
    expect(pickFirst(counts)).toBe(0);
  });
});

describe('headings of tunes', () => {
  const reel = { type: 'reel', meter: '4/4', unit: '1/8' };
  const jig = { type: 'jig', meter: '6/8', unit: '1/8' };
  const headings = seenHeadings([
    ...Array.from({ length: 6 }, () => ({ ...reel, key: 'D' })),
    ...Array.from({ length: 3 }, () => ({ ...jig, key: 'D' })),
    { ...reel, key: 'Em' },
  ]);
  const kinds = [reel, jig];
  const drawn = (asked: string | undefined, seen = ['D', 'Em', 'G']): Record<string, number> => {
    const times: Record<string, number> = {};
    for (let seed = 1; seed <= 1000; seed++) {
      const pick = { kind: pickEvenly(seed, 'form'), key: pickEvenly(seed, 'key') };
      const heading = drawHeading(headings, { kinds, keys: plannedKeys(asked, seen) }, pick);
      const name = heading ? `${heading.kind.type} ${heading.planned.key}` : 'the model decides';
      times[name] = (times[name] ?? 0) + 1;
    }
    return times;
  };

  it('are counted, the most frequent first', () => {
    expect(headings.map(({ type, key, tunes }) => [type, key, tunes])).toEqual([
      ['reel', 'D', 6],
      ['jig', 'D', 3],
      ['reel', 'Em', 1],
    ]);
    expect(headings.every(isSeenHeading)).toBe(true);
    for (const wrong of [
      3,
      { ...headings[0], tunes: 0 },
      { ...headings[0], key: 'H' },
      { ...reel, tunes: 1 },
    ])
      expect(isSeenHeading(wrong)).toBe(false);
  });

  it('are drawn as often as tunes have them, of those that are asked for', () => {
    const times = drawn(undefined);
    expect(times['reel D']).toBeGreaterThan(590);
    expect(times['reel D']).toBeLessThan(610);
    expect(times['jig D']).toBeGreaterThan(295);
    expect(times['reel D'] + times['jig D'] + times['reel Em']).toBe(1000);
    expect(drawn('Em')).toEqual({ 'reel Em': 1000 });
    // E flat is told as D, of which the nearest major key was seen.
    expect(Object.keys(drawn('Eb')).sort()).toEqual(['jig Eb', 'reel Eb']);
    expect(drawn('G')).toEqual({ 'the model decides': 1000 });
  });
});
