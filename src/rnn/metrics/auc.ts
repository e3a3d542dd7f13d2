import { choice, optional, optionsSchema } from '../../base/schema/index.js';
import { Metric, needClasses, type MetricOutput, type MetricRows } from './metric.js';
import { metricTable, type MetricOptions } from './metric-options.js';

export interface AUCOptions extends MetricOptions {
  /**
   * Under which curve: true against false positives (`ROC`), or precision against recall (`PR`), the average
   * precision. @default 'ROC'
   */
  curve?: 'ROC' | 'PR';
}

const aucOptions = optionsSchema<AUCOptions>('auc', {
  ...metricTable,
  curve: optional(choice(['ROC', 'PR'])),
});

/**
 * The area under a curve over all thresholds, exact: it keeps every score with its target and its weight, 24 bytes for
 * each feature of each row, and sorts them in the end. Keras takes 200 thresholds instead. Features of one row are yeses
 * and noes of their own. 0 where there are only yeses, or only noes; NaN where a score is no number.
 *
 * - `ROC`: the probability that a yes has a larger score than a no, equal scores counting half (Fawcett 2006).
 * - `PR`: the sum over thresholds of precision times what it adds to recall.
 */
export class AUC extends Metric {
  readonly name: string;
  readonly curve: 'ROC' | 'PR';
  readonly #given: AUCOptions;
  /** Score, target and weight of each, in turn. */
  #seen = new Float64Array(96);
  #size = 0;

  constructor(options?: AUCOptions) {
    super();
    this.#given = aucOptions.parse(options);
    this.name = this.#given.name ?? 'auc';
    this.curve = this.#given.curve ?? 'ROC';
  }

  override options(): Readonly<Record<string, unknown>> {
    return { ...this.#given };
  }

  override check(output: MetricOutput): void {
    needClasses(this, output);
  }

  override update(rows: MetricRows): void {
    const { features, probabilities, weights } = rows;
    this.#reserve(this.#size + 3 * rows.count * features);
    for (let row = 0; row < rows.count; row++) {
      for (let c = 0; c < features; c++) {
        this.#seen[this.#size++] = probabilities[row * features + c];
        this.#seen[this.#size++] = +(rows.target(row, c) > 0.5);
        this.#seen[this.#size++] = weights[row];
      }
    }
  }

  #reserve(size: number): void {
    if (size <= this.#seen.length) return;
    const larger = new Float64Array(Math.max(size, 2 * this.#seen.length));
    larger.set(this.#seen.subarray(0, this.#size));
    this.#seen = larger;
  }

  override result(): number {
    const seen = this.#seen;
    const order = new Uint32Array(this.#size / 3).map((_, i) => i).sort((a, b) => seen[3 * b] - seen[3 * a]);
    const totals = [0, 0];
    for (const i of order) totals[seen[3 * i + 1]] += seen[3 * i + 2];
    const [negatives, positives] = totals;
    // Without this they would stand in no order, and equal none.
    if (order.some((i) => Number.isNaN(seen[3 * i]))) return NaN;
    if (positives === 0 || negatives === 0) return 0;
    let [area, truePositives, falsePositives] = [0, 0, 0];
    for (let at = 0; at < order.length;) {
      const group = [0, 0];
      const score = seen[3 * order[at]];
      for (; at < order.length && seen[3 * order[at]] === score; at++) {
        group[seen[3 * order[at] + 1]] += seen[3 * order[at] + 2];
      }
      const [no, yes] = group;
      if (this.curve === 'ROC') area += no * (truePositives + yes / 2);
      truePositives += yes;
      falsePositives += no;
      if (this.curve === 'PR' && yes > 0) area += yes * (truePositives / (truePositives + falsePositives));
    }
    return this.curve === 'ROC' ? area / (positives * negatives) : area / positives;
  }

  override getState(): Float64Array {
    return this.#seen.slice(0, this.#size);
  }

  override setState(state: ArrayLike<number>): void {
    this.#seen = Float64Array.from(state);
    this.#size = state.length;
  }
}
