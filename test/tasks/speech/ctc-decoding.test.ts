import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/math/random.js';
import { ctcBeamSearch, ctcGreedy } from '../../../src/tasks/speech/ctc-decoding.js';

const [T, F] = [5, 3];

/** The probability of each text of labels, over all F^T paths. */
function everyText(logits: readonly number[]): Map<string, number> {
  const shares = Array.from({ length: T }, (_, t) => {
    const row = logits.slice(t * F, (t + 1) * F).map(Math.exp);
    const sum = row.reduce((a, b) => a + b);
    return row.map((x) => x / sum);
  });
  const texts = new Map<string, number>();
  for (let n = 0; n < F ** T; n++) {
    const path = Array.from({ length: T }, (_, t) => Math.floor(n / F ** t) % F);
    const labels = path.filter((label, t) => label !== 0 && label !== path[t - 1]).join(' ');
    const p = path.reduce((product, label, t) => product * shares[t][label], 1);
    texts.set(labels, (texts.get(labels) ?? 0) + p);
  }
  return texts;
}

const drawn = (seed: number): number[] => {
  const random = new Random(seed);
  return Array.from({ length: T * F }, () => 2 * random.normal());
};

describe('decoding of ctc', () => {
  it('by a beam that holds all finds every text with its probability, the likeliest first', () => {
    for (let seed = 0; seed < 10; seed++) {
      const logits = drawn(seed);
      const texts = everyText(logits);
      const found = ctcBeamSearch(logits, { classes: F, beam: 1000 });
      // Three equal labels in a row, for one, do not fit on five steps.
      expect(found.filter(({ logProbability }) => logProbability > -Infinity)).toHaveLength(texts.size);
      for (const { labels, logProbability } of found) {
        expect(Math.exp(logProbability)).toBeCloseTo(texts.get(labels.join(' ')) ?? 0, 12);
      }
      expect(texts.get(found[0].labels.join(' '))).toBe(Math.max(...texts.values()));
    }
  });

  it('finds a text that is likelier than the best path', () => {
    // Each step: blank 0.6, label 0.4. The best path is empty (0.36); "1" has 0.64.
    const logits = [Math.log(0.6), Math.log(0.4), Math.log(0.6), Math.log(0.4)];
    expect(ctcGreedy(logits, { classes: 2 })).toEqual([]);
    const [best] = ctcBeamSearch(logits, { classes: 2, beam: 2 });
    expect(best.labels).toEqual([1]);
    expect(Math.exp(best.logProbability)).toBeCloseTo(0.64, 12);
  });

  it('leaves out repeats and blanks', () => {
    const path = [1, 1, 0, 1, 2, 2, 0];
    const logits = path.flatMap((label) => [0, 1, 2].map((f) => (f === label ? 9 : 0)));
    expect(ctcGreedy(logits, { classes: 3 })).toEqual([1, 1, 2]);
    expect(ctcBeamSearch(logits, { classes: 3 })[0].labels).toEqual([1, 1, 2]);
  });

  it('refuses what is no output', () => {
    expect(() => ctcGreedy([1, 2, 3], { classes: 2 })).toThrow(/no whole time steps/);
    expect(() => ctcBeamSearch([1, NaN], { classes: 2 })).toThrow(/logits/);
    expect(() => ctcBeamSearch([1, 2], { classes: 2, beam: 0 })).toThrow(/beam/);
  });
});
