import type { VerifyOptions } from '../../base/encoding/content-digest.js';

/** What a caller may say about a file of vectors. */
export interface ReadOptions extends VerifyOptions {
  /** Only the first so many words, which are the most frequent ones. @default all */
  readonly limit?: number;
  /** The encoding of the words, as the Encoding Standard calls it, such as latin1. @default 'utf-8' */
  readonly encoding?: string;
  /** Which file of a zip archive that holds several. @default the only one */
  readonly member?: string;
}
