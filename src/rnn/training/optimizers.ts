import type { Matrix } from '../engine/program.js';
import { SeqkitError } from '../errors.js';
import type { Trace } from '../layers/trace.js';
import type { Weight } from '../layers/weight.js';
import type { Schedule } from './schedules.js';

/** Turns gradients into new weights, as steps at the end of a training program. */
export interface Optimizer {
  readonly name: string;
  /** Appends the update of these weights. */
  trace(trace: Trace, gradients: readonly { weight: Weight; gradient: Matrix }[]): void;
  /** The numbers of the input `hyper` at a step; steps count from 1. */
  hyper(step: number): number[];
}

export interface AdamOptions {
  /** A rate, or a schedule of rates. @default 1e-3 */
  learningRate?: number | Schedule;
  /** @default 0.9 */
  beta1?: number;
  /** @default 0.999 */
  beta2?: number;
  /** @default 1e-8 */
  epsilon?: number;
  /** All gradients are scaled down together where their common norm is above this. */
  globalClipNorm?: number;
}

/** Adam (Kingma and Ba 2015), with clipping by the global norm (Pascanu et al. 2013) before it. */
export class Adam implements Optimizer {
  readonly name = 'Adam';
  readonly #options: Required<Omit<AdamOptions, 'globalClipNorm'>>;
  readonly #globalClipNorm: number | undefined;

  constructor(options: AdamOptions = {}) {
    const { learningRate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, globalClipNorm } = options;
    if (typeof learningRate === 'number') positive(learningRate, 'learningRate');
    if (globalClipNorm !== undefined) positive(globalClipNorm, 'globalClipNorm');
    positive(epsilon, 'epsilon');
    fraction(beta1, 'beta1');
    fraction(beta2, 'beta2');
    this.#options = { learningRate, beta1, beta2, epsilon };
    this.#globalClipNorm = globalClipNorm;
  }

  hyper(step: number): number[] {
    const { learningRate, beta1, beta2 } = this.#options;
    const rate = typeof learningRate === 'number' ? learningRate : learningRate(step);
    return [rate, 1 - beta1 ** step, 1 - beta2 ** step];
  }

  trace(trace: Trace, gradients: readonly { weight: Weight; gradient: Matrix }[]): void {
    const { builder } = trace;
    const { beta1, beta2, epsilon } = this.#options;
    const hyper = builder.declare('input', 'hyper', 1, 3);
    const factor = clipFactor(
      trace,
      gradients.map(({ gradient }) => gradient),
      this.#globalClipNorm,
    );
    for (const { weight, gradient } of gradients) {
      const value = trace.weight(weight);
      const m = builder.declare('state', `${weight.name}/adam m`, weight.rows, weight.cols);
      const v = builder.declare('state', `${weight.name}/adam v`, weight.rows, weight.cols);
      builder.run(
        'adam',
        { value, gradient, m, v, hyper, factor },
        { newValue: value, newM: m, newV: v },
        { beta1, beta2, epsilon },
      );
    }
  }
}

/** The factor (1, 1) by which all gradients are scaled. */
function clipFactor(trace: Trace, gradients: readonly Matrix[], maxNorm: number | undefined): Matrix {
  const { builder } = trace;
  const factor = trace.temporary(1, 1);
  if (maxNorm === undefined) {
    builder.run('fill', {}, { y: factor }, { value: 1 });
    return factor;
  }
  const squares = trace.temporary(gradients.length, 1);
  gradients.forEach((x, i) => {
    builder.run('sumSquares', { x }, { total: { ...squares, offset: squares.offset + i, rows: 1 } }, {});
  });
  builder.run('clipFactor', { squares }, { factor }, { maxNorm });
  return factor;
}

function positive(value: number, name: string): void {
  if (!(value > 0 && Number.isFinite(value))) {
    throw new SeqkitError(`${name} must be a number above 0, not ${value}.`, { code: 'bad-value' });
  }
}

function fraction(value: number, name: string): void {
  if (!(value >= 0 && value < 1)) {
    throw new SeqkitError(`${name} must be at least 0 and below 1, not ${value}.`, { code: 'bad-value' });
  }
}
