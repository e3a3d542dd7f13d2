import { at, colsOf, float, strideOf } from './command';
import { passOver } from './losses';
import { addWide, firstLanes, madd, one, storeLanes, sumWide, zero } from './vector';

/** Operands x, targets, weights, dx, losses; a unit is a row. */
export function absoluteError(command: usize, begin: i32, end: i32): void {
  const C = colsOf(command, 0);
  for (let row = usize(begin); row < usize(end); row++) {
    const x = at(command, 0) + row * strideOf(command, 0);
    const targets = at(command, 1) + row * strideOf(command, 1);
    const dx = at(command, 3) + row * strideOf(command, 3);
    const weight = load<f32>(at(command, 2) + row * strideOf(command, 2)) / f32(C);
    if (weight == 0) {
      passOver(at(command, 4) + row * strideOf(command, 4), dx, C);
      continue;
    }
    const scale = f32x4.splat(weight);
    let total = zero;
    for (let j = 0; j < C; j += 4) {
      const byte = usize(j) << 2;
      let error = f32x4.sub(v128.load(x + byte), v128.load(targets + byte));
      if (C - j < 4) error = v128.and(error, firstLanes(C - j));
      total = addWide(total, f32x4.abs(error));
      const above = v128.and(f32x4.gt(error, zero), one);
      const below = v128.and(f32x4.lt(error, zero), one);
      storeLanes(dx + byte, f32x4.mul(f32x4.sub(above, below), scale), C - j);
    }
    store<f32>(at(command, 4) + row * strideOf(command, 4), f32(f64(weight) * sumWide(total)));
  }
}

/** Operands x, targets, weights, dx, losses; setting delta; a unit is a row. */
export function huberError(command: usize, begin: i32, end: i32): void {
  const C = colsOf(command, 0);
  const delta = float(command, 5, 0);
  const most = f32x4.splat(delta);
  const least = f32x4.splat(-delta);
  const half = f32x4.splat(0.5);
  const halfDelta = f32x4.splat(delta / 2);
  for (let row = usize(begin); row < usize(end); row++) {
    const x = at(command, 0) + row * strideOf(command, 0);
    const targets = at(command, 1) + row * strideOf(command, 1);
    const dx = at(command, 3) + row * strideOf(command, 3);
    const weight = load<f32>(at(command, 2) + row * strideOf(command, 2)) / f32(C);
    if (weight == 0) {
      passOver(at(command, 4) + row * strideOf(command, 4), dx, C);
      continue;
    }
    const scale = f32x4.splat(weight);
    let total = zero;
    for (let j = 0; j < C; j += 4) {
      const byte = usize(j) << 2;
      let error = f32x4.sub(v128.load(x + byte), v128.load(targets + byte));
      if (C - j < 4) error = v128.and(error, firstLanes(C - j));
      const size = f32x4.abs(error);
      const small = f32x4.mul(half, f32x4.mul(error, error));
      const large = f32x4.mul(most, f32x4.sub(size, halfDelta));
      total = addWide(total, v128.bitselect(small, large, f32x4.le(size, most)));
      const slope = f32x4.min(most, f32x4.max(least, error));
      storeLanes(dx + byte, f32x4.mul(slope, scale), C - j);
    }
    store<f32>(at(command, 4) + row * strideOf(command, 4), f32(f64(weight) * sumWide(total)));
  }
}

/** The sum of the products of two rows. */
function dot(a: usize, b: usize, count: i32): f64 {
  let total = zero;
  for (let j = 0; j < count; j += 4) {
    const byte = usize(j) << 2;
    let product = f32x4.mul(v128.load(a + byte), v128.load(b + byte));
    if (count - j < 4) product = v128.and(product, firstLanes(count - j));
    total = addWide(total, product);
  }
  return sumWide(total);
}

/** Operands x, targets, weights, dx, losses; a unit is a row. */
export function cosineError(command: usize, begin: i32, end: i32): void {
  const C = colsOf(command, 0);
  for (let row = usize(begin); row < usize(end); row++) {
    const x = at(command, 0) + row * strideOf(command, 0);
    const targets = at(command, 1) + row * strideOf(command, 1);
    const dx = at(command, 3) + row * strideOf(command, 3);
    const loss = at(command, 4) + row * strideOf(command, 4);
    const weight = f64(load<f32>(at(command, 2) + row * strideOf(command, 2)));
    const ofX = weight == 0 ? 0 : dot(x, x, C);
    const ofTargets = weight == 0 ? 0 : dot(targets, targets, C);
    if (ofX == 0 || ofTargets == 0) {
      passOver(loss, dx, C);
      continue;
    }
    const both = sqrt(ofX) * sqrt(ofTargets);
    const cosine = dot(x, targets, C) / both;
    store<f32>(loss, f32(-weight * cosine));
    const along = f32x4.splat(f32((weight * cosine) / ofX));
    const towards = f32x4.splat(f32(-weight / both));
    for (let j = 0; j < C; j += 4) {
      const byte = usize(j) << 2;
      const back = f32x4.mul(v128.load(x + byte), along);
      storeLanes(dx + byte, madd(v128.load(targets + byte), towards, back), C - j);
    }
  }
}

/** Operands x, weights, y; a unit is a row. */
export function keepRows(command: usize, begin: i32, end: i32): void {
  const C = colsOf(command, 0);
  for (let row = usize(begin); row < usize(end); row++) {
    const x = at(command, 0) + row * strideOf(command, 0);
    const y = at(command, 2) + row * strideOf(command, 2);
    const counts = load<f32>(at(command, 1) + row * strideOf(command, 1)) != 0;
    for (let j = 0; j < C; j += 4) {
      const byte = usize(j) << 2;
      storeLanes(y + byte, counts ? v128.load(x + byte) : zero, C - j);
    }
  }
}
