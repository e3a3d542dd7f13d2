import { SeqkitError } from '../../../base/errors.js';

/** The error of an ONNX file that contradicts itself. @param cause a sentence's end, such as `it holds no graph` */
export function damaged(source: string, cause: string): SeqkitError {
  return new SeqkitError(`${source} is no whole ONNX file: ${cause}.`, {
    code: 'bad-file',
    hint: 'Check that all of it was copied, or export it again.',
  });
}

/** The error of an ONNX file that holds what is not read. */
export function unread(source: string, what: string, hint: string): SeqkitError {
  return new SeqkitError(`${source} ${what}, which is not read.`, { code: 'bad-file', hint });
}
