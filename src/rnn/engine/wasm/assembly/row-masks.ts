import { at, colsOf, float, integer, rowsOf, strideOf } from './command';
import { madd, storeLanes } from './vector';

/** Operands x, scale, y; settings divide, accumulate; a unit is a row. */
export function scaleRows(command: usize, begin: i32, end: i32): void {
  const divide = integer(command, 3, 0);
  const accumulate = integer(command, 3, 1);
  const cols = colsOf(command, 2);
  for (let row = usize(begin); row < usize(end); row++) {
    const by = load<f32>(at(command, 1) + row * strideOf(command, 1));
    const factor = f32x4.splat(divide ? (by == 0 ? 0 : 1 / by) : by);
    const x = at(command, 0) + row * strideOf(command, 0);
    const y = at(command, 2) + row * strideOf(command, 2);
    for (let j = 0; j < cols; j += 4) {
      const byte = usize(j) << 2;
      const value = v128.load(x + byte);
      const scaled = accumulate ? madd(value, factor, v128.load(y + byte)) : f32x4.mul(value, factor);
      storeLanes(y + byte, scaled, cols - j);
    }
  }
}

/** Operands x, valid, y; setting value; a unit is a row. */
export function rowMask(command: usize, begin: i32, end: i32): void {
  const value = float(command, 3, 0);
  const cols = colsOf(command, 0);
  const batch = usize(rowsOf(command, 1));
  for (let row = usize(begin); row < usize(end); row++) {
    const x = at(command, 0) + row * strideOf(command, 0);
    let differs = false;
    for (let j = 0; j < cols && !differs; j++) differs = load<f32>(x + (usize(j) << 2)) != value;
    const valid = load<f32>(at(command, 1) + (row % batch) * strideOf(command, 1));
    store<f32>(at(command, 2) + row * strideOf(command, 2), differs ? valid : 0);
  }
}

/** The sum of a column. */
function total(command: usize, operand: usize): f64 {
  let sum: f64 = 0;
  for (let row: usize = 0; row < usize(rowsOf(command, operand)); row++) {
    sum += f64(load<f32>(at(command, operand) + row * strideOf(command, operand)));
  }
  return sum;
}

/** Operands weights, mask, valid, y. One unit: every row needs both sums. */
export function maskWeights(command: usize): void {
  const rows = rowsOf(command, 3);
  const kept = total(command, 1);
  const count = total(command, 2) * f64(rows / rowsOf(command, 2));
  const factor = kept == 0 ? 0 : count / kept;
  for (let row: usize = 0; row < usize(rows); row++) {
    const weight = f64(load<f32>(at(command, 0) + row * strideOf(command, 0)));
    const mask = f64(load<f32>(at(command, 1) + row * strideOf(command, 1)));
    const masked = mask == 0 ? 0 : weight * mask * factor;
    store<f32>(at(command, 3) + row * strideOf(command, 3), f32(masked));
  }
}
