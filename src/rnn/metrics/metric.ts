import { SeqkitError } from '../../base/errors.js';
import type { LossTargets } from '../losses/loss.js';

/** An output of a model, as a metric must know it. */
export interface MetricOutput {
  /** F. */
  readonly features: number;
  /** Numbers in a row of targets; 0 where the loss takes none. */
  readonly columns: number;
  /** What targets its loss takes. */
  readonly targets: LossTargets;
  /** The probabilities that its loss is about, if it is. */
  readonly kind: 'softmax' | 'sigmoid' | undefined;
}

/** Rows of one batch that count: neither padding, nor masked, nor of weight 0. R is their number. */
export interface MetricRows extends MetricOutput {
  /** R. */
  readonly count: number;
  /** (R, F): what the model gave. */
  readonly outputs: Float64Array;
  /** (R, F): probabilities, where the loss takes logits of them; else the outputs as they are. */
  readonly probabilities: Float64Array;
  /** (R, F): their natural logarithms. */
  readonly logProbabilities: Float64Array;
  /** (R, columns). */
  readonly targetRows: Float64Array;
  /** (R): sample weights. */
  readonly weights: Float64Array;
  /** The class of a row: as it stands, or the largest of its shares. */
  targetClass(row: number): number;
  /** What feature c of a row should be: of a class 1 or 0. */
  target(row: number, c: number): number;
}

/**
 * A figure that is counted over batches and does not train the model. What it keeps are sums, or all that the
 * figure needs, so that the result over many batches is that over all examples at once.
 */
export abstract class Metric {
  /** What it is called in histories, as `accuracy`. */
  abstract readonly name: string;
  /** Whether more is better, for `earlyStopping`. @default 'max' */
  readonly direction: 'max' | 'min' = 'max';

  /** Counts the rows of a batch. */
  abstract update(rows: MetricRows): void;

  /** The figure over all that was counted. */
  abstract result(): number;

  /** What the constructor was given, from which `copy` makes another. */
  options(): Readonly<Record<string, unknown>> {
    return {};
  }

  /** One with the same settings that has counted nothing: each pass over examples has its own. */
  copy(): Metric {
    return new (this.constructor as new (options: object) => Metric)(this.options());
  }

  /** @throws SeqkitError `usage` for an output that it cannot be counted on */
  check(output: MetricOutput): void {
    void output;
  }

  /** All that it has counted, for checkpoints. */
  getState(): ArrayLike<number> {
    throw new SeqkitError(`The metric ${this.name} has no getState and setState, which a checkpoint needs.`, {
      code: 'usage',
      hint: 'Let getState return an array of numbers, from which setState goes on.',
    });
  }

  /** Goes on from what `getState` gave. */
  setState(state: ArrayLike<number>): void {
    void state;
    this.getState();
  }

  toJSON(): unknown {
    const options = this.options();
    return Object.keys(options).length === 0 ? this.name : { metric: this.name, ...options };
  }
}

/** Refuses an output whose targets are no probabilities or classes. */
export function needClasses(metric: Metric, { targets, columns, features }: MetricOutput): void {
  if (targets === 'classes' || (targets === 'values' && columns === features)) return;
  throw new SeqkitError(
    `The metric ${metric.name} needs targets that are classes, or values like the output's features.`,
    { code: 'usage', hint: 'Leave it out of the metrics of this output.' },
  );
}
