import type { FileSource } from '../../base/source/file-source.js';

/** How many words each of the sets has that come with seqkit; the first words of the largest are those of the others. */
export const DEFAULT_SETS = [10_000, 30_000, 100_000] as const;

export type DefaultSet = (typeof DEFAULT_SETS)[number];

export interface DefaultVectorsOptions {
  /** How many of the most frequent words: 10,000 take 1.2 MB, 30,000 take 3.6 MB, 100,000 take 12 MB. @default 100000 */
  readonly words?: DefaultSet | undefined;
  /**
   * In a page, where the file of the set is: what `import url from 'seqkit/data/vectors/glove-6b-100d-10k.js'` gives,
   * or the address of a copy. @default in Node, the file in the package
   */
  readonly from?: FileSource | undefined;
  /** Whether a page keeps what it fetched in its Cache Storage, and takes it from there next time. @default true */
  readonly cache?: boolean | undefined;
}

/** What a set of the vectors that come with seqkit is called. */
export function defaultVectorsName(words: DefaultSet): string {
  return `glove-6b-100d-${words / 1000}k`;
}

/** Where the package keeps a set: in `data/vectors`, beside `dist` and `src`. */
export function defaultVectorsPath(words: DefaultSet): string {
  return `data/vectors/${defaultVectorsName(words)}.safetensors`;
}
