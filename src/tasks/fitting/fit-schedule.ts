import {
  number,
  callback,
  optional,
  wholeNumber,
  abortSignal,
  flag,
  type OptionTable,
} from '../../base/schema/index.js';
import { SeqkitError } from '../../base/errors.js';
import type { CheckpointStoreOptions } from '../../base/training/checkpoint-store.js';
import { checkpointChoice, type CheckpointOptions } from '../../rnn/training/checkpoint-choice.js';
import type { AbortSignalLike } from '../../base/abort-signal.js';

/** How a sequence task is trained. */
export interface SequenceFitOptions {
  /** Passes over the examples. */
  epochs?: number;
  /** Examples in a step. */
  batchSize?: number;
  /** The highest, after a twentieth of the steps; from there half a cosine leads down to 0. */
  learningRate?: number;
  /** The share of the examples that is held out, to choose the best epoch by; 0 for none. @default 0.1 */
  heldOut?: number;
  /** Ends the training after so many epochs without a lower held-out loss. @default never */
  patience?: number;
  /** Ends the training after the step in hand. */
  signal?: AbortSignalLike;
  /** Called after each epoch. */
  onEpoch?: (report: EpochReport) => void;
  /** Called after each step, for a progress bar. */
  onStep?: (report: StepReport) => void;
}

/** How a sequence task is trained that can be gone on with. */
export interface ResumableFitOptions extends SequenceFitOptions {
  /** Where it is saved while it trains, and when the signal ends it: a file, which needs Node, or a store. */
  checkpoint?: CheckpointOptions | CheckpointStoreOptions;
  /**
   * Goes on from what is saved there, or begins where there is nothing: with the same data and options it comes
   * to the very weights of a training that nothing ended. @default false
   */
  resume?: boolean;
}

/** How an epoch ended. */
export interface EpochReport {
  /** From 1. */
  readonly epoch: number;
  /** The mean over its steps. */
  readonly loss: number;
  /** Undefined where nothing is held out. */
  readonly heldOutLoss: number | undefined;
}

/** How far a training is. */
export interface StepReport {
  readonly step: number;
  readonly steps: number;
  readonly loss: number;
}

/** What a training came to. */
export interface SequenceHistory {
  /** Of each epoch, the mean over its steps. */
  readonly loss: readonly number[];
  /** Of each epoch; empty where nothing was held out. */
  readonly heldOutLoss: readonly number[];
  /** The epoch whose weights are kept, from 1: that of the lowest held-out loss, or the last. */
  readonly bestEpoch: number;
  readonly steps: number;
  readonly seconds: number;
  /** Whether the signal ended it. */
  readonly stopped: boolean;
}

/** The schemas of `SequenceFitOptions`. */
export const sequenceFitTable: OptionTable<SequenceFitOptions> = {
  epochs: optional(wholeNumber({ min: 1, max: 1_000_000 })),
  batchSize: optional(wholeNumber({ min: 1, max: 65_536 })),
  learningRate: optional(number({ above: 0, max: 100 })),
  heldOut: optional(number({ min: 0, below: 1 })),
  patience: optional(wholeNumber({ min: 1, max: 1_000_000 })),
  signal: optional(abortSignal),
  onEpoch: optional(callback<(report: EpochReport) => void>()),
  onStep: optional(callback<(report: StepReport) => void>()),
};

/** The schemas of `ResumableFitOptions`. */
export const resumableFitTable: OptionTable<ResumableFitOptions> = {
  ...sequenceFitTable,
  checkpoint: optional(checkpointChoice),
  resume: optional(flag),
};

/** @throws SeqkitError `usage` for a resume from nowhere */
export function checkResume({ checkpoint, resume }: ResumableFitOptions): void {
  if (!resume || checkpoint) return;
  throw new SeqkitError('resume needs to know from where.', {
    code: 'usage',
    hint: 'Give checkpoint: { path } too, or { store } in a page.',
  });
}
