import { ones, zeros } from '../weights/initializers.js';
import type { Random } from '../../base/math/random.js';
import { optional, optionsSchema } from '../../base/schema/index.js';
import { denseMatrix, Layer, type LayerOptions } from './layer.js';
import { epsilon, layerName } from './layer-options.js';
import { biasBackward } from '../weights/projection.js';
import type { Signal, Trace, Traced } from '../weights/trace.js';
import { startOf } from '../weights/deferred-initialization.js';
import { Weight } from '../weights/weight.js';

export interface LayerNormalizationOptions {
  /** Added to the variance. @default 1e-3 */
  epsilon?: number;
  name?: string;
}

const layerNormalizationOptions = optionsSchema<LayerNormalizationOptions>('LayerNormalization', {
  epsilon: optional(epsilon),
  name: layerName,
});

/**
 * Layer normalization (Ba et al. 2016) over the features of each row by itself, the same in
 * training and after. Weights: gamma, beta, each (D).
 */
export class LayerNormalization extends Layer {
  readonly kind = 'LayerNormalization';
  readonly #options: LayerNormalizationOptions;
  #gamma: Weight | undefined;
  #beta: Weight | undefined;

  constructor(options?: LayerNormalizationOptions) {
    super();
    this.#options = layerNormalizationOptions.parse(options);
    this.name = this.#options.name ?? '';
  }

  options(): LayerOptions {
    return { ...this.#options };
  }

  get weights(): readonly Weight[] {
    return [this.#gamma, this.#beta].filter((weight) => weight !== undefined);
  }

  protected create(features: number, random: Random): number {
    const make = (name: string, fill: typeof zeros): Weight =>
      new Weight(
        `${this.name}/${name}`,
        [features],
        startOf(random, [features], () => fill(1, features, random)),
      );
    this.#gamma = make('gamma', ones);
    this.#beta = make('beta', zeros);
    return features;
  }

  trace(trace: Trace, x: Signal): Traced {
    const { epsilon = 1e-3 } = this.#options;
    const { builder } = trace;
    const input = denseMatrix(this, x);
    const [gammaWeight, betaWeight] = [this.#gamma!, this.#beta!];
    const gamma = trace.weight(gammaWeight);
    const y = trace.temporary(input.rows, input.cols);
    const normalized = trace.temporary(input.rows, input.cols);
    const invStd = trace.temporary(input.rows, 1);
    builder.run(
      'layerNorm',
      { x: input, gamma, beta: trace.weight(betaWeight) },
      { y, normalized, invStd },
      { epsilon },
    );
    return {
      y: { ...x, matrix: y },
      backward(dy) {
        biasBackward(trace, betaWeight, dy);
        const products = trace.temporary(dy.rows, dy.cols);
        builder.run('multiply', { a: dy, b: normalized }, { y: products }, { accumulate: false });
        biasBackward(trace, gammaWeight, products);
        builder.run('layerNormBackward', { normalized, invStd, gamma, dy }, { dx: dy }, {});
        return dy;
      },
    };
  }
}
