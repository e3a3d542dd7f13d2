import { Metric, type MetricRows } from './metric.js';

/** The mean of a number that each row has, each row times its weight: sum(w * value) / sum(w), 0 where none counts. */
export abstract class MeanMetric extends Metric {
  #sum = 0;
  #weight = 0;

  /** The number of one row. */
  abstract rowValue(rows: MetricRows, row: number): number;

  update(rows: MetricRows): void {
    for (let row = 0; row < rows.count; row++) {
      this.#sum += rows.weights[row] * this.rowValue(rows, row);
      this.#weight += rows.weights[row];
    }
  }

  result(): number {
    return this.#weight === 0 ? 0 : this.#sum / this.#weight;
  }

  override getState(): number[] {
    return [this.#sum, this.#weight];
  }

  override setState({ 0: sum, 1: weight }: ArrayLike<number>): void {
    this.#sum = sum;
    this.#weight = weight;
  }
}
