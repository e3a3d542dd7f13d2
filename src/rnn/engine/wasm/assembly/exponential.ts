import { constant, Constant, setFloat, setInteger } from './constants';
import { madd, nmadd, select, zero } from './vector';

// exp(x) = 2^n exp(r) with n = round(x / ln 2), so that |r| <= ln(2) / 2, and
// exp(r) = 1 + r + r^2 q(r), where q, of degree 4, interpolates (exp(r) - 1 - r) / r^2 at
// the five Chebyshev nodes of a range one percent wider. In exact arithmetic its error in
// exp(r) is below 1.1e-8, a fifth of half a unit in the last place. ln 2 is split into
// 355/512, whose product with n is exact, and the rest (Cody and Waite 1980).
//
// tanh(x) = x + x^3 t(x^2) near 0, where t, of degree 4, interpolates
// (tanh(x) / x - 1) / x^2 as a function of x^2 at the five Chebyshev nodes of [0, 0.284].

/** Lays the constants out; called once for each memory. */
export function writeConstants(): void {
  setFloat(Constant.log2e, 1.4426950408889634);
  setFloat(Constant.ln2High, 0.693359375);
  setFloat(Constant.ln2Low, -0.00021219444005469057);
  setFloat(Constant.q0, 0.5);
  setFloat(Constant.q1, 0.16666573);
  setFloat(Constant.q2, 0.041666549);
  setFloat(Constant.q3, 0.008363774);
  setFloat(Constant.q4, 0.0013926927);
  setFloat(Constant.t0, -0.33333331);
  setFloat(Constant.t1, 0.13333161);
  setFloat(Constant.t2, -0.053918913);
  setFloat(Constant.t3, 0.021369463);
  setFloat(Constant.t4, -0.0067268922);
  setFloat(Constant.one, 1);
  setFloat(Constant.two, 2);
  // Adding 1.5 * 2^23 rounds to a whole number, which then stands in the low bits.
  setFloat(Constant.rounder, 12582912);
  setInteger(Constant.rounderBits, 0x4b400000);
  setInteger(Constant.bias, 127);
  // Beyond these exp is 0 and infinity.
  setFloat(Constant.lowestExponent, -104);
  setFloat(Constant.highestExponent, 89);
  // 2 |x| where tanh(x) has long been 1: at 9.02 the nearest float is.
  setFloat(Constant.tanhIsOne, 20);
  // Up to here by the polynomial: the quotient has up to 2.4 ulp in this range.
  setFloat(Constant.tanhNearZero, 0.53);
  setInteger(Constant.signBit, 0x80000000);
}

/** exp(r) - 1 for the r of the split above. */
@inline
function expMinusOneNearZero(r: v128): v128 {
  let q = madd(constant(Constant.q4), r, constant(Constant.q3));
  q = madd(q, r, constant(Constant.q2));
  q = madd(q, r, constant(Constant.q1));
  q = madd(q, r, constant(Constant.q0));
  return madd(q, f32x4.mul(r, r), r);
}

/** exp(x) - 1 without the digits that cancel near 0. NaN for NaN. */
export function expMinusOne(x: v128): v128 {
  const far = f32x4.sub(exp(x), constant(Constant.one));
  const near = f32x4.lt(f32x4.abs(x), f32x4.splat(0.34));
  return v128.bitselect(expMinusOneNearZero(x), far, near);
}

/** 2^n for integers n from -126 to 127. */
@inline
function powerOfTwo(n: v128): v128 {
  return i32x4.shl(i32x4.add(n, constant(Constant.bias)), 23);
}

/**
 * exp(x), within 1.1 ulp of the true value; 0 and infinity where they are nearest, NaN for
 * NaN.
 */
@inline
export function exp(x: v128): v128 {
  // pmin and pmax with the operand first keep NaN, and cost one instruction each.
  const below = f32x4.pmin(x, constant(Constant.highestExponent));
  const clamped = f32x4.pmax(below, constant(Constant.lowestExponent));
  const rounder = constant(Constant.rounder);
  const shifted = f32x4.add(f32x4.mul(clamped, constant(Constant.log2e)), rounder);
  const n = f32x4.sub(shifted, rounder);
  const r = nmadd(n, constant(Constant.ln2Low), nmadd(n, constant(Constant.ln2High), clamped));
  const power = f32x4.add(expMinusOneNearZero(r), constant(Constant.one));
  // In two steps, since 2^n itself may be out of range where the result is not.
  const exponent = i32x4.sub(shifted, constant(Constant.rounderBits));
  const first = i32x4.shr_s(exponent, 1);
  const second = i32x4.sub(exponent, first);
  return f32x4.mul(f32x4.mul(power, powerOfTwo(first)), powerOfTwo(second));
}

/**
 * tanh(x): a polynomial near 0, else e / (e + 2) with e = exp(2|x|) - 1 and the sign of x,
 * within 2 ulp (1.5 were found). Odd, exact at zeros and denormals, NaN for NaN.
 */
@inline
export function tanh(x: v128): v128 {
  const magnitude = f32x4.abs(x);
  const square = f32x4.mul(x, x);
  let t = madd(constant(Constant.t4), square, constant(Constant.t3));
  t = madd(t, square, constant(Constant.t2));
  t = madd(t, square, constant(Constant.t1));
  t = madd(t, square, constant(Constant.t0));
  const small = madd(f32x4.mul(t, square), magnitude, magnitude);

  const doubled = f32x4.pmin(f32x4.add(magnitude, magnitude), constant(Constant.tanhIsOne));
  const rounder = constant(Constant.rounder);
  const shifted = f32x4.add(f32x4.mul(doubled, constant(Constant.log2e)), rounder);
  const n = f32x4.sub(shifted, rounder);
  const r = nmadd(n, constant(Constant.ln2Low), nmadd(n, constant(Constant.ln2High), doubled));
  const power = powerOfTwo(i32x4.sub(shifted, constant(Constant.rounderBits)));
  const e = madd(expMinusOneNearZero(r), power, f32x4.sub(power, constant(Constant.one)));
  const large = f32x4.div(e, f32x4.add(e, constant(Constant.two)));

  const result = select(small, large, f32x4.lt(magnitude, constant(Constant.tanhNearZero)));
  return v128.or(result, v128.and(x, constant(Constant.signBit)));
}

/** 1 / (1 + exp(-x)) from exp(-|x|), which cannot overflow; within 3 ulp. NaN for NaN. */
@inline
export function sigmoid(x: v128): v128 {
  const e = exp(f32x4.neg(f32x4.abs(x)));
  const top = select(e, constant(Constant.one), f32x4.lt(x, zero));
  return f32x4.div(top, f32x4.add(constant(Constant.one), e));
}

/**
 * log(1 + e) for e from 0 to 1, as 2 artanh(s) with s = e / (2 + e) <= 1/3: the series
 * 2s (1 + s^2/3 + s^4/5 + ...) to s^14, which leaves 2e-9.
 */
@inline
export function logOnePlus(e: v128): v128 {
  const s = f32x4.div(e, f32x4.add(e, f32x4.splat(2)));
  const square = f32x4.mul(s, s);
  let p = f32x4.splat(1.0 / 15.0);
  p = madd(p, square, f32x4.splat(1.0 / 13.0));
  p = madd(p, square, f32x4.splat(1.0 / 11.0));
  p = madd(p, square, f32x4.splat(1.0 / 9.0));
  p = madd(p, square, f32x4.splat(1.0 / 7.0));
  p = madd(p, square, f32x4.splat(0.2));
  p = madd(p, square, f32x4.splat(1.0 / 3.0));
  const twice = f32x4.add(s, s);
  return madd(f32x4.mul(p, square), twice, twice);
}

/**
 * The natural logarithm of a positive normal number: x = 2^k m with m between sqrt(1/2) and
 * sqrt(2), log m = 2 artanh((m - 1) / (m + 1)) by its series, which leaves 1e-13. (The
 * standard library's keeps a table in memory; the host lays out all memory here.)
 */
export function logarithm(x: f64): f64 {
  const bits = reinterpret<i64>(x);
  const sqrtHalf: i64 = 0x3fe6a09e667f3bcd;
  const k = (bits - sqrtHalf) >> 52;
  const m = reinterpret<f64>(bits - (k << 52));
  const s = (m - 1) / (m + 1);
  const square = s * s;
  let p: f64 = 0;
  for (let odd: f64 = 15; odd >= 1; odd -= 2) p = p * square + 1 / odd;
  return f64(k) * 0.6931471805599453 + 2 * s * p;
}
