// Cosines of many rows with one vector. A call takes the rows from `begin` up to `end`; `begin` is
// a multiple of the block, and each block's largest score goes into `maxima`, so that whoever
// looks for the best rows skips most blocks unseen. Two threads may run calls side by side over
// one memory, as their rows are not the same.

/** Rows that share one entry of `maxima`. */
export const rowsPerBlock: i32 = 64;

const negativeInfinity: f32 = -f32.MAX_VALUE * 2;

@inline
function addLanes(value: v128): f32 {
  const pairs = f32x4.add(value, i32x4.shuffle(value, value, 2, 3, 0, 1));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}

@inline
function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  return f32x4.add(f32x4.mul(a, b), c);
}

/** A row's dot product over its length, 0 for a row of zeros. */
@inline
function divided(product: f32, norms: usize, row: i32): f32 {
  const norm = load<f32>(norms + (<usize>row << 2));
  return norm > 0 ? product / norm : 0;
}

/** Notes a score, and at the end of a block the block's largest; returns the largest so far. */
@inline
function keep(score: f32, largest: f32, row: i32, end: i32, scores: usize, maxima: usize): f32 {
  store<f32>(scores + (<usize>row << 2), score);
  const most = max(score, largest);
  if (((row + 1) & (rowsPerBlock - 1)) != 0 && row + 1 != end) return most;
  store<f32>(maxima + (<usize>(row / rowsPerBlock) << 2), most);
  return negativeInfinity;
}

@inline
function dotFloats(row: usize, query: usize, width: i32): f32 {
  let a = f32x4.splat(0);
  let b = f32x4.splat(0);
  let c = f32x4.splat(0);
  let d = f32x4.splat(0);
  let left = width;
  for (; left >= 16; left -= 16) {
    a = multiplyAdd(v128.load(row), v128.load(query), a);
    b = multiplyAdd(v128.load(row, 16), v128.load(query, 16), b);
    c = multiplyAdd(v128.load(row, 32), v128.load(query, 32), c);
    d = multiplyAdd(v128.load(row, 48), v128.load(query, 48), d);
    row += 64;
    query += 64;
  }
  for (; left >= 4; left -= 4) {
    a = multiplyAdd(v128.load(row), v128.load(query), a);
    row += 16;
    query += 16;
  }
  let sum = addLanes(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)));
  for (; left > 0; left--) {
    sum += load<f32>(row) * load<f32>(query);
    row += 4;
    query += 4;
  }
  return sum;
}

/**
 * Scores rows of 32-bit floats. `query` holds `width` floats. One row after the other: with two or
 * four side by side, memory is read at less than half the speed.
 */
export function scanFloats(
  rows: usize,
  width: i32,
  norms: usize,
  query: usize,
  scores: usize,
  maxima: usize,
  begin: i32,
  end: i32,
): void {
  let at = rows + <usize>begin * (<usize>width << 2);
  let largest = negativeInfinity;
  for (let row = begin; row < end; row++) {
    const score = divided(dotFloats(at, query, width), norms, row);
    largest = keep(score, largest, row, end, scores, maxima);
    at += <usize>width << 2;
  }
}

/** Four 16-bit floats, each in the low half of a lane, as 32-bit floats; all but infinities and NaN. */
@inline
function widen(halves: v128): v128 {
  const magnitude = i32x4.shl(v128.and(halves, i32x4.splat(0x7fff)), 13);
  const sign = i32x4.shl(v128.and(halves, i32x4.splat(0x8000)), 16);
  // The exponents' offsets are 15 and 127 apart; the product is exact, for subnormals too.
  return v128.or(f32x4.mul(magnitude, f32x4.splat(reinterpret<f32>((127 + 112) << 23))), sign);
}

@inline
function dotHalves(row: usize, query: usize, width: i32): f32 {
  let a = f32x4.splat(0);
  let b = f32x4.splat(0);
  let left = width;
  for (; left >= 8; left -= 8) {
    const halves = v128.load(row);
    a = multiplyAdd(widen(i32x4.extend_low_i16x8_u(halves)), v128.load(query), a);
    b = multiplyAdd(widen(i32x4.extend_high_i16x8_u(halves)), v128.load(query, 16), b);
    row += 16;
    query += 32;
  }
  let sum = addLanes(f32x4.add(a, b));
  for (; left > 0; left--) {
    sum += f32x4.extract_lane(widen(i32x4.splat(load<u16>(row))), 0) * load<f32>(query);
    row += 2;
    query += 4;
  }
  return sum;
}

/** Scores rows of 16-bit floats. `query` holds `width` 32-bit floats. */
export function scanHalves(
  rows: usize,
  width: i32,
  norms: usize,
  query: usize,
  scores: usize,
  maxima: usize,
  begin: i32,
  end: i32,
): void {
  let at = rows + <usize>begin * (<usize>width << 1);
  let largest = negativeInfinity;
  for (let row = begin; row < end; row++) {
    const score = divided(dotHalves(at, query, width), norms, row);
    largest = keep(score, largest, row, end, scores, maxima);
    at += <usize>width << 1;
  }
}

/** Reads up to 15 bytes over the end of the row, which meet zeros of the query. */
@inline
function dotBytes(row: usize, query: usize, width: i32): i32 {
  let a = i32x4.splat(0);
  let b = i32x4.splat(0);
  for (let left = width; left > 0; left -= 16) {
    const bytes = v128.load(row);
    a = i32x4.add(a, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_s(bytes), v128.load(query)));
    b = i32x4.add(b, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_s(bytes), v128.load(query, 16)));
    row += 16;
    query += 32;
  }
  const sum = i32x4.add(a, b);
  const pairs = i32x4.add(sum, i32x4.shuffle(sum, sum, 2, 3, 0, 1));
  return i32x4.extract_lane(pairs, 0) + i32x4.extract_lane(pairs, 1);
}

/**
 * Scores rows of 8-bit whole numbers, each times its scale. `query` holds 16-bit whole numbers, up
 * to the next multiple of 16, zeros behind `width`, that count `queryScale` each. Where there are
 * `errors`, a row's error is added to its score, so that it becomes the most the cosine can be.
 */
export function scanInts(
  rows: usize,
  width: i32,
  scales: usize,
  norms: usize,
  errors: usize,
  query: usize,
  queryScale: f32,
  scores: usize,
  maxima: usize,
  begin: i32,
  end: i32,
): void {
  let at = rows + <usize>begin * <usize>width;
  let largest = negativeInfinity;
  for (let row = begin; row < end; row++) {
    const byte = <usize>row << 2;
    const product = <f32>dotBytes(at, query, width) * queryScale * load<f32>(scales + byte);
    let score = divided(product, norms, row);
    if (errors) score += load<f32>(errors + byte);
    largest = keep(score, largest, row, end, scores, maxima);
    at += width;
  }
}

/** The largest magnitude in a row. */
@inline
function largestOf(row: usize, width: i32): f32 {
  // pmax is one instruction; max is several, for the sake of NaN, which no row holds.
  let most = f32x4.splat(0);
  let left = width;
  for (; left >= 4; left -= 4) {
    most = f32x4.pmax(most, f32x4.abs(v128.load(row)));
    row += 16;
  }
  const pairs = f32x4.pmax(most, i32x4.shuffle(most, most, 2, 3, 0, 1));
  let largest = max(f32x4.extract_lane(pairs, 0), f32x4.extract_lane(pairs, 1));
  for (; left > 0; left--) {
    largest = max(largest, abs(load<f32>(row)));
    row += 4;
  }
  return largest;
}

/** 1.5 * 2^23: a small number added to it is rounded to a whole one, which its low bits then hold. */
const rounder: f32 = 12582912;

/** Four numbers as the nearest whole numbers of steps, on top of `rounder`. */
@inline
function roundedSteps(values: v128, step: v128): v128 {
  return f32x4.add(f32x4.div(values, step), f32x4.splat(rounder));
}

/** The whole numbers of `roundedSteps` as integers. */
@inline
function integers(rounded: v128): v128 {
  return i32x4.sub(rounded, f32x4.splat(rounder));
}

/** sum + (values - whole * step)^2, lane by lane. */
@inline
function addMiss(values: v128, rounded: v128, step: v128, sum: v128): v128 {
  const whole = f32x4.sub(rounded, f32x4.splat(rounder));
  const miss = f32x4.sub(values, f32x4.mul(whole, step));
  return multiplyAdd(miss, miss, sum);
}

/** Over a row's length: what single precision may lose of a miss, 2^-22. */
const missRounding: f32 = 2.384185791015625e-7;

/** Below this a scale, and the squares of what it misses, lose their digits: such a row may be anything. */
const minScale: f32 = 1e-18;

/**
 * Makes 8-bit rows beside float rows: whole numbers from -127 to 127, `scales`, and in `errors`
 * how far, over the row's length, a row of whole numbers may be from the floats.
 */
export function quantizeFloats(
  rows: usize,
  width: i32,
  norms: usize,
  ints: usize,
  scales: usize,
  errors: usize,
  begin: i32,
  end: i32,
): void {
  let at = rows + <usize>begin * (<usize>width << 2);
  let to = ints + <usize>begin * <usize>width;
  for (let row = begin; row < end; row++) {
    const byte = <usize>row << 2;
    const scale = largestOf(at, width) / 127;
    const isFine = scale >= minScale;
    store<f32>(scales + byte, isFine ? scale : 0);
    // A row without a scale has no step; by an endless one it is all zeros.
    const step = f32x4.splat(isFine ? scale : f32.MAX_VALUE);
    let squares = f32x4.splat(0);
    let left = width;
    for (; left >= 8; left -= 8) {
      const low = v128.load(at);
      const high = v128.load(at, 16);
      const lowSteps = roundedSteps(low, step);
      const highSteps = roundedSteps(high, step);
      squares = addMiss(low, lowSteps, step, addMiss(high, highSteps, step, squares));
      const words = i16x8.narrow_i32x4_s(integers(lowSteps), integers(highSteps));
      v128.store64_lane(to, i8x16.narrow_i16x8_s(words, words), 0);
      at += 32;
      to += 8;
    }
    for (; left > 0; left--) {
      const value = f32x4.replace_lane(f32x4.splat(0), 0, load<f32>(at));
      const steps = roundedSteps(value, step);
      squares = addMiss(value, steps, step, squares);
      store<i8>(to++, <i8>i32x4.extract_lane(integers(steps), 0));
      at += 4;
    }
    const norm = load<f32>(norms + byte);
    const miss = sqrt(addLanes(squares)) / norm;
    const error: f32 = isFine ? miss * 1.001 + missRounding : 2;
    store<f32>(errors + byte, norm > 0 ? error : 0);
  }
}
