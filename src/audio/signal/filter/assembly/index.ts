// The inner loop of resampling: each output sample is a dot product of input samples with one of the filter's
// sets of taps. Sums are of 32-bit floats, in an order that does not depend on where an output stands.

@inline
function addLanes(value: v128): f32 {
  const pairs = f32x4.add(value, i32x4.shuffle(value, value, 2, 3, 0, 1));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}

@inline
function multiplyAdd(a: usize, b: usize, c: v128): v128 {
  return f32x4.add(f32x4.mul(v128.load(a), v128.load(b)), c);
}

/** @param width a multiple of 4 */
@inline
function dot(samples: usize, taps: usize, width: i32): f32 {
  let a = f32x4.splat(0);
  let b = f32x4.splat(0);
  let c = f32x4.splat(0);
  let d = f32x4.splat(0);
  let left = width;
  for (; left >= 16; left -= 16) {
    a = multiplyAdd(samples, taps, a);
    b = multiplyAdd(samples + 16, taps + 16, b);
    c = multiplyAdd(samples + 32, taps + 32, c);
    d = multiplyAdd(samples + 48, taps + 48, d);
    samples += 64;
    taps += 64;
  }
  for (; left > 0; left -= 4) {
    a = multiplyAdd(samples, taps, a);
    samples += 16;
    taps += 16;
  }
  return addLanes(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)));
}

/**
 * `count` output samples, each `down / up` input samples after the last.
 *
 * @param samples address of the first input sample that the first output needs
 * @param taps address of (up, width) taps, one set for each phase
 * @param width a multiple of 4
 * @param phase of the first output, from 0 to up - 1
 * @param output address of (count)
 */
export function filter(
  samples: usize,
  taps: usize,
  width: i32,
  up: i32,
  down: i32,
  phase: i32,
  count: i32,
  output: usize,
): void {
  for (let n = 0; n < count; n++) {
    const set = taps + (<usize>(phase * width) << 2);
    store<f32>(output + (<usize>n << 2), dot(samples, set, width));
    phase += down;
    const whole = phase / up;
    phase -= whole * up;
    samples += <usize>whole << 2;
  }
}
