import { number, optional, optionsSchema } from '../../../base/schema/index.js';
import type { Matrix } from '../../program/program.js';
import type { Trace } from '../../weights/trace.js';
import type { ClippedGradient } from './clipping.js';
import { clippedGradient, descend, moment } from './moments.js';
import { aboveZero, RateOptimizer, rateTable, type OptimizerOptions } from './rate-optimizer.js';
import type { Schedule } from './schedules.js';

export interface AdagradOptions extends OptimizerOptions {
  /** @default 1e-3 */
  learningRate?: number | Schedule;
  /** What the sum of squares begins at: Keras's 0.1; PyTorch begins at 0. @default 0.1 */
  initialAccumulatorValue?: number;
  /** @default 1e-8 */
  epsilon?: number;
}

const adagradOptions = optionsSchema<AdagradOptions>('Adagrad', {
  ...rateTable,
  initialAccumulatorValue: optional(number({ min: 0 })),
  epsilon: aboveZero,
});

/**
 * Adagrad (Duchi et al. 2011): s = s + g^2, and a step by g / (sqrt(s) + epsilon), PyTorch's place for
 * epsilon. The defaults are Keras's, which adds its epsilon under the root.
 */
export class Adagrad extends RateOptimizer {
  readonly name = 'Adagrad';
  readonly #start: number;
  readonly #epsilon: number;

  constructor(options?: AdagradOptions) {
    const checked = adagradOptions.parse(options);
    super(checked, 1e-3);
    const { initialAccumulatorValue = 0.1, epsilon = 1e-8 } = checked;
    this.#start = initialAccumulatorValue;
    this.#epsilon = epsilon;
  }

  protected update(trace: Trace, clipped: ClippedGradient, hyper: Matrix): void {
    const { weight } = clipped;
    const { builder } = trace;
    const g = clippedGradient(trace, clipped);
    // State begins at 0, so that what the sum begins at is added where it is used.
    const squares = moment(trace, weight, 'adagrad s');
    const change = trace.temporary(g.rows, g.cols);
    builder.run('multiply', { a: g, b: g }, { y: change }, { accumulate: false });
    builder.run('add', { a: squares, b: change }, { y: squares }, {});
    const s = trace.temporary(g.rows, g.cols);
    builder.run('affine', { x: squares }, { y: s }, { factor: 1, offset: this.#start });
    builder.run('divideByRoot', { a: g, b: s }, { y: change }, { epsilon: this.#epsilon });
    descend(trace, weight, change, hyper);
  }
}
