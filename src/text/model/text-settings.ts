import { choice, flag, number, wholeNumber } from '../../base/schema/index.js';
import type { SeenLines } from '../sampling/seen-lines.js';
import type { Vocabulary } from '../corpus/vocabulary.js';

/** What a text model is made of. */
export interface TextArchitecture {
  /** @default 'lstm' */
  cell: 'lstm' | 'gru' | 'rnn';
  /** H of each recurrent layer. @default 128 */
  units: number;
  /** Recurrent layers, one above the other. @default 2 */
  layers: number;
  /** The share of each recurrent layer's outputs that is dropped in training. @default 0 */
  dropout: number;
  /** Each recurrent layer after the first adds to what goes in (He et al. 2016). @default false */
  residual: boolean;
  /** One table for the characters that go in and for those that come out (Press and Wolf 2017). @default false */
  tied: boolean;
}

/** The cell, by our names and by those of Keras's layers. */
export const cellName = choice(['lstm', 'gru', 'rnn'], {
  ...{ LSTM: 'lstm', GRU: 'gru', RNN: 'rnn', SimpleRNN: 'rnn' },
} as const);

/** The schemas of `TextArchitecture`, of options as of a file. */
export const architectureTable = {
  cell: cellName,
  units: wholeNumber({ min: 1, max: 65_536 }),
  layers: wholeNumber({ min: 1, max: 1_000 }),
  dropout: number({ min: 0, below: 1 }),
  residual: flag,
  tied: flag,
} as const;

/** What training came to. */
export interface TextTraining {
  steps: number;
  /** Tokens trained on, such as characters, each pass counted. */
  characters: number;
  /** Of the last steps, in nats per token. */
  loss: number;
  /** In nats per token; null where nothing was held out. */
  heldOutLoss: number | null;
}

/** What a text model's file keeps beside the weights. */
export interface TextSettings {
  architecture: TextArchitecture;
  vocabulary: Vocabulary;
  /** What the vocabulary was learned by; of files of before, nothing. */
  learned: LearnedBy;
  training: TextTraining | undefined;
  /** Of a model of lines, those it was trained on. */
  lines: SeenLines | undefined;
  /** What a model built on this one keeps in the file, such as the keys of a music model. */
  extra: Readonly<Record<string, unknown>>;
}

/** What of its reading a model's vocabulary does not tell. */
export interface LearnedBy {
  readonly minCount?: number;
  readonly vocabularySize?: number;
}

/** That of a reading. */
export function learnedBy({ minCount, vocabularySize }: LearnedBy): LearnedBy {
  return {
    ...(minCount !== undefined && { minCount }),
    ...(vocabularySize !== undefined && { vocabularySize }),
  };
}

/** What a file of a text model says that it is. */
export const TEXT_KIND = 'TextModel';

export function writeSettings({ architecture, vocabulary, learned, training, lines, extra }: TextSettings): {
  kind: string;
  settings: Record<string, unknown>;
} {
  const ofLines = lines && { lines: lines.toJSON() };
  return {
    kind: TEXT_KIND,
    settings: { architecture, vocabulary: vocabulary.toJSON(), learned, training, ...ofLines, ...extra },
  };
}
