import { ones, zeros } from '../weights/initializers.js';
import type { Random } from '../../base/math/random.js';
import { number, optional, optionsSchema } from '../../base/schema/index.js';
import { denseMatrix, Layer, type LayerOptions } from './layer.js';
import { epsilon, layerName } from './layer-options.js';
import type { Signal, Trace, Traced } from '../weights/trace.js';
import { startOf } from '../weights/deferred-initialization.js';
import { Weight } from '../weights/weight.js';

export interface BatchNormalizationOptions {
  /** How much of the running statistics each step keeps. @default 0.99 */
  momentum?: number;
  /** Added to the variance. @default 1e-3 */
  epsilon?: number;
  name?: string;
}

const batchNormalizationOptions = optionsSchema<BatchNormalizationOptions>('BatchNormalization', {
  momentum: optional(number({ min: 0, max: 1 })),
  epsilon: optional(epsilon),
  name: layerName,
});

/**
 * Batch normalization (Ioffe and Szegedy 2015) of each feature over batch and time. Padding
 * rows of a short batch and masked steps do not count. Weights: gamma, beta, running mean and variance, each (D).
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
    this.#gamma = make('gamma', ones, true);
    this.#beta = make('beta', zeros, true);
    this.#mean = make('movingMean', zeros, false);
    this.#variance = make('movingVariance', ones, false);
    return features;
  }

  trace(trace: Trace, x: Signal): Traced {
    const { momentum = 0.99, epsilon = 1e-3 } = this.#options;
    const { builder } = trace;
    // Masked steps do not count, nor does padding.
    const valid = x.mask ?? trace.valid;
    const input = denseMatrix(this, x);
    const gammaWeight = this.#gamma!;
    const betaWeight = this.#beta!;
    const [gamma, beta] = [trace.weight(gammaWeight), trace.weight(betaWeight)];
    const [runningMean, runningVariance] = [trace.weight(this.#mean!), trace.weight(this.#variance!)];
    const y = trace.temporary(input.rows, input.cols);
    if (!trace.training || !gammaWeight.trainable) {
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
        const { matrix: dGamma, accumulate } = trace.gradient(gammaWeight);
        const { matrix: dBeta } = trace.gradient(betaWeight);
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
