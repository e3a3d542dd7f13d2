/** Word vectors: `seqkit/embeddings`. */
export { KeyedVectors, type LoadOptions, type MostSimilarOptions, type ScoredWord } from './keyed-vectors.js';
export type { AnalogyMethod, QueryTerm } from './analogies.js';
export type { Correlation } from './correlation.js';
export type {
  AnalogyEvaluation,
  AnalogyEvaluationOptions,
  AnalogySection,
  AskedAnalogy,
  EvaluationMethod,
} from './evaluation.js';
export type { ReadOptions } from './formats/read-vectors.js';
export type { Precision, VectorFormat, WriteOptions } from './formats/write-vectors.js';
export type { SearchOptions } from './open-search.js';
export type { Questions } from './questions.js';
export type { PairEvaluation, PairEvaluationOptions } from './word-pairs.js';
export { SeqkitError, type ErrorCode } from '../rnn/errors.js';
export type { Vectors } from '../rnn/vectors.js';
