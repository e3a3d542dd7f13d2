import type { Trace } from '../weights/trace.js';
import { Loss, type LossOperands, type TracedLoss } from './loss.js';
import { lossSchemas } from './loss-names.js';

/**
 * The mean over the features of |output - target|, whose gradient is taken for 0 where they are equal. Targets are
 * `values`, (N, F) or (N, T, F).
 */
export class MeanAbsoluteError extends Loss {
  override readonly name = 'meanAbsoluteError';

  constructor(options?: { name?: 'meanAbsoluteError' }) {
    super();
    lossSchemas.meanAbsoluteError.parse(options);
  }

  override readonly passesOver = true;

  override trace(trace: Trace, { output: { matrix: x }, targets, weights }: LossOperands): TracedLoss {
    const [losses, gradient] = [trace.temporary(x.rows, 1), trace.temporary(x.rows, x.cols)];
    trace.builder.run('absoluteError', { x, targets, weights }, { dx: gradient, losses }, {});
    return { losses, gradient };
  }
}
