import { exp } from './exponential';
import { madd, one } from './vector';

/**
 * The share of the standard normal distribution above t >= 0: exp(-t^2 / 2) u p(u) with
 * u = 1 / (1 + 0.24 t), where p, of degree 9, interpolates at the ten Chebyshev nodes of t from
 * 0 to 14. In exact arithmetic its relative error is below 4e-9. NaN for NaN.
 */
export function upperTail(t: v128): v128 {
  const u = f32x4.div(one, madd(t, f32x4.splat(0.24), one));
  let p = madd(f32x4.splat(0.025598603289385097), u, f32x4.splat(-0.12507567436140565));
  p = madd(p, u, f32x4.splat(0.20662137793089108));
  p = madd(p, u, f32x4.splat(-0.14594757568896044));
  p = madd(p, u, f32x4.splat(0.14297962435955314));
  p = madd(p, u, f32x4.splat(0.027260536010319702));
  p = madd(p, u, f32x4.splat(0.08809751754783582));
  p = madd(p, u, f32x4.splat(0.08885675318860436));
  p = madd(p, u, f32x4.splat(0.09586732185471075));
  p = madd(p, u, f32x4.splat(0.0957415172949227));
  const density = exp(f32x4.mul(t, f32x4.mul(t, f32x4.splat(-0.5))));
  return f32x4.mul(density, f32x4.mul(u, p));
}
