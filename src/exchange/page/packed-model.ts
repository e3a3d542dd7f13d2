import { encodeBase64 } from '../../base/encoding/base64.js';
import { collect, singleChunk } from '../../base/encoding/byte-chunks.js';
import { fromHalf, toHalf } from '../../base/encoding/float16.js';
import { gzip } from '../../base/encoding/gzip.js';
import { encodeSafetensors, type StoredTensor } from '../../base/encoding/safetensors.js';

/** In what precision weights are written. */
export type PagePrecision = 'float32' | 'float16' | 'bfloat16';

/** What brings one number to it. */
const ROUNDED: Readonly<Record<PagePrecision, (value: number) => number>> = {
  float32: (value: number): number => value,
  float16: toFloat16,
  bfloat16: toBfloat16,
};
export const PAGE_PRECISIONS = Object.keys(ROUNDED) as readonly PagePrecision[];

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
 * The file of a model as it stands in a page: all first bytes of four before all second ones and so on, compressed, in
 * base64.
 */
export async function packedModel(file: Uint8Array): Promise<string> {
  const planes = new Uint8Array(file.length);
  let at = 0;
  for (let plane = 0; plane < PLANES; plane++) {
    for (let i = plane; i < file.length; i += PLANES) planes[at++] = file[i];
  }
  return encodeBase64(await collect(gzip(singleChunk(planes))));
}

/** A file with rounded weights. They are still float32, so that all that opens such files opens this one. */
export function roundedFile(
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata: Readonly<Record<string, string>>,
  precision: PagePrecision,
): Uint8Array {
  const weights = [...tensors].map(([name, tensor]): [string, StoredTensor] =>
    tensor.dtype === 'F32'
      ? [name, { ...tensor, data: tensor.data.map(ROUNDED[precision]) }]
      : [name, tensor],
  );
  return encodeSafetensors(Object.fromEntries(weights), metadata);
}
