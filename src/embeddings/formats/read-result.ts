import type { Subwords } from '../vectors/subwords.js';
import type { WordsAndRows } from './seqkit-file.js';

/** Vectors as read, and what the user should know about them. */
export interface ReadVectors extends WordsAndRows {
  readonly notes: readonly string[];
  /** What gives vectors to other words, in a model of fastText. */
  readonly subwords?: Subwords | undefined;
}
