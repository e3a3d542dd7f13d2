import { zero } from './vector';

// Blocks of rows that are laid aside in scratch memory for the time of a product.

/**
 * Bytes from row to row of such a block. A copy may run 3 floats over; and rows that stand a
 * power of two apart would all fall on the same few lines of the first-level cache.
 */
@inline
export function scratchStep(cols: i32): usize {
  return (usize(cols) + 4) << 2;
}

/** Copies `count` floats, and up to 3 more. */
@inline
export function copyOver(from: usize, to: usize, count: i32): void {
  for (let i: usize = 0; i < usize(count) << 2; i += 16) v128.store(to + i, v128.load(from + i));
}

@inline
export function zeroOver(to: usize, count: i32): void {
  for (let i: usize = 0; i < usize(count) << 2; i += 16) v128.store(to + i, zero);
}
