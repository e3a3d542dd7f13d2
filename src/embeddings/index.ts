/** Word vectors: `seqkit/embeddings`. */
export { KeyedVectors, type MostSimilarOptions, type ScoredWord } from './keyed-vectors.js';
export type { ReadOptions } from './formats/read-vectors.js';
export { SeqkitError, type ErrorCode } from '../rnn/errors.js';
export type { Vectors } from '../rnn/vectors.js';
export { Word2Vec, type FitCorpusOptions, type Word2VecOptions } from './word2vec.js';
export { FastText, type FastTextOptions } from './fasttext.js';
export { fileCorpus, textCorpus, type Corpus, type CorpusLike, type TextOptions } from './training/corpus.js';
export type { CorpusWords } from './training/corpus-words.js';
export type { RunPosition, TrainProgress, TrainReport } from './training/trainer.js';
export { biasDirection, debias, type DebiasOptions } from './bias.js';
export { weat, type WeatResult, type WeatSets } from './weat.js';
export { pcaMap, umapMap, type WordMap } from './word-map.js';
