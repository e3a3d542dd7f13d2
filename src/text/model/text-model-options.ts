import type { AutoReport } from '../../rnn/engine/auto-session.js';
import type { EngineChoice } from '../../rnn/engine/engine-names.js';
import { SeqkitError } from '../../base/errors.js';
import type { VerifyOptions } from '../../base/encoding/content-digest.js';
import { choice, flag, optional, optionsSchema, wholeNumber } from '../../base/schema/index.js';
import type { TokenKind } from '../corpus/vocabulary.js';
import { engineTable } from './text-arguments.js';
import { architectureTable, type TextArchitecture } from './text-settings.js';

/** How a text is read. */
export interface TextReading {
  /**
   * What the model reads one after the other: characters, as many as the text has; the 256 bytes of UTF-8, with
   * which any text can be read and written; words, with white space and punctuation between them; or byte pairs,
   * parts of words that come often (BPE, Sennrich et al. 2016). @default 'characters'
   */
  tokens: TokenKind;
  /**
   * What comes less often than this in the first text is spelled: characters in their bytes, words in their
   * characters. Byte pairs that come less often stay apart. Undefined of a model whose file is of an earlier release,
   * which did not keep it. @default 1; 3 of words, 2 of byte pairs
   */
  minCount?: number;
  /**
   * Of words and byte pairs: how many tokens there may be, those of characters with them. Undefined of a model whose
   * file is of an earlier release. @default 10000 of words, 1000 of byte pairs
   */
  vocabularySize?: number;
  /**
   * Sixteen more tokens, halves of bytes, in which characters that the model does not know are read.
   * Without, such characters are passed over in a prime, and an error elsewhere. @default true
   */
  byteFallback: boolean;
  /**
   * Each line is an example by itself, read and written from zero state, such as a list of names.
   * @default false
   */
  lines: boolean;
}

export interface TextModelOptions extends Partial<TextArchitecture>, Partial<TextReading> {
  /** Seeds the initial weights and dropout. @default 1 */
  seed?: number;
  /** What runs the model. @default 'auto' */
  engine?: EngineChoice;
  /** Called once under 'auto', at the first training step: what it chose, and why. */
  onEngine?: (report: AutoReport) => void;
  /** Threads of the wasm engine; the numbers do not depend on it. @default what suits the machine */
  threads?: number;
}

/** How a saved text model is opened. */
export type OpenTextOptions = Pick<TextModelOptions, 'engine' | 'threads' | 'onEngine'> & VerifyOptions;

/** The schemas of `OpenTextOptions`. */
export const openTextOptions = optionsSchema<OpenTextOptions>('load', {
  ...engineTable,
  verify: optional(flag),
});

const modelOptions = optionsSchema<TextModelOptions>('TextModel', {
  cell: optional(architectureTable.cell),
  units: optional(architectureTable.units),
  layers: optional(architectureTable.layers),
  dropout: optional(architectureTable.dropout),
  residual: optional(flag),
  tied: optional(flag),
  tokens: optional(choice(['characters', 'bytes', 'words', 'bpe'])),
  vocabularySize: optional(wholeNumber({ min: 1, max: 1_000_000 })),
  minCount: optional(wholeNumber({ min: 1 })),
  byteFallback: optional(flag),
  lines: optional(flag),
  seed: optional(wholeNumber()),
  ...engineTable,
});

/** What of a text gets a token where nothing is said. */
const usualMinCount = { characters: 1, bytes: 1, words: 3, bpe: 2 } as const;
const usualSize = { characters: undefined, bytes: undefined, words: 10_000, bpe: 1_000 } as const;

/** @throws SeqkitError `usage` or `bad-value` for what is unknown, out of range or contradictory */
export function checkModelOptions(given: TextModelOptions): {
  architecture: TextArchitecture;
  reading: TextReading;
  options: TextModelOptions;
} {
  const options = modelOptions.parse(given);
  const { cell = 'lstm', units = 128, layers = 2, dropout = 0, residual = false, tied = false } = options;
  const { tokens = 'characters', byteFallback = true, lines = false } = options;
  const { minCount = usualMinCount[tokens], vocabularySize = usualSize[tokens] } = options;
  if (residual && layers === 1 && !tied) {
    throw new SeqkitError('residual needs two layers or more: the first one has nothing to add to.', {
      code: 'usage',
    });
  }
  if (minCount > 1 && (tokens === 'bytes' || (tokens === 'characters' && !byteFallback))) {
    throw new SeqkitError(
      `minCount spells rare characters in bytes, ${tokens === 'bytes' ? 'which is done with all characters here' : 'which byteFallback: false rules out'}.`,
      { code: 'usage' },
    );
  }
  if (options.vocabularySize !== undefined && usualSize[tokens] === undefined) {
    throw new SeqkitError(`vocabularySize is of words and byte pairs, and the tokens are ${tokens}.`, {
      code: 'usage',
      hint: "Leave it out, or take tokens: 'words' or 'bpe'.",
    });
  }
  return {
    architecture: { cell, units, layers, dropout, residual, tied },
    reading: {
      ...{ tokens, minCount, byteFallback, lines },
      ...(vocabularySize !== undefined && { vocabularySize }),
    },
    options,
  };
}
