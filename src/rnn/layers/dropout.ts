import { optionsSchema } from '../../base/schema/index.js';
import { denseMatrix, Layer, type LayerOptions } from './layer.js';
import { dropRate, layerName } from './layer-options.js';
import type { Signal, Trace, Traced } from '../weights/trace.js';

export interface DropoutOptions {
  /** The share of elements set to zero in training, from 0 up to but without 1. */
  rate: number;
  name?: string;
}

const dropoutOptions = optionsSchema<DropoutOptions>('Dropout', { rate: dropRate, name: layerName });

/** Inverted dropout (Srivastava et al. 2014): in training alone; kept elements grow by 1 / (1 - rate). */
export class Dropout extends Layer {
  readonly kind = 'Dropout';
  readonly weights = [];
  readonly #options: DropoutOptions;

  constructor(options: DropoutOptions) {
    super();
    this.#options = dropoutOptions.parse(options);
    this.name = this.#options.name ?? '';
  }

  options(): LayerOptions {
    return { ...this.#options };
  }

  protected create(features: number): number {
    return features;
  }

  trace(trace: Trace, x: Signal): Traced {
    const { rate } = this.#options;
    const input = denseMatrix(this, x);
    if (!trace.drops || rate === 0) return { y: x, backward: (dy) => dy };
    const keys = trace.dropoutSite();
    const y = trace.temporary(input.rows, input.cols);
    trace.builder.run('dropout', { x: input, keys }, { y }, { rate });
    return {
      y: { ...x, matrix: y },
      backward(dy) {
        trace.builder.run('dropout', { x: dy, keys }, { y: dy }, { rate });
        return dy;
      },
    };
  }
}
