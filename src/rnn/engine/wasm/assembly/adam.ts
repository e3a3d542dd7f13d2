import { at, colsOf, float, strideOf } from './command';
import { runLength, runsPerRow, runStart } from './run-of-columns';
import { madd, nmadd, storeLanes } from './vector';

/** x, or 0 where it is denormal. */
@inline
function flush(x: v128): v128 {
  return v128.and(x, f32x4.ge(f32x4.abs(x), f32x4.splat(1.1754943508222875e-38)));
}

/**
 * Operands value, gradient, m, v, hyper, factor, newValue, newM, newV; settings beta1,
 * 1 - beta1, beta2, 1 - beta2, epsilon. Moments that have died away to denormals become 0:
 * they would stay there for good, and arithmetic on them is a hundred times slower.
 */
export function adam(command: usize, begin: i32, end: i32): void {
  const beta1 = f32x4.splat(float(command, 9, 0));
  const rest1 = f32x4.splat(float(command, 9, 1));
  const beta2 = f32x4.splat(float(command, 9, 2));
  const rest2 = f32x4.splat(float(command, 9, 3));
  const epsilon = f32x4.splat(float(command, 9, 4));
  const hyper = at(command, 4);
  const rate = f32x4.splat(f32(f64(load<f32>(hyper)) / f64(load<f32>(hyper, 4))));
  const correction2 = f32x4.splat(f32(1 / f64(load<f32>(hyper, 8))));
  const factor = v128.load_splat<f32>(at(command, 5));
  const cols = colsOf(command, 0);
  const perRow = runsPerRow(cols);
  for (let unit = begin; unit < end; unit++) {
    const row = usize(unit / perRow);
    const run = unit % perRow;
    const skip = usize(runStart(run)) << 2;
    const value = at(command, 0) + row * strideOf(command, 0) + skip;
    const gradient = at(command, 1) + row * strideOf(command, 1) + skip;
    const m = at(command, 2) + row * strideOf(command, 2) + skip;
    const v = at(command, 3) + row * strideOf(command, 3) + skip;
    const newValue = at(command, 6) + row * strideOf(command, 6) + skip;
    const newM = at(command, 7) + row * strideOf(command, 7) + skip;
    const newV = at(command, 8) + row * strideOf(command, 8) + skip;
    const count = runLength(run, cols);
    for (let j = 0; j < count; j += 4) {
      const byte = usize(j) << 2;
      const g = f32x4.mul(v128.load(gradient + byte), factor);
      const first = flush(madd(beta1, v128.load(m + byte), f32x4.mul(rest1, g)));
      const squares = f32x4.mul(f32x4.mul(rest2, g), g);
      const second = flush(madd(beta2, v128.load(v + byte), squares));
      const deviation = f32x4.add(f32x4.sqrt(f32x4.mul(second, correction2)), epsilon);
      const change = f32x4.div(first, deviation);
      storeLanes(newM + byte, first, count - j);
      storeLanes(newV + byte, second, count - j);
      storeLanes(newValue + byte, nmadd(rate, change, v128.load(value + byte)), count - j);
    }
  }
}
