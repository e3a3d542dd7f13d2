/** Word vectors: `seqkit/embeddings`. */
export { KeyedVectors, type ScoredWord } from './keyed-vectors/keyed-vectors.js';
export type { MostSimilarOptions } from './search/most-similar-query.js';
export type { FromRowsOptions, VectorsLoadOptions } from './keyed-vectors/load-options.js';
export type { DefaultSet, DefaultVectorsOptions } from './keyed-vectors/default-vectors.js';
export type { DistanceMetric } from './search/compare-words.js';
export type { AnalogyMethod, QueryTerm } from './search/analogies.js';
export type { Correlation } from './evaluation/correlation.js';
export type {
  AnalogyEvaluation,
  AnalogyEvaluationOptions,
  AnalogySection,
  AskedAnalogy,
  EvaluationMethod,
} from './evaluation/evaluation.js';
export type { ReadOptions } from './formats/read-options.js';
export type { Precision, VectorFormat, WriteOptions } from './formats/write-vectors.js';
export type { SearchOptions } from './search/search-options.js';
export type { Questions } from './evaluation/questions.js';
export type { PairEvaluation, PairEvaluationOptions } from './evaluation/word-pairs.js';
export { SeqkitError, type ErrorCode } from '../base/errors.js';
export type { Vectors } from '../base/math/vectors.js';
export { Word2Vec, type FitCorpusOptions, type Word2VecOptions } from './word2vec.js';
export { FastText, type FastTextOptions } from './fasttext.js';
export { fileCorpus, textCorpus, type Corpus, type CorpusLike, type TextOptions } from './training/corpus.js';
export type { CorpusWords } from './training/corpus-words.js';
export type { RunPosition, TrainProgress, TrainReport } from './training/train-options.js';
export { cosineSimilarity } from './vectors/cosine-similarity.js';
export { biasDirection, debias, type DebiasOptions } from './analysis/bias.js';
export { weat, type WeatOptions, type WeatResult, type WeatSets } from './analysis/weat.js';
export { pcaMap, umapMap, type UmapOptions, type UmapProgress, type WordMap } from './analysis/word-map.js';
export type { CountingProgress } from './training/corpus-words.js';
export type { CorpusBlock } from './training/blocks.js';
export type { TrainingSettings } from './training/settings.js';
export type { OpenTrainingOptions } from './word2vec.js';
export type { Term } from './search/analogies.js';
export type { Rows } from './vectors/rows.js';
export type { Subwords, SubwordShape } from './vectors/subwords.js';
export type { BlobLike, FileSource, UrlLike } from '../base/source/file-source.js';
export type { AbortSignalLike } from '../base/abort-signal.js';
export type { CheckpointStore } from '../base/training/checkpoint-store.js';
export type { VerifyOptions } from '../base/encoding/content-digest.js';
