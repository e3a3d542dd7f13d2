import { dropoutKeyCount } from '../engine/kernels.js';
import type { Matrix, ProgramBuilder } from '../engine/program.js';
import type { Weight } from './weight.js';

/**
 * What flows between layers: rows of features, time-major (row t * N + n) where there is a
 * time axis.
 */
export interface Signal {
  /** (T * N, D), or (N, D) without a time axis. */
  readonly matrix: Matrix;
  /** T, or undefined without a time axis. */
  readonly time: number | undefined;
  /** D; for tokens that stand for one-hot rows, the number of classes. */
  readonly features: number;
  /** The matrix (R, 1) holds tokens in place of their one-hot rows. */
  readonly oneHot?: boolean;
}

/** A layer's place in a program: its output, and the steps that take gradients back. */
export interface Traced {
  readonly y: Signal;
  /**
   * Appends the backward steps.
   * @param dy gradient of y, whole rows; the layer may overwrite it
   * @param wantsDx false where nothing below is trained
   * @returns the gradient of x, where wanted
   */
  backward(dy: Matrix, wantsDx: boolean): Matrix | undefined;
}

export interface TraceOptions {
  /** N. */
  batch: number;
  /** Dropout on, batch statistics in batch normalization. */
  training: boolean;
  /** Recurrent layers start from, and leave behind, the state of the last run. */
  carryState?: boolean;
  /** Gradients, those of initial states too, are outputs named `gradient/<name>`. */
  exposeGradients?: boolean;
}

/** The pass of one batch through the layers, as it is written down as a program. */
export class Trace {
  readonly #gradients = new Map<Weight, Matrix>();
  readonly #written = new Set<Weight>();
  readonly #sites: string[] = [];

  constructor(
    readonly builder: ProgramBuilder,
    readonly options: TraceOptions,
  ) {}

  get batch(): number {
    return this.options.batch;
  }

  get training(): boolean {
    return this.options.training;
  }

  /** 1 for a real row of the batch, 0 for padding: input `valid` (N, 1). */
  get valid(): Matrix {
    return this.builder.declare('input', 'valid', this.batch, 1);
  }

  /** Inputs of `gatherBackward`: positions (R, 1) sorted by token, offsets (V + 1, 1). */
  tokenOrder(rows: number, tokens: number): { order: Matrix; offsets: Matrix } {
    return {
      order: this.builder.declare('input', 'order', rows, 1),
      offsets: this.builder.declare('input', 'offsets', tokens + 1, 1),
    };
  }

  /** A weight as this program sees it. */
  weight(weight: Weight): Matrix {
    const kind = weight.trainable ? 'parameter' : 'state';
    return this.builder.declare(kind, weight.name, weight.rows, weight.cols);
  }

  /** Where the gradient of a weight goes. The first writer writes, later ones accumulate. */
  gradient(weight: Weight): { matrix: Matrix; accumulate: boolean } {
    let matrix = this.#gradients.get(weight);
    if (matrix === undefined) {
      matrix = this.options.exposeGradients
        ? this.builder.declare('output', `gradient/${weight.name}`, weight.rows, weight.cols)
        : this.builder.temporary(weight.rows, weight.cols);
      this.#gradients.set(weight, matrix);
    }
    const accumulate = this.#written.has(weight);
    this.#written.add(weight);
    return { matrix, accumulate };
  }

  /** The gradients written so far, in the order of the weights given. */
  gradients(weights: readonly Weight[]): { weight: Weight; gradient: Matrix }[] {
    return weights.flatMap((weight) => {
      const gradient = this.#gradients.get(weight);
      return gradient ? [{ weight, gradient }] : [];
    });
  }

  /** The keys (1, 6) of a new dropout site, an input that the host fills anew each step. */
  dropoutSite(): Matrix {
    const name = `dropout keys ${this.#sites.length}`;
    this.#sites.push(name);
    return this.builder.declare('input', name, 1, dropoutKeyCount);
  }

  get dropoutSites(): readonly string[] {
    return this.#sites;
  }

  /** Memory for one run. */
  temporary(rows: number, cols: number): Matrix {
    return this.builder.temporary(rows, cols);
  }
}
