import { SeqkitError } from '../../../base/errors.js';
import { flag, number, optional, optionsSchema } from '../../../base/schema/index.js';
import type { Matrix } from '../../program/program.js';
import type { Trace } from '../../weights/trace.js';
import type { ClippedGradient } from './clipping.js';
import { blend, clippedGradient, descend, moment } from './moments.js';
import { kept, RateOptimizer, rateTable, type OptimizerOptions } from './rate-optimizer.js';
import type { Schedule } from './schedules.js';

export interface SGDOptions extends OptimizerOptions {
  /** @default 1e-2 */
  learningRate?: number | Schedule;
  /** mu, from 0 up to but without 1. @default 0 */
  momentum?: number;
  /** Step by g + mu v in place of v (Nesterov 1983, as Sutskever et al. 2013 write it). @default false */
  nesterov?: boolean;
  /**
   * PyTorch's: this times every trained number, biases too, joins its gradient, after clipping. Keras takes
   * rate * weightDecay of the number away instead: the same, without momentum. @default 0
   */
  weightDecay?: number;
}

const sgdOptions = optionsSchema<SGDOptions>('SGD', {
  ...rateTable,
  momentum: kept,
  nesterov: optional(flag),
  weightDecay: optional(number({ min: 0 })),
});

/** Stochastic gradient descent, PyTorch's: v = mu v + g, value -= rate * v, with g + weightDecay * value for g. */
export class SGD extends RateOptimizer {
  readonly name = 'SGD';
  readonly #momentum: number;
  readonly #nesterov: boolean;
  readonly #weightDecay: number;

  constructor(options?: SGDOptions) {
    const checked = sgdOptions.parse(options);
    super(checked, 1e-2);
    const { momentum = 0, nesterov = false, weightDecay = 0 } = checked;
    if (nesterov && momentum === 0) {
      throw new SeqkitError('nesterov needs a momentum above 0.', { code: 'usage' });
    }
    this.#momentum = momentum;
    this.#nesterov = nesterov;
    this.#weightDecay = weightDecay;
  }

  protected update(trace: Trace, clipped: ClippedGradient, hyper: Matrix): void {
    const { weight } = clipped;
    const gradient = clippedGradient(trace, clipped);
    if (this.#weightDecay > 0) {
      const decay = trace.temporary(gradient.rows, gradient.cols);
      const factors = { factor: this.#weightDecay, offset: 0 };
      trace.builder.run('affine', { x: trace.weight(weight) }, { y: decay }, factors);
      trace.builder.run('add', { a: gradient, b: decay }, { y: gradient }, {});
    }
    if (this.#momentum === 0) return descend(trace, weight, gradient, hyper);
    const v = moment(trace, weight, 'sgd v');
    blend(trace, v, this.#momentum, gradient, 1);
    if (!this.#nesterov) return descend(trace, weight, v, hyper);
    const ahead = trace.temporary(v.rows, v.cols);
    trace.builder.run('affine', { x: v }, { y: ahead }, { factor: this.#momentum, offset: 0 });
    trace.builder.run('add', { a: ahead, b: gradient }, { y: ahead }, {});
    descend(trace, weight, ahead, hyper);
  }
}
