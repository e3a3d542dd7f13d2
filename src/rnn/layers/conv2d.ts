import { sliceColumns, type Matrix } from '../program/program.js';
import { initializerName, initializerOf, type InitializerName } from '../weights/initializers.js';
import type { Random } from '../../base/math/random.js';
import { choice, flag, optional, optionsSchema } from '../../base/schema/index.js';
import {
  bandsOf,
  both,
  slideOverBands,
  timeAndBand,
  type BandSliding,
  type TimeAndBand,
} from './band-sliding.js';
import { continues, withCarriedFrames } from './carried-frames.js';
import { denseMatrix, Layer, refuseMask, timeOf, type Ending, type LayerOptions } from './layer.js';
import { activated, endingOf, layerActivation, type LayerActivation } from './layer-activation.js';
import { layerName, size } from './layer-options.js';
import { withoutMasked } from './masked-rows.js';
import { withActivityPenalty } from '../weights/activity.js';
import { constraint, type Constraint } from '../weights/constraint.js';
import { factorsOf, regularizer, type RegularizerOption } from '../weights/regularizer.js';
import type { Signal, Trace, Traced } from '../weights/trace.js';
import { startOf } from '../weights/deferred-initialization.js';
import { Weight } from '../weights/weight.js';

export interface Conv2DOptions {
  /** F, the number of filters. */
  filters: number;
  /** Taps over time and bands, K and Kb, or one number for both. */
  kernelSize: TimeAndBand;
  /** C, the channels of each band of the input: 1 of a spectrogram, of another Conv2D its filters. @default 1 */
  channels?: number;
  /** Time steps and bands between outputs. @default 1 */
  strides?: TimeAndBand;
  /** Time steps and bands between taps. @default 1 */
  dilationRate?: TimeAndBand;
  /** Over time, as of Conv1D. @default 'valid' */
  padding?: 'valid' | 'same' | 'causal';
  /** Over bands. @default 'valid' where the padding over time is, else 'same' */
  bandPadding?: 'valid' | 'same';
  /** Softmax would be over all bands' filters at once. @default 'linear' */
  activation?: LayerActivation;
  /** @default true */
  useBias?: boolean;
  /** @default 'heNormal' before relu, else 'glorotUniform' */
  kernelInitializer?: InitializerName;
  kernelRegularizer?: RegularizerOption;
  biasRegularizer?: RegularizerOption;
  /** Of the output. */
  activityRegularizer?: RegularizerOption;
  kernelConstraint?: Constraint;
  biasConstraint?: Constraint;
  name?: string;
}

const conv2DOptions = optionsSchema<Conv2DOptions>('Conv2D', {
  filters: size,
  kernelSize: timeAndBand,
  channels: optional(size),
  strides: optional(timeAndBand),
  dilationRate: optional(timeAndBand),
  padding: optional(choice(['valid', 'same', 'causal'])),
  bandPadding: optional(choice(['valid', 'same'])),
  activation: optional(layerActivation),
  useBias: optional(flag),
  kernelInitializer: optional(initializerName),
  kernelRegularizer: optional(regularizer),
  biasRegularizer: optional(regularizer),
  activityRegularizer: optional(regularizer),
  kernelConstraint: optional(constraint),
  biasConstraint: optional(constraint),
  name: layerName,
});

/**
 * Convolution over time and bands, as Keras's Conv2D over (time, band, channel) with channels last: (N, T, B * C) to
 * (N, To, Bo * F). The features of a time step are B bands side by side, from the lowest on, each of C channels; what
 * comes out is laid likewise. So any layer over sequences may follow, and Flatten is not needed. Weights: kernel
 * (K, Kb, C, F), bias (F).
 *
 * Time is as in Conv1D: masked steps count as zeros and stay masked, for `same` and `causal` padding with strides of
 * 1; else a mask is refused. With causal padding a Stepper runs it.
 */
export class Conv2D extends Layer {
  readonly kind = 'Conv2D';
  readonly #options: Conv2DOptions;
  #kernel: Weight | undefined;
  #bias: Weight | undefined;

  constructor(options: Conv2DOptions) {
    super();
    this.#options = conv2DOptions.parse(options);
    this.name = this.#options.name ?? '';
  }

  options(): LayerOptions {
    return { ...this.#options };
  }

  override ending(): Ending {
    return endingOf(this.#options.activation ?? 'linear', 'logits');
  }

  get weights(): readonly Weight[] {
    return [this.#kernel, this.#bias].filter((weight) => weight !== undefined);
  }

  override get needsWholeSequence(): boolean {
    return both(this.#options.kernelSize)[0] > 1 && this.#options.padding !== 'causal';
  }

  get #sliding(): BandSliding {
    const { kernelSize, strides = 1, dilationRate = 1, padding = 'valid' } = this.#options;
    const { bandPadding = padding === 'valid' ? 'valid' : 'same' } = this.#options;
    return { kernelSize, strides, dilationRate, padding, bandPadding };
  }

  protected create(features: number, random: Random): number {
    const { filters, channels = 1, activation, useBias = true } = this.#options;
    const { kernelInitializer = activation === 'relu' ? 'heNormal' : 'glorotUniform' } = this.#options;
    const bands = bandsOf(this, features, channels);
    // Long enough a time for any window.
    const time = Number.MAX_SAFE_INTEGER / 2;
    const { outputBands } = slideOverBands(this, this.#sliding, { time, bands, batch: 1 });
    const shape = [...both(this.#options.kernelSize), channels, filters];
    const [K, Kb] = shape;
    const initialize = initializerOf(kernelInitializer);
    this.#kernel = new Weight(
      `${this.name}/kernel`,
      shape,
      startOf(random, shape, () => initialize(K * Kb * channels, filters, random, K * Kb)),
      { ...factorsOf(this.#options.kernelRegularizer), constraint: this.#options.kernelConstraint },
    );
    if (useBias) {
      const start = startOf(random, [filters], () => new Float64Array(filters));
      this.#bias = new Weight(`${this.name}/bias`, [filters], start, {
        ...factorsOf(this.#options.biasRegularizer),
        constraint: this.#options.biasConstraint,
      });
    }
    return outputBands * filters;
  }

  trace(trace: Trace, x: Signal): Traced {
    const { filters, channels = 1, activation = 'linear', padding = 'valid' } = this.#options;
    const { builder } = trace;
    if (both(this.#options.strides ?? 1)[0] > 1 || padding === 'valid') refuseMask(this, x);
    const given = denseMatrix(this, x);
    const masked = x.mask && withoutMasked(trace, given, x.mask);
    const size = { time: timeOf(this, x), bands: bandsOf(this, x.features, channels), batch: trace.batch };
    const whole = { x: masked?.kept ?? given, window: slideOverBands(this, this.#sliding, size) };
    const { x: input, window } = continues(trace)
      ? withCarriedFrames(trace, this, whole.x, whole.window)
      : whole;
    const [kernelWeight, biasWeight] = [this.#kernel!, this.#bias];
    const kernel = trace.weight(kernelWeight);
    const bias = biasWeight && trace.weight(biasWeight);
    const features = window.outputBands * filters;
    const convolved = trace.temporary(window.outputTime * trace.batch, features);
    builder.run('conv2d', { x: input, kernel, ...(bias && { bias }) }, { y: convolved }, window);
    const { y, backward: activationBackward } = activated(trace, convolved, activation);
    const traced: Traced = {
      y: { matrix: y, time: window.outputTime, features, mask: x.mask },
      backward(dy, wantsDx) {
        activationBackward(dy);
        if (biasWeight) bandBiasBackward(trace, biasWeight, dy);
        const { matrix: dKernel, accumulate } = trace.gradient(kernelWeight);
        builder.run('conv2dKernelGradient', { x: input, dy }, { dKernel }, { ...window, accumulate });
        if (!wantsDx) return undefined;
        const dx = trace.temporary(input.rows, input.cols);
        builder.run('conv2dInputGradient', { dy, kernel }, { dx }, window);
        return masked?.backward(dx) ?? dx;
      },
    };
    return withActivityPenalty(trace, traced, this.#options.activityRegularizer);
  }
}

/** db(1, F) = the sum of dy(R, Bo * F) over its rows and bands. */
function bandBiasBackward(trace: Trace, bias: Weight, dy: Matrix): void {
  const { builder } = trace;
  const { matrix: total, accumulate } = trace.gradient(bias);
  const filters = bias.cols;
  const sums = trace.temporary(1, dy.cols);
  builder.run('sumRows', { x: dy }, { total: sums }, { accumulate: false });
  for (let from = 0; from < dy.cols; from += filters) {
    const band = sliceColumns(sums, from, filters);
    if (from === 0 && !accumulate) builder.run('copy', { x: band }, { y: total }, {});
    else builder.run('add', { a: total, b: band }, { y: total }, {});
  }
}
