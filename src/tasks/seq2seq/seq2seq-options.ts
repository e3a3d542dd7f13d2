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
import type { TokenKind } from './token-table.js';

/** What the network is made of. */
export interface Seq2SeqArchitecture {
  /** @default 'gru' */
  cell: 'gru' | 'lstm';
  /** H of the decoder, and of the encoder in each direction. @default 128 */
  units: number;
  /** Numbers in the vector of a token. @default 64 */
  embeddingDim: number;
  /** The share dropped in training from the vectors of the source and from what the output layer sees. @default 0.1 */
  dropout: number;
}

/** How texts are read. */
export interface Seq2SeqReading {
  /** What the source is made of. @default 'characters' */
  sourceTokens: TokenKind;
  /** What the target is made of. @default 'characters' */
  targetTokens: TokenKind;
  /** Whether the source is read in small letters. @default false */
  lower: boolean;
  /**
   * Tokens that come less often are unknown. Where the model writes the unknown token, the token of the source that it
   * looks at most is copied. @default 1
   */
  minCount: number;
}

export interface Seq2SeqOptions extends Partial<Seq2SeqArchitecture>, Partial<Seq2SeqReading> {
  /** Seeds the first weights, the order of the examples and dropout. @default 1 */
  seed?: number;
  /** What trains the model; it translates on the CPU. @default 'auto' */
  engine?: EngineChoice;
  /** Threads of the wasm engine; the numbers do not depend on it. @default what suits the machine */
  threads?: number;
  /** Called once under 'auto', at the first training step: what it chose, and why. */
  onEngine?: (report: AutoReport) => void;
}

export interface Seq2SeqFitOptions extends ResumableFitOptions {
  /** @default 20 */
  epochs?: number;
  /** @default 64 */
  batchSize?: number;
  /** @default 0.003 */
  learningRate?: number;
  /**
   * Scheduled sampling (Bengio et al. 2015): the share of the tokens before that are the model's own in place of the
   * true ones. It grows from 0 over the run. As in parallel scheduled sampling (Duckworth et al. 2019) they come from
   * one pass over the true ones, so that a step costs a forward pass more. @default 0
   */
  scheduledSampling?: number;
}

export interface TranslateOptions {
  /** Answers followed side by side; 1 takes the likeliest token each time. @default 1 */
  beam?: number;
  /**
   * Alpha of the length normalization of Wu et al. (2016): scores are divided by ((5 + length) / 6) ^ alpha; 0 for
   * none. @default 0.6
   */
  lengthPenalty?: number;
  /** The most tokens of an answer. @default twice those of the longest source and 16 more */
  maxLength?: number;
}

/** What runs a saved model. */
export type OpenSeq2SeqOptions = Pick<Seq2SeqOptions, 'engine' | 'threads' | 'onEngine'> & VerifyOptions;

const engineTable = {
  engine: optional(choice(engineChoices)),
  threads: optional(wholeNumber({ min: 1, max: 64 })),
  onEngine: optional(callback<(report: AutoReport) => void>()),
} as const;

/** The schemas of `Seq2SeqArchitecture`, of options as of a file. */
export const architectureTable = {
  cell: choice(['gru', 'lstm'], { GRU: 'gru', LSTM: 'lstm' } as const),
  units: wholeNumber({ min: 1, max: 16_384 }),
  embeddingDim: wholeNumber({ min: 1, max: 16_384 }),
  dropout: number({ min: 0, below: 1 }),
} as const;

/** The schemas of `Seq2SeqReading`. */
export const readingTable = {
  sourceTokens: choice<TokenKind>(['characters', 'words']),
  targetTokens: choice<TokenKind>(['characters', 'words']),
  lower: flag,
  minCount: wholeNumber({ min: 1, max: 1_000_000_000 }),
} as const;

export const seq2SeqOptions = optionsSchema<Seq2SeqOptions>('Seq2Seq', {
  cell: optional(architectureTable.cell),
  units: optional(architectureTable.units),
  embeddingDim: optional(architectureTable.embeddingDim),
  dropout: optional(architectureTable.dropout),
  sourceTokens: optional(readingTable.sourceTokens),
  targetTokens: optional(readingTable.targetTokens),
  lower: optional(readingTable.lower),
  minCount: optional(readingTable.minCount),
  seed: optional(wholeNumber()),
  ...engineTable,
});

export const openSeq2SeqOptions = optionsSchema<OpenSeq2SeqOptions>('load', {
  ...engineTable,
  verify: optional(flag),
});

export const seq2SeqFitOptions = optionsSchema<Seq2SeqFitOptions>('fit', {
  ...resumableFitTable,
  scheduledSampling: optional(number({ min: 0, max: 1 })),
});

const translateTable = {
  beam: optional(wholeNumber({ min: 1, max: 256 })),
  lengthPenalty: optional(number({ min: 0, max: 10 })),
  maxLength: optional(wholeNumber({ min: 1, max: 100_000 })),
} as const;

export const translateOptions = optionsSchema<TranslateOptions>('translate', translateTable);
