import { optional, optionsSchema, wholeNumber } from '../../base/schema/index.js';
import { shortest } from '../../embeddings/formats/write-vectors.js';
import type { KeyedVectors } from '../../embeddings/keyed-vectors/keyed-vectors.js';
import { textChunks, vectorsArgument } from './vector-source.js';

export interface QdrantOptions {
  /** Points of one request, from 1 to 1000. @default 100 */
  readonly batchSize?: number;
}

const qdrantOptions = optionsSchema<QdrantOptions>('toQdrant', {
  batchSize: optional(wholeNumber({ min: 1, max: 1_000 })),
});

/**
 * Vectors for Qdrant, as lines of JSON: each is the body of one `PUT /collections/{name}/points`. Ids are the rows, from
 * 0: the most frequent word first; `payload.word` is the word.
 * @returns the text as bytes, a chunk at a time
 */
export function toQdrant(vectors: KeyedVectors, options: QdrantOptions = {}): AsyncGenerator<Uint8Array> {
  const from = vectorsArgument(vectors, 'toQdrant: vectors');
  const { batchSize = 100 } = qdrantOptions.parse(options);
  return textChunks(bodies(from, batchSize));
}

/** The body of `PUT /collections/{name}` that makes a collection for such vectors. */
export function qdrantCollection(vectors: KeyedVectors): { vectors: { size: number; distance: 'Cosine' } } {
  const { vectorSize } = vectorsArgument(vectors, 'qdrantCollection: vectors');
  return { vectors: { size: vectorSize, distance: 'Cosine' } };
}

function* bodies(vectors: KeyedVectors, batchSize: number): Generator<string> {
  let row = 0;
  for (const word of vectors.words()) {
    const inBatch = row % batchSize;
    const vector = Array.from(vectors.rows.copy(row), shortest).join(',');
    const point = `{"id":${row},"vector":[${vector}],"payload":${JSON.stringify({ word })}}`;
    row++;
    const isLast = row === vectors.size || row % batchSize === 0;
    yield `${inBatch === 0 ? '{"points":[' : ','}${point}${isLast ? ']}\n' : ''}`;
  }
}
