import { SeqkitError } from '../../base/errors.js';

/** The error of a model of TensorFlow.js that cannot be read. @param cause what is wrong, as the end of a sentence */
export function damagedTfjs(source: string, cause: string): SeqkitError {
  return new SeqkitError(`${source} is no whole model of TensorFlow.js: ${cause}.`, {
    code: 'bad-file',
    hint: 'Copy its folder again, or save the model again with model.save.',
  });
}
