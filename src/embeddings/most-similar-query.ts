import { SeqkitError } from '../base/errors.js';
import { checkKnownOptions } from '../base/options.js';
import { wordsOf, type QueryTerm } from './analogies.js';
import type { Wanted } from './search.js';

/** What `mostSimilar` looks for. */
export interface MostSimilarOptions {
  /** Words or vectors to be near to. */
  readonly positive?: readonly QueryTerm[];
  /** Words or vectors to be far from. */
  readonly negative?: readonly QueryTerm[];
  /** How many answers. @default 10 */
  readonly topn?: number;
  /** Look only among the first so many words, the most frequent. @default all */
  readonly restrictVocab?: number;
}

const queryKeys: Record<keyof MostSimilarOptions, true> = {
  positive: true,
  negative: true,
  topn: true,
  restrictVocab: true,
};

/** What knows the rows of words. */
interface WordRows {
  readonly size: number;
  indexOf(word: string): number;
}

/** @param where what the options were given to. @throws SeqkitError `usage` for an unknown option */
export function checkQuery(options: MostSimilarOptions, where: string): void {
  checkKnownOptions(options, queryKeys, where);
}

/**
 * Which rows a query looks for: not those of its own words.
 * @param where what the options were given to
 * @throws SeqkitError `usage` for an unknown option; `bad-value` where nothing is asked
 */
export function wantedRows(vectors: WordRows, options: MostSimilarOptions, where: string): Wanted {
  checkQuery(options, where);
  const { positive = [], negative = [], topn = 10, restrictVocab } = options;
  if (positive.length + negative.length === 0) {
    throw new SeqkitError('There is no word to be similar to: give positive or negative words.', {
      code: 'bad-value',
    });
  }
  const asked = [...wordsOf(positive), ...wordsOf(negative)].map((word) => vectors.indexOf(word));
  return { topn, excluded: new Set(asked), count: restrictedCount(vectors.size, restrictVocab) };
}

/** How many rows are looked at: all, or the first so many. @throws SeqkitError `bad-value` */
export function restrictedCount(size: number, restrictVocab: number | undefined): number {
  if (restrictVocab === undefined) return size;
  if (Number.isSafeInteger(restrictVocab) && restrictVocab >= 1) return Math.min(restrictVocab, size);
  throw new SeqkitError(`restrictVocab must be a whole number from 1, not ${restrictVocab}.`, {
    code: 'bad-value',
  });
}
