import type { ByteChunks } from '../../base/encoding/byte-chunks.js';

/**
 * Opens a file beside the one that is read.
 * @param rename its path, from that one's
 * @param what what it should be, for errors
 */
export type OpenNeighbour = (
  rename: (path: string) => string,
  what: string,
) => Promise<{ name: string; chunks: ByteChunks }>;

/** The file with the words of an .npy matrix, one a line: `vectors.words.txt` beside `vectors.npy`. */
export function wordsBeside(path: string): string {
  return `${path.replace(/(\.npy)?(\.gz)?$/i, '')}.words.txt`;
}
