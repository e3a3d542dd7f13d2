import { SeqkitError } from '../../base/errors.js';
import {
  either,
  exactly,
  flag,
  instanceOf,
  listOf,
  number,
  numbersOf,
  objectWith,
  optional,
  optionsSchema,
  parseStored,
  wholeNumber,
} from '../../base/schema/index.js';
import { minimize, type Minimum } from './newton.js';
import { RowSpan } from './row-span.js';
import { rowLogits, softmaxInPlace, softmaxLoss, type WeighedRows } from './softmax-loss.js';
import type { SparseRow } from './sparse-row.js';

/** How `LogisticRegression` is trained. */
export interface LogisticRegressionOptions {
  /** The inverse of the penalty's strength: scikit-learn's C. @default 1 */
  readonly C?: number;
  /** How much the rows of each class count; `'balanced'` gives all classes the same sum. @default all the same */
  readonly classWeight?: 'balanced' | readonly number[];
  /** How many features there are. @default one more than the largest index of the rows */
  readonly features?: number;
  /** Whether each class has a number that is added to its logit. @default true */
  readonly intercept?: boolean;
  /** Ends once no component of the gradient is larger. @default 1e-5 */
  readonly tolerance?: number;
  /** @default 1000 */
  readonly maxIterations?: number;
}

/** What a file keeps of a `LogisticRegression`. */
export interface LogisticRegressionState {
  /** Plain JSON. */
  readonly settings: { readonly classes: number; readonly features: number };
  readonly arrays: {
    /** Shape `(features + 1, classes)`; the last row is the intercepts. */
    readonly weights: Float32Array;
  };
}

const regressionOptions = optionsSchema<LogisticRegressionOptions>('LogisticRegression.fit', {
  C: optional(number({ above: 0 })),
  classWeight: optional(either(exactly('balanced'), listOf(number({ min: 0 })))),
  features: optional(wholeNumber({ min: 1 })),
  intercept: optional(flag),
  tolerance: optional(number({ above: 0 })),
  maxIterations: optional(wholeNumber({ min: 1 })),
});
const sparseRow = objectWith<SparseRow>('a sparse row', {
  indices: instanceOf(Int32Array, 'an Int32Array'),
  values: instanceOf(Float32Array, 'a Float32Array'),
});
const rowList = listOf(sparseRow, { min: 1 });
const classCount = wholeNumber({ min: 2, max: 1e6 });

/** How many products with the Hessian a fit takes about, to foresee what it costs. */
const USUAL_PRODUCTS = 80;
/** Passes over a point that go with each. */
const POINT_PASSES = 8;

/**
 * Softmax regression with a penalty on squared weights: C times the cross-entropy of the rows plus half the squared
 * weights, intercepts not penalized, as scikit-learn's `LogisticRegression(multi_class='multinomial')`. Trained to its
 * minimum by Newton's method from zeros: no seed, the same weights each time. Where rows are few, it is trained in the space that
 * they span, which gives the same weights sooner.
 *
 * @example
 * const rows = texts.map((text) => features.transform(text));
 * const regression = LogisticRegression.fit(rows, [0, 1, 1, 0], 2);
 * regression.logits(features.transform('turn it on'));
 */
export class LogisticRegression {
  /** Shape `(features + 1, classes)`; the last row is the intercepts. */
  readonly weights: Float32Array;
  readonly classes: number;
  readonly features: number;
  /** What the user should know of its training: whether it ended before it reached its minimum. */
  notes: readonly string[] = [];

  private constructor(weights: Float32Array, classes: number) {
    this.weights = weights;
    this.classes = classes;
    this.features = weights.length / classes - 1;
  }

  /**
   * @param rows such as `NgramFeatures.transform` gives
   * @param labels the class of each, from 0
   * @param classes how many there are, each with a row at least
   * @returns one whose `notes` tell where it did not converge
   * @throws SeqkitError `bad-value`; `bad-shape`; `too-little-data` for a class without rows
   */
  static fit(
    rows: readonly SparseRow[],
    labels: ArrayLike<number>,
    classes: number,
    options: LogisticRegressionOptions = {},
  ): LogisticRegression {
    const given = regressionOptions.parse(options);
    const { tolerance = 1e-5, maxIterations = 1000 } = given;
    const data = weighedRows(rows, labels, classes, given);
    const isShort = costInSpan(data) < costOfFeatures(data);
    const span = isShort ? new RowSpan(data.rows, data.features) : undefined;
    const trained = span ? { ...data, rows: span.rows(), features: data.rows.length } : data;
    const start = new Float64Array((trained.features + 1) * classes);
    const end = minimize(softmaxLoss(trained), start, { tolerance, maxIterations });
    const weights = span ? span.toFeatures(end.point, classes, data.features) : end.point;
    const regression = new LogisticRegression(Float32Array.from(weights), classes);
    if (!end.converged) regression.notes = [notConverged(end, tolerance)];
    return regression;
  }

  /**
   * The logits of a row, shape `(classes)`: their softmax is the classes' probabilities.
   * @throws SeqkitError `bad-value` for an index beyond the features
   */
  logits(row: SparseRow): Float64Array {
    checkRow(sparseRow.parse(row, 'logits: row'), this.features, 'logits: row');
    const logits = new Float64Array(this.classes);
    rowLogits(row, this.weights, this.classes, logits);
    return logits;
  }

  /** The probabilities of the classes, shape `(classes)`. */
  probabilities(row: SparseRow): Float64Array {
    const probabilities = this.logits(row);
    softmaxInPlace(probabilities);
    return probabilities;
  }

  /** The weight that a feature has for a class. */
  weight(feature: number, label: number): number {
    return this.weights[feature * this.classes + label];
  }

  /** What a file keeps: `LogisticRegression.from` makes the same of it. */
  toState(): LogisticRegressionState {
    const { classes, features } = this;
    return { settings: { classes, features }, arrays: { weights: this.weights.slice() } };
  }

  /**
   * The regression of a state, such as a file holds.
   * @param source what to call it in errors, such as the file's path
   * @throws SeqkitError `bad-file`
   */
  static from(state: LogisticRegressionState, source = 'the state'): LogisticRegression {
    const classes = parseStored(classCount, state.settings.classes, 'its number of classes', source);
    const features = parseStored(
      wholeNumber({ min: 1 }),
      state.settings.features,
      'its number of features',
      source,
    );
    const { weights } = state.arrays;
    if (weights.length !== (features + 1) * classes) {
      throw new SeqkitError(
        `${source} has ${weights.length} weights, where ${features} features and ${classes} classes have ${(features + 1) * classes}.`,
        { code: 'bad-file' },
      );
    }
    if (!weights.every(Number.isFinite)) {
      throw new SeqkitError(`${source} has a weight that is no number.`, { code: 'bad-file' });
    }
    return new LogisticRegression(weights, classes);
  }
}

function notConverged({ iterations, slope }: Minimum, tolerance: number): string {
  const steps = iterations === 1 ? '1 step' : `${iterations.toLocaleString('en')} steps`;
  return (
    `The logistic regression did not converge: after ${steps} its largest slope is ${slope.toPrecision(2)}, not ${tolerance} or less. ` +
    'Bring the features to like sizes, or take a smaller C.'
  );
}

function weighedRows(
  rows: readonly SparseRow[],
  labels: ArrayLike<number>,
  classes: number,
  options: LogisticRegressionOptions,
): WeighedRows {
  const name = 'LogisticRegression.fit';
  const parsed = rowList.parse(rows, `${name}: rows`);
  classCount.parse(classes, `${name}: classes`);
  const label = wholeNumber({ min: 0, max: classes - 1 });
  const given = numbersOf({
    expected: label.expected,
    takes: (value) => Number.isInteger(value) && value >= 0 && value < classes,
  }).parse(labels, `${name}: labels`);
  if (given.length !== parsed.length) {
    throw new SeqkitError(`${name} has ${parsed.length} rows and ${given.length} labels.`, {
      code: 'bad-shape',
    });
  }
  const features =
    options.features ?? parsed.reduce((max, { indices }) => indices.reduce(larger, max), 0) + 1;
  for (const [i, row] of parsed.entries()) checkRow(row, features, `${name}: rows[${i}]`);
  const weights = classWeights(Array.from(given), classes, options.classWeight);
  const { C = 1, intercept = true } = options;
  return {
    rows: parsed,
    labels: Int32Array.from(given),
    weights: Float64Array.from(given, (one) => C * weights[one]),
    features,
    classes,
    intercept,
  };
}

const larger = (max: number, index: number): number => Math.max(max, index);

function checkRow({ indices, values }: SparseRow, features: number, name: string): void {
  if (indices.length !== values.length) {
    throw new SeqkitError(`${name} has ${indices.length} indices and ${values.length} values.`, {
      code: 'bad-shape',
    });
  }
  for (let i = 0; i < indices.length; i++) {
    if (indices[i] >= 0 && indices[i] < features) continue;
    throw new SeqkitError(`${name} has the index ${indices[i]}; the features go from 0 to ${features - 1}.`, {
      code: 'bad-value',
    });
  }
}

function classWeights(
  labels: readonly number[],
  classes: number,
  given: LogisticRegressionOptions['classWeight'],
): readonly number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const label of labels) counts[label]++;
  const missing = counts.indexOf(0);
  if (missing >= 0) {
    throw new SeqkitError(`LogisticRegression.fit has no row of class ${missing}.`, {
      code: 'too-little-data',
      hint: 'Each class from 0 to classes - 1 needs one at least.',
    });
  }
  if (given === 'balanced') return counts.map((count) => labels.length / (classes * count));
  if (given === undefined) return counts.map(() => 1);
  if (given.length === classes) return given;
  throw new SeqkitError(
    `LogisticRegression.fit has ${given.length} numbers in classWeight for ${classes} classes.`,
    { code: 'bad-shape' },
  );
}

/** About how many products training takes. */
function costOfFeatures({ rows, features, classes }: WeighedRows): number {
  const numbers = rows.reduce((sum, { indices }) => sum + indices.length, 0);
  return USUAL_PRODUCTS * classes * (2 * numbers + POINT_PASSES * features);
}

function costInSpan({ rows, classes }: WeighedRows): number {
  const count = rows.length;
  const numbers = rows.reduce((sum, { indices }) => sum + indices.length, 0);
  const factor = (count * numbers) / 2 + count ** 3 / 6;
  return factor + USUAL_PRODUCTS * classes * count * (count + POINT_PASSES);
}
