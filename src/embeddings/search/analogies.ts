import { SeqkitError } from '../../base/errors.js';
import {
  isNumberArray,
  listOf,
  number,
  optionsSchema,
  wrongValue,
  type Schema,
} from '../../base/schema/index.js';
import { unitVector } from '../vectors/unit-vector.js';
import { vector, vectorOfSize } from '../vectors/word-arguments.js';

/**
 * The ways to answer "a is to b as c is to what".
 *
 * - `3cosadd` (Mikolov et al. 2013): the cosine with the sum of unit vectors, positive less negative.
 * - `3cosmul` (Levy and Goldberg 2014, equation 4): the product of the shifted cosines with the
 *   positive words over that with the negative ones, so that no one term dominates.
 */
export const analogyMethods = ['3cosadd', '3cosmul'] as const;
export type AnalogyMethod = (typeof analogyMethods)[number];

/** A word, or a vector of shape `(vectorSize)`. */
export type Term = string | ArrayLike<number>;

/** A term of a query; a weight counts as it is, in place of 1 or, among the negative ones, -1. */
export type QueryTerm = Term | { readonly term: Term; readonly weight: number };

const anyTerm: Schema<Term> = {
  expected: 'a word or a vector',
  parse(value, name) {
    if (typeof value === 'string') return value;
    if (isNumberArray(value)) return vector.parse(value, name);
    throw wrongValue(name, this.expected, value);
  },
};

const weightedTerm = optionsSchema<{ readonly term: Term; readonly weight: number }>('A weighted term', {
  term: anyTerm,
  weight: number(),
});

const queryTerm: Schema<QueryTerm> = {
  expected: 'a word, a vector, or { term, weight }',
  parse(value, name) {
    if (typeof value === 'string' || isNumberArray(value)) return anyTerm.parse(value, name);
    if (isWeighted(value)) return weightedTerm.parse(value, name);
    throw wrongValue(name, this.expected, value);
  },
};

/** Terms of a query, in an array; one by itself is taken for an array of one, as gensim takes it. */
export const queryTerms: Schema<QueryTerm[]> = {
  expected: `${queryTerm.expected}, or an array of these`,
  parse(value, name) {
    if (Array.isArray(value)) {
      if (value.length > 0 && value.every((item) => typeof item === 'number')) {
        throw wrongValue(`${name}[0]`, queryTerm.expected, value[0], 'For one vector give [vector].');
      }
      return listOf(queryTerm).parse(value, name);
    }
    if (typeof value === 'string' || isNumberArray(value) || isWeighted(value)) {
      return [queryTerm.parse(value, name)];
    }
    throw wrongValue(name, this.expected, value);
  },
};

/** What a query is made of, resolved: rows have been looked up, vectors checked. */
interface ResolvedTerm {
  /** Shape `(vectorSize)`; of a word, of length 1. */
  readonly vector: ArrayLike<number>;
  readonly weight: number;
}

/** What resolves words for a query. */
export interface TermSource {
  readonly vectorSize: number;
  get(word: string): Float32Array;
}

/**
 * The sum of a query's terms as a unit vector: words by their unit vectors, vectors as they are.
 * @throws SeqkitError `unknown-word`; `bad-shape`, `bad-value`
 */
export function queryVector(
  source: TermSource,
  positive: readonly QueryTerm[],
  negative: readonly QueryTerm[],
): Float64Array {
  const sum = new Float64Array(source.vectorSize);
  for (const { vector, weight } of [...resolve(source, positive, 1), ...resolve(source, negative, -1)]) {
    for (let i = 0; i < sum.length; i++) sum[i] += weight * vector[i];
  }
  return unitVector(sum);
}

/**
 * The terms of a query by 3CosMul as unit vectors, those to be near to and those to be far from.
 * @throws SeqkitError as `queryVector`; `bad-value` where a term has a weight, which it has no use for
 */
export function ratioVectors(
  source: TermSource,
  positive: readonly QueryTerm[],
  negative: readonly QueryTerm[],
): [near: Float64Array[], far: Float64Array[]] {
  if ([...positive, ...negative].some(isWeighted)) {
    throw new SeqkitError('3CosMul multiplies its terms and has no use for weights.', {
      code: 'bad-value',
      hint: 'Leave the weights out, or use mostSimilar.',
    });
  }
  const units = (terms: readonly QueryTerm[]) =>
    resolve(source, terms, 1).map(({ vector }) => unitVector(vector));
  return [units(positive), units(negative)];
}

/** The words among terms. */
export function wordsOf(terms: readonly QueryTerm[]): string[] {
  return terms
    .map((term) => (isWeighted(term) ? term.term : term))
    .filter((term) => typeof term === 'string');
}

function resolve(source: TermSource, terms: readonly QueryTerm[], sign: number): ResolvedTerm[] {
  return terms.map((given) => {
    const { term, weight } = isWeighted(given) ? given : { term: given, weight: sign };
    if (typeof term === 'string') return { vector: unitVector(source.get(term)), weight };
    return { vector: vectorOfSize(term, source.vectorSize, 'The vector'), weight };
  });
}

function isWeighted(term: unknown): term is { readonly term: Term; readonly weight: number } {
  return typeof term === 'object' && term !== null && 'term' in term;
}
