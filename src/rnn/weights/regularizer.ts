import { SeqkitError } from '../../base/errors.js';
import { checkKnownOptions } from '../../base/options.js';

/** What a weight adds to the loss, as Keras's `regularizers.l2`: l2 * sum(w^2). */
export interface Regularizer {
  l2: number;
}

/** @throws SeqkitError `bad-value` where it is no number of at least 0 */
export function l2Of(regularizer: Regularizer | undefined): number {
  if (regularizer === undefined) return 0;
  checkKnownOptions(regularizer, { l2: true }, 'A regularizer');
  const { l2 } = regularizer;
  if (!(l2 >= 0 && Number.isFinite(l2))) {
    throw new SeqkitError(
      `A regularizer is { l2: a number of at least 0 }, not ${JSON.stringify(regularizer)}.`,
      {
        code: 'bad-value',
      },
    );
  }
  return l2;
}
