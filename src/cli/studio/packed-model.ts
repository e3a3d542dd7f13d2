import { gzipSync } from 'node:zlib';
import { fromHalf, toHalf } from '../../base/encoding/float16.js';
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from '../../base/encoding/safetensors.js';

/** In what precision the weights are written, by what does it to one. */
export const PRECISIONS = {
  float32: (value: number): number => value,
  float16: toFloat16,
  bfloat16: toBfloat16,
} as const;

export type Precision = keyof typeof PRECISIONS;

/** Eleven significant bits; numbers beyond what a half float holds stay as they are. */
function toFloat16(value: number): number {
  const half = fromHalf(toHalf(value));
  return Number.isFinite(half) ? half : value;
}

const float = new Float32Array(1);
const word = new Uint32Array(float.buffer);

/** Eight significant bits: the upper half of a float, rounded to the nearest, to even between two. */
function toBfloat16(value: number): number {
  float[0] = value;
  const rounded = word[0] + 0x7fff + ((word[0] >>> 16) & 1);
  word[0] = rounded & 0xffff0000;
  return Number.isFinite(float[0]) ? float[0] : value;
}

/** Bytes of a number, which stand apart in a page, so that they compress better. */
const PLANES = 4;

/**
 * The file of a model as it stands in a page: weights rounded, all first bytes of four before all second ones and so
 * on, compressed, in base64. Rounded weights are still float32, so that all that opens such files opens this one.
 * @param source what errors call it
 */
export function packedModel(bytes: Uint8Array, source: string, precision: Precision): string {
  const file = precision === 'float32' ? bytes : rounded(bytes, source, PRECISIONS[precision]);
  const planes = new Uint8Array(file.length);
  let at = 0;
  for (let plane = 0; plane < PLANES; plane++) {
    for (let i = plane; i < file.length; i += PLANES) planes[at++] = file[i];
  }
  return gzipSync(planes, { level: 9 }).toString('base64');
}

function rounded(bytes: Uint8Array, source: string, round: (value: number) => number): Uint8Array {
  const { tensors, metadata } = decodeSafetensors(bytes, source);
  const weights = [...tensors].map(([name, tensor]): [string, StoredTensor] =>
    tensor.dtype === 'F32' ? [name, { ...tensor, data: tensor.data.map(round) }] : [name, tensor],
  );
  return encodeSafetensors(Object.fromEntries(weights), metadata);
}
