/** The recurrent core: layers, cells, training, engines. */
export { SeqkitError, type ErrorCode } from './errors.js';
export { Random } from './random.js';
export { tensor, toTensor, type NestedNumbers, type Tensor, type TensorLike } from './tensor.js';
export type { Vectors } from './vectors.js';

export { Sequential, type SaveOptions, type SequentialOptions } from './sequential.js';
export type { Stepper } from './stepper.js';
export { Layer, type LayerOptions } from './layers/layer.js';
export { Activation, type ActivationOptions } from './layers/activation.js';
export { BatchNormalization, type BatchNormalizationOptions } from './layers/batch-normalization.js';
export { Bidirectional, type BidirectionalOptions, type MergeMode } from './layers/bidirectional.js';
export { Conv1D, type Conv1DOptions } from './layers/conv1d.js';
export { Dense, type DenseOptions } from './layers/dense.js';
export { Dropout, type DropoutOptions } from './layers/dropout.js';
export { Embedding, type EmbeddingOptions } from './layers/embedding.js';
export { GRU, type GRUOptions } from './layers/gru.js';
export { LSTM, type LSTMOptions } from './layers/lstm.js';
export { OneHot, type OneHotOptions } from './layers/one-hot.js';
export { Recurrent, type RecurrentOptions } from './layers/recurrent.js';
export { SimpleRNN, type SimpleRNNOptions } from './layers/simple-rnn.js';
export { Weight } from './layers/weight.js';

export { lossNames, type LossName } from './training/losses.js';
export { Adam, type AdamOptions, type Optimizer } from './training/optimizers.js';
export { cosineSchedule, type Schedule } from './training/schedules.js';
export type { BatchReport, CheckpointOptions, EpochReport, FitOptions, History } from './training/fit.js';
export { EarlyStopping, type EarlyStoppingOptions } from './training/early-stopping.js';
export type { TrainingState } from './training/training-state.js';
export type { Objective } from './training/trainer.js';
export { gradientCheck, type GradientCheckOptions, type GradientError } from './training/gradient-check.js';
export { engineChoices, type AutoReport, type EngineChoice } from './engine/choose.js';
export type { ActivationName } from './engine/kernels.js';
