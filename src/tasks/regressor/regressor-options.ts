import type { VerifyOptions } from '../../base/encoding/content-digest.js';
import {
  callback,
  choice,
  flag,
  listOf,
  number,
  optional,
  optionsSchema,
  wholeNumber,
  type OptionTable,
} from '../../base/schema/index.js';
import type { AutoReport } from '../../rnn/engine/auto-session.js';
import { engineChoices, threadCount, type EngineChoice } from '../../rnn/engine/engine-names.js';
import { resumableFitTable, type ResumableFitOptions } from '../fitting/fit-schedule.js';

/** What the network is made of. */
export interface RegressorArchitecture {
  /** H: how many steps are forecast. */
  readonly horizon: number;
  /** L: how many steps the network sees. */
  readonly context: number;
  /** Steps after which the series repeats; 1 for none. */
  readonly season: number;
  readonly cell: 'gru' | 'lstm';
  readonly units: number;
  readonly dropout: number;
}

export interface SequenceRegressorOptions {
  /** How many steps to forecast. @default 1 */
  readonly horizon?: number;
  /** How many steps the network sees. @default two seasons or horizons, the longer of both, and 8 at least */
  readonly context?: number;
  /** Steps after which the series repeats, such as 12 of months or 24 of hours. @default 1 */
  readonly season?: number;
  /** @default 'gru' */
  readonly cell?: 'gru' | 'lstm';
  /** @default 32 */
  readonly units?: number;
  /** @default 0.1 */
  readonly dropout?: number;
  /** The probabilities with which intervals hold the truth. @default [0.8, 0.95] */
  readonly levels?: readonly number[];
  /** @default 1 */
  readonly seed?: number;
  /** @default 'auto' */
  readonly engine?: EngineChoice;
  readonly threads?: number;
  /** Told what `auto` chose. */
  readonly onEngine?: (report: AutoReport) => void;
}

export interface RegressorFitOptions extends Omit<ResumableFitOptions, 'heldOut'> {
  /** The share at the end of each series that figures are taken from; nothing else sees it before. @default 0.15 */
  readonly test?: number;
  /** The share before it that chooses the best epoch and the method, and sets the intervals. @default 0.15 */
  readonly validation?: number;
  /** Whether it is trained once more in the end, on all of the series. @default true */
  readonly refit?: boolean;
}

const size = wholeNumber({ min: 1, max: 65_536 });
const share = number({ above: 0, max: 0.4 });

export const regressorArchitectureTable: OptionTable<RegressorArchitecture> = {
  horizon: size,
  context: size,
  season: size,
  cell: choice(['gru', 'lstm']),
  units: size,
  dropout: number({ min: 0, below: 1 }),
};

export const levelList = listOf(number({ above: 0, below: 1 }), { min: 1, max: 20 });

export const regressorOptions = optionsSchema<SequenceRegressorOptions>('SequenceRegressor', {
  horizon: optional(size),
  context: optional(size),
  season: optional(size),
  cell: optional(choice(['gru', 'lstm'])),
  units: optional(size),
  dropout: optional(number({ min: 0, below: 1 })),
  levels: optional(levelList),
  seed: optional(wholeNumber({ min: 0, max: 2 ** 32 - 1 })),
  engine: optional(choice(engineChoices)),
  threads: optional(threadCount),
  onEngine: optional(callback<(report: AutoReport) => void>()),
});

export const regressorFitOptions = optionsSchema<RegressorFitOptions>('fit', {
  epochs: resumableFitTable.epochs,
  batchSize: resumableFitTable.batchSize,
  learningRate: resumableFitTable.learningRate,
  patience: resumableFitTable.patience,
  signal: resumableFitTable.signal,
  onEpoch: resumableFitTable.onEpoch,
  onStep: resumableFitTable.onStep,
  checkpoint: resumableFitTable.checkpoint,
  resume: resumableFitTable.resume,
  test: optional(share),
  validation: optional(share),
  refit: optional(flag),
});

/** What runs a saved model. */
export type OpenRegressorOptions = Pick<SequenceRegressorOptions, 'engine' | 'threads' | 'onEngine'> &
  VerifyOptions;

export const openRegressorOptions = optionsSchema<OpenRegressorOptions>('load', {
  engine: optional(choice(engineChoices)),
  threads: optional(threadCount),
  onEngine: optional(callback<(report: AutoReport) => void>()),
  verify: optional(flag),
});
