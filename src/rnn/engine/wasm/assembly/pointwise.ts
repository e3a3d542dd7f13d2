import { activate as activated, isPlain, slope, Any, Plain } from './activations';
import { slopeAt } from './smooth-activations';
import { at, colsOf, float, integer, strideOf } from './command';
import { runLength, runsPerRow, runStart } from './run-of-columns';
import { madd, storeLanes } from './vector';

const copying = 0;
const scaling = 1;
const activating = 2;

/** y = f(x): operands x, y. */
@inline
function unary(command: usize, begin: i32, end: i32, operation: i32): void {
  const cols = colsOf(command, 1);
  const perRow = runsPerRow(cols);
  const factor = f32x4.splat(operation == scaling ? float(command, 2, 0) : 0);
  const offset = f32x4.splat(operation == scaling ? float(command, 2, 1) : 0);
  const activation = operation == activating ? integer(command, 2, 0) : 0;
  for (let unit = begin; unit < end; unit++) {
    const row = unit / perRow;
    const run = unit % perRow;
    const skip = usize(runStart(run)) << 2;
    const x = at(command, 0) + usize(row) * strideOf(command, 0) + skip;
    const y = at(command, 1) + usize(row) * strideOf(command, 1) + skip;
    const count = runLength(run, cols);
    for (let j = 0; j < count; j += 4) {
      let value = v128.load(x + (usize(j) << 2));
      if (operation == scaling) value = madd(value, factor, offset);
      if (operation == activating) value = activated(value, activation);
      storeLanes(y + (usize(j) << 2), value, count - j);
    }
  }
}

export function copy(command: usize, begin: i32, end: i32): void {
  unary(command, begin, end, copying);
}

export function affine(command: usize, begin: i32, end: i32): void {
  unary(command, begin, end, scaling);
}

export function activate(command: usize, begin: i32, end: i32): void {
  unary(command, begin, end, activating);
}

const adding = 0;
const subtracting = 1;
const multiplying = 2;
const differentiating = 3;
const differentiatingInput = 4;

/** y = f(a, b): operands a, b, y. */
@inline
function binary<Kind>(command: usize, begin: i32, end: i32, operation: i32): void {
  const cols = colsOf(command, 2);
  const perRow = runsPerRow(cols);
  const setting = operation >= multiplying ? integer(command, 3, 0) : 0;
  for (let unit = begin; unit < end; unit++) {
    const row = unit / perRow;
    const run = unit % perRow;
    const skip = usize(runStart(run)) << 2;
    const a = at(command, 0) + usize(row) * strideOf(command, 0) + skip;
    const b = at(command, 1) + usize(row) * strideOf(command, 1) + skip;
    const y = at(command, 2) + usize(row) * strideOf(command, 2) + skip;
    const count = runLength(run, cols);
    for (let j = 0; j < count; j += 4) {
      const byte = usize(j) << 2;
      const left = v128.load(a + byte);
      const right = v128.load(b + byte);
      let value = left;
      if (operation == adding) value = f32x4.add(left, right);
      if (operation == subtracting) value = f32x4.sub(left, right);
      if (operation == multiplying) {
        value = f32x4.mul(left, right);
        if (setting) value = f32x4.add(value, v128.load(y + byte));
      }
      if (operation == differentiating) value = f32x4.mul(right, slope<Kind>(left, setting));
      if (operation == differentiatingInput) value = f32x4.mul(right, slopeAt(left, setting));
      storeLanes(y + byte, value, count - j);
    }
  }
}

export function add(command: usize, begin: i32, end: i32): void {
  binary<Plain>(command, begin, end, adding);
}

export function subtract(command: usize, begin: i32, end: i32): void {
  binary<Plain>(command, begin, end, subtracting);
}

export function multiply(command: usize, begin: i32, end: i32): void {
  binary<Plain>(command, begin, end, multiplying);
}

/** Operands y, dy, dx. */
export function activateBackward(command: usize, begin: i32, end: i32): void {
  if (isPlain(integer(command, 3, 0))) binary<Plain>(command, begin, end, differentiating);
  else binary<Any>(command, begin, end, differentiating);
}

/** Operands x, dy, dx. */
export function activateInputBackward(command: usize, begin: i32, end: i32): void {
  binary<Plain>(command, begin, end, differentiatingInput);
}

/** Operand y. */
export function fill(command: usize, begin: i32, end: i32): void {
  const cols = colsOf(command, 0);
  const perRow = runsPerRow(cols);
  const value = f32x4.splat(float(command, 1, 0));
  for (let unit = begin; unit < end; unit++) {
    const run = unit % perRow;
    const row = at(command, 0) + usize(unit / perRow) * strideOf(command, 0);
    const y = row + (usize(runStart(run)) << 2);
    const count = runLength(run, cols);
    for (let j = 0; j < count; j += 4) storeLanes(y + (usize(j) << 2), value, count - j);
  }
}

/** Operands a, b, y; a unit is a row. */
export function concatenate(command: usize, begin: i32, end: i32): void {
  const accumulate = integer(command, 3, 0);
  const split = usize(colsOf(command, 0)) << 2;
  for (let row = usize(begin); row < usize(end); row++) {
    const y = at(command, 2) + row * strideOf(command, 2);
    place(at(command, 0) + row * strideOf(command, 0), y, colsOf(command, 0), accumulate);
    place(at(command, 1) + row * strideOf(command, 1), y + split, colsOf(command, 1), accumulate);
  }
}

function place(x: usize, y: usize, count: i32, accumulate: i32): void {
  for (let j = 0; j < count; j += 4) {
    const byte = usize(j) << 2;
    let value = v128.load(x + byte);
    if (accumulate) value = f32x4.add(value, v128.load(y + byte));
    storeLanes(y + byte, value, count - j);
  }
}
