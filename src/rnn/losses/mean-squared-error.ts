import { SeqkitError } from '../../base/errors.js';
import type { Trace } from '../weights/trace.js';
import { crossentropyOptions } from './crossentropy.js';
import { Loss, type LossOperands, type TracedLoss } from './loss.js';

/** The mean over the features of (output - target)^2. Targets are `values`, (N, F) or (N, T, F). */
export class MeanSquaredError extends Loss {
  /** With what the cross-entropies take, to say that it has none of it. */
  /** @internal */
  static readonly schema = crossentropyOptions('meanSquaredError');
  override readonly name = 'meanSquaredError';
  readonly #given: Readonly<Record<string, unknown>>;

  constructor(options?: { name?: 'meanSquaredError' }) {
    super();
    const given = MeanSquaredError.schema.parse(options);
    if (given.fromLogits !== undefined || (given.labelSmoothing ?? 0) !== 0) {
      throw new SeqkitError('meanSquaredError has no logits and no labels to smooth.', { code: 'usage' });
    }
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
