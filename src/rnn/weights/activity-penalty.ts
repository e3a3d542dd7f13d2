import type { Matrix } from '../program/program.js';
import { addPenaltyGradient, penaltyOf } from './penalty.js';
import { factorsOf, type RegularizerOption } from './regularizer.js';
import type { Activity, Signal, Trace } from './trace.js';

/**
 * Lets the output of a layer join the loss, as Keras's `activityRegularizer`: the penalty of all its numbers,
 * divided by the examples of the batch. Masked steps do not count, nor does what pads a short batch.
 * @returns undefined where both factors are 0
 */
export function activityPenalty(
  trace: Trace,
  y: Signal,
  regularizer: RegularizerOption,
): Activity | undefined {
  const { builder } = trace;
  const factors = factorsOf(regularizer);
  const counted = trace.temporary(y.matrix.rows, y.matrix.cols);
  builder.run(
    'scaleRows',
    { x: y.matrix, scale: rowsThatCount(trace, y) },
    { y: counted },
    { divide: false, accumulate: false },
  );
  const examples = trace.temporary(1, 1);
  builder.run('sum', { x: trace.valid }, { total: examples }, {});
  const share = trace.temporary(1, 1);
  builder.run('fill', {}, { y: share }, { value: 1 });
  // 0 where no example counts.
  builder.run('scaleRows', { x: share, scale: examples }, { y: share }, { divide: true, accumulate: false });
  const penalty = penaltyOf(trace, counted, factors);
  if (!penalty) return undefined;
  builder.run('scale', { x: penalty, factor: share }, { y: penalty }, {});
  trace.addPenalty(penalty);
  return { addGradient: (dy) => addPenaltyGradient(trace, counted, dy, { ...factors, scale: share }) };
}

/** (R, 1): 1 for rows that count, 0 for masked ones and padding. */
function rowsThatCount(trace: Trace, { matrix, mask }: Signal): Matrix {
  if (mask) return mask;
  const { valid } = trace;
  if (matrix.rows === valid.rows) return valid;
  const ones = trace.temporary(matrix.rows, 1);
  trace.builder.run('fill', {}, { y: ones }, { value: 1 });
  trace.builder.run('rowMask', { x: ones, valid }, { y: ones }, { value: 0 });
  return ones;
}
