import type { Matrix } from '../../program/program.js';
import type { KernelExports } from './kernel-module.js';

// How large what kernels lay aside is, and into how many parts their work is split.

/** Bytes of a packed matrix: panels of 8 columns with `depth` rows. */
export const packedBytes = (depth: number, cols: number): number => Math.ceil(cols / 8) * 32 * depth;

/** How many strips, of 32 columns, a packed right operand of few rows has. */
export const stripsOf = ({ cols }: Matrix): number => Math.ceil(cols / 32);

/** Bytes of it. */
export const stripBytes = (matrix: Matrix): number => stripsOf(matrix) * 128 * matrix.rows;

/** Bytes from row to row of a block laid aside, as in assembly/scratch.ts. */
export const scratchStep = (cols: number): number => (cols + 4) * 4;

/** Groups of columns, by which sums over rows are split. */
export const columnGroups = (matrix: Matrix, kernels: KernelExports): number =>
  Math.ceil(matrix.cols / (kernels.columnsPerUnit.value as number));

/** Runs of columns, by which elementwise kernels are split. */
export const runs = (matrix: Matrix, kernels: KernelExports): number =>
  matrix.rows * kernels.runsPerRow(matrix.cols);
