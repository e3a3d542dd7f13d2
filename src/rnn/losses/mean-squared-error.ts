import type { Trace } from '../weights/trace.js';
import { Loss, type LossOperands, type TracedLoss } from './loss.js';
import { lossSchemas } from './loss-names.js';

/** The mean over the features of (output - target)^2. Targets are `values`, (N, F) or (N, T, F). */
export class MeanSquaredError extends Loss {
  override readonly name = 'meanSquaredError';
  readonly #given: Readonly<Record<string, unknown>>;

  constructor(options?: { name?: 'meanSquaredError' }) {
    super();
    const given = lossSchemas.meanSquaredError.parse(options);
    this.#given = { ...given };
  }

  override options(): Readonly<Record<string, unknown>> {
    return this.#given;
  }

  override readonly passesOver = true;

  override trace(trace: Trace, { output: { matrix: x }, targets, weights }: LossOperands): TracedLoss {
    const [losses, gradient] = [trace.temporary(x.rows, 1), trace.temporary(x.rows, x.cols)];
    trace.builder.run('squaredError', { x, targets, weights }, { dx: gradient, losses }, {});
    return { losses, gradient };
  }
}
