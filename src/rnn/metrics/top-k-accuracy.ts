import { optional, optionsSchema, wholeNumber } from '../../base/schema/index.js';
import { SeqkitError } from '../../base/errors.js';
import { allNumbers } from './accuracy.js';
import { MeanMetric } from './mean-metric.js';
import { needClasses, type MetricOutput, type MetricRows } from './metric.js';
import { metricTable, type MetricOptions } from './metric-options.js';

export interface TopKOptions extends MetricOptions {
  /** How many of the largest outputs count. @default 5 */
  k?: number;
}

const topKOptions = optionsSchema<TopKOptions>('topKCategoricalAccuracy', {
  ...metricTable,
  k: optional(wholeNumber({ min: 1 })),
});

/**
 * How often fewer than k outputs are larger than that of the target's class, whether targets are classes or their
 * shares. NaN where an output is no number.
 */
export class TopKCategoricalAccuracy extends MeanMetric {
  readonly name: string;
  readonly k: number;
  readonly #given: TopKOptions;

  constructor(options?: TopKOptions) {
    super();
    this.#given = topKOptions.parse(options);
    this.name = this.#given.name ?? 'topKCategoricalAccuracy';
    this.k = this.#given.k ?? 5;
  }

  override options(): Readonly<Record<string, unknown>> {
    return { ...this.#given };
  }

  override check(output: MetricOutput): void {
    needClasses(this, output);
    if (this.k < output.features) return;
    throw new SeqkitError(
      `The metric ${this.name} looks for the class among the ${this.k} largest of ${output.features} outputs: it is always there.`,
      { code: 'usage', hint: `Give a k below ${output.features}, or leave the metric out.` },
    );
  }

  override rowValue(rows: MetricRows, row: number): number {
    const { features, outputs } = rows;
    if (!allNumbers(outputs, row, features)) return NaN;
    const own = outputs[row * features + rows.targetClass(row)];
    let larger = 0;
    for (let c = 0; c < features; c++) if (outputs[row * features + c] > own) larger++;
    return +(larger < this.k);
  }
}
