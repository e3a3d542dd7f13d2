import type { ReadOptions } from '../formats/read-options.js';
import type { SearchOptions } from '../search/search-options.js';
import type { Subwords } from '../vectors/subwords.js';

/** How vectors are read and searched. */
export type VectorsLoadOptions = ReadOptions & SearchOptions;

/** What `fromRows` takes beside words and rows. */
export interface FromRowsOptions {
  /** What to call the vectors in messages. @default 'the vectors' */
  readonly name?: string;
  /** What gives vectors to words that are not there. @default nothing does */
  readonly subwords?: Subwords | undefined;
}
