import { choice, optional, optionsSchema } from '../../base/schema/index.js';
import { bandsOf, both, slideOverBands, timeAndBand, type TimeAndBand } from './band-sliding.js';
import { checkWholeStrides, continues } from './carried-frames.js';
import { denseMatrix, Layer, refuseMask, timeOf, type Ending, type LayerOptions } from './layer.js';
import { layerName, size } from './layer-options.js';
import type { Signal, Trace, Traced } from '../weights/trace.js';

export interface Pooling2DOptions {
  /** Time steps and bands that become one, or one number for both. @default 2 */
  poolSize?: TimeAndBand;
  /** Time steps and bands between outputs. @default poolSize */
  strides?: TimeAndBand;
  /** C, the channels of each band: of a Conv2D before it its filters. @default 1 */
  channels?: number;
  /** `same`: as many outputs as strides, rounded up; padding takes no part. @default 'valid' */
  padding?: 'valid' | 'same';
  name?: string;
}

const poolingOptions = optionsSchema<Pooling2DOptions>('MaxPooling2D or AveragePooling2D', {
  poolSize: optional(timeAndBand),
  strides: optional(timeAndBand),
  channels: optional(size),
  padding: optional(choice(['valid', 'same'])),
  name: layerName,
});

/**
 * Windows over time and bands to one each: (N, T, B * C) to (N, To, Bo * C), laid as of Conv2D. A Stepper runs it
 * where the windows over time neither overlap nor are padded.
 */
abstract class Pooling2D extends Layer {
  readonly weights = [];
  readonly #options: Pooling2DOptions;
  protected abstract readonly pooling: 'max' | 'average';

  constructor(options?: Pooling2DOptions) {
    super();
    this.#options = poolingOptions.parse(options);
    this.name = this.#options.name ?? '';
  }

  options(): LayerOptions {
    return { ...this.#options };
  }

  override get needsWholeSequence(): boolean {
    const { poolSize, strides, padding } = this.#sliding;
    return both(poolSize)[0] !== both(strides)[0] || (padding === 'same' && both(poolSize)[0] > 1);
  }

  override ending(before: Ending): Ending {
    return before;
  }

  get #sliding() {
    const { poolSize = 2, strides = poolSize, padding = 'valid' } = this.#options;
    return { poolSize, kernelSize: poolSize, strides, dilationRate: 1, padding, bandPadding: padding };
  }

  protected create(features: number): number {
    const { channels = 1 } = this.#options;
    const bands = bandsOf(this, features, channels);
    const time = Number.MAX_SAFE_INTEGER / 2;
    return slideOverBands(this, this.#sliding, { time, bands, batch: 1 }).outputBands * channels;
  }

  trace(trace: Trace, x: Signal): Traced {
    refuseMask(this, x);
    const { channels = 1 } = this.#options;
    const { builder, batch } = trace;
    const bands = bandsOf(this, x.features, channels);
    const window = slideOverBands(this, this.#sliding, { time: timeOf(this, x), bands, batch });
    if (continues(trace)) checkWholeStrides(this, window);
    const input = denseMatrix(this, x);
    const features = window.outputBands * channels;
    const y = trace.temporary(window.outputTime * batch, features);
    const settings = { ...window, pooling: this.pooling };
    builder.run('pool2d', { x: input }, { y }, settings);
    return {
      y: { matrix: y, time: window.outputTime, features },
      backward(dy) {
        const dx = trace.temporary(input.rows, input.cols);
        builder.run('pool2dBackward', { x: input, y, dy }, { dx }, settings);
        return dx;
      },
    };
  }
}

/** The largest of each channel in each window over time and bands. */
export class MaxPooling2D extends Pooling2D {
  readonly kind = 'MaxPooling2D';
  protected readonly pooling = 'max';
}

/** The mean of each channel over each window over time and bands. */
export class AveragePooling2D extends Pooling2D {
  readonly kind = 'AveragePooling2D';
  protected readonly pooling = 'average';
}
