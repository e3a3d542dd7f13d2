import { schemaOf } from '../../base/schema/index.js';
import type { EmbeddingStream } from './embedding-stream.js';

/** All streams of embeddings: so one is told from other objects where none may be, without what makes one. */
export const embeddingStreams = new WeakSet<object>();

/** The schema of one. */
export const embeddingStream = schemaOf<EmbeddingStream>(
  'an EmbeddingStream',
  (value) => typeof value === 'object' && value !== null && embeddingStreams.has(value),
);
