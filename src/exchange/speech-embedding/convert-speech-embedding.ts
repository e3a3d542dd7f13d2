import {
  decodeEmbedding,
  encodeEmbedding,
  type EmbeddingFile,
} from '../../audio/embedding/embedding-file.js';
import { SpeechEmbedding } from '../../audio/embedding/speech-embedding.js';
import { looksLikeSafetensors } from '../../base/encoding/safetensors.js';
import { SeqkitError } from '../../base/errors.js';
import { fileBytes, someText } from '../../base/schema/index.js';
import { looksLikeOnnx } from '../onnx/read/read-onnx-graph.js';
import { looksLikeTflite } from '../tflite/read/read-tflite-graph.js';
import { embeddingFromOnnx } from './embedding-from-onnx.js';
import { embeddingFromTflite } from './embedding-from-tflite.js';
import { proveEmbedding } from './embedding-proof.js';
import { EMBEDDING_HINT } from './other-network.js';

/** What is kept with the weights: whose they are, and under which licence. */
export const EMBEDDING_NOTICE =
  'speech_embedding by Google (James Lin, Kevin Kilgour, Dominik Roblek and Matthew Sharifi, 2020, "Training keyword ' +
  'spotters with limited and synthesized speech data"), published on TensorFlow Hub under the Apache License 2.0 ' +
  '(https://www.apache.org/licenses/LICENSE-2.0). Converted to safetensors with 16-bit floats by seqkit.';

/**
 * Makes seqkit's file of Google's speech embedding out of a file that the user has: openWakeWord's
 * `embedding_model.onnx` or `embedding_model.tflite`, or one that this made before. Its operations, sizes and what it gives of a known sound are
 * checked.
 * @param bytes of the file
 * @param source what errors call it, such as its path
 * @returns a safetensors file of 0.7 MB, for `SpeechEmbedding.load`
 * @throws SeqkitError `bad-file` where it is damaged or something else
 */
export async function convertSpeechEmbedding(
  bytes: Uint8Array | ArrayBuffer,
  source = 'The file',
): Promise<Uint8Array> {
  const given = fileBytes.parse(bytes, 'convertSpeechEmbedding: bytes');
  someText.parse(source, 'convertSpeechEmbedding: source');
  const file = read(given, source);
  const converted = encodeEmbedding(file);
  // What was written, not what it was written from.
  const embedding = await SpeechEmbedding.load(converted);
  try {
    proveEmbedding(embedding, source);
  } finally {
    await embedding.dispose();
  }
  return converted;
}

function read(bytes: Uint8Array, source: string): EmbeddingFile {
  if (looksLikeSafetensors(bytes)) return decodeEmbedding(bytes, source);
  const notice = EMBEDDING_NOTICE;
  if (looksLikeOnnx(bytes)) return { weights: embeddingFromOnnx(bytes, source), notice };
  if (looksLikeTflite(bytes)) return { weights: embeddingFromTflite(bytes, source), notice };
  throw new SeqkitError(
    `${source} is no ONNX file, no file of TensorFlow Lite, and none that seqkit made of them.`,
    { code: 'bad-file', hint: EMBEDDING_HINT },
  );
}
