import { storeLanes, zero } from './vector';

// Kernels that sum down the columns share out their work by sixteen columns, a cache line,
// and sum blocks of rows on their own first: the error then grows with the number of rows
// in a block and with the number of blocks, not with their product. A last, narrower group
// sums what stands behind its columns as well and does not store it.

export const columnsPerUnit: i32 = 16;
export const rowsPerSum: i32 = 128;

/** Stores up to sixteen columns. */
@inline
export function storeColumns(to: usize, c0: v128, c1: v128, c2: v128, c3: v128, count: i32): void {
  storeLanes(to, c0, count);
  storeLanes(to + 16, c1, count - 4);
  storeLanes(to + 32, c2, count - 8);
  storeLanes(to + 48, c3, count - 12);
}

/**
 * A place for sums of sixteen columns, 64 bytes: adds the block's sums to it, or begins it
 * with them.
 */
@inline
export function addColumns(to: usize, c0: v128, c1: v128, c2: v128, c3: v128, begin: bool): void {
  v128.store(to, f32x4.add(begin ? zero : v128.load(to), c0));
  v128.store(to, f32x4.add(begin ? zero : v128.load(to, 16), c1), 16);
  v128.store(to, f32x4.add(begin ? zero : v128.load(to, 32), c2), 32);
  v128.store(to, f32x4.add(begin ? zero : v128.load(to, 48), c3), 48);
}
