import { activate, isPlain, slope, Any, Plain } from './activations';
import { at, colsOf, integer, strideOf } from './command';
import { madd, storeLanes } from './vector';

/** Operands z, previousC, gates, c, squashed, h; settings recurrent and main activation; a unit is a row. */
export function lstmForward(command: usize, begin: i32, end: i32): void {
  const recurrent = integer(command, 6, 0);
  const main = integer(command, 6, 1);
  const H = colsOf(command, 5);
  const width = usize(H) << 2;
  for (let n = usize(begin); n < usize(end); n++) {
    let z = at(command, 0) + n * strideOf(command, 0);
    let previousC = at(command, 1) + n * strideOf(command, 1);
    let gates = at(command, 2) + n * strideOf(command, 2);
    let c = at(command, 3) + n * strideOf(command, 3);
    let squashed = at(command, 4) + n * strideOf(command, 4);
    let h = at(command, 5) + n * strideOf(command, 5);
    for (let left = H; left > 0; left -= 4) {
      const i = activate(v128.load(z), recurrent);
      const f = activate(v128.load(z + width), recurrent);
      const g = activate(v128.load(z + 2 * width), main);
      const o = activate(v128.load(z + 3 * width), recurrent);
      const newC = madd(f, v128.load(previousC), f32x4.mul(i, g));
      storeLanes(gates, i, left);
      storeLanes(gates + width, f, left);
      storeLanes(gates + 2 * width, g, left);
      storeLanes(gates + 3 * width, o, left);
      storeLanes(c, newC, left);
      const squashedC = activate(newC, main);
      storeLanes(squashed, squashedC, left);
      storeLanes(h, f32x4.mul(o, squashedC), left);
      z += 16;
      previousC += 16;
      gates += 16;
      c += 16;
      squashed += 16;
      h += 16;
    }
  }
}

/** Operands gates, previousC, squashed, dh, dc, dz, dPreviousC; settings as above; a unit is a row. */
export function lstmBackward(command: usize, begin: i32, end: i32): void {
  const recurrent = integer(command, 7, 0);
  const main = integer(command, 7, 1);
  if (isPlain(recurrent) && isPlain(main)) backward<Plain>(command, begin, end, recurrent, main);
  else backward<Any>(command, begin, end, recurrent, main);
}

@inline
function backward<Kind>(command: usize, begin: i32, end: i32, recurrent: i32, main: i32): void {
  const H = colsOf(command, 3);
  const width = usize(H) << 2;
  for (let n = usize(begin); n < usize(end); n++) {
    let gates = at(command, 0) + n * strideOf(command, 0);
    let previousC = at(command, 1) + n * strideOf(command, 1);
    let squashed = at(command, 2) + n * strideOf(command, 2);
    let dh = at(command, 3) + n * strideOf(command, 3);
    let dc = at(command, 4) + n * strideOf(command, 4);
    let dz = at(command, 5) + n * strideOf(command, 5);
    let dPreviousC = at(command, 6) + n * strideOf(command, 6);
    for (let left = H; left > 0; left -= 4) {
      const i = v128.load(gates);
      const f = v128.load(gates + width);
      const g = v128.load(gates + 2 * width);
      const o = v128.load(gates + 3 * width);
      const squashedC = v128.load(squashed);
      const gradientH = v128.load(dh);
      const through = f32x4.mul(f32x4.mul(gradientH, o), slope<Kind>(squashedC, main));
      const gradientC = f32x4.add(v128.load(dc), through);
      const gradientF = f32x4.mul(gradientC, v128.load(previousC));
      storeLanes(dPreviousC, f32x4.mul(gradientC, f), left);
      storeLanes(dz, f32x4.mul(f32x4.mul(gradientC, g), slope<Kind>(i, recurrent)), left);
      storeLanes(dz + width, f32x4.mul(gradientF, slope<Kind>(f, recurrent)), left);
      storeLanes(dz + 2 * width, f32x4.mul(f32x4.mul(gradientC, i), slope<Kind>(g, main)), left);
      storeLanes(dz + 3 * width, f32x4.mul(f32x4.mul(gradientH, squashedC), slope<Kind>(o, recurrent)), left);
      gates += 16;
      previousC += 16;
      squashed += 16;
      dh += 16;
      dc += 16;
      dz += 16;
      dPreviousC += 16;
    }
  }
}
