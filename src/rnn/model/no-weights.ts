import { SeqkitError } from '../../base/errors.js';

/** The error of a model whose weights are still to be made. */
export function noWeights(): SeqkitError {
  return new SeqkitError('The model has no weights yet.', {
    code: 'usage',
    hint: 'Call fit, build or load first.',
  });
}
