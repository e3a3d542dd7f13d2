import { SeqkitError } from '../../base/errors.js';
import { flag, optional, optionsSchema, someText } from '../../base/schema/index.js';
import { pearson, spearman, type Correlation } from './correlation.js';
import { foldWords, type WordSource } from './fold-words.js';
import { atLeastOne } from '../search/most-similar-query.js';
import { questionLines, type Questions } from './questions.js';
import { quote } from '../vectors/quote.js';
import type { Rows } from '../vectors/rows.js';
import { dot, unitVector } from '../vectors/unit-vector.js';

export interface PairEvaluationOptions {
  /** What stands between two words and their score. @default '\t' */
  readonly delimiter?: string;
  /** Use only the first so many words. @default 300000 */
  readonly restrictVocab?: number;
  /** Take words of any case for the same; of several, the first. @default true */
  readonly caseInsensitive?: boolean;
  /** Count pairs with an unknown word as of similarity 0, in place of leaving them out. @default false */
  readonly dummyForUnknown?: boolean;
}

const pairOptions = optionsSchema<PairEvaluationOptions>('evaluateWordPairs', {
  delimiter: optional(someText),
  restrictVocab: optional(atLeastOne),
  caseInsensitive: optional(flag),
  dummyForUnknown: optional(flag),
});

export interface PairEvaluation {
  readonly pearson: Correlation;
  readonly spearman: Correlation;
  /** How many pairs were compared. */
  readonly pairs: number;
  /** The share of pairs with an unknown word, from 0 to 1. */
  readonly oovRatio: number;
}

/**
 * Compares the cosines of pairs of words with people's judgements. Lines hold two words and a
 * number; those that begin with `#` are remarks. As gensim's `evaluate_word_pairs`.
 * @throws SeqkitError `bad-file` with the line that is no pair; `too-little-data` under two pairs
 */
export async function evaluateWordPairs(
  vectors: WordSource & { readonly rows: Rows },
  pairs: Questions,
  given: PairEvaluationOptions,
): Promise<PairEvaluation> {
  const options = pairOptions.parse(given);
  const { delimiter = '\t', restrictVocab = 300_000, caseInsensitive = true } = options;
  const words = foldWords(vectors, restrictVocab, caseInsensitive);
  const { source, lines } = await questionLines(pairs);
  const judged: number[] = [];
  const found: number[] = [];
  let unknown = 0;
  lines.forEach((line, index) => {
    if (line.trim() === '' || line.startsWith('#')) return;
    const [a, b, score, ...more] = line.split(delimiter);
    const judgement = score === undefined || score.trim() === '' ? NaN : Number(score);
    if (!Number.isFinite(judgement) || more.length > 0) {
      throw new SeqkitError(
        `${source}: line ${index + 1} should be two words and a number, with ${quote(delimiter)} between: ${quote(line)}.`,
        {
          code: 'bad-file',
          hint: `Mend the line, or give another delimiter${likelyDelimiter(line, delimiter)}.`,
        },
      );
    }
    const [from, to] = [words.rowOf(a), words.rowOf(b)];
    if (from === undefined || to === undefined) {
      unknown++;
      if (options.dummyForUnknown !== true) return;
      found.push(0);
    } else found.push(cosine(vectors.rows, from, to));
    judged.push(judgement);
  });
  if (judged.length < 2) {
    throw new SeqkitError(`${source}: only ${judged.length} of its pairs have vectors for both words.`, {
      code: 'too-little-data',
    });
  }
  const total = options.dummyForUnknown === true ? judged.length : judged.length + unknown;
  return {
    pearson: pearson(judged, found),
    spearman: spearman(judged, found),
    pairs: judged.length,
    oovRatio: unknown / total,
  };
}

/**
 * The cosine of two rows in single precision, as gensim has it. It does not depend on which is first, and it is 1
 * for a word with itself, so that pairs which are equally near are tied.
 */
function cosine(rows: Rows, a: number, b: number): number {
  return Math.fround(dot(unitVector(rows.copy(a)), unitVector(rows.copy(b))));
}

/** What stands between the parts of a line that is two words and a number, if that is something usual. */
function likelyDelimiter(line: string, given: string): string {
  const likely = ['\t', ',', ';', ' '].find((delimiter) => {
    const parts = line.trim().split(delimiter);
    return (
      delimiter !== given && parts.length === 3 && parts[2].trim() !== '' && Number.isFinite(Number(parts[2]))
    );
  });
  return likely === undefined ? '' : `, such as ${quote(likely)} here`;
}
