import { ones, zeros } from '../weights/initializers.js';
import type { Random } from '../../base/math/random.js';
import { flag, number, optional, optionsSchema } from '../../base/schema/index.js';
import { checkFeatureAxis, featureAxis, type FeatureAxis } from './feature-axis.js';
import { denseMatrix, Layer, type LayerOptions } from './layer.js';
import { epsilon, layerName } from './layer-options.js';
import type { Signal, Trace, Traced } from '../weights/trace.js';
import { startOf } from '../weights/deferred-initialization.js';
import { Weight } from '../weights/weight.js';
import { weightOr } from '../weights/weight-or.js';

export interface BatchNormalizationOptions {
  /** How much of the running statistics each step keeps. @default 0.99 */
  momentum?: number;
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

const batchNormalizationOptions = optionsSchema<BatchNormalizationOptions>('BatchNormalization', {
  momentum: optional(number({ min: 0, max: 1 })),
  epsilon: optional(epsilon),
  center: optional(flag),
  scale: optional(flag),
  axis: optional(featureAxis),
  name: layerName,
});

/**
 * Batch normalization (Ioffe and Szegedy 2015) of each feature over batch and time. Padding
 * rows of a short batch and masked steps do not count. Weights: with `scale` gamma, with `center` beta,
 * running mean and variance, each (D).
 */
export class BatchNormalization extends Layer {
  readonly kind = 'BatchNormalization';
  readonly #options: BatchNormalizationOptions;
  #gamma: Weight | undefined;
  #beta: Weight | undefined;
  #mean: Weight | undefined;
  #variance: Weight | undefined;

  constructor(options?: BatchNormalizationOptions) {
    super();
    this.#options = batchNormalizationOptions.parse(options);
    this.name = this.#options.name ?? '';
  }

  options(): LayerOptions {
    return { ...this.#options };
  }

  get weights(): readonly Weight[] {
    return [this.#gamma, this.#beta, this.#mean, this.#variance].filter((weight) => weight !== undefined);
  }

  protected create(features: number, random: Random): number {
    const make = (name: string, fill: typeof zeros, trainable: boolean): Weight =>
      new Weight(
        `${this.name}/${name}`,
        [features],
        startOf(random, [features], () => fill(1, features, random)),
        {
          trainable,
        },
      );
    const { center = true, scale = true } = this.#options;
    if (scale) this.#gamma = make('gamma', ones, true);
    if (center) this.#beta = make('beta', zeros, true);
    this.#mean = make('movingMean', zeros, false);
    this.#variance = make('movingVariance', ones, false);
    return features;
  }

  trace(trace: Trace, x: Signal): Traced {
    const { momentum = 0.99, epsilon = 1e-3, axis } = this.#options;
    checkFeatureAxis(this, axis, x);
    const { builder } = trace;
    // Masked steps do not count, nor does padding.
    const valid = x.mask ?? trace.valid;
    const input = denseMatrix(this, x);
    const [gammaWeight, betaWeight] = [this.#gamma, this.#beta];
    const gamma = weightOr(trace, gammaWeight, input.cols, 1);
    const beta = weightOr(trace, betaWeight, input.cols, 0);
    const isTrained = (gammaWeight ?? betaWeight)?.trainable ?? this.trainable;
    const [runningMean, runningVariance] = [trace.weight(this.#mean!), trace.weight(this.#variance!)];
    const y = trace.temporary(input.rows, input.cols);
    if (!trace.training || !isTrained) {
      const scale = { gamma, runningVariance };
      builder.run('batchNormInference', { x: input, ...scale, beta, runningMean }, { y }, { epsilon });
      return {
        y: { ...x, matrix: y },
        backward(dy) {
          // A fixed scale, so the gradient takes it too.
          const none = trace.temporary(1, dy.cols);
          builder.run('fill', {}, { y: none }, { value: 0 });
          const dx = trace.temporary(dy.rows, dy.cols);
          const flat = { ...scale, beta: none, runningMean: none };
          builder.run('batchNormInference', { x: dy, ...flat }, { y: dx }, { epsilon });
          return dx;
        },
      };
    }
    const [mean, invStd] = [trace.temporary(1, input.cols), trace.temporary(1, input.cols)];
    builder.run(
      'batchNorm',
      { x: input, gamma, beta, valid, runningMean, runningVariance },
      { y, mean, invStd, newMean: runningMean, newVariance: runningVariance },
      { momentum, epsilon },
    );
    return {
      y: { ...x, matrix: y },
      backward(dy) {
        // Both at once, in the memory of the weight or, where there is none, in some that nobody reads.
        const [ofGamma, ofBeta] = [gammaWeight, betaWeight].map((weight) => weight && trace.gradient(weight));
        const dGamma = ofGamma?.matrix ?? weightOr(trace, undefined, dy.cols, 0);
        const dBeta = ofBeta?.matrix ?? weightOr(trace, undefined, dy.cols, 0);
        const { accumulate = false } = ofGamma ?? ofBeta ?? {};
        builder.run(
          'batchNormBackward',
          { x: input, gamma, mean, invStd, valid, dy },
          { dx: dy, dGamma, dBeta },
          { accumulate },
        );
        return dy;
      },
    };
  }
}
