import { at, colsOf, strideOf } from './command';
import { exp, logOnePlus, logarithm } from './exponential';
import { addWide, firstLanes, nmadd, one, storeLanes, sumWide, zero } from './vector';

/** The largest of `count` numbers. */
export function highest(x: usize, count: i32): f32 {
  const lowest = f32x4.splat(-Infinity);
  let top = lowest;
  for (let j = 0; j < count; j += 4) {
    let value = v128.load(x + (usize(j) << 2));
    if (count - j < 4) value = v128.bitselect(value, lowest, firstLanes(count - j));
    top = f32x4.max(top, value);
  }
  top = f32x4.max(top, i32x4.shuffle(top, top, 2, 3, 0, 1));
  return max(f32x4.extract_lane(top, 0), f32x4.extract_lane(top, 1));
}

/** y = exp(x - top), and their sum in float64. */
export function exponentials(x: usize, y: usize, count: i32, top: f32): f64 {
  const shift = f32x4.splat(top);
  let total = zero;
  for (let j = 0; j < count; j += 4) {
    const byte = usize(j) << 2;
    let value = exp(f32x4.sub(v128.load(x + byte), shift));
    if (count - j < 4) value = v128.and(value, firstLanes(count - j));
    total = addWide(total, value);
    storeLanes(y + byte, value, count - j);
  }
  return sumWide(total);
}

function scale(y: usize, count: i32, factor: f32): void {
  const factors = f32x4.splat(factor);
  for (let j = 0; j < count; j += 4) {
    const byte = usize(j) << 2;
    storeLanes(y + byte, f32x4.mul(v128.load(y + byte), factors), count - j);
  }
}

/** Operands x, y; a unit is a row. */
export function softmax(command: usize, begin: i32, end: i32): void {
  const V = colsOf(command, 0);
  for (let row = usize(begin); row < usize(end); row++) {
    const x = at(command, 0) + row * strideOf(command, 0);
    const y = at(command, 1) + row * strideOf(command, 1);
    const total = exponentials(x, y, V, highest(x, V));
    scale(y, V, f32(1 / total));
  }
}

/** A row of weight 0 gives a loss and a gradient of 0, whatever stands in it. */
export function passOver(loss: usize, gradient: usize, count: i32): void {
  store<f32>(loss, 0);
  for (let j = 0; j < count; j += 4) storeLanes(gradient + (usize(j) << 2), zero, count - j);
}

/** Operands logits, targets, weights, dLogits, losses; a unit is a row. */
export function softmaxCrossEntropy(command: usize, begin: i32, end: i32): void {
  const V = colsOf(command, 0);
  for (let row = usize(begin); row < usize(end); row++) {
    const x = at(command, 0) + row * strideOf(command, 0);
    const dx = at(command, 3) + row * strideOf(command, 3);
    const weight = load<f32>(at(command, 2) + row * strideOf(command, 2));
    if (weight == 0) {
      passOver(at(command, 4) + row * strideOf(command, 4), dx, V);
      continue;
    }
    const target = usize(load<f32>(at(command, 1) + row * strideOf(command, 1))) << 2;
    const top = highest(x, V);
    const chosen = load<f32>(x + target);
    const total = exponentials(x, dx, V, top);
    const loss = f64(weight) * (logarithm(total) + (f64(top) - f64(chosen)));
    store<f32>(at(command, 4) + row * strideOf(command, 4), f32(loss));
    // At the target softmax - 1 is minus the share of all others: no digits cancel.
    const others = total - f64(load<f32>(dx + target));
    scale(dx, V, f32(f64(weight) / total));
    store<f32>(dx + target, f32((-f64(weight) * others) / total));
  }
}

/** Operands logits, targets, weights, dLogits, losses; a unit is a row. */
export function sigmoidCrossEntropy(command: usize, begin: i32, end: i32): void {
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
    let total = zero;
    for (let j = 0; j < C; j += 4) {
      const byte = usize(j) << 2;
      const logit = v128.load(x + byte);
      const target = v128.load(targets + byte);
      // max(x, 0) - x y + log(1 + exp(-|x|)): the form that never overflows.
      const e = exp(f32x4.neg(f32x4.abs(logit)));
      let loss = f32x4.sub(f32x4.pmax(logit, zero), f32x4.mul(logit, target));
      loss = f32x4.add(loss, logOnePlus(e));
      if (C - j < 4) loss = v128.and(loss, firstLanes(C - j));
      total = addWide(total, loss);
      // sigmoid(x) - y as (1 - y) sigmoid(x) - y sigmoid(-x): no digits cancel near 0 and 1.
      const larger = f32x4.div(one, f32x4.add(one, e));
      const smaller = f32x4.mul(e, larger);
      const negative = f32x4.lt(logit, zero);
      const active = v128.bitselect(smaller, larger, negative);
      const passive = v128.bitselect(larger, smaller, negative);
      const difference = nmadd(target, passive, f32x4.mul(f32x4.sub(one, target), active));
      storeLanes(dx + byte, f32x4.mul(difference, f32x4.splat(weight)), C - j);
    }
    store<f32>(at(command, 4) + row * strideOf(command, 4), f32(f64(weight) * sumWide(total)));
  }
}

/** Operands x, targets, weights, dx, losses; a unit is a row. */
export function squaredError(command: usize, begin: i32, end: i32): void {
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
    let total = zero;
    for (let j = 0; j < C; j += 4) {
      const byte = usize(j) << 2;
      let error = f32x4.sub(v128.load(x + byte), v128.load(targets + byte));
      if (C - j < 4) error = v128.and(error, firstLanes(C - j));
      total = addWide(total, f32x4.mul(error, error));
      storeLanes(dx + byte, f32x4.mul(error, f32x4.splat(2 * weight)), C - j);
    }
    store<f32>(at(command, 4) + row * strideOf(command, 4), f32(f64(weight) * sumWide(total)));
  }
}
