import { number, optional, optionsSchema } from '../../base/schema/index.js';
import { MeanMetric } from './mean-metric.js';
import { needClasses, type MetricOutput, type MetricRows } from './metric.js';
import { metricTable, type MetricOptions } from './metric-options.js';

/** The place of the largest of a row's numbers, the first of equal ones. */
export function largest(values: ArrayLike<number>, row: number, columns: number): number {
  let best = 0;
  for (let c = 1; c < columns; c++) {
    if (values[row * columns + c] > values[row * columns + best]) best = c;
  }
  return best;
}

/** Whether none of a row's numbers is NaN, which no comparison tells from a wrong answer, or from a right one. */
export function allNumbers(values: ArrayLike<number>, row: number, columns: number): boolean {
  for (let c = row * columns; c < (row + 1) * columns; c++) if (Number.isNaN(values[c])) return false;
  return true;
}

/** The share of the features whose probability lies on the right side of the threshold. */
function binaryValue(rows: MetricRows, row: number, threshold: number): number {
  const { features, probabilities } = rows;
  if (!allNumbers(probabilities, row, features)) return NaN;
  let right = 0;
  for (let c = 0; c < features; c++) {
    if (+(probabilities[row * features + c] > threshold) === rows.target(row, c)) right++;
  }
  return right / features;
}

function classValue(rows: MetricRows, row: number): number {
  if (!allNumbers(rows.outputs, row, rows.features)) return NaN;
  return +(largest(rows.outputs, row, rows.features) === rows.targetClass(row));
}

const plainOptions = optionsSchema<MetricOptions>('accuracy', metricTable);

/**
 * The share of right answers. Which kind follows from the loss and the output: `binaryAccuracy` for
 * `binaryCrossentropy` and for outputs of one feature, else `categoricalAccuracy`, of classes or of their shares. NaN
 * where an output is no number.
 */
export class Accuracy extends MeanMetric {
  readonly name: string;
  readonly #given: MetricOptions;

  constructor(options?: MetricOptions) {
    super();
    this.#given = plainOptions.parse(options);
    this.name = this.#given.name ?? 'accuracy';
  }

  override options(): Readonly<Record<string, unknown>> {
    return { ...this.#given };
  }

  override check(output: MetricOutput): void {
    needClasses(this, output);
  }

  override rowValue(rows: MetricRows, row: number): number {
    const isBinary = rows.kind === 'sigmoid' || (rows.features === 1 && rows.kind === undefined);
    return isBinary ? binaryValue(rows, row, 0.5) : classValue(rows, row);
  }
}

export interface BinaryAccuracyOptions extends MetricOptions {
  /** A probability above it says yes. @default 0.5 */
  threshold?: number;
}

const binaryOptions = optionsSchema<BinaryAccuracyOptions>('binaryAccuracy', {
  ...metricTable,
  threshold: optional(number({ min: 0, max: 1 })),
});

/** How often a probability lies on the right side of the threshold: the mean over the features of a row, then over rows. */
export class BinaryAccuracy extends MeanMetric {
  readonly name: string;
  readonly threshold: number;
  readonly #given: BinaryAccuracyOptions;

  constructor(options?: BinaryAccuracyOptions) {
    super();
    this.#given = binaryOptions.parse(options);
    this.name = this.#given.name ?? 'binaryAccuracy';
    this.threshold = this.#given.threshold ?? 0.5;
  }

  override options(): Readonly<Record<string, unknown>> {
    return { ...this.#given };
  }

  override check(output: MetricOutput): void {
    needClasses(this, output);
  }

  override rowValue(rows: MetricRows, row: number): number {
    return binaryValue(rows, row, this.threshold);
  }
}

/** How often the largest output is that of the target's class, whether targets are classes or their shares. */
export class CategoricalAccuracy extends MeanMetric {
  readonly name: string;
  readonly #given: MetricOptions;

  constructor(options?: MetricOptions) {
    super();
    this.#given = plainOptions.parse(options);
    this.name = this.#given.name ?? 'categoricalAccuracy';
  }

  override options(): Readonly<Record<string, unknown>> {
    return { ...this.#given };
  }

  override check(output: MetricOutput): void {
    needClasses(this, output);
  }

  override rowValue(rows: MetricRows, row: number): number {
    return classValue(rows, row);
  }
}
