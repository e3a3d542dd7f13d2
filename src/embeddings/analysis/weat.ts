import { SeqkitError } from '../../base/errors.js';
import { Random } from '../../base/math/random.js';
import { optional, optionsSchema, wholeNumber } from '../../base/schema/index.js';
import type { KeyedVectors } from '../keyed-vectors/keyed-vectors.js';
import { dot, unitVector } from '../vectors/unit-vector.js';
import { keyedVectors } from './vectors-argument.js';
import { words } from '../vectors/word-arguments.js';

/** Two sets of target words and two of attribute words. */
export interface WeatSets {
  /** Such as flowers. */
  readonly targetsX: readonly string[];
  /** Such as insects; as many as of the first. */
  readonly targetsY: readonly string[];
  /** Such as pleasant words. */
  readonly attributesA: readonly string[];
  /** Such as unpleasant words. */
  readonly attributesB: readonly string[];
}

/** What the test found. */
export interface WeatResult {
  /** How many standard deviations the targets' mean associations are apart, from -2 to 2. */
  readonly effectSize: number;
  /** The sum of the associations of X less that of Y. */
  readonly statistic: number;
  /** The share of equal partitions of the targets whose statistic is as large; one-sided. */
  readonly pValue: number;
  /** How many partitions were looked at. */
  readonly permutations: number;
  /** Whether those are all there are. */
  readonly exact: boolean;
}

export interface WeatOptions {
  /** The most partitions that are looked at. @default 100,000 */
  readonly permutations?: number;
  /** For the draws. @default 1 */
  readonly seed?: number;
}

const weatSets = optionsSchema<WeatSets>('weat', {
  targetsX: words,
  targetsY: words,
  attributesA: words,
  attributesB: words,
});

const weatOptions = optionsSchema<WeatOptions>('weat', {
  permutations: optional(wholeNumber({ min: 1, max: 1e9 })),
  seed: optional(wholeNumber()),
});

/**
 * The Word Embedding Association Test (Caliskan et al. 2017): whether X is nearer to A than to B,
 * by cosine, compared with Y. With s(w) = mean cos(w, a) - mean cos(w, b), the effect size is
 * (mean s(x) - mean s(y)) over the standard deviation of s over both, with n - 1 as in the paper's program.
 * All partitions are counted where there are at most `permutations`; else that many are drawn, and
 * the targets as they are count as one more, so that p is never 0.
 * @throws SeqkitError `unknown-word`; `bad-value` for sets that are empty, or targets of unequal number
 */
export function weat(vectors: KeyedVectors, sets: WeatSets, options: WeatOptions = {}): WeatResult {
  keyedVectors.parse(vectors, 'weat: vectors');
  const { targetsX, targetsY, attributesA, attributesB } = weatSets.parse(sets);
  const { permutations = 100_000, seed = 1 } = weatOptions.parse(options, "weat's third argument");
  if (attributesA.length === 0 || attributesB.length === 0) {
    throw new SeqkitError('Each set of attributes needs a word or more.', { code: 'bad-value' });
  }
  if (targetsX.length !== targetsY.length || targetsX.length < 2) {
    throw new SeqkitError(
      `The two sets of targets need the same number of words, at least 2, not ${targetsX.length} and ${targetsY.length}.`,
      { code: 'bad-value' },
    );
  }
  const unit = (word: string) => unitVector(vectors.get(word));
  const [a, b] = [attributesA.map(unit), attributesB.map(unit)];
  const nearness = (word: Float64Array, set: readonly Float64Array[]): number =>
    set.reduce((sum, other) => sum + dot(word, other), 0) / set.length;
  const scores = [...targetsX, ...targetsY].map((word) => {
    const vector = unit(word);
    return nearness(vector, a) - nearness(vector, b);
  });
  const size = targetsX.length;
  const total = scores.reduce((sum, score) => sum + score, 0);
  const sumX = scores.slice(0, size).reduce((sum, score) => sum + score, 0);
  const mean = total / (2 * size);
  const variance = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / (2 * size - 1);
  const difference = (sumX - (total - sumX)) / size;
  const all = partitions(2 * size, size);
  const exact = all <= permutations;
  // The statistic grows with the sum over X alone. Sums of the same numbers in another order may
  // differ in their last bits.
  const bar = sumX - 1e-12 * Math.max(1, Math.abs(sumX));
  const larger = exact ? countAll(scores, size, bar) : countDrawn(scores, size, bar, permutations, seed);
  return {
    effectSize: variance === 0 ? 0 : difference / Math.sqrt(variance),
    statistic: sumX - (total - sumX),
    pValue: exact ? larger / all : (larger + 1) / (permutations + 1),
    permutations: exact ? all : permutations,
    exact,
  };
}

/** n over k. */
function partitions(n: number, k: number): number {
  let count = 1;
  for (let i = 1; i <= k; i++) count = (count * (n - k + i)) / i;
  return Math.round(count);
}

/** In how many choices of `size` scores the sum reaches the bar. */
function countAll(scores: readonly number[], size: number, bar: number): number {
  const from = (start: number, left: number, sum: number): number => {
    if (left === 0) return sum >= bar ? 1 : 0;
    let count = 0;
    for (let i = start; i <= scores.length - left; i++) count += from(i + 1, left - 1, sum + scores[i]);
    return count;
  };
  return from(0, size, 0);
}

function countDrawn(
  scores: readonly number[],
  size: number,
  bar: number,
  draws: number,
  seed: number,
): number {
  const random = new Random(seed);
  const deck = Float64Array.from(scores);
  let count = 0;
  for (let draw = 0; draw < draws; draw++) {
    let sum = 0;
    for (let i = 0; i < size; i++) {
      const j = i + random.integer(deck.length - i);
      [deck[i], deck[j]] = [deck[j], deck[i]];
      sum += deck[i];
    }
    if (sum >= bar) count++;
  }
  return count;
}
