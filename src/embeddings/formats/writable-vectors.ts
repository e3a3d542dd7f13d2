import type { Rows } from '../rows.js';
import type { Subwords } from '../subwords.js';

/** Vectors that can be written. */
export interface WritableVectors {
  readonly size: number;
  readonly vectorSize: number;
  readonly rows: Rows;
  readonly subwords: Subwords | undefined;
  words(): Iterable<string>;
}
