import { choice, number, optional, optionsSchema } from '../../base/schema/index.js';
import { largest } from './accuracy.js';
import { Metric, needClasses, type MetricOutput, type MetricRows } from './metric.js';
import { metricTable, type MetricOptions } from './metric-options.js';

export interface F1ScoreOptions extends MetricOptions {
  /**
   * How the scores of the classes become one: their mean, that mean weighted by how often each class should be, or one
   * score of all counts together. @default 'macro'
   */
  average?: 'macro' | 'weighted' | 'micro';
  /** A probability above it says yes. @default the largest output of a row says yes; 0.5 of one feature */
  threshold?: number;
}

const f1Options = optionsSchema<F1ScoreOptions>('f1Score', {
  ...metricTable,
  average: optional(choice(['macro', 'weighted', 'micro'])),
  threshold: optional(number({ min: 0, max: 1 })),
});

/** 2 tp / (2 tp + fp + fn): the harmonic mean of precision and recall, 0 where there is nothing to find, NaN where an output is. */
export class F1Score extends Metric {
  readonly name: string;
  readonly average: 'macro' | 'weighted' | 'micro';
  readonly threshold: number | undefined;
  readonly #given: F1ScoreOptions;
  /** Of each class: tp, fp, fn. */
  #counts: number[] = [];

  constructor(options?: F1ScoreOptions) {
    super();
    this.#given = f1Options.parse(options);
    this.name = this.#given.name ?? 'f1Score';
    this.average = this.#given.average ?? 'macro';
    this.threshold = this.#given.threshold;
  }

  override options(): Readonly<Record<string, unknown>> {
    return { ...this.#given };
  }

  override check(output: MetricOutput): void {
    needClasses(this, output);
  }

  override update(rows: MetricRows): void {
    const { features: F, probabilities, weights } = rows;
    const threshold = this.threshold ?? (F === 1 ? 0.5 : undefined);
    while (this.#counts.length < 3 * F) this.#counts.push(0);
    for (let row = 0; row < rows.count; row++) {
      const chosen = threshold === undefined ? largest(rows.outputs, row, F) : -1;
      for (let c = 0; c < F; c++) {
        const says = threshold === undefined ? c === chosen : probabilities[row * F + c] > threshold;
        const is = rows.target(row, c) > 0.5;
        if (Number.isNaN(rows.outputs[row * F + c])) this.#counts[3 * c] = NaN;
        if (says && is) this.#counts[3 * c] += weights[row];
        else if (says) this.#counts[3 * c + 1] += weights[row];
        else if (is) this.#counts[3 * c + 2] += weights[row];
      }
    }
  }

  override result(): number {
    const classes = Array.from({ length: this.#counts.length / 3 }, (_, c) =>
      this.#counts.slice(3 * c, 3 * c + 3),
    );
    const score = ([tp, fp, fn]: readonly number[]): number => (tp === 0 ? 0 : (2 * tp) / (2 * tp + fp + fn));
    if (classes.length === 0) return 0;
    if (this.average === 'micro') {
      return score([0, 1, 2].map((i) => classes.reduce((sum, counts) => sum + counts[i], 0)));
    }
    const shares = classes.map(([tp, , fn]) => (this.average === 'macro' ? 1 : tp + fn));
    const total = shares.reduce((a, b) => a + b);
    return total === 0 ? 0 : classes.reduce((sum, counts, c) => sum + shares[c] * score(counts), 0) / total;
  }

  override getState(): number[] {
    return [...this.#counts];
  }

  override setState(state: ArrayLike<number>): void {
    this.#counts = Array.from(state);
  }
}
