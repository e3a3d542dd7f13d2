import type { AbortSignalLike } from '../../base/abort-signal.js';
import { SeqkitError } from '../../base/errors.js';
import {
  abortSignal,
  callback,
  choice,
  either,
  exactly,
  flag,
  isPlainObject,
  number,
  numberOrInfinity,
  optional,
  optionsSchema,
  someText,
  wholeNumber,
  type Schema,
} from '../../base/schema/index.js';
import { checkShares } from '../corpus/corpus.js';
import { checkpointIntervalTable, type CheckpointInterval } from '../../base/training/checkpoint-clock.js';
import { checkpointStoreOptions, type CheckpointStoreOptions } from '../../base/training/checkpoint-store.js';
import type { EarlyStoppingOptions } from '../../rnn/training/early-stopping.js';
import { scheduleShapes, type ScheduleShape } from './run-schedule.js';
import type { TextPlan, TextProgress } from './text-progress.js';

/** Where and how often a text model in training is saved. */
export interface TextCheckpointOptions extends CheckpointInterval {
  /**
   * A folder, made where it is missing. It keeps the last checkpoint and the one with the lowest
   * held-out loss, each named for its step and that loss, and `metrics.jsonl`. Each opens as a model.
   */
  folder: string;
  /** A run that stands there already is removed, once the text has been read. @default false */
  replace?: boolean;
}

/** Where and how often a text model in training is saved in a page, which has no files. */
export type TextStoreOptions = CheckpointStoreOptions;

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
   * fiftieth of it at the end of the run; along three half cosines, each twice as long as the one before,
   * 'cosine-restarts' (Loshchilov and Hutter 2017); or not at all, 'constant'. @default 'cosine'
   */
  schedule?: ScheduleShape;
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
   * Ends with exponential moving averages of the weights (Polyak and Juditsky 1992), of which each step keeps this
   * share, from 0 up to but without 1; what is held out is measured with them. Checkpoints hold both. @default no averages
   */
  emaMomentum?: number;
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
  /** Saved while it runs and when the signal ends it: in a folder, which needs Node, or in a store. */
  checkpoint?: TextCheckpointOptions | TextStoreOptions;
  /**
   * Goes on from the last checkpoint in the folder or store, or begins where there is none. Text, model and
   * options must be those of the run that wrote it. Killed at any moment and resumed, a run ends with
   * the very numbers it would have had, unless `minutes` limits it. @default false
   */
  resume?: boolean;
  /** Shows what it writes as it learns. */
  sample?: TextSampleOptions;
  /** Called once, before the first step. */
  onStart?: (plan: TextPlan) => void;
  /** Called after each step; in a page, once a frame, and after the last. */
  onProgress?: (report: TextProgress) => void;
  /** Stops after the step in hand. */
  signal?: AbortSignalLike;
  /** Computes in a worker, as in `Model.fit`. @default false */
  worker?: boolean;
}

/** Lengths of a batch and its sequences; what all of them take together is the machine's to say. */
const size = wholeNumber({ min: 1, max: 1 << 20 });
const share = number({ min: 0, below: 1 });
/** A count of passes or steps, or Infinity for no limit. */
const countOrNoLimit = either(wholeNumber({ min: 1 }), exactly(Infinity));

const folderOptions = optionsSchema<TextCheckpointOptions>('checkpoint', {
  folder: someText,
  replace: optional(flag),
  ...checkpointIntervalTable,
});
const checkpointOptions: Schema<TextCheckpointOptions | TextStoreOptions> = {
  expected: folderOptions.expected,
  parse: (value, name) =>
    (isPlainObject(value) && 'store' in value ? checkpointStoreOptions : folderOptions).parse(value, name),
};

const sampleOptions = optionsSchema<TextSampleOptions>("fit's sample", {
  everyMinutes: optional(number({ above: 0 })),
  length: optional(size),
  onSample: callback(),
});

const stoppingOptions = optionsSchema<Omit<EarlyStoppingOptions, 'monitor'>>('earlyStopping', {
  patience: optional(wholeNumber({ min: 1 })),
  minDelta: optional(number({ min: 0 })),
  restoreBest: optional(flag),
});

const fitOptions = optionsSchema<TextFitOptions>('fit', {
  seqLength: optional(size),
  batchSize: optional(size),
  epochs: optional(countOrNoLimit),
  minutes: optional(numberOrInfinity({ above: 0 })),
  steps: optional(countOrNoLimit),
  learningRate: optional(number({ above: 0 })),
  schedule: optional(choice(scheduleShapes)),
  warmup: optional(share),
  clipNorm: optional(number({ min: 0 })),
  labelSmoothing: optional(share),
  emaMomentum: optional(share),
  heldOut: optional(share),
  test: optional(share),
  keepBest: optional(flag),
  earlyStopping: optional(stoppingOptions),
  checkpoint: optional(checkpointOptions),
  resume: optional(flag),
  sample: optional(sampleOptions),
  onStart: optional(callback()),
  onProgress: optional(callback()),
  signal: optional(abortSignal),
  worker: optional(flag),
});

/** Options of `evaluate`. */
export const evaluateOptions = optionsSchema<Pick<TextFitOptions, 'batchSize' | 'seqLength'>>('evaluate', {
  batchSize: optional(size),
  seqLength: optional(size),
});

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
  schedule: ScheduleShape;
  warmup: number;
  clipNorm: number;
  labelSmoothing: number;
  /** Undefined where no averages of the weights are kept. */
  emaMomentum: number | undefined;
  /** Undefined for the usual share, which goes by the text. */
  heldOut: number | undefined;
  test: number;
}

/** @throws SeqkitError `usage` or `bad-value` for what is unknown, of the wrong kind or out of range */
export function parseFitOptions(options: unknown): TextFitOptions {
  return fitOptions.parse(options);
}

/** @throws SeqkitError as `parseFitOptions`, and `usage` for what is contradictory */
export function checkTextOptions(given: TextFitOptions): TextRun {
  const options = fitOptions.parse(given);
  const { seqLength = 64, batchSize = 16, learningRate = 8e-3, heldOut, test = 0 } = options;
  const { minutes = Infinity, steps = Infinity, schedule = 'cosine', warmup = 0.02 } = options;
  const { clipNorm = 5, labelSmoothing = 0, emaMomentum, checkpoint } = options;
  const { epochs = minutes === Infinity && steps === Infinity ? 10 : Infinity } = options;
  if (options.resume && !checkpoint) {
    throw new SeqkitError('resume needs to know from where.', {
      code: 'usage',
      hint: 'Give checkpoint: { folder } too, or { store } in a page.',
    });
  }
  checkShares(heldOut ?? 0, test);
  checkStopping(options);
  const numbers = { seqLength, batchSize, epochs, minutes, steps, learningRate, schedule, warmup };
  return { ...numbers, clipNorm, labelSmoothing, emaMomentum, heldOut, test };
}

function checkStopping({ earlyStopping, heldOut, keepBest }: TextFitOptions): void {
  if (!earlyStopping) return;
  if (keepBest !== undefined && keepBest !== (earlyStopping.restoreBest ?? false)) {
    throw new SeqkitError(`keepBest: ${keepBest} contradicts the restoreBest of earlyStopping.`, {
      code: 'usage',
      hint: 'Leave keepBest out.',
    });
  }
  if (heldOut !== 0) return;
  throw new SeqkitError('earlyStopping watches the held-out loss, but nothing is held out.', {
    code: 'usage',
    hint: 'Give heldOut a share above 0.',
  });
}
