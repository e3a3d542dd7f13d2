/** Powers of ten that a double holds exactly. */
const POWERS = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

const ZERO = 0x30;
const NINE = 0x39;

/**
 * Reads a decimal number such as `-0.25` or `1e-3` from ASCII bytes, rounded as `Number` rounds
 * it. Up to 15 digits and a power of ten up to 22 are exact in doubles, so that one division or
 * product is rounded once (Clinger 1990); the rest goes through `Number`.
 * @returns NaN where the bytes are no decimal number
 */
export function parseDecimal(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  const negative = bytes[at] === 0x2d;
  if (negative || bytes[at] === 0x2b) at++;
  let mantissa = 0;
  let digits = 0;
  let scale = 0;
  let pointSeen = false;
  for (; at < end; at++) {
    const byte = bytes[at];
    if (byte >= ZERO && byte <= NINE) {
      mantissa = mantissa * 10 + (byte - ZERO);
      digits++;
      if (pointSeen) scale--;
    } else if (byte === 0x2e && !pointSeen) pointSeen = true;
    else break;
  }
  if (digits === 0) return NaN;
  if (at < end) {
    const exponent = (bytes[at] | 0x20) === 0x65 ? parseExponent(bytes, at + 1, end) : NaN;
    if (Number.isNaN(exponent)) return NaN;
    scale += exponent;
  }
  if (digits > 15 || scale < -22 || scale > 22) {
    return Number(String.fromCharCode(...bytes.subarray(start, end)));
  }
  const value = scale < 0 ? mantissa / POWERS[-scale] : mantissa * POWERS[scale];
  return negative ? -value : value;
}

function parseExponent(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  const negative = bytes[at] === 0x2d;
  if (negative || bytes[at] === 0x2b) at++;
  if (at === end) return NaN;
  let value = 0;
  for (; at < end; at++) {
    if (bytes[at] < ZERO || bytes[at] > NINE) return NaN;
    value = value * 10 + (bytes[at] - ZERO);
  }
  return negative ? -value : value;
}
