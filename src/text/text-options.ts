import { SeqkitError } from '../rnn/errors.js';
import { checkKnownOptions } from '../rnn/known-options.js';
import { wholeNumber } from '../rnn/layers/layer.js';
import { checkPace, type CheckpointPace } from '../rnn/training/checkpoint.js';
import { EarlyStopping, type EarlyStoppingOptions } from '../rnn/training/early-stopping.js';
import type { TextPlan, TextProgress } from './text-progress.js';

/** Where and how often a text model in training is saved. */
export interface TextCheckpointOptions extends CheckpointPace {
  /**
   * A folder, made where it is missing. It keeps the last checkpoint and the one with the lowest
   * held-out loss, each named for its step and that loss, and `metrics.jsonl`. Each opens as a model.
   */
  folder: string;
}

export interface TextFitOptions {
  /** T, characters between updates, over which gradients flow back. @default 64 */
  seqLength?: number;
  /** N, places of the text that are read side by side. @default 16 */
  batchSize?: number;
  /** Passes over the text. @default 10; no limit where `minutes` is given */
  epochs?: number;
  /** Ends the training after so long. How many steps that are depends on the machine. */
  minutes?: number;
  /** Adam's highest rate; it climbs there at first, then falls along a cosine. @default 8e-3 */
  learningRate?: number;
  /** The share of the text, at its end, that is only measured on. @default 0.1 */
  heldOut?: number;
  /** Ends the training when the held-out loss no longer falls from epoch to epoch. */
  earlyStopping?: Omit<EarlyStoppingOptions, 'monitor'>;
  /** Saved while it runs and when the signal ends it. Needs Node. */
  checkpoint?: TextCheckpointOptions;
  /**
   * Goes on from the last checkpoint in the folder, or begins where there is none. Text, model and
   * options must be those of the run that wrote it. Killed at any moment and resumed, a run ends with
   * the very numbers it would have had, unless `minutes` limits it. @default false
   */
  resume?: boolean;
  /** Called once, before the first step. */
  onStart?: (plan: TextPlan) => void;
  /** Called after each step. */
  onProgress?: (report: TextProgress) => void;
  /** Stops after the step in hand. */
  signal?: AbortSignal;
}

const known: Record<keyof TextFitOptions, true> = {
  seqLength: true,
  batchSize: true,
  epochs: true,
  minutes: true,
  learningRate: true,
  heldOut: true,
  earlyStopping: true,
  checkpoint: true,
  resume: true,
  onStart: true,
  onProgress: true,
  signal: true,
};

/** The options that decide what a run comes to, none left out. */
export interface TextRun {
  seqLength: number;
  batchSize: number;
  /** Infinity where time alone is the limit. */
  epochs: number;
  /** Infinity where epochs alone are. */
  minutes: number;
  learningRate: number;
  heldOut: number;
}

/** @throws SeqkitError `usage` or `bad-value` for what is unknown, out of range or contradictory */
export function checkTextOptions(options: TextFitOptions): TextRun {
  checkKnownOptions(options, known, 'fit');
  const { seqLength = 64, batchSize = 16, learningRate = 8e-3, heldOut = 0.1, minutes } = options;
  const { epochs = minutes === undefined ? 10 : Infinity, checkpoint, earlyStopping } = options;
  wholeNumber(seqLength, 'seqLength', 1);
  wholeNumber(batchSize, 'batchSize', 1);
  if (epochs !== Infinity) wholeNumber(epochs, 'epochs', 1);
  for (const [name, value] of [
    ['minutes', minutes ?? 1],
    ['learningRate', learningRate],
  ] as const) {
    if (!(value > 0 && Number.isFinite(value))) {
      throw new SeqkitError(`${name} must be a number above 0, not ${value}.`, { code: 'bad-value' });
    }
  }
  if (checkpoint) checkPace(checkpoint, 'folder');
  if (options.resume && !checkpoint) {
    throw new SeqkitError('resume needs to know from where.', {
      code: 'usage',
      hint: 'Give checkpoint: { folder } too.',
    });
  }
  if (earlyStopping) {
    checkKnownOptions(earlyStopping, { patience: true, minDelta: true, restoreBest: true }, 'earlyStopping');
    // Its own checks; the run makes another.
    new EarlyStopping(earlyStopping);
    if (heldOut === 0) {
      throw new SeqkitError('earlyStopping watches the held-out loss, but nothing is held out.', {
        code: 'usage',
        hint: 'Give heldOut a share above 0.',
      });
    }
  }
  return { seqLength, batchSize, epochs, minutes: minutes ?? Infinity, learningRate, heldOut };
}
