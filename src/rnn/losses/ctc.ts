import { SeqkitError } from '../../base/errors.js';
import type { Ending } from '../layers/layer.js';
import type { Signal, Trace } from '../weights/trace.js';
import { Loss, type LossOperands, type LossTargets, type TracedLoss } from './loss.js';
import { checkFitsCTC } from './fitting.js';
import { lossSchemas } from './loss-names.js';

export interface CTCOptions {
  /**
   * Whether labels that cannot be laid on the time steps there are cost nothing; else they are refused.
   * @default false
   */
  zeroInfinity?: boolean;
}

/** The class that stands for no label: Keras's. */
const BLANK = 0;

/**
 * Connectionist temporal classification (Graves et al. 2006): minus the logarithm of the probability that the output's
 * time steps spell the labels, over all ways to lay them on the steps. A label may take several steps in a row, and
 * steps between labels may be blank; two equal labels need a blank between them.
 *
 * The output is (N, T, F), logits of the blank, class 0, and of F - 1 labels. Targets are `labels`, (N, L): of each
 * example its classes from 1 to F - 1, filled up with 0 at the end. Masked time steps, by `Masking` or `lengths`, do not
 * count. The loss is one number for each example, and so are its sample weights.
 */
export class CTC extends Loss {
  override readonly name = 'ctc';
  override readonly targets: LossTargets = 'labels';
  override readonly probabilities = 'softmax';
  readonly zeroInfinity: boolean;
  readonly #given: CTCOptions;

  constructor(options?: CTCOptions) {
    super();
    const { zeroInfinity } = lossSchemas.ctc.parse(options);
    this.zeroInfinity = zeroInfinity ?? false;
    this.#given = zeroInfinity === undefined ? {} : { zeroInfinity };
  }

  override options(): Readonly<Record<string, unknown>> {
    return { ...this.#given };
  }

  override get takesLogits(): boolean {
    return true;
  }

  override readonly passesOver = true;

  override fitting(ending: Ending, output: string): Loss {
    checkFitsCTC(ending, output);
    return this;
  }

  override checkOutput({ time, steps, features, featureMask }: Signal): void {
    if (time === undefined || steps !== undefined || featureMask || features < 2) {
      throw new SeqkitError(
        `ctc takes an output (batch, time, features) of at least 2 features, the blank and the labels; it got ${time === undefined ? 'rows' : 'sequences'} of ${features}.`,
        {
          code: 'bad-shape',
          hint: 'Give the last recurrent layer returnSequences: true, and end with Dense.',
        },
      );
    }
  }

  override checkLabels(labels: ArrayLike<number>, steps: number, example: number): void {
    let count = 0;
    let repeats = 0;
    for (let i = 0; i < labels.length; i++) {
      if (labels[i] === BLANK) continue;
      if (i > count) {
        throw new SeqkitError(`The labels of example ${example} have a blank (0) amid them.`, {
          code: 'bad-value',
          hint: 'Give the labels alone, from 1 on, and fill up with 0 at the end: ctc puts the blanks between them.',
        });
      }
      if (i > 0 && labels[i] === labels[i - 1]) repeats++;
      count++;
    }
    if (this.zeroInfinity || count + repeats <= steps) return;
    const between = repeats === 0 ? '' : ` (${repeats} for blanks between equal ones)`;
    throw new SeqkitError(
      `The ${count} labels of example ${example} need ${count + repeats} time steps${between}; the output has ${steps}.`,
      { code: 'bad-value', hint: 'Give longer inputs or fewer labels, or new CTC({ zeroInfinity: true }).' },
    );
  }

  override trace(trace: Trace, { output, targets, weights }: LossOperands): TracedLoss {
    const { matrix: logits, mask } = output;
    const { rows, cols } = logits;
    const states = 2 * targets.cols + 1;
    const [losses, gradient] = [trace.temporary(targets.rows, 1), trace.temporary(rows, cols)];
    trace.builder.run(
      'ctc',
      { logits, targets, weights, ...(mask && { mask }) },
      { dLogits: gradient, losses, forward: trace.temporary(rows, states) },
      { zeroInfinity: this.zeroInfinity },
    );
    return { losses, gradient };
  }
}
