import { unitVector } from './unit-vector.js';
import type { Rows } from './rows.js';

/**
 * The ways to answer "a is to b as c is to what".
 *
 * - `3cosadd` (Mikolov et al. 2013): the cosine with the sum of unit vectors, positive less negative.
 * - `3cosmul` (Levy and Goldberg 2014, equation 4): the product of the shifted cosines with the
 *   positive words over that with the negative ones, so that no one term dominates.
 */
export type AnalogyMethod = '3cosadd' | '3cosmul';

/** The guard against division by zero, gensim's; Levy and Goldberg have 0.001. */
const COSMUL_EPSILON = 1e-6;

/**
 * How well each row answers.
 * @param positive rows whose words are added
 * @param negative rows whose words are taken away
 * @returns shape `(rows.count)`
 */
export function analogyScores(
  rows: Rows,
  positive: readonly number[],
  negative: readonly number[],
  method: AnalogyMethod,
): Float64Array {
  return method === '3cosmul' ? cosmul(rows, positive, negative) : cosadd(rows, positive, negative);
}

function cosadd(rows: Rows, positive: readonly number[], negative: readonly number[]): Float64Array {
  const sum = new Float64Array(rows.width);
  for (const row of positive) unitVector(rows.copy(row)).forEach((value, i) => (sum[i] += value));
  for (const row of negative) unitVector(rows.copy(row)).forEach((value, i) => (sum[i] -= value));
  return rows.cosines(unitVector(sum));
}

function cosmul(rows: Rows, positive: readonly number[], negative: readonly number[]): Float64Array {
  const scores = nearness(rows, positive);
  const against = nearness(rows, negative);
  for (let row = 0; row < scores.length; row++) scores[row] /= against[row] + COSMUL_EPSILON;
  return scores;
}

/** The product of each row's cosines with the given rows, moved from [-1, 1] to [0, 1]. */
function nearness(rows: Rows, words: readonly number[]): Float64Array {
  const product = new Float64Array(rows.count).fill(1);
  for (const word of words) {
    const cosines = rows.cosines(unitVector(rows.copy(word)));
    for (let row = 0; row < product.length; row++) product[row] *= (1 + cosines[row]) / 2;
  }
  return product;
}
