import type { SequenceInput } from '../../examples/sequence-input.js';
import { LogisticRegression } from '../../linear/logistic-regression.js';
import { SeqkitError } from '../../../base/errors.js';
import type { ClassedInputs, Encoder, EncoderContents, EncoderName } from './encoder.js';
import { arrayOf, type Rows, type StoredRows } from './rows.js';

/** How close to its minimum a regression is trained: no answer changes below. */
const TOLERANCE = 1e-3;

/** How a regression is trained. */
export interface RegressionTraining {
  /** The inverse of the penalty on weights. */
  readonly C: number;
  /** The weight of each class. */
  readonly classWeights: readonly number[] | undefined;
}

/** A logistic regression over one row of numbers for each sequence. */
export class RegressionEncoder implements Encoder {
  constructor(
    readonly name: EncoderName,
    readonly rows: Rows,
    readonly regression: LogisticRegression,
  ) {}

  static train(
    name: EncoderName,
    rows: Rows,
    { inputs, classes }: ClassedInputs,
    count: number,
    { C, classWeights }: RegressionTraining,
  ): RegressionEncoder {
    const made = inputs.map((input) => rows.row(input));
    const regression = LogisticRegression.fit(made, classes, count, {
      ...{ C, features: rows.size, tolerance: TOLERANCE },
      ...(classWeights && { classWeight: classWeights }),
    });
    return new RegressionEncoder(name, rows, regression);
  }

  get notes(): readonly string[] {
    return this.regression.notes;
  }

  logits(inputs: readonly SequenceInput[]): Promise<Float32Array> {
    const { classes } = this.regression;
    const out = new Float32Array(inputs.length * classes);
    inputs.forEach((input, n) => out.set(this.regression.logits(this.rows.row(input)), n * classes));
    return Promise.resolve(out);
  }

  contents(): EncoderContents {
    const { settings, tensors } = this.rows.contents();
    const { weights, classes, features } = this.regression;
    return {
      settings,
      tensors: { ...tensors, weights: { dtype: 'F32', shape: [features + 1, classes], data: weights } },
    };
  }

  /** @throws SeqkitError `bad-file` where rows, weights and classes do not fit each other */
  static from(name: EncoderName, rows: Rows, classes: number, stored: StoredRows): RegressionEncoder {
    const weights = arrayOf(stored, 'weights', 'F32');
    const features = weights.length / classes - 1;
    if (features !== rows.size) {
      throw new SeqkitError(
        `${stored.source} has weights for ${features} features, where its rows have ${rows.size}.`,
        {
          code: 'bad-file',
        },
      );
    }
    const state = { settings: { classes, features }, arrays: { weights } };
    return new RegressionEncoder(name, rows, LogisticRegression.from(state, stored.source));
  }

  dispose(): Promise<void> {
    this.rows.dispose();
    return Promise.resolve();
  }
}
