/** Word vectors: `seqkit/embeddings`. */
export { KeyedVectors, type ScoredWord } from './keyed-vectors.js';
export type { MostSimilarOptions } from './most-similar-query.js';
export type { FromRowsOptions, LoadOptions } from './opened-vectors.js';
export type { DistanceMetric } from './compare-words.js';
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
export { SeqkitError, type ErrorCode } from '../base/errors.js';
export type { Vectors } from '../base/vectors.js';
export { Word2Vec, type FitCorpusOptions, type Word2VecOptions } from './word2vec.js';
export { FastText, type FastTextOptions } from './fasttext.js';
export { fileCorpus, textCorpus, type Corpus, type CorpusLike, type TextOptions } from './training/corpus.js';
export type { CorpusWords } from './training/corpus-words.js';
export type { RunPosition, TrainProgress, TrainReport } from './training/trainer.js';
export { biasDirection, debias, type DebiasOptions } from './bias.js';
export { weat, type WeatOptions, type WeatResult, type WeatSets } from './weat.js';
export { pcaMap, umapMap, type UmapOptions, type WordMap } from './word-map.js';
