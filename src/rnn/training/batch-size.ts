import { wholeNumber } from '../../base/schema/index.js';

/** N of a batch; its rows are laid out whether there are examples for them or not. */
export const batchSize = wholeNumber({ min: 1, max: 2 ** 24 });
