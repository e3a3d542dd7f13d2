/** Numbers between 32-bit floats and the 16 bits of IEEE 754 binary16. */

const floatBits = new Float32Array(1);
const wordBits = new Uint32Array(floatBits.buffer);

/** The largest finite 16-bit float. */
export const LARGEST_HALF = 65504;

/** The bits of the nearest 16-bit float, to even between two; beyond the largest it is infinite. */
export function toHalf(value: number): number {
  floatBits[0] = value;
  const bits = wordBits[0];
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude >= 0x38800000) {
    // Half of the last place that stays is added, less one where that place is even.
    const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
    return sign | ((rounded - 0x38000000) >>> 13);
  }
  // Below 2^-14 the last place is 2^-24: adding 1/2 leaves it as the last of a float.
  floatBits[0] = Math.abs(value) + 0.5;
  return sign | (wordBits[0] - 0x3f000000);
}

/** What the fraction of a 16-bit float counts, by its exponent; of exponent 0 it is the whole number. */
const STEPS = Float64Array.from({ length: 31 }, (_, exponent) => 2 ** (Math.max(1, exponent) - 25));

/** The number that the bits of a 16-bit float stand for. */
export function fromHalf(bits: number): number {
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  const magnitude =
    exponent === 0x1f
      ? fraction === 0
        ? Infinity
        : NaN
      : (exponent === 0 ? fraction : fraction + 1024) * STEPS[exponent];
  return bits & 0x8000 ? -magnitude : magnitude;
}

/** The number that the bits of a bfloat16 stand for: it is the upper half of a 32-bit float. */
export function fromBrain(bits: number): number {
  wordBits[0] = bits << 16;
  return floatBits[0];
}
