import type { VerifyOptions } from '../../base/encoding/content-digest.js';
import {
  callback,
  choice,
  flag,
  number,
  optional,
  optionsSchema,
  wholeNumber,
} from '../../base/schema/index.js';
import type { AutoReport } from '../../rnn/engine/auto-session.js';
import { engineChoices, type EngineChoice } from '../../rnn/engine/engine-names.js';
import { resumableFitTable, type ResumableFitOptions } from '../fitting/fit-schedule.js';

/** What the network is made of. */
export interface TaggerArchitecture {
  /** @default 'lstm' */
  cell: 'gru' | 'lstm';
  /** H in each direction. @default 64 */
  units: number;
  /** Numbers in the vector of a word; its ending and its shape have half as many. @default 64 */
  embeddingDim: number;
  /** The share dropped in training before and after the recurrent layer. @default 0.3 */
  dropout: number;
  /** Whether a CRF ends the model, which learns what tag follows what. @default true */
  crf: boolean;
}

export interface SequenceTaggerOptions extends Partial<TaggerArchitecture> {
  /** Seeds the first weights, the order of the examples and dropout. @default 1 */
  seed?: number;
  /** What runs the model. @default 'auto' */
  engine?: EngineChoice;
  /** Threads of the wasm engine; the numbers do not depend on it. @default what suits the machine */
  threads?: number;
  /** Called once under 'auto', at the first training step: what it chose, and why. */
  onEngine?: (report: AutoReport) => void;
}

/** @default epochs 20, batchSize 16, learningRate 0.005 */
export type TaggerFitOptions = ResumableFitOptions;

/** What runs a saved model. */
export type OpenTaggerOptions = Pick<SequenceTaggerOptions, 'engine' | 'threads' | 'onEngine'> &
  VerifyOptions;

const engineTable = {
  engine: optional(choice(engineChoices)),
  threads: optional(wholeNumber({ min: 1, max: 64 })),
  onEngine: optional(callback<(report: AutoReport) => void>()),
} as const;

/** The schemas of `TaggerArchitecture`, of options as of a file. */
export const taggerArchitectureTable = {
  cell: choice(['gru', 'lstm'], { GRU: 'gru', LSTM: 'lstm' } as const),
  units: wholeNumber({ min: 1, max: 16_384 }),
  embeddingDim: wholeNumber({ min: 1, max: 16_384 }),
  dropout: number({ min: 0, below: 1 }),
  crf: flag,
} as const;

export const taggerOptions = optionsSchema<SequenceTaggerOptions>('SequenceTagger', {
  cell: optional(taggerArchitectureTable.cell),
  units: optional(taggerArchitectureTable.units),
  embeddingDim: optional(taggerArchitectureTable.embeddingDim),
  dropout: optional(taggerArchitectureTable.dropout),
  crf: optional(flag),
  seed: optional(wholeNumber()),
  ...engineTable,
});

export const taggerFitOptions = optionsSchema<TaggerFitOptions>('fit', resumableFitTable);

export const openTaggerOptions = optionsSchema<OpenTaggerOptions>('load', {
  ...engineTable,
  verify: optional(flag),
});
