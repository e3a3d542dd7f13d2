import type { Rows } from '../vectors/rows.js';
import type { Subwords } from '../vectors/subwords.js';

/** Vectors that can be written. */
export interface WritableVectors {
  readonly size: number;
  readonly vectorSize: number;
  readonly rows: Rows;
  readonly subwords: Subwords | undefined;
  words(): Iterable<string>;
}
