/** Tasks as classes of their own: from examples to a model that answers, with its figures. */
export type { ClassFigures, ClassificationReport } from './evaluation/classification-report.js';
export type { EpochReport, SequenceFitOptions, SequenceHistory, StepReport } from './fitting/fit-schedule.js';
export { attentionMapSvg } from './seq2seq/attention-map.js';
export { parsePairs, type TextPair } from './seq2seq/pairs.js';
export { Seq2Seq, type Seq2SeqEvaluation, type Translation } from './seq2seq/seq2seq.js';
export type { Seq2SeqFigures } from './seq2seq/seq2seq-file.js';
export type {
  OpenSeq2SeqOptions,
  Seq2SeqArchitecture,
  Seq2SeqFitOptions,
  Seq2SeqOptions,
  Seq2SeqReading,
  TranslateOptions,
} from './seq2seq/seq2seq-options.js';
export { entitiesOf, type Entity, type EntityFigures, type TagFigures } from './tagger/entities.js';
export { SequenceTagger, type Tagged } from './tagger/sequence-tagger.js';
export { parseConll, type ConllOptions, type TaggedSequence } from './tagger/tagged-sequences.js';
export type { TaggerFigures } from './tagger/tagger-file.js';
export type {
  OpenTaggerOptions,
  SequenceTaggerOptions,
  TaggerArchitecture,
  TaggerFitOptions,
} from './tagger/tagger-options.js';
export { viterbi, type ChainScores } from './tagger/viterbi.js';
export { ctcBeamSearch, ctcGreedy, type CTCBeamOptions, type CTCDecoding } from './speech/ctc-decoding.js';
