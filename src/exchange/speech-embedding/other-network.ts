import { SeqkitError } from '../../base/errors.js';

/** What files of Google's speech embedding are called, for hints. */
export const EMBEDDING_HINT =
  'Give the file embedding_model.onnx or embedding_model.tflite that comes with Open Wake Word.';

/** The error of a file that is another network. @param what differs, as the end of a sentence */
export function otherNetwork(source: string, what: string): SeqkitError {
  return new SeqkitError(`${source} is not the speech embedding: ${what}.`, {
    code: 'bad-file',
    hint: EMBEDDING_HINT,
  });
}
