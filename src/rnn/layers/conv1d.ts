import type { ActivationName, Convolution } from '../engine/kernels.js';
import { SeqkitError } from '../errors.js';
import { glorotUniform, heNormal, zeros } from '../initializers.js';
import type { Random } from '../random.js';
import { denseMatrix, Layer, timeOf, wholeNumber, type LayerOptions } from './layer.js';
import { biasBackward } from './projection.js';
import type { Signal, Trace, Traced } from './trace.js';
import { Weight } from './weight.js';

export interface Conv1DOptions {
  /** F, the number of filters. */
  filters: number;
  /** K, the number of taps. */
  kernelSize: number;
  /** Steps between outputs. @default 1 */
  strides?: number;
  /** Steps between taps. @default 1 */
  dilationRate?: number;
  /**
   * `valid`: no padding, (T - reach) / strides + 1 outputs, where reach is the span of the
   * taps; `same`: T / strides outputs rounded up; `causal`: padded before alone, so an output
   * sees no later input. @default 'valid'
   */
  padding?: 'valid' | 'same' | 'causal';
  /** @default 'linear' */
  activation?: ActivationName;
  /** @default true */
  useBias?: boolean;
  name?: string;
}

/** Convolution over time: (N, T, D) to (N, To, F). Weights: kernel (K, D, F), bias (F). */
export class Conv1D extends Layer {
  readonly kind = 'Conv1D';
  readonly #options: Conv1DOptions;
  #kernel: Weight | undefined;
  #bias: Weight | undefined;

  constructor(options: Conv1DOptions) {
    super();
    wholeNumber(options.filters, 'Conv1D filters', 1);
    wholeNumber(options.kernelSize, 'Conv1D kernelSize', 1);
    wholeNumber(options.strides ?? 1, 'Conv1D strides', 1);
    wholeNumber(options.dilationRate ?? 1, 'Conv1D dilationRate', 1);
    this.name = options.name ?? '';
    this.#options = options;
  }

  options(): LayerOptions {
    return { ...this.#options };
  }

  get weights(): readonly Weight[] {
    return [this.#kernel, this.#bias].filter((weight) => weight !== undefined);
  }

  override get needsWholeSequence(): boolean {
    return this.#options.kernelSize > 1 || (this.#options.strides ?? 1) > 1;
  }

  protected create(features: number, random: Random): number {
    const { filters, kernelSize, activation, useBias = true } = this.#options;
    const shape = [kernelSize, features, filters];
    const values =
      activation === 'relu'
        ? heNormal(kernelSize * features, filters, random)
        : glorotUniform(kernelSize * features, filters, random);
    this.#kernel = new Weight(`${this.name}/kernel`, shape, values);
    if (useBias) this.#bias = new Weight(`${this.name}/bias`, [filters], zeros(1, filters, random));
    return filters;
  }

  /** Output steps and padding for T input steps. */
  geometry(time: number, batch: number): Convolution {
    const { kernelSize, strides = 1, dilationRate = 1, padding = 'valid' } = this.#options;
    const reach = (kernelSize - 1) * dilationRate + 1;
    const sameTime = Math.ceil(time / strides);
    const missing = Math.max(0, (sameTime - 1) * strides + reach - time);
    const padBefore = { valid: 0, same: Math.floor(missing / 2), causal: reach - 1 }[padding];
    const outputTime = padding === 'valid' ? Math.floor((time - reach) / strides) + 1 : sameTime;
    if (outputTime < 1) {
      throw new SeqkitError(
        `The layer "${this.name}" needs at least ${reach} time steps (its kernel's reach); it got ${time}.`,
        { code: 'bad-shape' },
      );
    }
    return { batch, time, outputTime, kernelSize, stride: strides, dilation: dilationRate, padBefore };
  }

  trace(trace: Trace, x: Signal): Traced {
    const { filters, activation = 'linear' } = this.#options;
    const { builder } = trace;
    const input = denseMatrix(this, x);
    const convolution = this.geometry(timeOf(this, x), trace.batch);
    const kernelWeight = this.#kernel!;
    const biasWeight = this.#bias;
    const kernel = trace.weight(kernelWeight);
    const y = trace.temporary(convolution.outputTime * trace.batch, filters);
    const withBias = biasWeight ? { bias: trace.weight(biasWeight) } : {};
    builder.run('conv1d', { x: input, kernel, ...withBias }, { y }, convolution);
    if (activation !== 'linear') builder.run('activate', { x: y }, { y }, { activation });
    return {
      y: { matrix: y, time: convolution.outputTime, features: filters },
      backward(dy, wantsDx) {
        if (activation !== 'linear') builder.run('activateBackward', { y, dy }, { dx: dy }, { activation });
        if (biasWeight) biasBackward(trace, biasWeight, dy);
        const { matrix: dKernel, accumulate } = trace.gradient(kernelWeight);
        builder.run('conv1dKernelGradient', { x: input, dy }, { dKernel }, { ...convolution, accumulate });
        if (!wantsDx) return undefined;
        const dx = trace.temporary(input.rows, input.cols);
        builder.run('conv1dInputGradient', { dy, kernel }, { dx }, convolution);
        return dx;
      },
    };
  }
}
