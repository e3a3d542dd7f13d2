import { ones, zeros } from '../weights/initializers.js';
import type { Random } from '../../base/math/random.js';
import { flag, optional, optionsSchema } from '../../base/schema/index.js';
import { checkFeatureAxis, featureAxis, type FeatureAxis } from './feature-axis.js';
import { denseMatrix, Layer, type LayerOptions } from './layer.js';
import { epsilon, layerName } from './layer-options.js';
import { biasBackward } from '../weights/projection.js';
import { weightOr } from '../weights/weight-or.js';
import type { Signal, Trace, Traced } from '../weights/trace.js';
import { startOf } from '../weights/deferred-initialization.js';
import { Weight } from '../weights/weight.js';

export interface LayerNormalizationOptions {
  /** Added to the variance. @default 1e-3 */
  epsilon?: number;
  /** Add beta. @default true */
  center?: boolean;
  /** Multiply by gamma. @default true */
  scale?: boolean;
  /** The axis of the features. No other can be normalized over. @default -1 */
  axis?: FeatureAxis;
  name?: string;
}

const layerNormalizationOptions = optionsSchema<LayerNormalizationOptions>('LayerNormalization', {
  epsilon: optional(epsilon),
  center: optional(flag),
  scale: optional(flag),
  axis: optional(featureAxis),
  name: layerName,
});

/**
 * Layer normalization (Ba et al. 2016) over the features of each row by itself, the same in
 * training and after. Weights: with `scale` gamma, with `center` beta, each (D).
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
    const { center = true, scale = true } = this.#options;
    if (scale) this.#gamma = make('gamma', ones);
    if (center) this.#beta = make('beta', zeros);
    return features;
  }

  trace(trace: Trace, x: Signal): Traced {
    const { epsilon = 1e-3, axis } = this.#options;
    checkFeatureAxis(this, axis, x);
    const { builder } = trace;
    const input = denseMatrix(this, x);
    const [gammaWeight, betaWeight] = [this.#gamma, this.#beta];
    const gamma = weightOr(trace, gammaWeight, input.cols, 1);
    const beta = weightOr(trace, betaWeight, input.cols, 0);
    const y = trace.temporary(input.rows, input.cols);
    const normalized = trace.temporary(input.rows, input.cols);
    const invStd = trace.temporary(input.rows, 1);
    builder.run('layerNorm', { x: input, gamma, beta }, { y, normalized, invStd }, { epsilon });
    return {
      y: { ...x, matrix: y },
      backward(dy) {
        if (betaWeight) biasBackward(trace, betaWeight, dy);
        if (gammaWeight) {
          const products = trace.temporary(dy.rows, dy.cols);
          builder.run('multiply', { a: dy, b: normalized }, { y: products }, { accumulate: false });
          biasBackward(trace, gammaWeight, products);
        }
        builder.run('layerNormBackward', { normalized, invStd, gamma, dy }, { dx: dy }, {});
        return dy;
      },
    };
  }
}
