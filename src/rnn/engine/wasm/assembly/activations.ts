import { sigmoid, tanh } from './exponential';
import { activateSmoothly, slopeSmoothly } from './smooth-activations';
import { madd, one, zero } from './vector';

// The order of `activationNames` in ../../../program/activations.ts.
const tanhIndex: i32 = 1;
const sigmoidIndex: i32 = 2;
const reluIndex: i32 = 3;
const hardSigmoidIndex: i32 = 4;

/** y = f(x). The branch is the same all through a kernel, so it costs next to nothing. */
@inline
export function activate(x: v128, activation: i32): v128 {
  if (activation == tanhIndex) return tanh(x);
  if (activation == sigmoidIndex) return sigmoid(x);
  return activateSimply(x, activation);
}

function activateSimply(x: v128, activation: i32): v128 {
  // pmax(0, x) and pmin(1, x) would lose NaN: the operand stands first.
  if (activation == reluIndex) return f32x4.pmax(x, zero);
  if (activation == hardSigmoidIndex) {
    const line = madd(x, f32x4.splat(0.2), f32x4.splat(0.5));
    return f32x4.pmin(f32x4.pmax(line, zero), one);
  }
  if (activation > hardSigmoidIndex) return activateSmoothly(x, activation);
  return x;
}

// Kernels of slopes are compiled once for each of these, told apart by their sizes. The slopes up to hardSigmoid's
// stand in the loop themselves, behind branches that are the same all through a kernel. Of all, the loop calls: a
// call, even one never reached, keeps a loop's values in memory, which cost the LSTM's half its time again.

/** Of the activations up to hardSigmoid. */
export type Plain = u8;
/** Of all. */
export type Any = u32;

export function isPlain(activation: i32): bool {
  return activation <= hardSigmoidIndex;
}

/** f'(x), worked out from y = f(x). */
@inline
export function slope<Kind>(y: v128, activation: i32): v128 {
  if (sizeof<Kind>() == sizeof<Any>()) return slopeOfAny(y, activation);
  if (activation == tanhIndex) return f32x4.sub(one, f32x4.mul(y, y));
  if (activation == sigmoidIndex) return f32x4.mul(y, f32x4.sub(one, y));
  if (activation == reluIndex) return v128.and(f32x4.gt(y, zero), one);
  if (activation == hardSigmoidIndex) {
    const inside = v128.and(f32x4.gt(y, zero), f32x4.lt(y, one));
    return v128.and(inside, f32x4.splat(0.2));
  }
  return one;
}

function slopeOfAny(y: v128, activation: i32): v128 {
  return isPlain(activation) ? slope<Plain>(y, activation) : slopeSmoothly(y, activation);
}
