/** Word vectors: `seqkit/embeddings`. */
export { KeyedVectors, type MostSimilarOptions, type ScoredWord } from './keyed-vectors.js';
export type { ReadOptions } from './formats/read-vectors.js';
export { SeqkitError, type ErrorCode } from '../rnn/errors.js';
export type { Vectors } from '../rnn/vectors.js';
