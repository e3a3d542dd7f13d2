import { number, optional, optionsSchema } from '../../../base/schema/index.js';
import { sliceColumns, type Matrix } from '../../program/program.js';
import type { Trace } from '../../weights/trace.js';
import { adamStep, type AdamSettings } from './adam-moments.js';
import type { ClippedGradient } from './clipping.js';
import { aboveZero, kept, RateOptimizer, rateTable, type OptimizerOptions } from './rate-optimizer.js';
import type { Schedule } from './schedules.js';

export interface NadamOptions extends OptimizerOptions {
  /** @default 1e-3 */
  learningRate?: number | Schedule;
  /** @default 0.9 */
  beta1?: number;
  /** @default 0.999 */
  beta2?: number;
  /** @default 1e-8 */
  epsilon?: number;
  /**
   * psi of mu_t = beta1 (1 - 0.5 * 0.96^(t psi)), by which momentum grows to beta1. 4e-3 is the paper's and
   * PyTorch's; Keras 3 has 1. @default 4e-3
   */
  momentumDecay?: number;
}

const nadamOptions = optionsSchema<NadamOptions>('Nadam', {
  ...rateTable,
  beta1: kept,
  beta2: kept,
  epsilon: aboveZero,
  momentumDecay: optional(number({ min: 0 })),
});

/** What the paper's momentum schedule begins with. */
const SCHEDULE_BASE = 0.96;

/** Below this a product of momenta leaves nothing of 1 minus itself. */
const NEGLIGIBLE = 1e-300;

/**
 * Adam with Nesterov's momentum (Dozat 2016), PyTorch's NAdam: with mu_t and their product P_t, a step by
 * (mu_(t+1) m / (1 - P_(t+1)) + (1 - mu_t) g / (1 - P_t)) / (sqrt(v / (1 - beta2^t)) + epsilon).
 */
export class Nadam extends RateOptimizer {
  readonly name = 'Nadam';
  readonly #settings: AdamSettings;
  readonly #momentumDecay: number;

  constructor(options?: NadamOptions) {
    const checked = nadamOptions.parse(options);
    super(checked, 1e-3);
    const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, momentumDecay = 4e-3 } = checked;
    this.#settings = { beta1, beta2, epsilon };
    this.#momentumDecay = momentumDecay;
  }

  /** Adam's divisor of v after a 1 that leaves m as it is; what m, the gradient and v are to be scaled by. */
  protected override corrections(step: number, rate: number): number[] {
    const divisor = 1 - this.#settings.beta2 ** step;
    const [now, next] = [this.#momentum(step), this.#momentum(step + 1)];
    const product = this.#product(step);
    const ofMoment = (rate * next) / (1 - product * next);
    const ofGradient = (rate * (1 - now)) / (1 - product);
    return [1, divisor, ofMoment, ofGradient, 1 / divisor];
  }

  /** mu_t. */
  #momentum(step: number): number {
    return this.#settings.beta1 * (1 - 0.5 * SCHEDULE_BASE ** (step * this.#momentumDecay));
  }

  /** P_t = mu_1 mu_2 ... mu_t, which nears 0 long before t is large; worked out anew, so that no step depends on the last. */
  #product(step: number): number {
    let product = 1;
    for (let t = 1; t <= step && product > NEGLIGIBLE; t++) product *= this.#momentum(t);
    return product;
  }

  protected update(trace: Trace, clipped: ClippedGradient, hyper: Matrix): void {
    const { builder } = trace;
    const { weight, gradient: g } = clipped;
    const value = trace.weight(weight);
    const change = trace.temporary(value.rows, value.cols);
    const { m, v } = adamStep(trace, clipped, hyper, {
      ...{ kind: 'nadam', settings: this.#settings, newValue: change },
    });
    const scaled = (x: Matrix, factor: Matrix, y: Matrix): void =>
      builder.run('scale', { x, factor }, { y }, {});
    const ahead = trace.temporary(value.rows, value.cols);
    if (clipped.factor) scaled(g, clipped.factor, g);
    scaled(g, sliceColumns(hyper, 4, 1), ahead);
    scaled(m, sliceColumns(hyper, 3, 1), change);
    builder.run('add', { a: change, b: ahead }, { y: change }, {});
    const spread = ahead;
    scaled(v, sliceColumns(hyper, 5, 1), spread);
    const { epsilon } = this.#settings;
    builder.run('divideByRoot', { a: change, b: spread }, { y: change }, { epsilon });
    builder.run('subtract', { a: value, b: change }, { y: value }, {});
  }
}
