import { at, colsOf, integer, strideOf } from './command';
import { storeLanes, zero } from './vector';

/** Operands table, index, bias, y; a unit is a row of y. */
export function gather(command: usize, begin: i32, end: i32): void {
  const D = colsOf(command, 3);
  const bias = at(command, 2);
  for (let row = usize(begin); row < usize(end); row++) {
    const token = usize(load<f32>(at(command, 1) + row * strideOf(command, 1)));
    const from = at(command, 0) + token * strideOf(command, 0);
    const to = at(command, 3) + row * strideOf(command, 3);
    for (let j = 0; j < D; j += 4) {
      const byte = usize(j) << 2;
      let value = v128.load(from + byte);
      if (bias) value = f32x4.add(value, v128.load(bias + byte));
      storeLanes(to + byte, value, D - j);
    }
  }
}

/** Operands index, y; a unit is a row of y. */
export function oneHot(command: usize, begin: i32, end: i32): void {
  const V = colsOf(command, 1);
  for (let row = usize(begin); row < usize(end); row++) {
    const y = at(command, 1) + row * strideOf(command, 1);
    for (let j = 0; j < V; j += 4) storeLanes(y + (usize(j) << 2), zero, V - j);
    const token = usize(load<f32>(at(command, 0) + row * strideOf(command, 0)));
    store<f32>(y + (token << 2), 1);
  }
}

/** Operands dy, order, offsets, dTable; a unit is a row of dTable, its tokens summed in order. */
export function gatherBackward(command: usize, begin: i32, end: i32): void {
  const D = colsOf(command, 3);
  const accumulate = integer(command, 4, 0);
  const orderStride = strideOf(command, 1);
  const dyStride = strideOf(command, 0);
  for (let v = usize(begin); v < usize(end); v++) {
    const offsets = at(command, 2) + v * strideOf(command, 2);
    const first = i32(load<f32>(offsets));
    const last = i32(load<f32>(offsets + strideOf(command, 2)));
    const row = at(command, 3) + v * strideOf(command, 3);
    for (let j = 0; j < D; j += 16) {
      // Sixteen columns at a time; those beyond D are summed and not stored.
      const dy = at(command, 0) + (usize(j) << 2);
      const to = row + (usize(j) << 2);
      let t0 = zero;
      let t1 = zero;
      let t2 = zero;
      let t3 = zero;
      if (accumulate) {
        t0 = v128.load(to);
        t1 = v128.load(to, 16);
        t2 = v128.load(to, 32);
        t3 = v128.load(to, 48);
      }
      let order = at(command, 1) + usize(first) * orderStride;
      for (let i = first; i < last; i++) {
        const from = dy + usize(load<f32>(order)) * dyStride;
        t0 = f32x4.add(t0, v128.load(from));
        t1 = f32x4.add(t1, v128.load(from, 16));
        t2 = f32x4.add(t2, v128.load(from, 32));
        t3 = f32x4.add(t3, v128.load(from, 48));
        order += orderStride;
      }
      const count = D - j;
      storeLanes(to, t0, count);
      storeLanes(to + 16, t1, count - 4);
      storeLanes(to + 32, t2, count - 8);
      storeLanes(to + 48, t3, count - 12);
    }
  }
}
