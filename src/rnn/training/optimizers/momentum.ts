import { optionsSchema } from '../../../base/schema/index.js';
import type { Matrix } from '../../program/program.js';
import type { Trace } from '../../weights/trace.js';
import type { ClippedGradient } from './clipping.js';
import { blend, clippedGradient, descend, moment } from './moments.js';
import { kept, RateOptimizer, rateTable, type OptimizerOptions } from './rate-optimizer.js';
import type { Schedule } from './schedules.js';

export interface MomentumOptions extends OptimizerOptions {
  /** @default 1e-2 */
  learningRate?: number | Schedule;
  /** @default 0.9 */
  beta?: number;
}

const momentumOptions = optionsSchema<MomentumOptions>('Momentum', { ...rateTable, beta: kept });

/** Descent along a moving average of the gradients: v = beta v + (1 - beta) g, value -= rate * v. */
export class Momentum extends RateOptimizer {
  readonly name = 'Momentum';
  readonly #beta: number;

  constructor(options?: MomentumOptions) {
    const checked = momentumOptions.parse(options);
    super(checked, 1e-2);
    this.#beta = checked.beta ?? 0.9;
  }

  protected update(trace: Trace, clipped: ClippedGradient, hyper: Matrix): void {
    const v = moment(trace, clipped.weight, 'momentum v');
    blend(trace, v, this.#beta, clippedGradient(trace, clipped), 1 - this.#beta);
    descend(trace, clipped.weight, v, hyper);
  }
}
