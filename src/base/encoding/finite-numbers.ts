import { SeqkitError } from '../errors.js';
import { quoted } from '../schema/index.js';
import { byteKernels, CHUNK_AT, type ByteKernels } from './byte-kernels.js';

/** Floats in the arrays that files keep them in; of 16 bits, their bits. */
export type StoredFloats = Float64Array | Float32Array | Uint16Array;

/** The place of the first number that is infinite or none, or -1 where all are finite. */
export function firstNotFinite(values: StoredFloats): number {
  const kernels = byteKernels();
  if (kernels) {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    const check = checkOf(kernels, values);
    const { chunk } = kernels;
    for (let at = 0; at < bytes.length; at += chunk.length) {
      const part = bytes.subarray(at, at + chunk.length);
      chunk.set(part);
      const whole = Math.ceil(part.length / 16) * 16;
      chunk.fill(0, part.length, whole);
      if (check(CHUNK_AT, whole) !== 0) continue;
      const begin = at / values.BYTES_PER_ELEMENT;
      return begin + plainly(values.subarray(begin, begin + part.length / values.BYTES_PER_ELEMENT));
    }
    return -1;
  }
  return plainly(values);
}

function checkOf(kernels: ByteKernels, values: StoredFloats): (data: number, bytes: number) => number {
  if (values instanceof Float64Array) return kernels.areFinite64;
  return values instanceof Float32Array ? kernels.areFinite32 : kernels.areFinite16;
}

function plainly(values: StoredFloats): number {
  if (values instanceof Uint16Array) return values.findIndex((bits) => (bits & 0x7c00) === 0x7c00);
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return i;
  return -1;
}

/** A tensor as far as its numbers go. */
interface NumberTensor {
  readonly dtype: string;
  readonly data: ArrayBufferView;
}

/** The first number of a tensor that is infinite or none, and its place; undefined where there is none such. */
export function faultyNumber({ dtype, data }: NumberTensor): { place: number; value: string } | undefined {
  if (!dtype.startsWith('F')) return undefined;
  const values = data as StoredFloats;
  const place = firstNotFinite(values);
  if (place < 0) return undefined;
  // The bits of 16-bit floats: a fraction beside the exponent of ones makes it no number.
  const infinite = dtype === 'F16' ? (values[place] & 0x3ff) === 0 : !Number.isNaN(values[place]);
  const negative = dtype === 'F16' ? values[place] >= 0x8000 : values[place] < 0;
  return { place, value: infinite ? (negative ? '-Infinity' : 'Infinity') : 'NaN' };
}

/**
 * Refuses a file's tensor with a number that is infinite or none.
 * @throws SeqkitError `bad-file` that names the tensor and the place in it, from 0
 */
export function refuseFaultyNumbers(name: string, tensor: NumberTensor, source: string): void {
  const fault = faultyNumber(tensor);
  if (!fault) return;
  throw new SeqkitError(
    `${source}: the tensor ${quoted(name)} holds ${fault.value} at place ${fault.place}, where a finite number should stand.`,
    { code: 'bad-file', hint: 'Take a file from before its training diverged, or make it or copy it again.' },
  );
}
