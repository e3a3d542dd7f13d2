import { schemaOf } from '../../base/schema/index.js';
import type { EmbeddingStream } from './embedding-stream.js';
import { embeddingStreams } from './known-streams.js';

/** The schema of one. */
export const embeddingStream = schemaOf<EmbeddingStream>(
  'an EmbeddingStream',
  (value) => typeof value === 'object' && value !== null && embeddingStreams.has(value),
);
