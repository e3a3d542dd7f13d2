import { columnsPerUnit, rowsPerSum, storeColumns } from './columns';
import { at, colsOf, float, integer, rowsOf, strideOf } from './command';
import { firstLanes, sumWide, zero } from './vector';

/** Operands x, total; a unit is sixteen columns. */
export function sumRows(command: usize, begin: i32, end: i32): void {
  const rows = rowsOf(command, 0);
  const step = strideOf(command, 0);
  const accumulate = integer(command, 2, 0);
  for (let unit = begin; unit < end; unit++) {
    const skip = usize(unit * columnsPerUnit) << 2;
    const to = at(command, 1) + skip;
    let x = at(command, 0) + skip;
    let t0 = accumulate ? v128.load(to) : zero;
    let t1 = accumulate ? v128.load(to, 16) : zero;
    let t2 = accumulate ? v128.load(to, 32) : zero;
    let t3 = accumulate ? v128.load(to, 48) : zero;
    for (let row = 0; row < rows; row += rowsPerSum) {
      let b0 = zero;
      let b1 = zero;
      let b2 = zero;
      let b3 = zero;
      for (let r = min(rowsPerSum, rows - row); r > 0; r--) {
        b0 = f32x4.add(b0, v128.load(x));
        b1 = f32x4.add(b1, v128.load(x, 16));
        b2 = f32x4.add(b2, v128.load(x, 32));
        b3 = f32x4.add(b3, v128.load(x, 48));
        x += step;
      }
      t0 = f32x4.add(t0, b0);
      t1 = f32x4.add(t1, b1);
      t2 = f32x4.add(t2, b2);
      t3 = f32x4.add(t3, b3);
    }
    storeColumns(to, t0, t1, t2, t3, colsOf(command, 1) - unit * columnsPerUnit);
  }
}

/** The sum over all elements of x, or of their squares, in float64. */
@inline
function total(command: usize, squared: bool): f32 {
  const cols = colsOf(command, 0);
  let total0 = zero;
  let total1 = zero;
  for (let row = 0; row < rowsOf(command, 0); row++) {
    const x = at(command, 0) + usize(row) * strideOf(command, 0);
    for (let j = 0; j < cols; j += 4) {
      let value = v128.load(x + (usize(j) << 2));
      if (cols - j < 4) value = v128.and(value, firstLanes(cols - j));
      let low = f64x2.promote_low_f32x4(value);
      let high = f64x2.promote_low_f32x4(i32x4.shuffle(value, value, 2, 3, 2, 3));
      if (squared) {
        low = f64x2.mul(low, low);
        high = f64x2.mul(high, high);
      }
      total0 = f64x2.add(total0, low);
      total1 = f64x2.add(total1, high);
    }
  }
  return f32(sumWide(f64x2.add(total0, total1)));
}

/** Operands x, total. One unit: the sum has one order. */
export function sum(command: usize): void {
  store<f32>(at(command, 1), total(command, false));
}

/** Operands x, total. One unit. */
export function sumSquares(command: usize): void {
  store<f32>(at(command, 1), total(command, true));
}

/** Operands squares, factor; setting maxNorm. One unit. */
export function clipFactor(command: usize): void {
  const maxNorm = f64(float(command, 2, 0));
  let squares: f64 = 0;
  for (let row = 0; row < rowsOf(command, 0); row++) {
    squares += f64(load<f32>(at(command, 0) + usize(row) * strideOf(command, 0)));
  }
  const norm = sqrt(squares);
  store<f32>(at(command, 1), norm > maxNorm ? f32(maxNorm / norm) : 1);
}
