import { SeqkitError } from '../../base/errors.js';
import { shown } from '../../base/schema/index.js';
import type { Matrix } from '../program/program.js';
import { portName, type Signal, type Trace } from '../weights/trace.js';
import type { Loss, LossOperands, TracedLoss } from './loss.js';
import { scaled } from './scaled.js';

/**
 * The weighted loss of output `index` in a program, from inputs `targets` and `weights`.
 * @param labels how many numbers the targets of an example have, where they are `labels`
 * @returns its total (1, 1), the same without its weight, and the gradient of the model's output
 */
export function traceLoss(
  trace: Trace,
  { loss, weight }: { loss: Loss; weight: number },
  output: Signal,
  index: number,
  labels = 1,
): { total: Matrix; own: Matrix; gradient: Matrix } {
  const { builder } = trace;
  loss.checkOutput(output);
  const bySequence = loss.targets === 'labels';
  const rows = bySequence ? trace.batch : output.matrix.rows;
  let targets: Matrix | undefined;
  if (loss.targets !== 'none') {
    const columns = bySequence ? labels : loss.targetColumns(output.matrix.cols);
    targets = builder.declare('input', portName('targets', index), rows, columns);
  }
  let weights = builder.declare('input', portName('weights', index), rows, 1);
  if (output.mask && !bySequence) {
    const kept = trace.temporary(rows, 1);
    builder.run('maskWeights', { weights, mask: output.mask, valid: trace.valid }, { y: kept }, {});
    weights = kept;
    if (targets && !loss.passesOver) targets = countedRows(trace, targets, weights);
  }
  const { losses, gradient } = checkTraced(
    loss,
    output,
    rows,
    loss.trace(trace, operands(loss, { output, targets, weights })),
  );
  const own = trace.temporary(1, 1);
  builder.run('sum', { x: losses }, { total: own }, {});
  return { total: scaled(trace, own, weight), own, gradient: scaled(trace, gradient, weight) };
}

/** x with 0 in the rows of weight 0, whatever stands in them. */
function countedRows(trace: Trace, x: Matrix, weights: Matrix): Matrix {
  const y = trace.temporary(x.rows, x.cols);
  trace.builder.run('keepRows', { x, weights }, { y }, {});
  return y;
}

function operands(
  loss: Loss,
  { output, targets, weights }: Omit<LossOperands, 'targets'> & { targets: Matrix | undefined },
): LossOperands {
  return {
    output,
    weights,
    get targets() {
      if (targets) return targets;
      throw new SeqkitError(`The loss ${loss.name} takes no targets, and yet asks for them.`, {
        code: 'usage',
      });
    },
  };
}

/** Of a loss of one's own, `trace` may return anything. */
function checkTraced(loss: Loss, output: Signal, rows: number, traced: unknown): TracedLoss {
  const { losses, gradient } = (traced ?? {}) as Partial<TracedLoss>;
  const wanted = [
    ['losses', losses, rows, 1],
    ['gradient', gradient, output.matrix.rows, output.matrix.cols],
  ] as const;
  for (const [what, matrix, height, width] of wanted) {
    if (matrix?.rows === height && matrix.cols === width) continue;
    const found = matrix && 'rows' in matrix ? `(${matrix.rows}, ${matrix.cols})` : shown(matrix);
    throw new SeqkitError(
      `What trace of the loss ${loss.name} returns as ${what} must be a matrix (${height}, ${width}), not ${found}.`,
      { code: 'bad-shape' },
    );
  }
  return traced as TracedLoss;
}
