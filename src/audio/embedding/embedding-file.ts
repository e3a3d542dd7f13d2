import { faultyNumber } from '../../base/encoding/finite-numbers.js';
import { fromHalf, toHalf } from '../../base/encoding/float16.js';
import { Fingerprint } from '../../base/encoding/fingerprint.js';
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from '../../base/encoding/safetensors.js';
import { heldKind, wrongKind } from '../../base/encoding/wrong-kind.js';
import { SeqkitError } from '../../base/errors.js';
import { objectWith, schemaOf, text } from '../../base/schema/index.js';
import { EMBEDDING_WEIGHTS } from './embedding-network.js';

const KIND = 'SpeechEmbedding';
const FORMAT_VERSION = 1;

/** Weights of the embedding by the names of `EMBEDDING_WEIGHTS`. */
export type EmbeddingWeights = ReadonlyMap<string, Float32Array>;

/** What a file of an embedding holds. */
export interface EmbeddingFile {
  readonly weights: EmbeddingWeights;
  /** Where it comes from, and under which licence. */
  readonly notice: string;
}

/** The schema of it: every weight is there, of its size, and a number throughout. */
export const embeddingFile = objectWith<EmbeddingFile>('what a file of a speech embedding holds', {
  weights: schemaOf<EmbeddingWeights>(
    'a Map of the weights of the embedding',
    (value) =>
      value instanceof Map &&
      EMBEDDING_WEIGHTS.every(({ name, shape }) => {
        const data: unknown = value.get(name);
        const size = shape.reduce((product, side) => product * side, 1);
        return data instanceof Float32Array && data.length === size && data.every(Number.isFinite);
      }),
  ),
  notice: text,
});

/**
 * Packs an embedding into one safetensors file.
 * @param options.float16 halves the file, and changes embeddings by about 0.4% @default true
 */
export function encodeEmbedding(
  { weights, notice }: EmbeddingFile,
  options: { float16?: boolean } = {},
): Uint8Array {
  const { float16 = true } = options;
  const tensors: Record<string, StoredTensor> = {};
  for (const { name, shape } of EMBEDDING_WEIGHTS) {
    const data = weights.get(name)!;
    tensors[name] = float16
      ? { dtype: 'F16', shape, data: Uint16Array.from(data, toHalf) }
      : { dtype: 'F32', shape, data };
  }
  return encodeSafetensors(tensors, {
    ...{ format: 'seqkit', formatVersion: String(FORMAT_VERSION), kind: KIND, notice },
  });
}

/**
 * Opens such a file.
 * @param source what to call it in errors
 * @throws SeqkitError `bad-file` where it is damaged or holds something else
 */
export function decodeEmbedding(bytes: Uint8Array, source: string): EmbeddingFile {
  const { tensors, metadata } = decodeSafetensors(bytes, source);
  const fail = (complaint: string, hint = 'Make it anew of the file that it came from.'): never => {
    throw new SeqkitError(`${source} ${complaint}`, { code: 'bad-file', hint });
  };
  if (metadata['format'] !== 'seqkit' || metadata['kind'] !== KIND) {
    throw wrongKind(source, heldKind(metadata), KIND);
  }
  const version = Number(metadata['formatVersion']);
  if (!(Number.isInteger(version) && version >= 1 && version <= FORMAT_VERSION)) {
    fail(
      `has format version ${metadata['formatVersion']}; this release reads ${FORMAT_VERSION}.`,
      'Update seqkit.',
    );
  }
  const weights = new Map<string, Float32Array>();
  for (const { name, shape } of EMBEDDING_WEIGHTS) {
    const tensor = tensors.get(name);
    if (String(tensor?.shape) !== String(shape) || !tensor || !['F16', 'F32'].includes(tensor.dtype)) {
      const found = tensor ? `of type ${tensor.dtype} and shape (${tensor.shape.join(', ')})` : 'missing';
      return fail(`has no speech embedding: ${name} is ${found}, expected floats of (${shape.join(', ')}).`);
    }
    if (faultyNumber(tensor)) fail(`is damaged: ${name} holds what is no finite number.`);
    weights.set(
      name,
      tensor.dtype === 'F16' ? Float32Array.from(tensor.data, fromHalf) : Float32Array.from(tensor.data),
    );
  }
  if (tensors.size > weights.size) fail('holds other tensors besides a speech embedding.');
  return { weights, notice: metadata['notice'] ?? '' };
}

/** 16 hexadecimal digits that tell embeddings apart, of the weights as 16-bit floats. */
export function embeddingHash(weights: EmbeddingWeights): string {
  const fingerprint = new Fingerprint();
  for (const { name } of EMBEDDING_WEIGHTS) fingerprint.add(Uint16Array.from(weights.get(name)!, toHalf));
  return fingerprint.toString();
}
