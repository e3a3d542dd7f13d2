import { SeqkitError } from '../../base/errors.js';

/** The error of a Keras file that cannot be read. @param cause what is wrong, as the end of a sentence */
export function damaged(source: string, cause: string, original?: unknown): SeqkitError {
  return new SeqkitError(`${source} is no whole Keras file: ${cause}.`, {
    code: 'bad-file',
    hint: 'Check that all of it was copied, or save the model again with model.save.',
    cause: original,
  });
}

/** The error of a model that has no counterpart here. */
export function unsupported(source: string, what: string, hint: string): SeqkitError {
  return new SeqkitError(`${source} ${what}.`, { code: 'bad-file', hint });
}
