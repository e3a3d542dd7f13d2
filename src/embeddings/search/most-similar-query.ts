import { SeqkitError } from '../../base/errors.js';
import { optional, optionsSchema, wholeNumber } from '../../base/schema/index.js';
import { queryTerms, wordsOf, type QueryTerm } from './analogies.js';
import type { Wanted } from './search.js';

/** What `mostSimilar` looks for. */
export interface MostSimilarOptions {
  /** Words or vectors to be near to; one may stand without an array: `positive: 'king'`. */
  readonly positive?: QueryTerm | readonly QueryTerm[];
  /** Words or vectors to be far from, likewise. */
  readonly negative?: QueryTerm | readonly QueryTerm[];
  /** How many answers. @default 10 */
  readonly topn?: number;
  /** Look only among the first so many words, the most frequent. @default all */
  readonly restrictVocab?: number;
}

/** A query as it is worked on. */
export interface Query extends MostSimilarOptions {
  readonly positive: readonly QueryTerm[];
  readonly negative: readonly QueryTerm[];
}

/** How many answers, and among how many words. */
export const atLeastOne = wholeNumber({ min: 1 });

const queryOptions = optionsSchema<MostSimilarOptions>('mostSimilar', {
  positive: optional(queryTerms),
  negative: optional(queryTerms),
  topn: optional(atLeastOne),
  restrictVocab: optional(atLeastOne),
});

/** What knows the rows of words. */
interface WordRows {
  readonly size: number;
  indexOf(word: string): number;
}

/**
 * @param where what the options were given to
 * @throws SeqkitError `usage` for an unknown option; `bad-value` where nothing is asked, or for a value of the
 *   wrong kind
 */
export function queryOf(options: unknown, where: string): Query {
  const query = queryOptions.parse(options, where) as Partial<Query>;
  const { positive = [], negative = [] } = query;
  if (positive.length + negative.length === 0) {
    throw new SeqkitError('There is no word to be similar to: give positive or negative words.', {
      code: 'bad-value',
    });
  }
  return { ...query, positive, negative };
}

/** Which rows a query looks for: not those of its own words. */
export function wantedRows(
  vectors: WordRows,
  { positive, negative, topn = 10, restrictVocab = vectors.size }: Query,
): Wanted {
  const asked = [...wordsOf(positive), ...wordsOf(negative)].map((word) => vectors.indexOf(word));
  return { topn, excluded: new Set(asked), count: Math.min(restrictVocab, vectors.size) };
}
