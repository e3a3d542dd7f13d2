import { sliceColumns, type Matrix } from '../program/program.js';
import { SeqkitError } from '../../base/errors.js';
import {
  callback,
  either,
  flag,
  number,
  optional,
  optionsSchema,
  shown,
  type OptionTable,
} from '../../base/schema/index.js';
import type { Trace } from '../weights/trace.js';
import type { Weight } from '../weights/weight.js';
import {
  checkClipping,
  clipGradients,
  clippingTable,
  type ClippedGradient,
  type Clipping,
} from './clipping.js';
import type { Schedule } from './schedules.js';

/** Turns gradients into new weights, as steps at the end of a training program. */
export interface Optimizer {
  readonly name: string;
  /** Appends the update of these weights. */
  trace(trace: Trace, gradients: readonly { weight: Weight; gradient: Matrix }[]): void;
  /** The numbers of the input `hyper` at a step; steps count from 1. */
  hyper(step: number): number[];
}

export interface OptimizerOptions extends Clipping {
  /** A rate, or a schedule of rates. */
  learningRate?: number | Schedule;
}

const rateTable: OptionTable<OptimizerOptions> = {
  learningRate: optional(either(number({ above: 0 }), callback<Schedule>())),
  ...clippingTable,
};

/** How much of a moving average a step keeps: all of it would never move. */
const kept = optional(number({ min: 0, below: 1 }));
const aboveZero = optional(number({ above: 0 }));

/** What all optimizers share: the rate, clipping, and one update for each weight. */
abstract class RateOptimizer implements Optimizer {
  abstract readonly name: string;
  readonly #rate: number | Schedule;
  readonly #clipping: Clipping;

  constructor(options: OptimizerOptions, defaultRate: number) {
    const { learningRate = defaultRate } = options;
    checkClipping(options);
    this.#rate = learningRate;
    this.#clipping = options;
  }

  /** The rate first. */
  hyper(step: number): number[] {
    if (typeof this.#rate === 'number') return [this.#rate];
    const rate: unknown = this.#rate(step);
    if (Number.isFinite(rate) && (rate as number) >= 0) return [rate as number];
    throw new SeqkitError(
      `The learning rate's schedule gives ${shown(rate)} at step ${step}; a rate is a number of at least 0.`,
      { code: 'bad-value' },
    );
  }

  trace(trace: Trace, gradients: readonly { weight: Weight; gradient: Matrix }[]): void {
    if (gradients.length === 0) {
      throw new SeqkitError('The model has no weights to train.', { code: 'usage' });
    }
    const hyper = trace.builder.declare('input', 'hyper', 1, this.hyper(1).length);
    for (const clipped of clipGradients(trace, gradients, this.#clipping)) this.update(trace, clipped, hyper);
  }

  protected abstract update(trace: Trace, clipped: ClippedGradient, hyper: Matrix): void;
}

/** Kept from step to step, beside the weight. */
function moment(trace: Trace, { name, rows, cols }: Weight, what: string): Matrix {
  return trace.builder.declare('state', `${name}/${what}`, rows, cols);
}

/** The gradient times its clipping factor. */
function clippedGradient(trace: Trace, { gradient, factor }: ClippedGradient): Matrix {
  if (!factor) return gradient;
  trace.builder.run('scale', { x: gradient, factor }, { y: gradient }, {});
  return gradient;
}

/** old = keep * old + share * x. */
function blend(trace: Trace, old: Matrix, keep: number, x: Matrix, share: number): void {
  const { builder } = trace;
  builder.run('affine', { x: old }, { y: old }, { factor: keep, offset: 0 });
  let added = x;
  if (share !== 1) {
    added = trace.temporary(x.rows, x.cols);
    builder.run('affine', { x }, { y: added }, { factor: share, offset: 0 });
  }
  builder.run('add', { a: old, b: added }, { y: old }, {});
}

/** value -= rate * change. */
function descend(trace: Trace, weight: Weight, change: Matrix, hyper: Matrix): void {
  const { builder } = trace;
  const value = trace.weight(weight);
  const stride = trace.temporary(change.rows, change.cols);
  builder.run('scale', { x: change, factor: sliceColumns(hyper, 0, 1) }, { y: stride }, {});
  builder.run('subtract', { a: value, b: stride }, { y: value }, {});
}

export interface SGDOptions extends OptimizerOptions {
  /** @default 1e-2 */
  learningRate?: number | Schedule;
  /** mu, from 0 up to but without 1. @default 0 */
  momentum?: number;
  /** Step by g + mu v in place of v (Nesterov 1983, as Sutskever et al. 2013 write it). @default false */
  nesterov?: boolean;
}

const sgdOptions = optionsSchema<SGDOptions>('SGD', {
  ...rateTable,
  momentum: kept,
  nesterov: optional(flag),
});

/** Stochastic gradient descent, PyTorch's: v = mu v + g, value -= rate * v. */
export class SGD extends RateOptimizer {
  readonly name = 'SGD';
  readonly #momentum: number;
  readonly #nesterov: boolean;

  constructor(options?: SGDOptions) {
    const checked = sgdOptions.parse(options);
    super(checked, 1e-2);
    const { momentum = 0, nesterov = false } = checked;
    if (nesterov && momentum === 0) {
      throw new SeqkitError('nesterov needs a momentum above 0.', { code: 'usage' });
    }
    this.#momentum = momentum;
    this.#nesterov = nesterov;
  }

  protected update(trace: Trace, clipped: ClippedGradient, hyper: Matrix): void {
    const { weight } = clipped;
    const gradient = clippedGradient(trace, clipped);
    if (this.#momentum === 0) return descend(trace, weight, gradient, hyper);
    const v = moment(trace, weight, 'sgd v');
    blend(trace, v, this.#momentum, gradient, 1);
    if (!this.#nesterov) return descend(trace, weight, v, hyper);
    const ahead = trace.temporary(v.rows, v.cols);
    trace.builder.run('affine', { x: v }, { y: ahead }, { factor: this.#momentum, offset: 0 });
    trace.builder.run('add', { a: ahead, b: gradient }, { y: ahead }, {});
    descend(trace, weight, ahead, hyper);
  }
}

export interface MomentumOptions extends OptimizerOptions {
  /** @default 1e-2 */
  learningRate?: number | Schedule;
  /** @default 0.9 */
  beta?: number;
}

const momentumOptions = optionsSchema<MomentumOptions>('Momentum', { ...rateTable, beta: kept });

/** Descent along a moving average of the gradients: v = beta v + (1 - beta) g, value -= rate * v. */
export class Momentum extends RateOptimizer {
  readonly name = 'Momentum';
  readonly #beta: number;

  constructor(options?: MomentumOptions) {
    const checked = momentumOptions.parse(options);
    super(checked, 1e-2);
    this.#beta = checked.beta ?? 0.9;
  }

  protected update(trace: Trace, clipped: ClippedGradient, hyper: Matrix): void {
    const v = moment(trace, clipped.weight, 'momentum v');
    blend(trace, v, this.#beta, clippedGradient(trace, clipped), 1 - this.#beta);
    descend(trace, clipped.weight, v, hyper);
  }
}

export interface RMSpropOptions extends OptimizerOptions {
  /** @default 1e-3 */
  learningRate?: number | Schedule;
  /** How much of the mean square each step keeps: PyTorch's alpha. @default 0.9 */
  rho?: number;
  /** mu of a velocity over the scaled gradients. @default 0 */
  momentum?: number;
  /** @default 1e-8 */
  epsilon?: number;
}

const rmspropOptions = optionsSchema<RMSpropOptions>('RMSprop', {
  ...rateTable,
  rho: kept,
  momentum: kept,
  epsilon: aboveZero,
});

/**
 * RMSprop (Tieleman and Hinton 2012), PyTorch's: s = rho s + (1 - rho) g^2, and a step by
 * g / (sqrt(s) + epsilon), or by v = mu v + that.
 */
export class RMSprop extends RateOptimizer {
  readonly name = 'RMSprop';
  readonly #rho: number;
  readonly #momentum: number;
  readonly #epsilon: number;

  constructor(options?: RMSpropOptions) {
    const checked = rmspropOptions.parse(options);
    super(checked, 1e-3);
    const { rho = 0.9, momentum = 0, epsilon = 1e-8 } = checked;
    this.#rho = rho;
    this.#momentum = momentum;
    this.#epsilon = epsilon;
  }

  protected update(trace: Trace, clipped: ClippedGradient, hyper: Matrix): void {
    const { weight } = clipped;
    const { builder } = trace;
    const g = clippedGradient(trace, clipped);
    const s = moment(trace, weight, 'rmsprop s');
    const change = trace.temporary(g.rows, g.cols);
    builder.run('multiply', { a: g, b: g }, { y: change }, { accumulate: false });
    blend(trace, s, this.#rho, change, 1 - this.#rho);
    builder.run('divideByRoot', { a: g, b: s }, { y: change }, { epsilon: this.#epsilon });
    if (this.#momentum === 0) return descend(trace, weight, change, hyper);
    const v = moment(trace, weight, 'rmsprop v');
    blend(trace, v, this.#momentum, change, 1);
    descend(trace, weight, v, hyper);
  }
}

export interface AdamOptions extends OptimizerOptions {
  /** @default 1e-3 */
  learningRate?: number | Schedule;
  /** @default 0.9 */
  beta1?: number;
  /** @default 0.999 */
  beta2?: number;
  /** @default 1e-8 */
  epsilon?: number;
}

const adamTable: OptionTable<AdamOptions> = {
  ...rateTable,
  beta1: kept,
  beta2: kept,
  epsilon: aboveZero,
};

const adamOptions = optionsSchema<AdamOptions>('Adam', adamTable);

/** Adam (Kingma and Ba 2015, algorithm 1). */
export class Adam extends RateOptimizer {
  readonly name: string = 'Adam';
  readonly #settings: { beta1: number; beta2: number; epsilon: number };

  constructor(options?: AdamOptions) {
    const checked = adamOptions.parse(options);
    super(checked, 1e-3);
    const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = checked;
    this.#settings = { beta1, beta2, epsilon };
  }

  override hyper(step: number): number[] {
    const { beta1, beta2 } = this.#settings;
    return [...super.hyper(step), 1 - beta1 ** step, 1 - beta2 ** step];
  }

  protected update(trace: Trace, { weight, gradient, factor: given }: ClippedGradient, hyper: Matrix): void {
    const { builder } = trace;
    const value = trace.weight(weight);
    const m = moment(trace, weight, 'adam m');
    const v = moment(trace, weight, 'adam v');
    let factor = given;
    if (!factor) {
      factor = trace.temporary(1, 1);
      builder.run('fill', {}, { y: factor }, { value: 1 });
    }
    builder.run(
      'adam',
      { value, gradient, m, v, hyper: sliceColumns(hyper, 0, 3), factor },
      { newValue: value, newM: m, newV: v },
      this.#settings,
    );
  }
}

export interface AdamWOptions extends AdamOptions {
  /** Each step takes rate * weightDecay of every trained number away, biases too. @default 1e-2 */
  weightDecay?: number;
}

const adamWOptions = optionsSchema<AdamWOptions>('AdamW', {
  ...adamTable,
  weightDecay: optional(number({ min: 0 })),
});

/** Adam with decoupled weight decay (Loshchilov and Hutter 2019), PyTorch's AdamW. */
export class AdamW extends Adam {
  override readonly name = 'AdamW';
  readonly #weightDecay: number;

  constructor(options?: AdamWOptions) {
    const { weightDecay = 1e-2, ...ofAdam } = adamWOptions.parse(options);
    super(ofAdam);
    this.#weightDecay = weightDecay;
  }

  override hyper(step: number): number[] {
    const numbers = super.hyper(step);
    return [...numbers, 1 - numbers[0] * this.#weightDecay];
  }

  protected override update(trace: Trace, clipped: ClippedGradient, hyper: Matrix): void {
    const value = trace.weight(clipped.weight);
    trace.builder.run('scale', { x: value, factor: sliceColumns(hyper, 3, 1) }, { y: value }, {});
    super.update(trace, clipped, hyper);
  }
}
