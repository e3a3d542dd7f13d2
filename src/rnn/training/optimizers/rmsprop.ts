import { optionsSchema } from '../../../base/schema/index.js';
import type { Matrix } from '../../program/program.js';
import type { Trace } from '../../weights/trace.js';
import type { ClippedGradient } from './clipping.js';
import { blend, clippedGradient, descend, moment } from './moments.js';
import { aboveZero, kept, RateOptimizer, rateTable, type OptimizerOptions } from './rate-optimizer.js';
import type { Schedule } from './schedules.js';

export interface RMSpropOptions extends OptimizerOptions {
  /** @default 1e-3 */
  learningRate?: number | Schedule;
  /** How much of the mean square each step keeps: PyTorch's alpha. @default 0.9 */
  rho?: number;
  /** mu of a velocity over the scaled gradients. @default 0 */
  momentum?: number;
  /** @default 1e-8 */
  epsilon?: number;
}

const rmspropOptions = optionsSchema<RMSpropOptions>('RMSprop', {
  ...rateTable,
  rho: kept,
  momentum: kept,
  epsilon: aboveZero,
});

/**
 * RMSprop (Tieleman and Hinton 2012), PyTorch's: s = rho s + (1 - rho) g^2, and a step by
 * g / (sqrt(s) + epsilon), or by v = mu v + that.
 */
export class RMSprop extends RateOptimizer {
  readonly name = 'RMSprop';
  readonly #rho: number;
  readonly #momentum: number;
  readonly #epsilon: number;

  constructor(options?: RMSpropOptions) {
    const checked = rmspropOptions.parse(options);
    super(checked, 1e-3);
    const { rho = 0.9, momentum = 0, epsilon = 1e-8 } = checked;
    this.#rho = rho;
    this.#momentum = momentum;
    this.#epsilon = epsilon;
  }

  protected update(trace: Trace, clipped: ClippedGradient, hyper: Matrix): void {
    const { weight } = clipped;
    const { builder } = trace;
    const g = clippedGradient(trace, clipped);
    const s = moment(trace, weight, 'rmsprop s');
    const change = trace.temporary(g.rows, g.cols);
    builder.run('multiply', { a: g, b: g }, { y: change }, { accumulate: false });
    blend(trace, s, this.#rho, change, 1 - this.#rho);
    builder.run('divideByRoot', { a: g, b: s }, { y: change }, { epsilon: this.#epsilon });
    if (this.#momentum === 0) return descend(trace, weight, change, hyper);
    const v = moment(trace, weight, 'rmsprop v');
    blend(trace, v, this.#momentum, change, 1);
    descend(trace, weight, v, hyper);
  }
}
