import { SeqkitError } from '../../base/errors.js';
import { checkKnownOptions } from '../../base/options.js';
import { shown } from '../../base/schema/index.js';
import { checkShares } from '../corpus/corpus.js';
import { wholeNumber } from '../../rnn/layers/layer.js';
import { checkPace, type CheckpointPace } from '../../rnn/training/checkpoint.js';
import { EarlyStopping, type EarlyStoppingOptions } from '../../rnn/training/early-stopping.js';
import { paceShapes, type PaceShape } from './pace.js';
import type { TextPlan, TextProgress } from './text-progress.js';

/** Where and how often a text model in training is saved. */
export interface TextCheckpointOptions extends CheckpointPace {
  /**
   * A folder, made where it is missing. It keeps the last checkpoint and the one with the lowest
   * held-out loss, each named for its step and that loss, and `metrics.jsonl`. Each opens as a model.
   */
  folder: string;
  /** A run that stands there already is removed, once the text has been read. @default false */
  replace?: boolean;
}

/** Short texts by the model as it stands in the middle of its training. */
export interface TextSampleOptions {
  /** How often. @default 1 */
  everyMinutes?: number;
  /** Characters of each. @default 60 */
  length?: number;
  onSample: (text: string) => void;
}

export interface TextFitOptions {
  /** T, characters between updates, over which gradients flow back. @default 64 */
  seqLength?: number;
  /** N, places of the text that are read side by side. @default 16 */
  batchSize?: number;
  /** Passes over the text. @default 10; no limit where `minutes` or `steps` is given */
  epochs?: number;
  /** Ends the training after so long. How many steps that are depends on the machine. */
  minutes?: number;
  /** Ends the training after so many steps. */
  steps?: number;
  /** Adam's highest rate. @default 8e-3 */
  learningRate?: number;
  /**
   * How the rate falls from there: along half a cosine, in a straight line or exponentially, each to a
   * fiftieth of it at the end of the run; or not at all, 'constant'. @default 'cosine'
   */
  schedule?: PaceShape;
  /** The share of the run in which the rate climbs to its highest, from 0 up to but without 1. @default 0.02 */
  warmup?: number;
  /** The norm that all gradients together are cut down to (Pascanu et al. 2013); 0 leaves them. @default 5 */
  clipNorm?: number;
  /**
   * The share of each target that is spread evenly over all characters (Szegedy et al. 2016), from 0 up
   * to but without 1. The training loss is then that of the smoothed targets, the held-out loss never.
   * @default 0
   */
  labelSmoothing?: number;
  /**
   * The share of the text, at its end, that is only measured on; of lines, drawn by the model's seed.
   * @default 0.1, but a million characters at most
   */
  heldOut?: number;
  /** The share after that which is looked at once, when the training is over. @default 0 */
  test?: number;
  /**
   * Ends with the weights after the epoch whose held-out loss was the lowest, in place of the last ones.
   * @default true; `restoreBest` of `earlyStopping` where that is given
   */
  keepBest?: boolean;
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
  /** Shows what it writes as it learns. */
  sample?: TextSampleOptions;
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
  steps: true,
  learningRate: true,
  schedule: true,
  warmup: true,
  clipNorm: true,
  labelSmoothing: true,
  heldOut: true,
  test: true,
  sample: true,
  keepBest: true,
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
  /** Infinity where time or steps are the limit. */
  epochs: number;
  /** Infinity where time is no limit. */
  minutes: number;
  /** Infinity where steps are no limit. */
  steps: number;
  learningRate: number;
  schedule: PaceShape;
  warmup: number;
  clipNorm: number;
  labelSmoothing: number;
  /** Undefined for the usual share, which goes by the text. */
  heldOut: number | undefined;
  test: number;
}

/** @throws SeqkitError `usage` or `bad-value` for what is unknown, out of range or contradictory */
export function checkTextOptions(options: TextFitOptions): TextRun {
  checkKnownOptions(options, known, 'fit');
  const { seqLength = 64, batchSize = 16, learningRate = 8e-3, heldOut, test = 0 } = options;
  const { minutes = Infinity, steps = Infinity, schedule = 'cosine', warmup = 0.02 } = options;
  const { clipNorm = 5, labelSmoothing = 0, checkpoint, sample } = options;
  const { epochs = minutes === Infinity && steps === Infinity ? 10 : Infinity } = options;
  wholeNumber(seqLength, 'seqLength', 1);
  wholeNumber(batchSize, 'batchSize', 1);
  if (epochs !== Infinity) wholeNumber(epochs, 'epochs', 1);
  if (steps !== Infinity) wholeNumber(steps, 'steps', 1);
  if (options.minutes !== undefined) aboveZero(minutes, 'minutes');
  aboveZero(learningRate, 'learningRate');
  if (!paceShapes.includes(schedule)) {
    throw new SeqkitError(`There is no schedule "${String(schedule)}".`, {
      code: 'usage',
      hint: `The schedules are ${paceShapes.join(', ')}.`,
    });
  }
  fraction(warmup, 'warmup');
  fraction(labelSmoothing, 'labelSmoothing');
  if (!(clipNorm >= 0 && Number.isFinite(clipNorm))) {
    throw new SeqkitError(`clipNorm must be a number of at least 0, not ${clipNorm}.`, { code: 'bad-value' });
  }
  if (checkpoint) {
    const place: TextCheckpointOptions = { ...checkpoint };
    delete place.replace;
    checkPace(place, 'folder');
  }
  if (sample) checkSample(sample);
  if (options.resume && !checkpoint) {
    throw new SeqkitError('resume needs to know from where.', {
      code: 'usage',
      hint: 'Give checkpoint: { folder } too.',
    });
  }
  checkShares(heldOut ?? 0, test);
  checkStopping(options);
  const numbers = { seqLength, batchSize, epochs, minutes, steps, learningRate, schedule, warmup };
  return { ...numbers, clipNorm, labelSmoothing, heldOut, test };
}

function checkStopping({ earlyStopping, heldOut, keepBest }: TextFitOptions): void {
  if (keepBest !== undefined && typeof keepBest !== 'boolean') {
    throw new SeqkitError(`keepBest must be true or false, not ${shown(keepBest)}.`, { code: 'bad-value' });
  }
  if (!earlyStopping) return;
  if (keepBest !== undefined && keepBest !== (earlyStopping.restoreBest ?? false)) {
    throw new SeqkitError(`keepBest: ${keepBest} contradicts the restoreBest of earlyStopping.`, {
      code: 'usage',
      hint: 'Leave keepBest out.',
    });
  }
  checkKnownOptions(earlyStopping, { patience: true, minDelta: true, restoreBest: true }, 'earlyStopping');
  // Its own checks; the run makes another.
  new EarlyStopping(earlyStopping);
  if (heldOut !== 0) return;
  throw new SeqkitError('earlyStopping watches the held-out loss, but nothing is held out.', {
    code: 'usage',
    hint: 'Give heldOut a share above 0.',
  });
}

function checkSample(sample: TextSampleOptions): void {
  checkKnownOptions(sample, { everyMinutes: true, length: true, onSample: true }, "fit's sample");
  const { everyMinutes = 1, length = 60 } = sample;
  aboveZero(everyMinutes, 'everyMinutes');
  wholeNumber(length, 'length', 1);
}

function aboveZero(value: number, name: string): void {
  if (value > 0 && Number.isFinite(value)) return;
  throw new SeqkitError(`${name} must be a number above 0, not ${value}.`, { code: 'bad-value' });
}

function fraction(value: number, name: string): void {
  if (value >= 0 && value < 1) return;
  throw new SeqkitError(`${name} must be at least 0 and below 1, not ${value}.`, { code: 'bad-value' });
}
