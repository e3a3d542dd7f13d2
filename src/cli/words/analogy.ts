import type { AnalogyMethod, QueryTerm } from '../../embeddings/search/analogies.js';
import type { KeyedVectors, ScoredWord } from '../../embeddings/keyed-vectors/keyed-vectors.js';
import type { FoundWord } from '../../embeddings/keyed-vectors/look-up.js';
import { SeqkitError } from '../../base/errors.js';
import { findWords, openVectors } from './open-vectors.js';
import { answerQueries, type QueryAnswer } from './query-lines.js';
import {
  answerLines,
  asked,
  checkCount,
  distinct,
  excludedNote,
  missing,
  searchAnswers,
} from './word-answers.js';
import type { SearchOptions } from './word-answers.js';
import { pairsOf } from './word-lists.js';
import { groupDigits } from '../../base/math/group-digits.js';

export interface AnalogyOptions extends SearchOptions {
  readonly method?: AnalogyMethod;
  readonly pairs?: string;
}

interface Query {
  readonly formula: string;
  readonly positive: readonly QueryTerm[];
  readonly negative: readonly QueryTerm[];
}

/**
 * How often the first answer was right, by how far its score is above the second's: the 19,230
 * questions of questions-words.txt that the default vectors know, by 3CosAdd. Made by
 * `seqkit eval-embeddings --analogies questions-words.txt`.
 */
const SURE_BY_MARGIN: readonly { readonly min: number; readonly right: number }[] = [
  { min: 0, right: 0.21 },
  { min: 0.01, right: 0.3 },
  { min: 0.02, right: 0.47 },
  { min: 0.04, right: 0.78 },
  { min: 0.08, right: 0.95 },
  { min: 0.16, right: 0.99 },
];

/** Answers `seqkit analogy`. @param words those on the command line */
export async function analogy(words: string[], options: AnalogyOptions): Promise<void> {
  const pairs = options.pairs === undefined ? undefined : pairsOf('--pairs', options.pairs);
  if (pairs !== undefined && options.method !== undefined && options.method !== '3cosadd') {
    throw new SeqkitError('--pairs takes the mean of offsets, which is 3cosadd: leave --method out.', {
      code: 'usage',
    });
  }
  const wanted = pairs === undefined ? ['a', 'b', 'c'] : ['c'];
  if (words.length > 0 && words.length < wanted.length) throw missing(wanted[words.length]);
  if (words.length > wanted.length) {
    throw new SeqkitError(`With --pairs there is one word, not ${words.length}.`, {
      code: 'usage',
      hint: 'seqkit analogy uncle --pairs man:woman,king:queen',
    });
  }
  const vectors = await openVectors(options, words);
  const foundPairs = await findWords(vectors, (pairs ?? []).flat());
  await answerQueries(words, options, async (typed) => {
    checkCount(typed, wanted.length, wanted.length === 1 ? 'word' : 'words');
    const found = await findWords(vectors, typed);
    const query = pairs === undefined ? offsetQuery(found) : pairsQuery(found[0], foundPairs);
    return answerQuery(vectors, query, [...foundPairs, ...found], options);
  });
}

async function answerQuery(
  vectors: KeyedVectors,
  query: Query,
  found: readonly FoundWord[],
  options: AnalogyOptions,
): Promise<QueryAnswer> {
  const { formula, positive, negative } = query;
  const { method = '3cosadd' } = options;
  const ask = (topn: number) =>
    method === '3cosmul'
      ? vectors.mostSimilarCosmul({ positive, negative, topn })
      : vectors.mostSimilar({ positive, negative, topn });
  // The second answer is asked for even where one is wanted, to know the margin.
  const all = await searchAnswers(ask, { ...options, topn: Math.max(2, options.topn) });
  const answers = all.slice(0, options.topn);
  const margin = all.length < 2 ? undefined : all[0].score - all[1].score;
  const words = distinct(found).filter((word) => vectors.indexOf(word) >= 0);
  const places = vectors.places(words, { positive, negative }, method);
  const ranks = Object.fromEntries(words.map((word, i) => [word, places[i]]));
  const isKnown = options.vectors === undefined && method === '3cosadd' && options.pairs === undefined;
  const sure = isKnown && margin !== undefined ? sureness(margin) : undefined;
  return {
    json: {
      ...{ formula, method: options.pairs === undefined ? method : 'pairs', answers },
      ...{ margin, queryRanks: ranks, rightBefore: sure },
      ...asked(vectors, found),
    },
    lines: [formula, ...answerLines(answers)],
    notes: [
      ...marginNote(all, margin, sure),
      `${excludedNote(found)} Were they let in: ${places.map((place, i) => `${words[i]} ${ordinal(place)}`).join(', ')}.`,
    ],
  };
}

function offsetQuery(found: readonly FoundWord[]): Query {
  const [a, b, c] = found.map(({ word }) => word);
  return { formula: `${a} - ${b} + ${c}`, positive: [a, c], negative: [b] };
}

/** c and the mean of the offsets from the first to the second word of each pair. */
function pairsQuery({ word }: FoundWord, pairs: readonly FoundWord[]): Query {
  const weight = 2 / pairs.length;
  const terms = pairs.map(({ word }, i) => ({ term: word, weight: i % 2 === 1 ? weight : -weight }));
  const offsets = [];
  for (let i = 0; i < pairs.length; i += 2) offsets.push(`${pairs[i + 1].word} - ${pairs[i].word}`);
  const formula = `${word} + ${offsets.length === 1 ? offsets[0] : `mean(${offsets.join(', ')})`}`;
  return {
    formula,
    positive: [word, ...terms.filter(({ weight }) => weight > 0)],
    negative: terms.filter(({ weight }) => weight < 0),
  };
}

/** How often an answer so far ahead was right, from 0 to 1. */
function sureness(margin: number): number {
  return SURE_BY_MARGIN.findLast(({ min }) => margin >= min)!.right;
}

function marginNote(
  answers: readonly ScoredWord[],
  margin: number | undefined,
  sure: number | undefined,
): string[] {
  if (margin === undefined) return [];
  const [first, second] = answers;
  const ahead = `${first.word} is ${margin.toFixed(4)} ahead of ${second.word}.`;
  if (sure === undefined) return [ahead];
  return [
    `${ahead} Of questions with such a margin, ${Math.round(sure * 100)} in 100 were answered rightly.`,
  ];
}

function ordinal(place: number): string {
  const ending = /1[123]$/.test(String(place)) ? 'th' : (['th', 'st', 'nd', 'rd'][place % 10] ?? 'th');
  return `${groupDigits(place)}${ending}`;
}
