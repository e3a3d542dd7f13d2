import { SeqkitError } from '../../../base/errors.js';
import { callback, either, number, optional, shown, type OptionTable } from '../../../base/schema/index.js';
import type { Matrix } from '../../program/program.js';
import type { Trace } from '../../weights/trace.js';
import type { Weight } from '../../weights/weight.js';
import {
  checkClipping,
  clipGradients,
  clippingTable,
  type ClippedGradient,
  type Clipping,
} from './clipping.js';
import type { Optimizer } from './optimizer.js';
import type { Schedule } from './schedules.js';
import { averagingTable, WeightAverages, type AveragingOptions } from './weight-averages.js';

export interface OptimizerOptions extends Clipping, AveragingOptions {
  /** A rate, or a schedule of rates. */
  learningRate?: number | Schedule;
}

/** The schemas of `OptimizerOptions`. */
export const rateTable: OptionTable<OptimizerOptions> = {
  learningRate: optional(either(number({ above: 0 }), callback<Schedule>())),
  ...clippingTable,
  ...averagingTable,
};

/** How much of a moving average a step keeps: all of it would never move. */
export const kept = optional(number({ min: 0, below: 1 }));
export const aboveZero = optional(number({ above: 0 }));

/** What all optimizers share: the rate, clipping, one update for each weight, and averages of the weights. */
export abstract class RateOptimizer implements Optimizer {
  abstract readonly name: string;
  readonly averages: WeightAverages | undefined;
  readonly #rate: number | Schedule;
  readonly #clipping: Clipping;

  constructor(options: OptimizerOptions, defaultRate: number) {
    const { learningRate = defaultRate } = options;
    checkClipping(options);
    this.averages = WeightAverages.of(options);
    this.#rate = learningRate;
    this.#clipping = options;
  }

  /** The rate first, then the corrections, then what the averages need. */
  hyper(step: number): number[] {
    const rate = this.#rateAt(step);
    return [rate, ...this.corrections(step, rate), ...(this.averages?.hyper(step) ?? [])];
  }

  /** What besides the rate differs from step to step. */
  protected corrections(step: number, rate: number): number[] {
    // What an optimizer adds is its own to say.
    void [step, rate];
    return [];
  }

  #rateAt(step: number): number {
    if (typeof this.#rate === 'number') return this.#rate;
    const rate: unknown = this.#rate(step);
    if (Number.isFinite(rate) && (rate as number) >= 0) return rate as number;
    throw new SeqkitError(
      `The learning rate's schedule gives ${shown(rate)} at step ${step}; a rate is a number of at least 0.`,
      { code: 'bad-value' },
    );
  }

  trace(trace: Trace, gradients: readonly { weight: Weight; gradient: Matrix }[]): void {
    if (gradients.length === 0) {
      throw new SeqkitError('The model has no weights to train.', { code: 'usage' });
    }
    const hyper = trace.builder.declare('input', 'hyper', 1, this.hyper(1).length);
    for (const clipped of clipGradients(trace, gradients, this.#clipping)) this.update(trace, clipped, hyper);
  }

  protected abstract update(trace: Trace, clipped: ClippedGradient, hyper: Matrix): void;
}
