import { wrongValue } from '../../base/schema/index.js';
import { KeyedVectors } from '../../embeddings/keyed-vectors/keyed-vectors.js';

/** Text is handed on in chunks of about this many characters. */
const CHUNK_LENGTH = 1 << 18;

/** @throws SeqkitError `bad-value` for what are no vectors */
export function vectorsArgument(vectors: unknown, where: string): KeyedVectors {
  if (vectors instanceof KeyedVectors) return vectors;
  throw wrongValue(where, 'a KeyedVectors', vectors, 'Open a file of vectors by KeyedVectors.load.');
}

/** Pieces of text as bytes, in chunks of some size. */
export async function* textChunks(pieces: Iterable<string>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  let text = '';
  for (const piece of pieces) {
    text += piece;
    if (text.length < CHUNK_LENGTH) continue;
    yield encoder.encode(text);
    text = '';
  }
  yield encoder.encode(text);
}
