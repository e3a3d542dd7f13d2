import type { AutoReport, EngineChoice } from '../rnn/engine/choose.js';
import { SeqkitError } from '../base/errors.js';
import { checkKnownOptions } from '../base/options.js';
import { wholeNumber } from '../rnn/layers/layer.js';
import { recurrentLayers } from './text-network.js';
import type { TextArchitecture } from './text-settings.js';

/** How a text is read. */
export interface TextReading {
  /**
   * Characters, as many as the text has, or the 256 bytes of UTF-8, with which any text can be read and
   * written. @default 'characters'
   */
  tokens: 'characters' | 'bytes';
  /** Characters that come less often than this in the first text are spelled in their bytes. @default 1 */
  minCount: number;
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

const known: Record<keyof TextModelOptions, true> = {
  cell: true,
  units: true,
  layers: true,
  dropout: true,
  residual: true,
  tied: true,
  tokens: true,
  minCount: true,
  byteFallback: true,
  lines: true,
  seed: true,
  engine: true,
  onEngine: true,
  threads: true,
};

/** @throws SeqkitError `usage` or `bad-value` for what is unknown, out of range or contradictory */
export function checkModelOptions(options: TextModelOptions): {
  architecture: TextArchitecture;
  reading: TextReading;
} {
  checkKnownOptions(options, known, 'TextModel');
  const { cell = 'lstm', units = 128, layers = 2, dropout = 0, residual = false, tied = false } = options;
  const { tokens = 'characters', minCount = 1, byteFallback = true, lines = false } = options;
  if (!Object.hasOwn(recurrentLayers, cell)) {
    throw new SeqkitError(`There is no cell "${String(cell)}".`, {
      code: 'usage',
      hint: `The cells are ${Object.keys(recurrentLayers).join(', ')}.`,
    });
  }
  if (tokens !== 'characters' && tokens !== 'bytes') {
    throw new SeqkitError(`tokens must be 'characters' or 'bytes', not "${String(tokens)}".`, {
      code: 'usage',
    });
  }
  wholeNumber(units, 'units', 1);
  wholeNumber(layers, 'layers', 1);
  wholeNumber(minCount, 'minCount', 1);
  if (!(dropout >= 0 && dropout < 1)) {
    throw new SeqkitError(`dropout must be at least 0 and below 1, not ${dropout}.`, { code: 'bad-value' });
  }
  for (const [name, value] of Object.entries({ residual, tied, byteFallback, lines })) {
    if (typeof value === 'boolean') continue;
    throw new SeqkitError(`${name} must be true or false, not ${String(value)}.`, { code: 'bad-value' });
  }
  if (residual && layers === 1 && !tied) {
    throw new SeqkitError('residual needs two layers or more: the first one has nothing to add to.', {
      code: 'usage',
    });
  }
  if (minCount > 1 && (tokens === 'bytes' || !byteFallback)) {
    throw new SeqkitError(
      `minCount spells rare characters in bytes, ${tokens === 'bytes' ? 'which is done with all characters here' : 'which byteFallback: false rules out'}.`,
      { code: 'usage' },
    );
  }
  return {
    architecture: { cell, units, layers, dropout, residual, tied },
    reading: { tokens, minCount, byteFallback, lines },
  };
}
