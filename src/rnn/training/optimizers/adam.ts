import { flag, optional, optionsSchema, type OptionTable } from '../../../base/schema/index.js';
import { sliceColumns, type Matrix } from '../../program/program.js';
import type { Trace } from '../../weights/trace.js';
import { adamStep, takeLarger, type AdamSettings } from './adam-moments.js';
import type { ClippedGradient } from './clipping.js';
import { descend, moment } from './moments.js';
import { aboveZero, kept, RateOptimizer, rateTable, type OptimizerOptions } from './rate-optimizer.js';
import type { Schedule } from './schedules.js';

export interface AdamOptions extends OptimizerOptions {
  /** @default 1e-3 */
  learningRate?: number | Schedule;
  /** @default 0.9 */
  beta1?: number;
  /** @default 0.999 */
  beta2?: number;
  /** @default 1e-8 */
  epsilon?: number;
  /** Divide by the root of the largest mean square so far: AMSGrad (Reddi et al. 2018). @default false */
  amsgrad?: boolean;
}

/** The schemas of `AdamOptions`. */
export const adamTable: OptionTable<AdamOptions> = {
  ...rateTable,
  beta1: kept,
  beta2: kept,
  epsilon: aboveZero,
  amsgrad: optional(flag),
};

const adamOptions = optionsSchema<AdamOptions>('Adam', adamTable);

/** Adam (Kingma and Ba 2015, algorithm 1); with `amsgrad` as PyTorch has it. */
export class Adam extends RateOptimizer {
  readonly name: string = 'Adam';
  readonly #settings: AdamSettings;
  readonly #amsgrad: boolean;

  constructor(options?: AdamOptions) {
    const checked = adamOptions.parse(options);
    super(checked, 1e-3);
    const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, amsgrad = false } = checked;
    this.#settings = { beta1, beta2, epsilon };
    this.#amsgrad = amsgrad;
  }

  protected override corrections(step: number, rate: number): number[] {
    void rate;
    const { beta1, beta2 } = this.#settings;
    const divisors = [1 - beta1 ** step, 1 - beta2 ** step];
    return this.#amsgrad ? [...divisors, ...divisors.map((divisor) => 1 / divisor)] : divisors;
  }

  protected update(trace: Trace, clipped: ClippedGradient, hyper: Matrix): void {
    const { weight } = clipped;
    const value = trace.weight(weight);
    if (!this.#amsgrad) {
      adamStep(trace, clipped, hyper, { kind: 'adam', settings: this.#settings, newValue: value });
      return;
    }
    const { builder } = trace;
    const change = trace.temporary(value.rows, value.cols);
    const { m, v } = adamStep(trace, clipped, hyper, {
      ...{ kind: 'adam', settings: this.#settings, newValue: change },
    });
    const largest = moment(trace, weight, 'adam vMax');
    takeLarger(trace, largest, v);
    const spread = trace.temporary(value.rows, value.cols);
    builder.run('scale', { x: largest, factor: sliceColumns(hyper, 4, 1) }, { y: spread }, {});
    builder.run('scale', { x: m, factor: sliceColumns(hyper, 3, 1) }, { y: change }, {});
    const { epsilon } = this.#settings;
    builder.run('divideByRoot', { a: change, b: spread }, { y: change }, { epsilon });
    descend(trace, weight, change, hyper);
  }
}
