import { initializerName, initializerOf, type InitializerName } from '../weights/initializers.js';
import type { Random } from '../../base/math/random.js';
import { flag, number, optional, optionsSchema } from '../../base/schema/index.js';
import { Layer, type Ending, type LayerOptions } from './layer.js';
import { activated, endingOf, layerActivation, type LayerActivation } from './layer-activation.js';
import { layerName, size } from './layer-options.js';
import { biasBackward, project, projectBackward } from '../weights/projection.js';
import { withActivityPenalty } from '../weights/activity.js';
import { constraint, type Constraint } from '../weights/constraint.js';
import { factorsOf, regularizer, type RegularizerOption } from '../weights/regularizer.js';
import type { Signal, Trace, Traced } from '../weights/trace.js';
import { startOf } from '../weights/deferred-initialization.js';
import { Weight } from '../weights/weight.js';

export interface DenseOptions {
  /** F, the number of outputs. */
  units: number;
  /** @default 'linear' */
  activation?: LayerActivation;
  /** @default true */
  useBias?: boolean;
  /** What the bias starts at. @default 0 */
  biasValue?: number;
  /** @default 'heNormal' before relu, else 'glorotUniform' */
  kernelInitializer?: InitializerName;
  kernelRegularizer?: RegularizerOption;
  biasRegularizer?: RegularizerOption;
  /** Of the output. */
  activityRegularizer?: RegularizerOption;
  kernelConstraint?: Constraint;
  biasConstraint?: Constraint;
  name?: string;
}

const denseOptions = optionsSchema<DenseOptions>('Dense', {
  units: size,
  activation: optional(layerActivation),
  useBias: optional(flag),
  biasValue: optional(number()),
  kernelInitializer: optional(initializerName),
  kernelRegularizer: optional(regularizer),
  biasRegularizer: optional(regularizer),
  activityRegularizer: optional(regularizer),
  kernelConstraint: optional(constraint),
  biasConstraint: optional(constraint),
  name: layerName,
});

/** y = f(x W + b), at every time step where there are any. Weights: kernel (D, F), bias (F). */
export class Dense extends Layer {
  readonly kind = 'Dense';
  readonly #options: DenseOptions;
  #kernel: Weight | undefined;
  #bias: Weight | undefined;

  constructor(options: DenseOptions) {
    super();
    this.#options = denseOptions.parse(options);
    this.name = this.#options.name ?? '';
  }

  options(): LayerOptions {
    return { ...this.#options };
  }

  override ending(): Ending {
    return endingOf(this.#options.activation ?? 'linear', 'logits');
  }

  override get takesOneHot(): boolean {
    return true;
  }

  get weights(): readonly Weight[] {
    return [this.#kernel, this.#bias].filter((weight) => weight !== undefined);
  }

  protected create(features: number, random: Random): number {
    const { units, activation, useBias = true, biasValue = 0 } = this.#options;
    const { kernelInitializer = activation === 'relu' ? 'heNormal' : 'glorotUniform' } = this.#options;
    const initialize = initializerOf(kernelInitializer);
    this.#kernel = new Weight(
      `${this.name}/kernel`,
      [features, units],
      startOf(random, [features, units], () => initialize(features, units, random)),
      { ...factorsOf(this.#options.kernelRegularizer), constraint: this.#options.kernelConstraint },
    );
    if (useBias) {
      const start = startOf(random, [units], () => new Float64Array(units).fill(biasValue));
      this.#bias = new Weight(`${this.name}/bias`, [units], start, {
        ...factorsOf(this.#options.biasRegularizer),
        constraint: this.#options.biasConstraint,
      });
    }
    return units;
  }

  trace(trace: Trace, x: Signal): Traced {
    const { units, activation = 'linear' } = this.#options;
    const kernel = this.#kernel!;
    const bias = this.#bias;
    const product = project(trace, x, kernel, bias && trace.weight(bias));
    const { y, backward: activationBackward } = activated(trace, product, activation);
    const traced: Traced = {
      y: { matrix: y, time: x.time, features: units, mask: x.mask },
      backward(dy, wantsDx) {
        activationBackward(dy);
        if (bias) biasBackward(trace, bias, dy);
        return projectBackward(trace, x, kernel, dy, wantsDx);
      },
    };
    return withActivityPenalty(trace, traced, this.#options.activityRegularizer);
  }
}
