import { optionsSchema } from '../../base/schema/index.js';
import { denseMatrix, Layer, type LayerOptions } from './layer.js';
import { activate, activateBackward, layerActivation, type LayerActivation } from './layer-activation.js';
import { layerName } from './layer-options.js';
import type { Signal, Trace, Traced } from '../weights/trace.js';

export interface ActivationOptions {
  activation: LayerActivation;
  name?: string;
}

const activationOptions = optionsSchema<ActivationOptions>('Activation', {
  activation: layerActivation,
  name: layerName,
});

/** y = f(x), element by element; softmax over the features. */
export class Activation extends Layer {
  readonly kind = 'Activation';
  readonly weights = [];
  readonly #options: ActivationOptions;

  constructor(options: ActivationOptions) {
    super();
    this.#options = activationOptions.parse(options);
    this.name = this.#options.name ?? '';
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
    activate(trace, input, y, activation);
    return {
      y: { ...x, matrix: y },
      backward(dy) {
        activateBackward(trace, y, dy, activation);
        return dy;
      },
    };
  }
}
