/**
 * Products are summed in blocks of at most this many k, so that a panel of B and a tile's
 * rows of A stay in the first-level cache.
 */
export const maxBlock: i32 = 256;

/** Rows of A that are worked through before the next: such a block stays in the second-level cache. */
export const rowsPerBlock: i32 = 192;

/** The length of the blocks that a sum over `depth` is dealt out to, all but the last alike. */
@inline
export function blockLength(depth: i32): i32 {
  const blocks = (depth + maxBlock - 1) / maxBlock;
  return (depth + blocks - 1) / blocks;
}
