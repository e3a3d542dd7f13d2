import { placeOf } from '../../program/choices.js';
import type { Step } from '../../program/program.js';
import type { KernelEncoding } from './kernel-encoding.js';
import { columnGroups, packedBytes, scratchStep } from './kernel-work.js';

/** Up to so many rows are multiplied without packing: tiles of six would be mostly empty. */
const FEW_ROWS = 5;

/**
 * By tiles, a unit being a row or, in the last, sixteen columns; on B as it lies; on rows of a
 * transposed B as they lie.
 */
type GemmMethod = 'tiles' | 'direct' | 'dots' | 'columns';
const gemmMethods: readonly GemmMethod[] = ['tiles', 'direct', 'dots', 'columns'];

/** A matter of shape alone, since the methods differ in the order of their sums. */
function gemmMethod(step: Step<'gemm'>): GemmMethod {
  const { outputs, settings } = step;
  if (outputs.c.rows > FEW_ROWS) return byColumns(step) ? 'columns' : 'tiles';
  if (!settings.transposeB) return 'direct';
  return settings.transposeA ? 'tiles' : 'dots';
}

/**
 * Every thread lays aside or packs anew what its share of a weight gradient needs: all of one
 * operand and its part of the other. So the wider of the two is shared out.
 */
function byColumns({ inputs, outputs, settings }: Step<'gemm'>): boolean {
  return settings.transposeA && inputs.b.buffer.kind !== 'parameter' && outputs.c.cols > outputs.c.rows;
}

export const gemmEncoding: KernelEncoding<'gemm'> = {
  operands: ['a', 'b', 'bias', 'c'],
  settings(step) {
    const { transposeA, transposeB, accumulate } = step.settings;
    return [+transposeA, +transposeB, +accumulate, placeOf(gemmMethod(step), gemmMethods, 'product')];
  },
  byRow(step) {
    if (gemmMethod(step) === 'columns') return [];
    return step.settings.transposeA ? ['c'] : ['a', 'c'];
  },
  units: (step, kernels) =>
    gemmMethod(step) === 'columns' ? columnGroups(step.outputs.c, kernels) : step.outputs.c.rows,
  scratch(step, kernels) {
    if (!['tiles', 'columns'].includes(gemmMethod(step))) return 0;
    const { transposeA } = step.settings;
    const { a } = step.inputs;
    const block = kernels.blockLength(transposeA ? a.rows : a.cols);
    const panels = this.packs!(step) ? 0 : packedBytes(block, step.outputs.c.cols);
    return panels + (transposeA ? block * scratchStep(kernels.rowsPerBlock.value as number) : 0);
  },
  packs(step) {
    const { b } = step.inputs;
    if (b.buffer.kind !== 'parameter' || gemmMethod(step) !== 'tiles') return undefined;
    return { matrix: b, transposed: step.settings.transposeB };
  },
  packsStrips: (step) => (gemmMethod(step) === 'direct' ? step.inputs.b : undefined),
};
