import type { AbortSignalLike } from '../../base/abort-signal.js';
import { SeqkitError } from '../../base/errors.js';
import {
  abortSignal,
  anything,
  callback,
  flag,
  listOf,
  number,
  optional,
  optionsSchema,
  wholeNumber,
} from '../../base/schema/index.js';
import type { CheckpointStoreOptions } from '../../base/training/checkpoint-store.js';
import { callbackWith } from './callback-methods.js';
import { checkpointChoice, type CheckpointOptions } from './checkpoint-choice.js';
import { classWeightOption } from './class-weights.js';
import { earlyStoppingOptions, type EarlyStoppingOptions } from './early-stopping.js';
import { batchSize } from './batch-size.js';
import type { Lengths, Several } from './examples.js';
import type { History } from './fit-position.js';

/** How `fit` stands after a batch. */
export interface BatchReport {
  /** From 1. */
  epoch: number;
  /** Batch of the epoch, from 1. */
  batch: number;
  batches: number;
  loss: number;
  /** Of several outputs, as in `EpochReport`. */
  outputLosses?: Record<string, number>;
}

/** How `fit` stands after an epoch. */
export interface EpochReport {
  /** From 1. */
  epoch: number;
  /** The mean over the epoch's examples, each as its batch found it. */
  loss: number;
  validationLoss?: number;
  /** By name, where `compile` was given any: over the epoch's examples, each as its batch found it. */
  metrics?: Record<string, number>;
  validationMetrics?: Record<string, number>;
  /** Where there are several outputs each one's own loss, by `<name of its layer>Loss`, without its weight. */
  outputLosses?: Record<string, number>;
  validationOutputLosses?: Record<string, number>;
}

/**
 * What `fit` calls as it goes, as Keras's callbacks. It waits for what a method returns, if that is a promise,
 * before it goes on; a method that throws, or whose promise is rejected, ends the training with that error, and
 * the model stays as the last step left it. Meanwhile the model may be evaluated, asked and saved, but not trained.
 */
export interface FitCallback {
  onTrainBegin?(): unknown;
  /** Before the first batch of an epoch; not where a resumed run goes on within one. */
  onEpochBegin?(at: Pick<EpochReport, 'epoch'>): unknown;
  onBatchBegin?(at: Pick<BatchReport, 'epoch' | 'batch' | 'batches'>): unknown;
  onBatchEnd?(report: BatchReport): unknown;
  onEpochEnd?(report: EpochReport): unknown;
  /** After the last epoch, or when the signal ended the training: with what `fit` returns. */
  onTrainEnd?(history: History): unknown;
}

/** Examples that are not trained on. */
export interface ValidationData {
  x: Several;
  /** Left out where the loss takes no targets. */
  y?: Several;
  sampleWeight?: Several;
  lengths?: Lengths;
}

export interface FitOptions {
  /** @default 32 */
  batchSize?: number;
  /** @default 1 */
  epochs?: number;
  /** New order each epoch. @default true, false with stateful layers */
  shuffle?: boolean;
  /** The last share of the examples is held back, from 0 up to but without 1. @default 0 */
  validationSplit?: number;
  validationData?: ValidationData;
  /** A weight for each example (N) or each of its output rows (N, T); of several outputs, one Tensor each. */
  sampleWeight?: Several;
  /**
   * The weight of each class, by its number, in training: times the sample weight of every row whose
   * target it is. Classes left out count once. For models with one output. @default 1 each
   */
  classWeight?: Readonly<Record<number, number>>;
  /**
   * How many time steps of each example count, from the first on; what comes after is padding, and
   * masked as by `Masking`. Of several inputs, one for each. @default all steps
   */
  lengths?: Lengths;
  /** Ends the training when a loss no longer falls. */
  earlyStopping?: EarlyStoppingOptions;
  /** Saved while it runs, when the signal ends it, and at its end: a file, which needs Node, or a store. */
  checkpoint?: CheckpointOptions | CheckpointStoreOptions;
  /**
   * Goes on from what `checkpoint` holds, or begins where there is nothing. The model, the data
   * and the options must be those of the run that wrote it; `epochs` may differ. Killed at any
   * moment and resumed, a run ends with the very numbers it would have had. @default false
   */
  resume?: boolean;
  /** Called, and awaited, after every batch: as `onBatchEnd` of a callback. */
  onBatch?: (report: BatchReport) => unknown;
  /** Called, and awaited, after every epoch: as `onEpochEnd` of a callback. */
  onEpoch?: (report: EpochReport) => unknown;
  /** Called in their order, after `onBatch` and `onEpoch`. */
  callbacks?: readonly FitCallback[];
  /** Stops after the batch in hand. */
  signal?: AbortSignalLike;
  /**
   * Computes in a worker, from now on: see `useWorker`. Callbacks, the signal and checkpoints are where they were, and
   * the numbers are the same. @default false: on the caller's thread, which in a page is given back every 16 ms
   */
  worker?: boolean;
}

// The examples themselves are held against the layers, which need them: `readExamples` checks them.
const validationData = optionsSchema<ValidationData>('validationData', {
  x: anything<Several>(),
  y: optional(anything<Several>()),
  sampleWeight: optional(anything<Several>()),
  lengths: optional(anything<Lengths>()),
});

const fitCallback = callbackWith<FitCallback>([
  ...(['onEpochEnd', 'onEpochBegin', 'onBatchEnd', 'onBatchBegin'] as const),
  ...(['onTrainBegin', 'onTrainEnd'] as const),
]);

const fitOptions = optionsSchema<FitOptions>('fit', {
  batchSize: optional(batchSize),
  epochs: optional(wholeNumber({ min: 1 })),
  shuffle: optional(flag),
  validationSplit: optional(number({ min: 0, below: 1 })),
  validationData: optional(validationData),
  sampleWeight: optional(anything<Several>()),
  classWeight: optional(classWeightOption),
  lengths: optional(anything<Lengths>()),
  earlyStopping: optional(earlyStoppingOptions),
  checkpoint: optional(checkpointChoice),
  resume: optional(flag),
  onBatch: optional(callback<(report: BatchReport) => unknown>()),
  onEpoch: optional(callback<(report: EpochReport) => unknown>()),
  callbacks: optional(listOf(fitCallback)),
  signal: optional(abortSignal),
  worker: optional(flag),
});

/**
 * @returns the options as they are used
 * @throws SeqkitError `usage` or `bad-value` for what is unknown, out of range or contradictory
 */
export function readFitOptions(given: FitOptions | undefined, stateful: boolean): FitOptions {
  const options = fitOptions.parse(given);
  const { validationSplit = 0, shuffle, earlyStopping, checkpoint } = options;
  if (options.validationData && validationSplit > 0) {
    throw new SeqkitError('Give validationData or validationSplit, not both.', { code: 'usage' });
  }
  if (shuffle && stateful) {
    throw new SeqkitError(
      'Stateful layers carry state from batch to batch, so the batches cannot be shuffled.',
      {
        code: 'usage',
        hint: 'Leave shuffle out.',
      },
    );
  }
  if (options.resume && !checkpoint) {
    throw new SeqkitError('resume needs to know from where.', {
      code: 'usage',
      hint: 'Give checkpoint: { path } too, or { store } in a page.',
    });
  }
  const watched = earlyStopping && (earlyStopping.monitor ?? 'validationLoss');
  if (watched === 'validationLoss' && !options.validationData && validationSplit === 0) {
    throw new SeqkitError('earlyStopping watches validationLoss, but nothing is held back.', {
      code: 'usage',
      hint: "Give validationSplit or validationData, or set its monitor to 'loss'.",
    });
  }
  return options;
}
