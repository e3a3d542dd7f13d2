import { abortReason, type AbortSignalLike } from '../../base/abort-signal.js';
import { SeqkitError } from '../../base/errors.js';
import { EventLoopYielder } from '../../base/host/yield-to-event-loop.js';
import { Random } from '../../base/math/random.js';
import { abortSignal, callback, optional, optionsSchema, wholeNumber } from '../../base/schema/index.js';
import type { KeyedVectors } from '../keyed-vectors/keyed-vectors.js';
import { dot, unitVector } from '../vectors/unit-vector.js';
import { keyedVectors } from './vectors-argument.js';
import { words as wordArray } from '../vectors/word-arguments.js';

/** Words laid out in the plane. */
export interface WordMap {
  readonly points: readonly { readonly word: string; readonly x: number; readonly y: number }[];
  /** PCA only: the shares of the words' variance along x and y. */
  readonly variance?: readonly [number, number];
}

/**
 * The words' unit vectors along their first two principal components. The sign of each is such
 * that the word farthest out is on the positive side.
 * @throws SeqkitError `unknown-word`; `bad-value` for fewer than three words
 */
export function pcaMap(vectors: KeyedVectors, words: readonly string[]): WordMap {
  const rows = unitRows('pcaMap', vectors, words, 3);
  const mean = rows[0].map((_, i) => rows.reduce((sum, row) => sum + row[i], 0) / rows.length);
  const centered = rows.map((row) => row.map((value, i) => value - mean[i]));
  // With G = X X^T, the scores along a component are an eigenvector of G times the root of its value.
  const gram = centered.map((a) => centered.map((b) => dot(a, b)));
  const total = gram.reduce((sum, row, i) => sum + row[i], 0);
  const first = topEigenvector(gram);
  const second = topEigenvector(
    gram.map((row, i) => row.map((g, j) => g - first.value * first.vector[i] * first.vector[j])),
  );
  const scores = [first, second].map(({ value, vector }) => {
    const turned = vector[indexOfLargest(vector)] < 0 ? -1 : 1;
    return vector.map((entry) => turned * entry * Math.sqrt(Math.max(0, value)));
  });
  const share = (value: number): number => (total === 0 ? 0 : Math.max(0, value) / total);
  return {
    points: words.map((word, i) => ({ word, x: scores[0][i], y: scores[1][i] })),
    variance: [share(first.value), share(second.value)],
  };
}

export interface UmapOptions {
  /** Of the random numbers. @default 1 */
  readonly seed?: number;
  /** How many neighbours shape the map. @default 15, or fewer where there are fewer words */
  readonly neighbors?: number;
  /** Ends the layout; the call then throws the signal's reason. */
  readonly signal?: AbortSignalLike;
  /** Is told how the layout is going: the map as it is, each time that others get their turn, and at the end. */
  readonly onProgress?: (progress: UmapProgress) => void;
}

/** How far a layout by UMAP has come. */
export interface UmapProgress {
  readonly map: WordMap;
  /** Epochs that are done. */
  readonly epoch: number;
  readonly epochs: number;
}

const umapOptions = optionsSchema<UmapOptions>('umapMap', {
  seed: optional(wholeNumber()),
  neighbors: optional(wholeNumber({ min: 2 })),
  signal: optional(abortSignal),
  onProgress: optional(callback()),
});

/**
 * The words' unit vectors laid out by UMAP (McInnes et al. 2018, the package umap-js): words that
 * are near by cosine stay near. It gives others their turn, such as a page that draws the map as it comes.
 * @throws SeqkitError `unknown-word`; `bad-value` for fewer than four words; the reason of the signal
 */
export async function umapMap(
  vectors: KeyedVectors,
  words: readonly string[],
  options: UmapOptions = {},
): Promise<WordMap> {
  const { seed = 1, neighbors = 15, signal, onProgress } = umapOptions.parse(options);
  const rows = unitRows('umapMap', vectors, words, 4);
  const { UMAP } = await import('umap-js');
  const random = new Random(seed);
  const umap = new UMAP({
    nComponents: 2,
    nNeighbors: Math.min(neighbors, words.length - 1),
    random: () => random.uniform(),
    distanceFn: (a, b) => 1 - dot(a, b),
  });
  const mapNow = (): WordMap => {
    const places = umap.getEmbedding();
    return { points: words.map((word, i) => ({ word, x: places[i][0], y: places[i][1] })) };
  };
  const epochs = umap.initializeFit(rows.map((row) => Array.from(row)));
  const eventLoop = new EventLoopYielder();
  for (let epoch = 0; epoch < epochs;) {
    epoch = umap.step();
    if (epoch < epochs && !eventLoop.due()) continue;
    onProgress?.({ map: mapNow(), epoch, epochs });
    if (epoch < epochs) await eventLoop.turn();
    if (signal?.aborted === true) throw abortReason(signal, 'The map');
  }
  return mapNow();
}

function unitRows(
  where: string,
  vectors: KeyedVectors,
  words: readonly string[],
  min: number,
): Float64Array[] {
  keyedVectors.parse(vectors, `${where}: vectors`);
  wordArray.parse(words, `${where}: words`);
  if (words.length < min) {
    throw new SeqkitError(`A map needs ${min} words or more, not ${words.length}.`, { code: 'bad-value' });
  }
  return words.map((word) => unitVector(vectors.get(word)));
}

/** Of a symmetric matrix without negative eigenvalues, by powers; it begins at a fixed vector. */
function topEigenvector(matrix: readonly (readonly number[])[]): { value: number; vector: Float64Array } {
  const random = new Random(1);
  let vector = unitVector(matrix.map(() => random.normal()));
  for (let round = 0; round < 5_000; round++) {
    const next = unitVector(matrix.map((row) => dot(row, vector)));
    const change = Math.max(...next.map((value, i) => Math.abs(value - vector[i])));
    vector = next;
    if (change < 1e-13) break;
  }
  return {
    value: dot(
      vector,
      matrix.map((row) => dot(row, vector)),
    ),
    vector,
  };
}

function indexOfLargest(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (Math.abs(values[i]) > Math.abs(values[best])) best = i;
  return best;
}
