import { wrongKind } from '../../base/encoding/wrong-kind.js';
import { SeqkitError } from '../../base/errors.js';
import {
  fieldsOf,
  number,
  optional,
  optionsSchema,
  parseStored,
  wholeNumber,
} from '../../base/schema/index.js';
import type { ModelFile } from '../../rnn/graph/model-file.js';
import { checkNetwork } from './seq2seq-network.js';
import {
  architectureTable,
  readingTable,
  type Seq2SeqArchitecture,
  type Seq2SeqReading,
} from './seq2seq-options.js';
import { storedTokens, TokenTable } from './token-table.js';

/** What a file of this kind is called. */
export const SEQ2SEQ_KIND = 'Seq2Seq';

/** What training came to, as the file keeps it. */
export interface Seq2SeqFigures {
  /** Pairs trained on. */
  readonly pairs: number;
  readonly steps: number;
  /** The mean over the last epoch, in nats a token. */
  readonly loss: number;
  /** Of the epoch whose weights are kept; undefined where nothing was held out. */
  readonly heldOutLoss?: number;
  /** Tokens of the longest source trained on. */
  readonly longestSource: number;
}

/** What a model keeps in its file beside the network. */
export interface Seq2SeqSettings {
  readonly architecture: Seq2SeqArchitecture;
  readonly reading: Seq2SeqReading;
  readonly source: TokenTable;
  readonly target: TokenTable;
  readonly figures: Seq2SeqFigures;
}

interface StoredSettings {
  architecture: Seq2SeqArchitecture;
  reading: Seq2SeqReading;
  source: string[];
  target: string[];
  figures: Seq2SeqFigures;
}

const stored = fieldsOf<StoredSettings>('the settings of a Seq2Seq', {
  architecture: optionsSchema<Seq2SeqArchitecture>('architecture', architectureTable),
  reading: optionsSchema<Seq2SeqReading>('reading', readingTable),
  source: storedTokens,
  target: storedTokens,
  figures: optionsSchema<Seq2SeqFigures>('figures', {
    pairs: wholeNumber({ min: 1 }),
    steps: wholeNumber({ min: 0 }),
    loss: number(),
    heldOutLoss: optional(number()),
    longestSource: wholeNumber({ min: 0 }),
  }),
});

/** The settings as they are saved. */
export function writeSeq2Seq({ architecture, reading, source, target, figures }: Seq2SeqSettings): {
  kind: string;
  settings: Record<string, unknown>;
} {
  return {
    kind: SEQ2SEQ_KIND,
    settings: { architecture, reading, source: source.tokens, target: target.tokens, figures },
  };
}

/** @throws SeqkitError `bad-file` where the file holds another kind of model, or contradicts itself */
export function readSeq2Seq(file: ModelFile, from: string): Seq2SeqSettings {
  if (file.kind !== SEQ2SEQ_KIND) {
    throw wrongKind(from, file.kind, SEQ2SEQ_KIND);
  }
  const settings = parseStored(stored, file.settings, 'Its settings', from);
  const { architecture, reading, figures } = settings;
  for (const side of ['source', 'target'] as const) {
    if (new Set(settings[side]).size === settings[side].length) continue;
    throw new SeqkitError(`${from} has a token of its ${side} twice.`, { code: 'bad-file' });
  }
  const source = new TokenTable(settings.source, reading.sourceTokens, reading.lower);
  const target = new TokenTable(settings.target, reading.targetTokens, false);
  checkNetwork(file, architecture, { source: source.size, target: target.size }, from);
  return { architecture, reading, source, target, figures };
}
