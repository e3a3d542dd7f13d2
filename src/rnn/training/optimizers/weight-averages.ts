import { SeqkitError } from '../../../base/errors.js';
import { flag, number, optional, wholeNumber, type OptionTable } from '../../../base/schema/index.js';
import { sliceColumns, type Matrix } from '../../program/program.js';
import type { Trace } from '../../weights/trace.js';
import type { Weight } from '../../weights/weight.js';
import { averageName } from './average-name.js';

/** Keras's options for moving averages of the weights. */
export interface AveragingOptions {
  /**
   * Keep an exponential moving average of every trained weight. `fit` puts the averages in the place of the
   * weights when it ends. @default false
   */
  useEma?: boolean;
  /** How much of the average each step keeps, from 0 up to but without 1. @default 0.99 */
  emaMomentum?: number;
  /** After so many steps, again and again, the weights become their averages. @default only at the end of `fit` */
  emaOverwriteFrequency?: number;
}

/** The schemas of `AveragingOptions`. */
export const averagingTable: OptionTable<AveragingOptions> = {
  useEma: optional(flag),
  emaMomentum: optional(number({ min: 0, below: 1 })),
  emaOverwriteFrequency: optional(wholeNumber({ min: 1 })),
};

/**
 * Moving averages of the weights (Polyak and Juditsky 1992), Keras's: average = momentum * average +
 * (1 - momentum) * value after each step; the first step sets the average to the value.
 */
export class WeightAverages {
  readonly momentum: number;
  readonly overwriteFrequency: number | undefined;

  constructor(momentum: number, overwriteFrequency: number | undefined) {
    this.momentum = momentum;
    this.overwriteFrequency = overwriteFrequency;
  }

  /**
   * What the options ask for.
   * @throws SeqkitError `usage` for settings of averages that are not kept
   */
  static of(options: AveragingOptions): WeightAverages | undefined {
    const { useEma = false, emaMomentum, emaOverwriteFrequency } = options;
    if (useEma) return new WeightAverages(emaMomentum ?? 0.99, emaOverwriteFrequency);
    for (const [name, value] of Object.entries({ emaMomentum, emaOverwriteFrequency })) {
      if (value === undefined) continue;
      throw new SeqkitError(`${name} is given, but no moving averages are kept.`, {
        code: 'usage',
        hint: 'Give useEma: true too.',
      });
    }
    return undefined;
  }

  /** What is kept of the average, what is taken of the value; then 1 where the weights become their averages, else 0. */
  hyper(step: number): number[] {
    const kept = step === 1 ? 0 : this.momentum;
    const every = this.overwriteFrequency;
    if (every === undefined) return [kept, 1 - kept];
    const overwrites = step % every === 0 ? 1 : 0;
    return [kept, 1 - kept, overwrites, 1 - overwrites];
  }

  /**
   * Appends the averaging of weights that have been updated.
   * @param hyper the numbers of a step, those of `hyper` last
   */
  trace(trace: Trace, weights: readonly Weight[], hyper: Matrix): void {
    const own = this.hyper(1).length;
    const at = (i: number): Matrix => sliceColumns(hyper, hyper.cols - own + i, 1);
    for (const weight of weights) {
      const value = trace.weight(weight);
      const average = trace.builder.declare('state', averageName(weight), weight.rows, weight.cols);
      mix(trace, average, at(0), value, at(1));
      if (this.overwriteFrequency !== undefined) mix(trace, value, at(3), average, at(2));
    }
  }
}

/** x = keep * x + share * y. */
function mix(trace: Trace, x: Matrix, keep: Matrix, y: Matrix, share: Matrix): void {
  const { builder } = trace;
  const added = trace.temporary(y.rows, y.cols);
  builder.run('scale', { x: y, factor: share }, { y: added }, {});
  builder.run('scale', { x, factor: keep }, { y: x }, {});
  builder.run('add', { a: x, b: added }, { y: x }, {});
}
