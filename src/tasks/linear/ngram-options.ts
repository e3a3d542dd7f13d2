import {
  flag,
  either,
  exactly,
  optional,
  optionsSchema,
  schemaOf,
  wholeNumber,
} from '../../base/schema/index.js';
import type { GramRange } from './n-grams.js';

/** Which n-grams of a text count, and for how much. */
export interface NgramOptions {
  /** The fewest and the most words of an n-gram; false for none. @default [1, 2] */
  readonly words?: GramRange | false;
  /** The fewest and the most characters of an n-gram, within a word and the spaces beside it. @default [2, 5] */
  readonly characters?: GramRange | false;
  /** An n-gram that fewer texts have is left out. @default 1 */
  readonly minDocuments?: number;
  /** Of words and of characters each, only so many n-grams are kept: the most frequent ones. @default all */
  readonly maxFeatures?: number;
  /** Whether capitals count as small letters. @default true */
  readonly lower?: boolean;
  /** Whether an n-gram that comes c times weighs 1 + ln(c) rather than c. @default true */
  readonly sublinear?: boolean;
}

const LONGEST_GRAM = 16;

const gramRange = schemaOf<GramRange>(
  `[min, max], two whole numbers from 1 to ${LONGEST_GRAM}`,
  (value) =>
    Array.isArray(value) &&
    value.length === 2 &&
    value.every((n) => Number.isSafeInteger(n) && n >= 1 && n <= LONGEST_GRAM) &&
    value[0] <= value[1],
);

export const ngramOptions = optionsSchema<NgramOptions>('NgramFeatures.fit', {
  words: optional(either(gramRange, exactly(false))),
  characters: optional(either(gramRange, exactly(false))),
  minDocuments: optional(wholeNumber({ min: 1 })),
  maxFeatures: optional(wholeNumber({ min: 1 })),
  lower: optional(flag),
  sublinear: optional(flag),
});

/** The options with their defaults. */
export type NgramSettings = Required<Omit<NgramOptions, 'maxFeatures'>> & Pick<NgramOptions, 'maxFeatures'>;

const DEFAULTS: NgramSettings = {
  words: [1, 2],
  characters: [2, 5],
  minDocuments: 1,
  lower: true,
  sublinear: true,
};

/** @throws SeqkitError `usage`, `bad-value` */
export function ngramSettings(options: NgramOptions, where?: string): NgramSettings {
  return { ...DEFAULTS, ...ngramOptions.parse(options, where) };
}
