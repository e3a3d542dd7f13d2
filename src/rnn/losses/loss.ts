import type { Ending } from '../layers/layer.js';
import type { Matrix } from '../program/program.js';
import type { Signal, Trace } from '../weights/trace.js';

/**
 * What targets a loss takes, for an output of F features:
 *
 * - `values`: `targetColumns` numbers for each row of the output, by default F.
 * - `classes`: for each row of the output one whole number from 0 to F - 1.
 * - `labels`: for each example one row of whole numbers from 0 to F - 1, of any length. The loss is
 *   then one number for each example, and not for each of its time steps.
 * - `none`: the loss follows from the output alone.
 */
export type LossTargets = 'values' | 'classes' | 'labels' | 'none';

/** What a loss gets. R is the number of rows, T * N or N; with `labels`, of targets and weights N. */
export interface LossOperands {
  /** The model's output: its `matrix` (R, F), its `time` T, its `mask`. */
  readonly output: Signal;
  /** (R, columns). */
  readonly targets: Matrix;
  /** (R, 1): sample weights over the number of rows that count, 0 for padding and masked rows. */
  readonly weights: Matrix;
}

/** What a loss makes, both with the weights in them. */
export interface TracedLoss {
  /** (R, 1): the loss of each row times its weight. */
  readonly losses: Matrix;
  /** (R of the output, F): the gradient of their sum with respect to the output. */
  readonly gradient: Matrix;
}

/** A loss as it is described in checkpoints: its name, or its name with its settings. */
export type LossDescription = string | Readonly<Record<string, unknown>>;

/** Written once, forward and backward side by side, against the builder of programs, as a layer is. */
export abstract class Loss {
  /** As `meanSquaredError`. */
  abstract readonly name: string;
  /** @default 'values' */
  readonly targets: LossTargets = 'values';

  /** Appends the steps that make the loss and its gradient. */
  abstract trace(trace: Trace, operands: LossOperands): TracedLoss;

  /** What the constructor was given: a resumed training asks for the same. */
  options(): Readonly<Record<string, unknown>> {
    return {};
  }

  /** Columns of the targets for F features of the output. */
  targetColumns(features: number): number {
    return this.targets === 'classes' ? 1 : features;
  }

  /** How many classes the target of a row is one of; undefined where it is no class. For class weights. */
  classes(features: number): number | undefined {
    return this.targets === 'classes' ? features : undefined;
  }

  /** The probabilities that the loss is about: of classes that exclude each other, or each by itself. */
  readonly probabilities: 'softmax' | 'sigmoid' | undefined = undefined;

  /** What `values` lie between, both ends included; undefined where any number will do. */
  readonly range: readonly [least: number, most: number] | undefined = undefined;

  /** Whether the output gives logits of those probabilities. */
  get takesLogits(): boolean {
    return false;
  }

  /** Whether rows of weight 0 give 0 whatever stands in them; else their targets are set to 0 first. */
  readonly passesOver: boolean = false;

  /**
   * This loss, or another in its place, as fits what the layers say of the output.
   * @param output what to call it
   * @throws SeqkitError `usage` where the loss and the output contradict each other
   */
  fitting(ending: Ending, output: string): Loss {
    void ending;
    void output;
    return this;
  }

  /** @throws SeqkitError `bad-shape` or `usage` for an output that the loss cannot take */
  checkOutput(output: Signal): void {
    void output;
  }

  /**
   * Checks the targets of one example, where they are `labels`.
   * @param labels its row
   * @param steps how many time steps of the output it has
   * @throws SeqkitError `bad-value`
   */
  checkLabels(labels: ArrayLike<number>, steps: number, example: number): void {
    void [labels, steps, example];
  }

  toJSON(): LossDescription {
    const options = this.options();
    if ('name' in options) return options;
    return Object.keys(options).length === 0 ? this.name : { name: this.name, ...options };
  }
}
