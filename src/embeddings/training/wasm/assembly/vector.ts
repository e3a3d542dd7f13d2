export const zero: v128 = i32x4(0, 0, 0, 0);

/** a * b + c, rounded once where the binary has relaxed SIMD and the machine fuses, else twice. */
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** The sum of the lanes of a, b, c and d, each in a lane of its own. */
@inline
export function sumsOf(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(i32x4.shuffle(a, b, 0, 4, 1, 5), i32x4.shuffle(a, b, 2, 6, 3, 7));
  const cd = f32x4.add(i32x4.shuffle(c, d, 0, 4, 1, 5), i32x4.shuffle(c, d, 2, 6, 3, 7));
  return f32x4.add(i32x4.shuffle(ab, cd, 0, 1, 4, 5), i32x4.shuffle(ab, cd, 2, 3, 6, 7));
}

/**
 * 1 / (1 + exp(-x)). The exponential is 2^n times a polynomial for the rest, |r| <= ln(2) / 2, by
 * its Taylor series to r^6 (within 2e-7); beyond 80 the result is 0 or 1.
 */
@inline
export function sigmoid(x: v128): v128 {
  const y = f32x4.neg(f32x4.max(f32x4.min(x, f32x4.splat(80)), f32x4.splat(-80)));
  const n = f32x4.nearest(f32x4.mul(y, f32x4.splat(1.4426950408889634)));
  // ln 2 in two parts, of which the product of the first with n is exact.
  const r = madd(n, f32x4.splat(0.00021219444005469057), madd(n, f32x4.splat(-0.693359375), y));
  let p = f32x4.splat(1.0 / 720.0);
  p = madd(p, r, f32x4.splat(1.0 / 120.0));
  p = madd(p, r, f32x4.splat(1.0 / 24.0));
  p = madd(p, r, f32x4.splat(1.0 / 6.0));
  p = madd(p, r, f32x4.splat(0.5));
  p = madd(p, r, f32x4.splat(1));
  p = madd(p, r, f32x4.splat(1));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return f32x4.div(f32x4.splat(1), madd(p, power, f32x4.splat(1)));
}
