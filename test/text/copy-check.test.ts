import { describe, expect, it } from 'vitest';
import { Random } from '../../src/base/math/random.js';
import { CopyCheck } from '../../src/text/sampling/copy-check.js';

/** The longest common stretch by the textbook's table, the first that ends earliest in the training text. */
function longestCommon(made: string, training: string): number {
  let best = 0;
  let row = new Array<number>(made.length + 1).fill(0);
  for (const character of training) {
    row = row.map((_, i) => (i > 0 && made[i - 1] === character ? row[i - 1] + 1 : 0));
    best = Math.max(best, ...row);
  }
  return best;
}

describe('CopyCheck', () => {
  it('finds what a table of all pairs finds, in whatever pieces it reads', () => {
    const random = new Random(4);
    const word = (length: number, letters: number): string =>
      Array.from({ length }, () => 'abcdefgh'[random.integer(letters)]).join('');
    for (let round = 0; round < 60; round++) {
      const letters = 1 + random.integer(4);
      const [made, training] = [word(random.integer(40), letters), word(random.integer(200), letters)];
      const check = new CopyCheck(made);
      for (let at = 0; at < training.length;) {
        const size = 1 + random.integer(20);
        check.read(training.slice(at, at + size));
        at += size;
      }
      const { longest, longestLength, seenEightGrams, distinctEightGrams } = check.report();
      expect(longestLength).toBe(longestCommon(made, training));
      expect(longest).toHaveLength(longestLength);
      expect(made).toContain(longest);
      expect(training).toContain(longest);
      const grams = Array.from({ length: Math.max(0, made.length - 7) }, (_, i) => made.slice(i, i + 8));
      expect(distinctEightGrams).toBe(new Set(grams).size);
      const seen = grams.filter((gram) => training.includes(gram)).length;
      expect(seenEightGrams).toBe(grams.length === 0 ? 0 : seen / grams.length);
    }
  });

  it('counts characters, not halves of them', () => {
    const check = new CopyCheck('ab😀cd');
    check.read('xx😀cx');
    expect(check.report()).toMatchObject({ longest: '😀c', longestLength: 2 });
  });

  it('lets no copy reach over a break', () => {
    const check = new CopyCheck('one two three');
    check.read('one tw');
    check.break();
    check.read('o three');
    expect(check.report().longest).toBe('o three');
  });
});
