// Passes over bytes that were copied into this memory: the rounds of a digest, and whether floats
// are finite. The digest's 16 lanes of 32 bits stand at address 0, the bytes wherever the caller
// put them. digest.ts says the same in plain TypeScript, bit for bit.

/** Of XXH32 (Collet 2012). */
const first: i32 = 0x9e3779b1;
const second: i32 = 0x85ebca77;

@inline
function round(lanes: v128, words: v128, one: v128, two: v128): v128 {
  const sum = i32x4.add(lanes, i32x4.mul(words, two));
  const turned = v128.or(i32x4.shl(sum, 13), i32x4.shr_u(sum, 19));
  return i32x4.mul(turned, one);
}

/** Takes `bytes` bytes into the digest, a multiple of 64: word k of a stripe goes into lane k. */
export function mixStripes(data: usize, bytes: usize): void {
  const one = i32x4.splat(first);
  const two = i32x4.splat(second);
  let a = v128.load(0);
  let b = v128.load(0, 16);
  let c = v128.load(0, 32);
  let d = v128.load(0, 48);
  const end = data + bytes;
  for (; data < end; data += 64) {
    a = round(a, v128.load(data), one, two);
    b = round(b, v128.load(data, 16), one, two);
    c = round(c, v128.load(data, 32), one, two);
    d = round(d, v128.load(data, 48), one, two);
  }
  v128.store(0, a);
  v128.store(0, b, 16);
  v128.store(0, c, 32);
  v128.store(0, d, 48);
}

/** Whether 64-bit floats are all finite; `bytes` is a multiple of 16. An exponent of ones is infinite, or no number. */
export function areFinite64(data: usize, bytes: usize): bool {
  const exponent = i64x2.splat(0x7ff0000000000000);
  let found = i64x2.splat(0);
  const end = data + bytes;
  for (; data < end; data += 16) {
    found = v128.or(found, i64x2.eq(v128.and(v128.load(data), exponent), exponent));
  }
  return !v128.any_true(found);
}

/** The same of 32-bit floats. */
export function areFinite32(data: usize, bytes: usize): bool {
  const exponent = i32x4.splat(0x7f800000);
  let found = i32x4.splat(0);
  const end = data + bytes;
  for (; data < end; data += 16) {
    found = v128.or(found, i32x4.eq(v128.and(v128.load(data), exponent), exponent));
  }
  return !v128.any_true(found);
}

/** The same of 16-bit floats. */
export function areFinite16(data: usize, bytes: usize): bool {
  const exponent = i16x8.splat(0x7c00);
  let found = i16x8.splat(0);
  const end = data + bytes;
  for (; data < end; data += 16) {
    found = v128.or(found, i16x8.eq(v128.and(v128.load(data), exponent), exponent));
  }
  return !v128.any_true(found);
}
