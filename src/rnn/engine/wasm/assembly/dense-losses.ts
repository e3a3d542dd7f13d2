import { at, colsOf, integer, strideOf } from './command';
import { logarithm } from './exponential';
import { exponentials, highest, passOver } from './losses';

/** Operands logits, targets, weights, dLogits, losses; a unit is a row. */
export function denseCrossEntropy(command: usize, begin: i32, end: i32): void {
  const V = colsOf(command, 0);
  for (let row = usize(begin); row < usize(end); row++) {
    const x = at(command, 0) + row * strideOf(command, 0);
    const targets = at(command, 1) + row * strideOf(command, 1);
    const dx = at(command, 3) + row * strideOf(command, 3);
    const weight = f64(load<f32>(at(command, 2) + row * strideOf(command, 2)));
    if (weight == 0) {
      passOver(at(command, 4) + row * strideOf(command, 4), dx, V);
      continue;
    }
    const top = highest(x, V);
    let share: f64 = 0;
    let met: f64 = 0;
    for (let c: usize = 0; c < usize(V); c++) {
      const target = f64(load<f32>(targets + (c << 2)));
      share += target;
      met += target * (f64(load<f32>(x + (c << 2))) - f64(top));
    }
    const total = exponentials(x, dx, V, top);
    store<f32>(at(command, 4) + row * strideOf(command, 4), f32(weight * (share * logarithm(total) - met)));
    for (let c: usize = 0; c < usize(V); c++) {
      const p = (share * f64(load<f32>(dx + (c << 2)))) / total;
      store<f32>(dx + (c << 2), f32(weight * (p - f64(load<f32>(targets + (c << 2))))));
    }
  }
}

const least: f64 = 1e-7;
const sparse = 0;
const binary = 2;

/**
 * Operands p, targets, weights, dp, losses; setting: sparse, categorical or binary targets; a
 * unit is a row.
 */
export function probabilityCrossEntropy(command: usize, begin: i32, end: i32): void {
  const C = colsOf(command, 0);
  const kind = integer(command, 5, 0);
  for (let row = usize(begin); row < usize(end); row++) {
    const p = at(command, 0) + row * strideOf(command, 0);
    const targets = at(command, 1) + row * strideOf(command, 1);
    const dp = at(command, 3) + row * strideOf(command, 3);
    let weight = f64(load<f32>(at(command, 2) + row * strideOf(command, 2)));
    if (weight == 0) {
      passOver(at(command, 4) + row * strideOf(command, 4), dp, C);
      continue;
    }
    if (kind == binary) weight /= f64(C);
    let total: f64 = 0;
    for (let c: usize = 0; c < usize(C); c++) {
      const given = f64(load<f32>(p + (c << 2)));
      const held = min(1 - least, max(least, given));
      const target = kind == sparse ? f64(load<f32>(targets) == f32(c)) : f64(load<f32>(targets + (c << 2)));
      const other = kind == binary ? 1 - target : 0;
      if (target != 0) total -= target * logarithm(held);
      if (other != 0) total -= other * logarithm(1 - held);
      const slope = given == held ? other / (1 - held) - target / held : 0;
      store<f32>(dp + (c << 2), f32(weight * slope));
    }
    store<f32>(at(command, 4) + row * strideOf(command, 4), f32(weight * total));
  }
}
