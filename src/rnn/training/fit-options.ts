import { SeqkitError } from '../../base/errors.js';
import { checkKnownOptions } from '../../base/options.js';
import { wholeNumber } from '../layers/layer.js';
import { checkPace, type CheckpointPace } from './checkpoint.js';
import { EarlyStopping, type EarlyStoppingOptions } from './early-stopping.js';
import type { Lengths, Several } from './examples.js';

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
  /** Where there are several outputs each one's own loss, by `<name of its layer>Loss`, without its weight. */
  outputLosses?: Record<string, number>;
  validationOutputLosses?: Record<string, number>;
}

/** Examples that are not trained on. */
export interface ValidationData {
  x: Several;
  y: Several;
  sampleWeight?: Several;
  lengths?: Lengths;
}

/** Where and how often `fit` saves all that it needs to go on. */
export interface CheckpointOptions extends CheckpointPace {
  /**
   * A file, replaced in one step each time, so that the last good one is always there. It opens as
   * a model too.
   */
  path: string;
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
  /** Saved while it runs, when the signal ends it, and at its end. Needs Node. */
  checkpoint?: CheckpointOptions;
  /**
   * Goes on from the file at `checkpoint.path`, or begins where there is none. The model, the data
   * and the options must be those of the run that wrote it; `epochs` may differ. Killed at any
   * moment and resumed, a run ends with the very numbers it would have had. @default false
   */
  resume?: boolean;
  onBatch?: (report: BatchReport) => void;
  onEpoch?: (report: EpochReport) => void;
  /** Stops after the batch in hand. */
  signal?: AbortSignal;
}

const known: Record<keyof FitOptions, true> = {
  batchSize: true,
  epochs: true,
  shuffle: true,
  validationSplit: true,
  validationData: true,
  sampleWeight: true,
  classWeight: true,
  lengths: true,
  earlyStopping: true,
  checkpoint: true,
  resume: true,
  onBatch: true,
  onEpoch: true,
  signal: true,
};

/** @throws SeqkitError `usage` or `bad-value` for what is unknown, out of range or contradictory */
export function checkFitOptions(options: FitOptions, stateful: boolean): void {
  checkKnownOptions(options, known, 'fit');
  const { epochs = 1, validationSplit = 0, validationData, shuffle, earlyStopping, checkpoint } = options;
  checkKnownOptions(
    validationData,
    { x: true, y: true, sampleWeight: true, lengths: true },
    'validationData',
  );
  wholeNumber(epochs, 'epochs', 1);
  if (!(validationSplit >= 0 && validationSplit < 1)) {
    throw new SeqkitError(`validationSplit must be at least 0 and below 1, not ${validationSplit}.`, {
      code: 'bad-value',
    });
  }
  if (validationData && validationSplit > 0) {
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
  if (checkpoint) checkPace(checkpoint, 'path');
  if (options.resume && !checkpoint) {
    throw new SeqkitError('resume needs to know from where.', {
      code: 'usage',
      hint: 'Give checkpoint: { path } too.',
    });
  }
  const watched = earlyStopping && new EarlyStopping(earlyStopping).options.monitor;
  if (watched === 'validationLoss' && !validationData && validationSplit === 0) {
    throw new SeqkitError('earlyStopping watches validationLoss, but nothing is held back.', {
      code: 'usage',
      hint: "Give validationSplit or validationData, or set its monitor to 'loss'.",
    });
  }
}
