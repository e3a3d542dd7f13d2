import type { AutoReport } from '../../rnn/engine/auto-session.js';
import { engineChoices } from '../../rnn/engine/engine-names.js';
import { callback, choice, optional, wholeNumber, wrongValue } from '../../base/schema/index.js';
import type { Schema } from '../../base/schema/index.js';
import type { TextSource } from '../corpus/text-source.js';

/** What runs a model, as all constructors and loaders of this room take it. */
export const engineTable = {
  engine: optional(choice(engineChoices)),
  onEngine: optional(callback<(report: AutoReport) => void>()),
  threads: optional(wholeNumber({ min: 1, max: 64 })),
} as const;

/** A text, or where one is read from. */
export const textOrSource: Schema<string | TextSource> = {
  expected: 'a string, or a source such as fileText(path)',
  parse(value, name) {
    if (typeof value === 'string') return value;
    const source = value as Partial<TextSource> | null | undefined;
    if (typeof source === 'object' && source !== null && typeof source.chunks === 'function') {
      return source as TextSource;
    }
    throw wrongValue(name, this.expected, value);
  },
};
