import type { Trace } from '../weights/trace.js';
import { Loss, type LossOperands, type TracedLoss } from './loss.js';
import { lossSchemas } from './loss-names.js';

export interface HuberOptions {
  /** Errors up to this count by their square, larger ones by their size. @default 1 */
  delta?: number;
}

/**
 * Huber's loss (Huber 1964): the mean over the features of e^2 / 2 where |e| <= delta, else delta (|e| - delta / 2),
 * with e = output - target. Targets are `values`, (N, F) or (N, T, F).
 */
export class Huber extends Loss {
  override readonly name = 'huber';
  readonly delta: number;
  readonly #given: HuberOptions;

  constructor(options?: HuberOptions) {
    super();
    const { delta } = lossSchemas.huber.parse(options);
    this.delta = delta ?? 1;
    this.#given = delta === undefined ? {} : { delta };
  }

  override options(): Readonly<Record<string, unknown>> {
    return { ...this.#given };
  }

  override readonly passesOver = true;

  override trace(trace: Trace, { output: { matrix: x }, targets, weights }: LossOperands): TracedLoss {
    const [losses, gradient] = [trace.temporary(x.rows, 1), trace.temporary(x.rows, x.cols)];
    const { delta } = this;
    trace.builder.run('huberError', { x, targets, weights }, { dx: gradient, losses }, { delta });
    return { losses, gradient };
  }
}
