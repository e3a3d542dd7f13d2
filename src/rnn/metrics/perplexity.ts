import { SeqkitError } from '../../base/errors.js';
import { optionsSchema } from '../../base/schema/index.js';
import { MeanMetric } from './mean-metric.js';
import type { MetricOutput, MetricRows } from './metric.js';
import { metricTable, type MetricOptions } from './metric-options.js';

const perplexityOptions = optionsSchema<MetricOptions>('perplexity', metricTable);

/** exp of the mean cross-entropy: among how many equally likely classes the model is as unsure as it is. */
export class Perplexity extends MeanMetric {
  readonly name: string;
  override readonly direction = 'min';
  readonly #given: MetricOptions;

  constructor(options?: MetricOptions) {
    super();
    this.#given = perplexityOptions.parse(options);
    this.name = this.#given.name ?? 'perplexity';
  }

  override options(): Readonly<Record<string, unknown>> {
    return { ...this.#given };
  }

  override check({ kind }: MetricOutput): void {
    if (kind === 'softmax') return;
    throw new SeqkitError(`The metric ${this.name} needs a cross-entropy of classes as the loss.`, {
      code: 'usage',
      hint: 'Take sparseCategoricalCrossentropy or categoricalCrossentropy, or leave the metric out.',
    });
  }

  override rowValue(rows: MetricRows, row: number): number {
    const { features, logProbabilities } = rows;
    let entropy = 0;
    for (let c = 0; c < features; c++) {
      const target = rows.target(row, c);
      if (target !== 0) entropy -= target * logProbabilities[row * features + c];
    }
    return entropy;
  }

  override result(): number {
    return Math.exp(super.result());
  }
}
