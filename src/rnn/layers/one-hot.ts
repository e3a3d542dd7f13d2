import { optionsSchema } from '../../base/schema/index.js';
import { Layer, type LayerOptions } from './layer.js';
import { layerName, size } from './layer-options.js';
import type { Signal, Trace, Traced } from '../weights/trace.js';

export interface OneHotOptions {
  /** V: tokens are whole numbers from 0 to V - 1. */
  depth: number;
  name?: string;
}

const oneHotOptions = optionsSchema<OneHotOptions>('OneHot', { depth: size, name: layerName });

/**
 * Tokens as one-hot rows: (N, T) to (N, T, V). Stands first, before a recurrent layer or
 * Dense. The rows are never laid out: the layer after looks its kernel's rows up.
 */
export class OneHot extends Layer {
  readonly kind = 'OneHot';
  readonly weights = [];
  readonly #options: OneHotOptions;

  constructor(options: OneHotOptions) {
    super();
    this.#options = oneHotOptions.parse(options);
    this.name = this.#options.name ?? '';
  }

  /** V. */
  override get tokens(): number {
    return this.#options.depth;
  }

  options(): LayerOptions {
    return { ...this.#options };
  }

  protected create(): number {
    return this.#options.depth;
  }

  trace(_trace: Trace, x: Signal): Traced {
    return { y: { ...x, features: this.#options.depth, oneHot: true }, backward: () => undefined };
  }
}
