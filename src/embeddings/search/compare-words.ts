import { SeqkitError } from '../../base/errors.js';
import { dot, meanOf, unitVector } from '../vectors/unit-vector.js';

// Questions about words that are named, answered from their vectors alone: no search.

/** What gives a word's vector. */
interface WordVectors {
  get(word: string): Float32Array;
}

/** How distance is measured: as 1 less the cosine, or as the length of the difference. */
export const distanceMetrics = ['cosine', 'euclidean'] as const;
export type DistanceMetric = (typeof distanceMetrics)[number];

/** See `KeyedVectors.nSimilarity`. */
export function groupSimilarity(vectors: WordVectors, a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) {
    throw new SeqkitError('Both groups need at least one word.', { code: 'bad-value' });
  }
  const mean = (words: readonly string[]) => unitVector(meanOf(words.map((word) => vectors.get(word))));
  return dot(mean(a), mean(b));
}

/** See `KeyedVectors.distance`. */
export function wordDistance(vectors: WordVectors, a: string, b: string, metric: DistanceMetric): number {
  const [from, to] = [vectors.get(a), vectors.get(b)];
  if (metric === 'cosine') return 1 - dot(unitVector(from), unitVector(to));
  let squares = 0;
  for (let i = 0; i < from.length; i++) squares += (from[i] - to[i]) ** 2;
  return Math.sqrt(squares);
}

/** See `KeyedVectors.doesntMatch`. */
export function leastFitting(vectors: WordVectors, words: readonly string[]): string {
  const units = words.map((word) => unitVector(vectors.get(word)));
  if (units.length === 0) throw new SeqkitError('There are no words to compare.', { code: 'bad-value' });
  const center = unitVector(meanOf(units));
  const fits = units.map((unit) => dot(unit, center));
  return words[fits.reduce((min, fit, i) => (fit < fits[min] ? i : min), 0)];
}
