/** The recurrent core: layers, cells, training, engines. */
export { SeqkitError, type ErrorCode } from '../base/errors.js';
export { Random } from '../base/math/random.js';
export { tensor, toTensor, type NestedNumbers, type Tensor, type TensorLike } from './program/tensor.js';
export type { Vectors } from '../base/math/vectors.js';

export { Sequential, type SaveOptions, type SequentialOptions } from './model/sequential.js';
export { Model } from './model/model.js';
export type {
  CompileOptions,
  EvaluateOptions,
  ModelLoadOptions,
  ModelEnds,
  ModelOptions,
  PredictOptions,
  SummaryOptions,
} from './model/model-options.js';
export type { Stepper } from './model/stepper.js';
export { input, type InputOptions } from './layers/input.js';
export type { SymbolicTensor } from './layers/symbolic-tensor.js';
export { GRUCell, type GRUCellOptions } from './cells/gru-cell.js';
export { LSTMCell, type LSTMCellOptions } from './cells/lstm-cell.js';
export { SimpleRNNCell } from './cells/simple-rnn-cell.js';
export {
  GRUStep,
  LSTMStep,
  SimpleRNNStep,
  type BackwardStep,
  type ForwardStep,
  type LoopCellOptions,
  type StepCache,
} from './cells/step-cells.js';
export { Layer, type LayerOptions } from './layers/layer.js';
export type { Constraint } from './weights/constraint.js';
export type { Regularizer, RegularizerName, RegularizerOption } from './weights/regularizer.js';
export { AdditiveAttention, type AdditiveAttentionOptions } from './layers/additive-attention.js';
export { Attention, type AttentionOptions } from './layers/attention.js';
export { MultiHeadAttention, type MultiHeadAttentionOptions } from './layers/multi-head-attention.js';
export type { AttentionLayer, AttentionLayerOptions } from './layers/attention-layer.js';
export { Activation, type ActivationOptions } from './layers/activation.js';
export { BatchNormalization, type BatchNormalizationOptions } from './layers/batch-normalization.js';
export { Bidirectional, type BidirectionalOptions, type MergeMode } from './layers/bidirectional.js';
export { Concatenate, type ConcatenateOptions } from './layers/concatenate.js';
export { Conv1D, type Conv1DOptions } from './layers/conv1d.js';
export { Conv2D, type Conv2DOptions } from './layers/conv2d.js';
export { AveragePooling2D, MaxPooling2D, type Pooling2DOptions } from './layers/pooling-2d.js';
export { LeakyReLU, type LeakyReLUOptions } from './layers/leaky-relu.js';
export type { TimeAndBand } from './layers/band-sliding.js';
export { Dense, type DenseOptions } from './layers/dense.js';
export { Dot, type DotOptions } from './layers/dot.js';
export { Dropout, type DropoutOptions } from './layers/dropout.js';
export { Embedding, type EmbeddingOptions } from './layers/embedding.js';
export type { EmbeddingFromVectorsOptions, VectorCoverage, WordTokens } from './layers/vector-table.js';
export { GRU, type GRUOptions } from './layers/gru.js';
export { LayerNormalization, type LayerNormalizationOptions } from './layers/layer-normalization.js';
export { LSTM, type LSTMOptions } from './layers/lstm.js';
export { CRF } from './layers/crf.js';
export { Masking, type MaskingOptions } from './layers/masking.js';
export { AbsoluteDifference } from './layers/absolute-difference.js';
export { Add, Average, Multiply, Subtract } from './layers/merge.js';
export { OneHot, type OneHotOptions } from './layers/one-hot.js';
export {
  AveragePooling1D,
  GlobalAveragePooling1D,
  GlobalMaxPooling1D,
  MaxPooling1D,
  type PoolingOptions,
} from './layers/pooling.js';
export { Recurrent, type RecurrentOptions } from './layers/recurrent.js';
export type {
  Cell,
  CellDescription,
  CellOptions,
  CellSequence,
  CellStep,
  CellStepBackward,
  PlainCellOptions,
} from './cells/cell.js';
export { cellWeights, type CellWeightOptions } from './cells/cell-weights.js';
export { sliceColumns, sliceRows, type Matrix } from './program/program.js';
export type { Connected, Signal, Trace, Traced } from './weights/trace.js';
export { RepeatVector, type RepeatVectorOptions } from './layers/repeat-vector.js';
export { Residual, type ResidualOptions } from './layers/residual.js';
export { TiedEmbedding, type TiedEmbeddingOptions } from './layers/tied-embedding.js';
export { Flatten, Reshape, type ReshapeOptions } from './layers/reshape.js';
export { SimpleRNN, type SimpleRNNOptions } from './layers/simple-rnn.js';
export { Standardize } from './layers/standardize.js';
export { TimeDistributed, type TimeDistributedOptions } from './layers/time-distributed.js';
export { UnitNormalization, type UnitNormalizationOptions } from './layers/unit-normalization.js';
export type { FeatureAxis } from './layers/feature-axis.js';
export { Weight } from './weights/weight.js';

export {
  lossNames,
  type LossChoice,
  type LossName,
  type LossOptions,
  type LossShortName,
  type LossTerm,
} from './losses/loss-choice.js';
export {
  Loss,
  type LossDescription,
  type LossOperands,
  type LossTargets,
  type TracedLoss,
} from './losses/loss.js';
export { BinaryCrossentropy } from './losses/binary-crossentropy.js';
export { CategoricalCrossentropy } from './losses/categorical-crossentropy.js';
export { ContrastiveLoss, type ContrastiveLossOptions } from './losses/contrastive-loss.js';
export { CosineSimilarity } from './losses/cosine-similarity.js';
export type { CrossentropyOptions } from './losses/crossentropy.js';
export { CRFLoss, type CRFLossOptions } from './losses/crf-loss.js';
export { CTC, type CTCOptions } from './losses/ctc.js';
export { Huber, type HuberOptions } from './losses/huber.js';
export { MeanAbsoluteError } from './losses/mean-absolute-error.js';
export { MeanSquaredError } from './losses/mean-squared-error.js';
export { SparseCategoricalCrossentropy } from './losses/sparse-categorical-crossentropy.js';
export { TripletLoss, type TripletLossOptions } from './losses/triplet-loss.js';
export {
  metricNames,
  type MetricChoice,
  type MetricName,
  type MetricShortName,
  type MetricsOption,
} from './metrics/metric-choice.js';
export { Metric, type MetricOutput, type MetricRows } from './metrics/metric.js';
export { MeanMetric } from './metrics/mean-metric.js';
export {
  Accuracy,
  BinaryAccuracy,
  CategoricalAccuracy,
  type BinaryAccuracyOptions,
} from './metrics/accuracy.js';
export { AUC, type AUCOptions } from './metrics/auc.js';
export { F1Score, type F1ScoreOptions } from './metrics/f1-score.js';
export type { MetricOptions } from './metrics/metric-options.js';
export { Perplexity } from './metrics/perplexity.js';
export { Precision, Recall, type PrecisionOptions } from './metrics/precision.js';
export { TopKCategoricalAccuracy, type TopKOptions } from './metrics/top-k-accuracy.js';
export {
  Adagrad,
  Adam,
  AdamW,
  Momentum,
  Nadam,
  RMSprop,
  SGD,
  type AdagradOptions,
  type AdamOptions,
  type AdamWOptions,
  type AveragingOptions,
  type MomentumOptions,
  type NadamOptions,
  type Optimizer,
  type OptimizerOptions,
  type RMSpropOptions,
  type SGDOptions,
  type WeightAverages,
} from './training/optimizers/index.js';
export {
  cosineSchedule,
  exponentialSchedule,
  inverseTimeSchedule,
  stepSchedule,
  warmUp,
  type Schedule,
} from './training/optimizers/schedules.js';
export type {
  BatchReport,
  CheckpointOptions,
  EpochReport,
  FitCallback,
  FitOptions,
  History,
  ValidationData,
} from './training/fit.js';
export type { CheckpointStore, CheckpointStoreOptions } from '../base/training/checkpoint-store.js';
export type { Lengths, Several } from './training/examples.js';
export { EarlyStopping, type EarlyStoppingOptions } from './training/early-stopping.js';
export type { TrainingState } from './training/training-state.js';
export type { Objective } from './training/trainer.js';
export {
  gradientCheck,
  gradientCheckOn,
  type GradientCheckOptions,
  type GradientError,
} from './gradient-check/gradient-check.js';
export type { AutoReport } from './engine/auto-session.js';
export { engineChoices, type EngineChoice } from './engine/engine-names.js';
export type { ActivationName } from './program/kernels.js';
export type { LayerActivation } from './layers/layer-activation.js';
export type { InitializerName } from './weights/initializers.js';
export type { AbortSignalLike } from '../base/abort-signal.js';
export type { BlobLike, FileSource, UrlLike } from '../base/source/file-source.js';
export type { VerifyOptions } from '../base/encoding/content-digest.js';
export type { BestEpoch } from './training/early-stopping.js';
export type { ClippedGradient } from './training/optimizers/clipping.js';
export type { CosineOptions, FactorOptions, InverseTimeOptions } from './training/optimizers/schedules.js';
export type { OptimizerName } from './training/optimizers/optimizer-choice.js';
export type { CarriedBy } from './training/training-state.js';
export type { CellSizes } from './cells/cell-weights.js';
export type { GRULoopOptions, LSTMLoopOptions, Numbers, PlainLoopOptions } from './cells/step-cells.js';
export type { NamedOptions } from './layers/layer-options.js';
export type { Ending } from './layers/layer.js';
export type { Application, InputPort } from './layers/symbolic-tensor.js';
export type { Floats } from './program/engine.js';
export type { ProgramBuilder } from './program/program.js';
export type { TraceOptions } from './weights/trace.js';
export type { OutputMetrics } from './training/metric-pass.js';
export type { WeightOptions } from './weights/weight.js';
export type { CarriedState } from './program/carried-state.js';
