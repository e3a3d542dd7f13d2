import { SeqkitError } from '../../base/errors.js';
import type { Convolution } from '../program/kernels.js';
import type { Matrix } from '../program/program.js';
import { initializerName, initializerOf, type InitializerName } from '../weights/initializers.js';
import type { Random } from '../../base/math/random.js';
import { choice, flag, optional, optionsSchema } from '../../base/schema/index.js';
import { continues, withCarriedFrames } from './carried-frames.js';
import { GroupedConvolution } from './grouped-convolution.js';
import { denseMatrix, Layer, refuseMask, timeOf, type Ending, type LayerOptions } from './layer.js';
import { activated, endingOf, layerActivation, type LayerActivation } from './layer-activation.js';
import { layerName, size, windowSize } from './layer-options.js';
import { withoutMasked } from './masked-rows.js';
import { biasBackward } from '../weights/projection.js';
import { withActivityPenalty } from '../weights/activity.js';
import { constraint, type Constraint } from '../weights/constraint.js';
import { factorsOf, regularizer, type RegularizerOption } from '../weights/regularizer.js';
import { slide, type Sliding } from './sliding.js';
import type { Signal, Trace, Traced } from '../weights/trace.js';
import { startOf } from '../weights/deferred-initialization.js';
import { Weight } from '../weights/weight.js';

export interface Conv1DOptions extends Sliding {
  /** F, the number of filters. */
  filters: number;
  /**
   * The features and the filters are cut into so many groups, each convolved by itself: as many as there are features
   * is a depthwise convolution. Each group is a product of its own, so that many groups are slow. @default 1
   */
  groups?: number;
  /** @default 'linear' */
  activation?: LayerActivation;
  /** @default true */
  useBias?: boolean;
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

const conv1DOptions = optionsSchema<Conv1DOptions>('Conv1D', {
  filters: size,
  groups: optional(size),
  kernelSize: windowSize,
  strides: optional(windowSize),
  dilationRate: optional(windowSize),
  padding: optional(choice(['valid', 'same', 'causal'])),
  activation: optional(layerActivation),
  useBias: optional(flag),
  kernelInitializer: optional(initializerName),
  kernelRegularizer: optional(regularizer),
  biasRegularizer: optional(regularizer),
  activityRegularizer: optional(regularizer),
  kernelConstraint: optional(constraint),
  biasConstraint: optional(constraint),
  name: layerName,
});

/**
 * Convolution over time: (N, T, D) to (N, To, F). Weights: kernel (K, D / groups, F), bias (F). Masked steps count as
 * zeros, as what lies beyond the ends does, and stay masked. That is for `same` and `causal` padding with strides of 1;
 * else a mask is refused. With causal padding a Stepper runs it.
 */
export class Conv1D extends Layer {
  readonly kind = 'Conv1D';
  readonly #options: Conv1DOptions;
  #kernel: Weight | undefined;
  #bias: Weight | undefined;

  constructor(options: Conv1DOptions) {
    super();
    this.#options = conv1DOptions.parse(options);
    this.name = this.#options.name ?? '';
    const { filters, groups = 1 } = this.#options;
    if (filters % groups !== 0) {
      throw new SeqkitError(`Conv1D: ${filters} filters cannot be cut into ${groups} groups.`, {
        code: 'bad-value',
        hint: 'Give a number of filters that is a multiple of groups.',
      });
    }
  }

  options(): LayerOptions {
    return { ...this.#options };
  }

  override ending(): Ending {
    return endingOf(this.#options.activation ?? 'linear', 'logits');
  }

  get weights(): readonly Weight[] {
    return [this.#kernel, this.#bias].filter((weight) => weight !== undefined);
  }

  override get needsWholeSequence(): boolean {
    return this.#options.kernelSize > 1 && this.#options.padding !== 'causal';
  }

  protected create(features: number, random: Random): number {
    const { filters, kernelSize, activation, useBias = true, groups = 1 } = this.#options;
    if (features % groups !== 0) {
      throw new SeqkitError(
        `The layer "${this.name}" (Conv1D) cannot cut ${features} input features into ${groups} groups.`,
        { code: 'bad-shape' },
      );
    }
    const own = features / groups;
    const { kernelInitializer = activation === 'relu' ? 'heNormal' : 'glorotUniform' } = this.#options;
    const initialize = initializerOf(kernelInitializer);
    this.#kernel = new Weight(
      `${this.name}/kernel`,
      [kernelSize, own, filters],
      startOf(random, [kernelSize, own, filters], () =>
        initialize(kernelSize * own, filters, random, kernelSize),
      ),
      { ...factorsOf(this.#options.kernelRegularizer), constraint: this.#options.kernelConstraint },
    );
    if (useBias) {
      const start = startOf(random, [filters], () => new Float64Array(filters));
      this.#bias = new Weight(`${this.name}/bias`, [filters], start, {
        ...factorsOf(this.#options.biasRegularizer),
        constraint: this.#options.biasConstraint,
      });
    }
    return filters;
  }

  /** Whether step t of the output stands where step t of the input does. */
  get #keepsSteps(): boolean {
    const { strides = 1, padding = 'valid' } = this.#options;
    return strides === 1 && padding !== 'valid';
  }

  /** Output steps and padding for T input steps. */
  geometry(time: number, batch: number): Convolution {
    return slide(this, this.#options, time, batch);
  }

  trace(trace: Trace, x: Signal): Traced {
    const { filters, groups = 1, activation = 'linear' } = this.#options;
    const { builder } = trace;
    if (!this.#keepsSteps) refuseMask(this, x);
    const given = denseMatrix(this, x);
    const masked = x.mask && withoutMasked(trace, given, x.mask);
    const whole = { x: masked?.kept ?? given, window: this.geometry(timeOf(this, x), trace.batch) };
    const { x: input, window: convolution } = continues(trace)
      ? withCarriedFrames(trace, this, whole.x, whole.window)
      : whole;
    const kernelWeight = this.#kernel!;
    const biasWeight = this.#bias;
    const kernel = trace.weight(kernelWeight);
    const bias = biasWeight && trace.weight(biasWeight);
    const ofGroups = groups === 1 ? undefined : new GroupedConvolution(trace, convolution, groups);
    let convolved: Matrix;
    if (ofGroups) convolved = ofGroups.forward(input, kernel, bias);
    else {
      convolved = trace.temporary(convolution.outputTime * trace.batch, filters);
      builder.run('conv1d', { x: input, kernel, ...(bias && { bias }) }, { y: convolved }, convolution);
    }
    const { y, backward: activationBackward } = activated(trace, convolved, activation);
    const traced: Traced = {
      y: { matrix: y, time: convolution.outputTime, features: filters, mask: x.mask },
      backward(dy, wantsDx) {
        const ofGiven = (dx: Matrix): Matrix => masked?.backward(dx) ?? dx;
        activationBackward(dy);
        if (biasWeight) biasBackward(trace, biasWeight, dy);
        const { matrix: dKernel, accumulate } = trace.gradient(kernelWeight);
        if (ofGroups) {
          ofGroups.kernelGradient(input, dy, { dKernel, accumulate });
          return wantsDx ? ofGiven(ofGroups.inputGradient(dy, kernel, input.cols)) : undefined;
        }
        builder.run('conv1dKernelGradient', { x: input, dy }, { dKernel }, { ...convolution, accumulate });
        if (!wantsDx) return undefined;
        const dx = trace.temporary(input.rows, input.cols);
        builder.run('conv1dInputGradient', { dy, kernel }, { dx }, convolution);
        return ofGiven(dx);
      },
    };
    return withActivityPenalty(trace, traced, this.#options.activityRegularizer);
  }
}
