import { number, optional, optionsSchema, wholeNumber } from '../../base/schema/index.js';
import { SeqkitError } from '../../base/errors.js';
import { Metric, needClasses, type MetricOutput, type MetricRows } from './metric.js';
import { metricTable, type MetricOptions } from './metric-options.js';

export interface PrecisionOptions extends MetricOptions {
  /** A probability above it says yes. @default 0.5 */
  threshold?: number;
  /** The one class that is counted. @default all features, each a yes or no of its own */
  classId?: number;
}

const precisionOptions = optionsSchema<PrecisionOptions>('precision', {
  ...metricTable,
  threshold: optional(number({ min: 0, max: 1 })),
  classId: optional(wholeNumber({ min: 0 })),
});

/** Counts of yes and no over features, each row times its weight. */
abstract class YesCounts extends Metric {
  readonly name: string;
  readonly threshold: number;
  readonly classId: number | undefined;
  readonly #given: PrecisionOptions;
  protected truePositives = 0;
  protected falsePositives = 0;
  protected falseNegatives = 0;

  constructor(options: PrecisionOptions | undefined, name: string) {
    super();
    this.#given = precisionOptions.parse(options, name);
    this.name = this.#given.name ?? name;
    this.threshold = this.#given.threshold ?? 0.5;
    this.classId = this.#given.classId;
  }

  override options(): Readonly<Record<string, unknown>> {
    return { ...this.#given };
  }

  override check(output: MetricOutput): void {
    needClasses(this, output);
    if (this.classId === undefined || this.classId < output.features) return;
    throw new SeqkitError(
      `The metric ${this.name} counts the class ${this.classId}; they go from 0 to ${output.features - 1}.`,
      { code: 'bad-value' },
    );
  }

  override update(rows: MetricRows): void {
    const { features, probabilities, weights } = rows;
    const [from, to] = this.classId === undefined ? [0, features] : [this.classId, this.classId + 1];
    for (let row = 0; row < rows.count; row++) {
      for (let c = from; c < to; c++) {
        // Neither a yes nor a no: the counts are none either.
        if (Number.isNaN(probabilities[row * features + c])) this.truePositives = NaN;
        const says = probabilities[row * features + c] > this.threshold;
        const is = rows.target(row, c) > 0.5;
        if (says && is) this.truePositives += weights[row];
        else if (says) this.falsePositives += weights[row];
        else if (is) this.falseNegatives += weights[row];
      }
    }
  }

  override getState(): number[] {
    return [this.truePositives, this.falsePositives, this.falseNegatives];
  }

  override setState(state: ArrayLike<number>): void {
    [this.truePositives, this.falsePositives, this.falseNegatives] = Array.from(state);
  }
}

/** The share of the yeses that are right: tp / (tp + fp), 0 where there is none, NaN where an output is. */
export class Precision extends YesCounts {
  constructor(options?: PrecisionOptions) {
    super(options, 'precision');
  }

  override result(): number {
    const said = this.truePositives + this.falsePositives;
    return said === 0 ? 0 : this.truePositives / said;
  }
}

/** The share of what should be yes that was found: tp / (tp + fn), 0 where there is none, NaN where an output is. */
export class Recall extends YesCounts {
  constructor(options?: PrecisionOptions) {
    super(options, 'recall');
  }

  override result(): number {
    const there = this.truePositives + this.falseNegatives;
    return there === 0 ? 0 : this.truePositives / there;
  }
}
