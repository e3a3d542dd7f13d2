import { checkKnownOptions } from '../../base/options.js';
import { denseMatrix, Layer, type Ending, type LayerOptions } from './layer.js';
import { activated, endingOf, layerActivation, type LayerActivation } from './layer-activation.js';
import type { Signal, Trace, Traced } from '../weights/trace.js';

export interface ActivationOptions {
  activation: LayerActivation;
  name?: string;
}

/** y = f(x), element by element; softmax over the features. */
export class Activation extends Layer {
  readonly kind = 'Activation';
  readonly weights = [];
  readonly #options: ActivationOptions;

  constructor(options: ActivationOptions) {
    super();
    checkKnownOptions(options, { activation: true, name: true }, 'Activation');
    this.name = options.name ?? '';
    const activation = layerActivation.parse(options.activation, 'Activation: activation');
    this.#options = { ...options, activation };
  }

  options(): LayerOptions {
    return { ...this.#options };
  }

  override ending(before: Ending): Ending {
    return endingOf(this.#options.activation, before);
  }

  override get takesFeatureMask(): boolean {
    return true;
  }

  protected create(features: number): number {
    return features;
  }

  trace(trace: Trace, x: Signal): Traced {
    const { activation } = this.#options;
    const input = denseMatrix(this, x);
    const { y, backward } = activated(trace, input, activation, {
      apart: true,
      featureMask: x.featureMask,
    });
    return { y: { ...x, matrix: y }, backward: (dy) => (backward(dy), dy) };
  }
}
