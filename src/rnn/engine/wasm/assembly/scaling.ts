import { at, colsOf, float, strideOf } from './command';
import { logarithm as logarithmOf } from './exponential';
import { runLength, runsPerRow, runStart } from './run-of-columns';
import { storeLanes } from './vector';

const multiplying = 0;
const clipping = 1;

/** y = f(x): x is the first operand, `result` the place of y. */
@inline
function unary(command: usize, begin: i32, end: i32, result: usize, operand: v128, operation: i32): void {
  const cols = colsOf(command, result);
  const perRow = runsPerRow(cols);
  const negative = f32x4.neg(operand);
  for (let unit = begin; unit < end; unit++) {
    const row = usize(unit / perRow);
    const run = unit % perRow;
    const skip = usize(runStart(run)) << 2;
    const x = at(command, 0) + row * strideOf(command, 0) + skip;
    const y = at(command, result) + row * strideOf(command, result) + skip;
    const count = runLength(run, cols);
    for (let j = 0; j < count; j += 4) {
      let value = v128.load(x + (usize(j) << 2));
      if (operation == multiplying) value = f32x4.mul(value, operand);
      if (operation == clipping) value = f32x4.pmin(f32x4.pmax(value, negative), operand);
      storeLanes(y + (usize(j) << 2), value, count - j);
    }
  }
}

/** Operands x, factor, y. */
export function scale(command: usize, begin: i32, end: i32): void {
  unary(command, begin, end, 2, v128.load_splat<f32>(at(command, 1)), multiplying);
}

/** Operands x, y; setting limit. */
export function clip(command: usize, begin: i32, end: i32): void {
  unary(command, begin, end, 1, f32x4.splat(float(command, 2, 0)), clipping);
}

/** Operands x, y. One number at a time: it is asked for columns of one number a row. */
export function logarithm(command: usize, begin: i32, end: i32): void {
  const cols = colsOf(command, 1);
  const perRow = runsPerRow(cols);
  for (let unit = begin; unit < end; unit++) {
    const row = usize(unit / perRow);
    const run = unit % perRow;
    const skip = usize(runStart(run)) << 2;
    const x = at(command, 0) + row * strideOf(command, 0) + skip;
    const y = at(command, 1) + row * strideOf(command, 1) + skip;
    const count = runLength(run, cols);
    for (let j = 0; j < count; j++) {
      const byte = usize(j) << 2;
      store<f32>(y + byte, f32(logarithmOf(f64(load<f32>(x + byte)))));
    }
  }
}

/** Operands a, b, y; setting epsilon. */
export function divideByRoot(command: usize, begin: i32, end: i32): void {
  const epsilon = f32x4.splat(float(command, 3, 0));
  const cols = colsOf(command, 2);
  const perRow = runsPerRow(cols);
  for (let unit = begin; unit < end; unit++) {
    const row = usize(unit / perRow);
    const run = unit % perRow;
    const skip = usize(runStart(run)) << 2;
    const a = at(command, 0) + row * strideOf(command, 0) + skip;
    const b = at(command, 1) + row * strideOf(command, 1) + skip;
    const y = at(command, 2) + row * strideOf(command, 2) + skip;
    const count = runLength(run, cols);
    for (let j = 0; j < count; j += 4) {
      const byte = usize(j) << 2;
      const divisor = f32x4.add(f32x4.sqrt(v128.load(b + byte)), epsilon);
      storeLanes(y + byte, f32x4.div(v128.load(a + byte), divisor), count - j);
    }
  }
}
