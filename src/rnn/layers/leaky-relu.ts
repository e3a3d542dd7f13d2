import { number, optional, optionsSchema } from '../../base/schema/index.js';
import { denseMatrix, Layer, type LayerOptions } from './layer.js';
import { layerName } from './layer-options.js';
import type { Signal, Trace, Traced } from '../weights/trace.js';

export interface LeakyReLUOptions {
  /** The slope below 0. @default 0.3 */
  negativeSlope?: number;
  /** No output is less, 0 at most; the gradient is 0 there. @default none */
  minValue?: number;
  name?: string;
}

const leakyReLUOptions = optionsSchema<LeakyReLUOptions>('LeakyReLU', {
  negativeSlope: optional(number({ min: 0, max: 1 })),
  minValue: optional(number({ min: -1e30, max: 0 })),
  name: layerName,
});

/**
 * y = x, below 0 times `negativeSlope` (Maas et al. 2013; Keras's LeakyReLU), and at least `minValue`: element by
 * element. The activation 'leakyRelu' of other layers has a slope of 0.2 and no least value.
 */
export class LeakyReLU extends Layer {
  readonly kind = 'LeakyReLU';
  readonly weights = [];
  readonly #options: LeakyReLUOptions;

  constructor(options?: LeakyReLUOptions) {
    super();
    this.#options = leakyReLUOptions.parse(options);
    this.name = this.#options.name ?? '';
  }

  options(): LayerOptions {
    return { ...this.#options };
  }

  protected create(features: number): number {
    return features;
  }

  trace(trace: Trace, x: Signal): Traced {
    const { negativeSlope: slope = 0.3, minValue: lowest = -Infinity } = this.#options;
    const input = denseMatrix(this, x);
    const y = trace.temporary(input.rows, input.cols);
    trace.builder.run('leakyRelu', { x: input }, { y }, { slope, lowest });
    return {
      y: { ...x, matrix: y },
      backward(dy) {
        trace.builder.run('leakyReluBackward', { y, dy }, { dx: dy }, { slope, lowest });
        return dy;
      },
    };
  }
}
