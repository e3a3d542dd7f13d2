import { exp, expMinusOne, logOnePlus, sigmoid } from './exponential';
import { upperTail } from './normal-tail';
import { madd, nmadd, one, zero } from './vector';

// The activations after those in activations.ts, in the order of `activationNames` in
// ../../../program/activations.ts.
const eluIndex: i32 = 5;
const seluIndex: i32 = 6;
const softplusIndex: i32 = 7;
const leakyReluIndex: i32 = 8;
const exponentialIndex: i32 = 9;
const siluIndex: i32 = 10;
const geluIndex: i32 = 11;

const leakySlope: f32 = 0.2;
const seluScale: f32 = 1.0507009873554805;
const seluAlpha: f32 = 1.6732632423543772;
/** geluTanh is x sigmoid(2 c (x + a x^3)): 2 c, and a. */
const twiceC: f32 = 1.5957691216057308;
const cubic: f32 = 0.044715;
/** 1 / sqrt(2 pi). */
const densityAtZero: f32 = 0.3989422804014327;

@inline
function whereAbove(x: v128, above: v128, below: v128): v128 {
  return v128.bitselect(above, below, f32x4.gt(x, zero));
}

export function activateSmoothly(x: v128, activation: i32): v128 {
  if (activation == eluIndex) return whereAbove(x, x, expMinusOne(f32x4.pmin(x, zero)));
  if (activation == seluIndex) {
    const below = f32x4.mul(f32x4.splat(seluAlpha), expMinusOne(f32x4.pmin(x, zero)));
    return f32x4.mul(f32x4.splat(seluScale), whereAbove(x, x, below));
  }
  if (activation == softplusIndex) {
    return f32x4.add(f32x4.pmax(x, zero), logOnePlus(exp(f32x4.neg(f32x4.abs(x)))));
  }
  if (activation == leakyReluIndex) return whereAbove(x, x, f32x4.mul(x, f32x4.splat(leakySlope)));
  if (activation == exponentialIndex) return exp(x);
  if (activation == siluIndex) return f32x4.mul(x, sigmoid(x));
  if (activation == geluIndex) {
    const magnitude = f32x4.abs(x);
    return nmadd(magnitude, upperTail(magnitude), f32x4.pmax(x, zero));
  }
  return f32x4.mul(x, sigmoid(widened(x)));
}

/** f'(x), worked out from y = f(x). */
export function slopeSmoothly(y: v128, activation: i32): v128 {
  if (activation == eluIndex) return whereAbove(y, one, f32x4.add(y, one));
  if (activation == seluIndex) {
    const below = f32x4.add(y, f32x4.splat(seluScale * seluAlpha));
    return whereAbove(y, f32x4.splat(seluScale), below);
  }
  if (activation == softplusIndex) return f32x4.neg(expMinusOne(f32x4.neg(y)));
  if (activation == leakyReluIndex) return whereAbove(y, one, f32x4.splat(leakySlope));
  // The exponential is its own.
  return y;
}

/** f'(x) of the activations for which y does not say it. */
export function slopeAt(x: v128, activation: i32): v128 {
  if (activation == geluIndex) {
    const magnitude = f32x4.abs(x);
    const tail = upperTail(magnitude);
    const below = whereAbove(x, f32x4.sub(one, tail), tail);
    const square = f32x4.mul(x, f32x4.mul(x, f32x4.splat(-0.5)));
    const density = f32x4.mul(exp(square), f32x4.splat(densityAtZero));
    return madd(x, density, below);
  }
  // Far out the slope is that of sigmoid alone, and the rest no number.
  const near = f32x4.pmax(f32x4.pmin(x, f32x4.splat(20)), f32x4.splat(-20));
  const silu = activation == siluIndex;
  const share = sigmoid(silu ? x : widened(near));
  const rest = f32x4.mul(f32x4.mul(near, share), f32x4.sub(one, share));
  if (silu) return f32x4.add(share, rest);
  const square = f32x4.mul(near, f32x4.mul(near, f32x4.splat(3 * cubic * twiceC)));
  return madd(rest, f32x4.add(square, f32x4.splat(twiceC)), share);
}

/** 2 c (x + a x^3). */
@inline
function widened(x: v128): v128 {
  const line = f32x4.mul(x, f32x4.splat(twiceC));
  const square = f32x4.mul(x, f32x4.mul(x, f32x4.splat(cubic)));
  return madd(line, square, line);
}
