/** Tasks as classes of their own: from examples to a model that answers, with its figures. */
export { SeqkitError, type ErrorCode } from '../base/errors.js';
export {
  SequenceClassifier,
  type Classification,
  type ScoredLabel,
} from './classifier/sequence-classifier.js';
export type {
  ClassifierEvaluateOptions,
  ClassifierLoadOptions,
  ClassifierProgress,
  ClassifierTrainOptions,
  ClassifyOptions,
} from './classifier/classifier-options.js';
export type {
  ClassifierEvaluation,
  ClassifierFigures,
  ClassifierMistake,
} from './classifier/classifier-figures.js';
export type { Candidate } from './classifier/comparison.js';
export type { Influence } from './classifier/influence.js';
export { learningCurve, type LearningCurvePoint } from './classifier/learning-curve.js';
export type { EncoderName } from './classifier/encoders/encoder.js';
export type { PoolingName } from './classifier/encoders/network.js';
export type { NetworkHistory } from './classifier/encoders/network-encoder.js';
export type { InputName } from './classifier/encoders/reader-choice.js';
export type { Labeled, LabeledExample } from './examples/labeled-examples.js';
export { readExamples, type ReadExamplesOptions } from './examples/read-examples.js';
export { readExampleFolder, type ReadFolderOptions } from './examples/read-example-folder.js';
export type { NumberSequence, SequenceInput } from './examples/sequence-input.js';
export type { CalibrationBin, CalibrationReport } from './evaluation/calibration-report.js';
export type { ClassFigures, ClassificationReport } from './evaluation/classification-report.js';
export { NgramFeatures, type NgramState } from './linear/ngram-features.js';
export type { GramRange } from './linear/n-grams.js';
export type { NgramOptions, NgramSettings } from './linear/ngram-options.js';
export type { SparseRow } from './linear/sparse-row.js';
export {
  LogisticRegression,
  type LogisticRegressionOptions,
  type LogisticRegressionState,
} from './linear/logistic-regression.js';
export { SentenceVectors, type SentenceState } from './average/sentence-vectors.js';
export type { SentenceOptions } from './average/sentence-options.js';
export { Chatbot, type ChatbotOptions } from './chatbot/chatbot.js';
export type {
  ChatSession,
  Handler,
  HandlerCall,
  Reply,
  ScoredIntent,
  Understanding,
} from './chatbot/session.js';
export type { FoundEntity } from './chatbot/entity-finder.js';
export type { PendingSlots, SessionState } from './chatbot/session-state.js';
export type { ChatbotFigures } from './chatbot/scope.js';
export type { EntityDescription, FullIntent, FullIntents, Intent, Intents, Slot } from './chatbot/intents.js';
export { readIntents } from './chatbot/read-intents.js';
export {
  readDialogues,
  testDialogues,
  type Dialogue,
  type DialogueFault,
  type DialogueStep,
} from './chatbot/dialogue-test.js';
export type {
  EpochReport,
  ResumableFitOptions,
  SequenceFitOptions,
  SequenceHistory,
  StepReport,
} from './fitting/fit-schedule.js';
export type { CheckpointStore, CheckpointStoreOptions } from '../base/training/checkpoint-store.js';
export type { TokenKind } from './seq2seq/token-table.js';
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

export {
  SequenceRegressor,
  type Forecast,
  type ForecastEvaluation,
  type ForecastInterval,
} from './regressor/sequence-regressor.js';
export type { ForecastErrors } from './regressor/forecast-figures.js';
export type { ForecastMethod, RegressorFigures } from './regressor/regressor-file.js';
export type {
  OpenRegressorOptions,
  RegressorFitOptions,
  SequenceRegressorOptions,
} from './regressor/regressor-options.js';
export { parseSeries, type ParseSeriesOptions } from './regressor/read-series.js';
export type { TimeSeries } from './regressor/time-series.js';
