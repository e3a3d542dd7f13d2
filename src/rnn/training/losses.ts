import type { Matrix } from '../engine/program.js';
import { SeqkitError } from '../errors.js';
import type { Signal, Trace } from '../layers/trace.js';

/**
 * - `sparseCategoricalCrossentropy`: softmax of logits against whole-number classes.
 * - `binaryCrossentropy`: sigmoid of logits against 0 to 1, the mean over the features.
 * - `meanSquaredError`: the mean over the features of the squared difference.
 *
 * The first two take logits (Keras's `fromLogits: true`), so the model ends without an
 * activation. Each is averaged over the rows (examples, or time steps of examples), each row
 * times its sample weight: sum(w * loss) / count, as Keras divides.
 */
export const lossNames = ['sparseCategoricalCrossentropy', 'binaryCrossentropy', 'meanSquaredError'] as const;
export type LossName = (typeof lossNames)[number];

/** Columns of the targets for F features of the model's output. */
export function targetColumns(loss: LossName, features: number): number {
  return loss === 'sparseCategoricalCrossentropy' ? 1 : features;
}

/** The loss in a program: output `loss` (1, 1), and the gradient of the model's output. */
export function traceLoss(trace: Trace, loss: LossName, output: Signal): Matrix {
  const { builder } = trace;
  const { rows, cols } = output.matrix;
  const targets = builder.declare('input', 'targets', rows, targetColumns(loss, cols));
  // Sample weight over the number of real rows; 0 for padding.
  const weights = builder.declare('input', 'weights', rows, 1);
  const losses = trace.temporary(rows, 1);
  const gradient = trace.temporary(rows, cols);
  const logits = output.matrix;
  switch (loss) {
    case 'sparseCategoricalCrossentropy':
      builder.run('softmaxCrossEntropy', { logits, targets, weights }, { dLogits: gradient, losses }, {});
      break;
    case 'binaryCrossentropy':
      builder.run('sigmoidCrossEntropy', { logits, targets, weights }, { dLogits: gradient, losses }, {});
      break;
    case 'meanSquaredError':
      builder.run('squaredError', { x: logits, targets, weights }, { dx: gradient, losses }, {});
      break;
    default:
      throw new SeqkitError(`There is no loss "${String(loss)}".`, {
        code: 'usage',
        hint: `The losses are ${lossNames.join(', ')}.`,
      });
  }
  builder.run('sum', { x: losses }, { total: builder.declare('output', 'loss', 1, 1) }, {});
  return gradient;
}
