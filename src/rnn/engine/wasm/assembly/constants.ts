// Constants of the exponentials, in the memory that the host leaves free at the bottom. From
// there one instruction fetches and spreads a number; a constant in the code takes V8 four or
// five at each use, and doubles the time of an activation.

const base: usize = 64;

export enum Constant {
  log2e,
  ln2High,
  ln2Low,
  q0,
  q1,
  q2,
  q3,
  q4,
  t0,
  t1,
  t2,
  t3,
  t4,
  one,
  two,
  rounder,
  rounderBits,
  bias,
  lowestExponent,
  highestExponent,
  tanhIsOne,
  tanhNearZero,
  signBit,
}

/** The constant in all four lanes. */
@inline
export function constant(which: usize): v128 {
  return v128.load_splat<f32>(base + (which << 2));
}

@inline
export function setFloat(which: usize, value: f32): void {
  store<f32>(base + (which << 2), value);
}

@inline
export function setInteger(which: usize, value: i32): void {
  store<i32>(base + (which << 2), value);
}
