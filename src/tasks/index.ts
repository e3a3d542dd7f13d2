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
export type { EncoderName } from './classifier/encoders/encoder.js';
export type { PoolingName } from './classifier/encoders/network.js';
export type { NetworkHistory } from './classifier/encoders/network-encoder.js';
export type { InputName } from './classifier/encoders/reader-choice.js';
export type { LabeledExample } from './examples/labeled-examples.js';
export { readExamples, type ReadExamplesOptions } from './examples/read-examples.js';
export { readExampleFolder, type ReadFolderOptions } from './examples/read-example-folder.js';
export type { NumberSequence, SequenceInput } from './examples/sequence-input.js';
export type { CalibrationBin, CalibrationReport } from './evaluation/calibration-report.js';
export type { ClassFigures, ClassificationReport } from './evaluation/classification-report.js';
