import { number, optionsSchema } from '../../base/schema/index.js';

/** What a weight adds to the loss, as Keras's `regularizers.l2`: l2 * sum(w^2). */
export interface Regularizer {
  l2: number;
}

export const regularizer = optionsSchema<Regularizer>('A regularizer', { l2: number({ min: 0 }) });

/** @throws SeqkitError `bad-value` where it is no number of at least 0 */
export function l2Of(given: Regularizer | undefined): number {
  return given === undefined ? 0 : regularizer.parse(given).l2;
}
