// Four floats at a time. Loads may run up to 15 floats over the end of an operand: the host
// keeps that much memory behind the last one. Stores never do. So the last columns of a row
// go through the very instructions that all others go through, and no value depends on
// where in a row it stands.

export const zero: v128 = i32x4(0, 0, 0, 0);
export const one: v128 = f32x4(1, 1, 1, 1);

/** a * b + c, rounded once where the binary has relaxed SIMD and the machine fuses, else twice. */
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** c - a * b, rounded likewise. */
@inline
export function nmadd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_nmadd(a, b, c);
  return f32x4.sub(c, f32x4.mul(a, b));
}

/** a where the mask's lanes are all ones, b where they are all zeros. */
@inline
export function select(a: v128, b: v128, mask: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return i32x4.relaxed_laneselect(a, b, mask);
  return v128.bitselect(a, b, mask);
}

/** All bits in the first `count` lanes, none in the others. */
@inline
export function firstLanes(count: i32): v128 {
  return i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(count));
}

/** Stores the first `count` lanes: all four where `count` is more, none where it is negative. */
@inline
export function storeLanes(address: usize, value: v128, count: i32): void {
  if (count >= 4) v128.store(address, value);
  else storeSome(address, value, count);
}

function storeSome(address: usize, value: v128, count: i32): void {
  if (count <= 0) return;
  if (count & 2) {
    v128.store_lane<f64>(address, value, 0);
    if (count & 1) v128.store_lane<f32>(address, value, 2, 8);
  } else if (count & 1) {
    v128.store_lane<f32>(address, value, 0);
  }
}

/** The sum of the four lanes, in one fixed order. */
@inline
export function sumLanes(value: v128): f32 {
  const pairs = f32x4.add(value, i32x4.shuffle(value, value, 2, 3, 0, 1));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}

/** total(2 lanes of f64) + the four lanes of a float vector. */
@inline
export function addWide(total: v128, value: v128): v128 {
  const high = i32x4.shuffle(value, value, 2, 3, 2, 3);
  return f64x2.add(
    total,
    f64x2.add(f64x2.promote_low_f32x4(value), f64x2.promote_low_f32x4(high)),
  );
}

/** The sum of the two lanes of f64. */
@inline
export function sumWide(total: v128): f64 {
  return f64x2.extract_lane(total, 0) + f64x2.extract_lane(total, 1);
}
