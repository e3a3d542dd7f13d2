import { DROPOUT_KEY_COUNT } from '../program/kernels.js';
import type { Matrix, ProgramBuilder } from '../program/program.js';
import type { RegularizerOption } from './regularizer.js';
import type { Weight } from './weight.js';

/**
 * What flows between layers: rows of features, time-major (row t * N + n) where there is a
 * time axis.
 */
export interface Signal {
  /** (T * N, D), or (N, D) without a time axis; with inner steps (T * N, S * D). */
  readonly matrix: Matrix;
  /** T, or undefined without a time axis. */
  readonly time: number | undefined;
  /** S where each time step is itself a sequence, (N, T, S, D): for `TimeDistributed` alone. */
  readonly steps?: number | undefined;
  /** D; for tokens that stand for one-hot rows, the number of classes. */
  readonly features: number;
  /** The matrix (R, 1) holds tokens in place of their one-hot rows. */
  readonly oneHot?: boolean;
  /** (T * N, 1): 1 for steps that count, 0 for masked ones and for padding of the batch. */
  readonly mask?: Matrix | undefined;
  /**
   * (R, D), where features are time steps, as attention's are: 1 for those that count, 0 for masked
   * ones. Layers that heed it say so; it goes to no other.
   */
  readonly featureMask?: Matrix | undefined;
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
  readonly backward: (dy: Matrix, wantsDx: boolean) => Matrix | undefined;
}

/** The same for a layer with several inputs or outputs. */
export interface Connected {
  readonly outputs: readonly Signal[];
  /**
   * Appends the backward steps.
   * @param dys gradients of the outputs, undefined where nothing depends on one; each in memory
   *   of its own, which the layer may overwrite
   * @param wantsDx for each input whether its gradient is of use
   * @returns gradients of the inputs, each in memory of its own
   */
  readonly backward: (
    dys: readonly (Matrix | undefined)[],
    wantsDx: readonly boolean[],
  ) => readonly (Matrix | undefined)[];
}

/** A layer's output with its penalty in the loss. */
export interface Activity {
  /** Appends the penalty's gradient to that of the output. */
  addGradient(dy: Matrix): void;
}

export interface TraceOptions {
  /** N. */
  batch: number;
  /** Dropout on, batch statistics in batch normalization. */
  training: boolean;
  /** False leaves dropout out in training too. @default true */
  dropout?: boolean;
  /** Recurrent layers start from, and leave behind, the state of the last run. */
  carryState?: boolean;
  /** The shapes alone are asked for, of a program that never runs: a T of any size costs nothing. */
  shapesOnly?: boolean;
  /** What each use of a layer makes is an output named by `layerOutputName`. */
  exposeOutputs?: boolean;
  /** The program has a loss, which what layers add is to join: see `addPenalty`. */
  penalties?: boolean;
  /** @internal `activityPenalty`, where the program has a loss: one that only predicts does not load it. */
  regularizeActivity?: (trace: Trace, y: Signal, regularizer: RegularizerOption) => Activity | undefined;
  /** Gradients, those of initial states too, are outputs named `gradient/<name>`. */
  exposeGradients?: boolean;
}

/** The names of a program's inputs for the batch: `x`, `x/1` and so on. */
export function inputName(index: number): string {
  return portName('x', index);
}

/** The input that says which steps of another input count, where its sequences have lengths. */
export function maskName(index: number): string {
  return portName('mask', index);
}

/** `name` for the first input or output of a model, `name/1` for the second. */
export function portName(name: string, index: number): string {
  return index === 0 ? name : `${name}/${index}`;
}

/** The output that holds what one use of a layer made, where a program exposes them; uses count from 0. */
export function layerOutputName(use: number): string {
  return `layer output ${use}`;
}

/** What is known of a program's gradients and dropout sites while it is written. */
class Ledger {
  readonly gradients = new Map<Weight, Matrix>();
  readonly written = new Set<Weight>();
  readonly sites: string[] = [];
  readonly carriers = new Set<string>();
  readonly penalties: Matrix[] = [];
}

/** The pass of one batch through the layers, as it is written down as a program. */
export class Trace {
  readonly #ledger: Ledger;
  /** N of the program, where this trace takes time steps for examples. */
  readonly #examples: number;

  constructor(
    readonly builder: ProgramBuilder,
    readonly options: TraceOptions,
    parent?: Trace,
  ) {
    this.#ledger = parent ? parent.#ledger : new Ledger();
    this.#examples = parent ? parent.#examples : options.batch;
  }

  /**
   * The same program seen as a batch of T * N rows without a time axis. No state is carried there: the
   * rows of one run are not those that the next goes on from.
   */
  ofRows(rows: number): Trace {
    return new Trace(this.builder, { ...this.options, batch: rows, carryState: false }, this);
  }

  get batch(): number {
    return this.options.batch;
  }

  get training(): boolean {
    return this.options.training;
  }

  /** Whether the program is never to run, so that layers may leave out what they repeat at every time step. */
  get shapesOnly(): boolean {
    return this.options.shapesOnly ?? false;
  }

  /** Whether layers drop out. */
  get drops(): boolean {
    return this.training && (this.options.dropout ?? true);
  }

  /** 1 for a real row of the batch, 0 for padding: input `valid` (N, 1). */
  get valid(): Matrix {
    return this.builder.declare('input', 'valid', this.#examples, 1);
  }

  /** Inputs of `gatherBackward` for tokens (R, 1): positions (R, 1) sorted by token, offsets (V + 1, 1). */
  tokenOrder(x: Matrix, tokens: number): { order: Matrix; offsets: Matrix } {
    const port = x.buffer.name.slice(inputName(0).length);
    return {
      order: this.builder.declare('input', `order${port}`, x.rows, 1),
      offsets: this.builder.declare('input', `offsets${port}`, tokens + 1, 1),
    };
  }

  /** A weight as this program sees it. */
  weight(weight: Weight): Matrix {
    const kind = weight.isParameter ? 'parameter' : 'state';
    return this.builder.declare(kind, weight.name, weight.rows, weight.cols);
  }

  /** Where the gradient of a weight goes. The first writer writes, later ones accumulate. */
  gradient(weight: Weight): { matrix: Matrix; accumulate: boolean } {
    let matrix = this.#ledger.gradients.get(weight);
    if (matrix === undefined) {
      matrix = this.options.exposeGradients
        ? this.builder.declare('output', `gradient/${weight.name}`, weight.rows, weight.cols)
        : this.builder.temporary(weight.rows, weight.cols);
      this.#ledger.gradients.set(weight, matrix);
    }
    const accumulate = this.#ledger.written.has(weight);
    this.#ledger.written.add(weight);
    return { matrix, accumulate };
  }

  /** The gradients written so far, in the order of the weights given. */
  gradients(weights: readonly Weight[]): { weight: Weight; gradient: Matrix }[] {
    return weights.flatMap((weight) => {
      const gradient = this.#ledger.gradients.get(weight);
      return gradient ? [{ weight, gradient }] : [];
    });
  }

  /** The keys (1, 6) of a new dropout site, an input that the host fills anew each step. */
  dropoutSite(): Matrix {
    const name = `dropout keys ${this.#ledger.sites.length}`;
    this.#ledger.sites.push(name);
    return this.builder.declare('input', name, 1, DROPOUT_KEY_COUNT);
  }

  /** Whether the layer of this name is yet to carry state in this program: only one use of it can. */
  claimCarriedState(layer: string): boolean {
    const first = !this.#ledger.carriers.has(layer);
    this.#ledger.carriers.add(layer);
    return first;
  }

  /** Lets (1, 1) join the loss. */
  addPenalty(penalty: Matrix): void {
    this.#ledger.penalties.push(penalty);
  }

  /** What layers let join the loss. */
  get penalties(): readonly Matrix[] {
    return this.#ledger.penalties;
  }

  get dropoutSites(): readonly string[] {
    return this.#ledger.sites;
  }

  /** Memory for one run. */
  temporary(rows: number, cols: number): Matrix {
    return this.builder.temporary(rows, cols);
  }
}
