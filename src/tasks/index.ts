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
