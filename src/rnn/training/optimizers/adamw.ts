import { number, optional, optionsSchema } from '../../../base/schema/index.js';
import { sliceColumns, type Matrix } from '../../program/program.js';
import type { Trace } from '../../weights/trace.js';
import { Adam, adamTable, type AdamOptions } from './adam.js';
import type { ClippedGradient } from './clipping.js';

export interface AdamWOptions extends AdamOptions {
  /** Each step takes rate * weightDecay of every trained number away, biases too. @default 1e-2 */
  weightDecay?: number;
}

const adamWOptions = optionsSchema<AdamWOptions>('AdamW', {
  ...adamTable,
  weightDecay: optional(number({ min: 0 })),
});

/** Adam with decoupled weight decay (Loshchilov and Hutter 2019), PyTorch's AdamW. */
export class AdamW extends Adam {
  override readonly name = 'AdamW';
  readonly #weightDecay: number;
  /** Where in `hyper` what is left of the weights stands. */
  readonly #place: number;

  constructor(options?: AdamWOptions) {
    const { weightDecay = 1e-2, ...ofAdam } = adamWOptions.parse(options);
    super(ofAdam);
    this.#weightDecay = weightDecay;
    this.#place = 1 + super.corrections(1, 0).length;
  }

  protected override corrections(step: number, rate: number): number[] {
    return [...super.corrections(step, rate), 1 - rate * this.#weightDecay];
  }

  protected override update(trace: Trace, clipped: ClippedGradient, hyper: Matrix): void {
    const value = trace.weight(clipped.weight);
    trace.builder.run('scale', { x: value, factor: sliceColumns(hyper, this.#place, 1) }, { y: value }, {});
    super.update(trace, clipped, hyper);
  }
}
