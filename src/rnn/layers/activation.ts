import type { ActivationName } from '../engine/kernels.js';
import { denseMatrix, Layer, type LayerOptions } from './layer.js';
import type { Signal, Trace, Traced } from './trace.js';

export interface ActivationOptions {
  activation: ActivationName;
  name?: string;
}

/** y = f(x), element by element. */
export class Activation extends Layer {
  readonly kind = 'Activation';
  readonly weights = [];
  readonly #options: ActivationOptions;

  constructor(options: ActivationOptions) {
    super();
    this.name = options.name ?? '';
    this.#options = options;
  }

  options(): LayerOptions {
    return { ...this.#options };
  }

  protected create(features: number): number {
    return features;
  }

  trace(trace: Trace, x: Signal): Traced {
    const { activation } = this.#options;
    const input = denseMatrix(this, x);
    const y = trace.temporary(input.rows, input.cols);
    trace.builder.run('activate', { x: input }, { y }, { activation });
    return {
      y: { ...x, matrix: y },
      backward(dy) {
        trace.builder.run('activateBackward', { y, dy }, { dx: dy }, { activation });
        return dy;
      },
    };
  }
}
