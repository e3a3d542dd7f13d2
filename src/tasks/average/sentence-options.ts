import {
  choice,
  flag,
  number,
  optional,
  optionsSchema,
  schemaOf,
  wholeNumber,
  type Schema,
} from '../../base/schema/index.js';
import { KeyedVectors } from '../../embeddings/keyed-vectors/keyed-vectors.js';

/** What becomes of words without a vector. */
export const UNKNOWN_WORDS = ['characters', 'skip'] as const;

/** How `SentenceVectors` are made. */
export interface SentenceOptions {
  /** Word vectors, the most frequent word first. @default those that come with seqkit, which Node alone reads */
  readonly vectors?: KeyedVectors;
  /** The constant of the weights a / (a + p). @default 0.001 */
  readonly a?: number;
  /** Whether the direction that all sentences have in common is taken out. @default true */
  readonly removeCommon?: boolean;
  /**
   * So many directions in which running text varies most, whatever it says, are taken out: those of the words, each with
   * its weight (Mu and Viswanath 2018). Fewer where the words have no more. @default 0
   */
  readonly removeDirections?: number;
  /**
   * A word without a vector has those of the words spelled most like it, by their character 3-grams, or is skipped.
   * @default 'characters'
   */
  readonly unknown?: (typeof UNKNOWN_WORDS)[number];
  /**
   * Whether the state holds the word vectors, as 8-bit numbers, rather than the name of those that come with seqkit.
   * @default true for vectors of one's own, which are always held
   */
  readonly includeVectors?: boolean;
}

const keyedVectors: Schema<KeyedVectors> = schemaOf(
  'KeyedVectors',
  (value) => value instanceof KeyedVectors,
  () => 'Await KeyedVectors.load, and give what it gives.',
);

export const sentenceOptions = optionsSchema<SentenceOptions>('SentenceVectors.fit', {
  vectors: optional(keyedVectors),
  a: optional(number({ above: 0 })),
  removeCommon: optional(flag),
  removeDirections: optional(wholeNumber({ min: 0 })),
  unknown: optional(choice(UNKNOWN_WORDS)),
  includeVectors: optional(flag),
});
