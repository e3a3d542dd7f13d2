import { activate, isPlain, slope, Any, Plain } from './activations';
import { at, colsOf, integer, strideOf } from './command';
import { madd, one, storeLanes } from './vector';

/** Operands x, recurrent, previousH, gates, h; settings recurrent and main activation; a unit is a row. */
export function gruForward(command: usize, begin: i32, end: i32): void {
  const gateActivation = integer(command, 5, 0);
  const main = integer(command, 5, 1);
  const H = colsOf(command, 4);
  const width = usize(H) << 2;
  for (let n = usize(begin); n < usize(end); n++) {
    let x = at(command, 0) + n * strideOf(command, 0);
    let recurrent = at(command, 1) + n * strideOf(command, 1);
    let previousH = at(command, 2) + n * strideOf(command, 2);
    let gates = at(command, 3) + n * strideOf(command, 3);
    let h = at(command, 4) + n * strideOf(command, 4);
    for (let left = H; left > 0; left -= 4) {
      const z = activate(f32x4.add(v128.load(x), v128.load(recurrent)), gateActivation);
      const r = activate(
        f32x4.add(v128.load(x + width), v128.load(recurrent + width)),
        gateActivation,
      );
      const candidate = activate(
        madd(r, v128.load(recurrent + 2 * width), v128.load(x + 2 * width)),
        main,
      );
      const kept = f32x4.mul(z, v128.load(previousH));
      storeLanes(gates, z, left);
      storeLanes(gates + width, r, left);
      storeLanes(gates + 2 * width, candidate, left);
      storeLanes(h, madd(f32x4.sub(one, z), candidate, kept), left);
      x += 16;
      recurrent += 16;
      previousH += 16;
      gates += 16;
      h += 16;
    }
  }
}

/**
 * Operands gates, recurrent, previousH, dh, dx, dRecurrent, dPreviousH; settings as above; a
 * unit is a row.
 */
export function gruBackward(command: usize, begin: i32, end: i32): void {
  const gateActivation = integer(command, 7, 0);
  const main = integer(command, 7, 1);
  if (isPlain(gateActivation) && isPlain(main)) backward<Plain>(command, begin, end, gateActivation, main);
  else backward<Any>(command, begin, end, gateActivation, main);
}

@inline
function backward<Kind>(command: usize, begin: i32, end: i32, gateActivation: i32, main: i32): void {
  const H = colsOf(command, 3);
  const width = usize(H) << 2;
  for (let n = usize(begin); n < usize(end); n++) {
    let gates = at(command, 0) + n * strideOf(command, 0);
    let recurrent = at(command, 1) + n * strideOf(command, 1);
    let previousH = at(command, 2) + n * strideOf(command, 2);
    let dh = at(command, 3) + n * strideOf(command, 3);
    let dx = at(command, 4) + n * strideOf(command, 4);
    let dRecurrent = at(command, 5) + n * strideOf(command, 5);
    let dPreviousH = at(command, 6) + n * strideOf(command, 6);
    for (let left = H; left > 0; left -= 4) {
      const z = v128.load(gates);
      const r = v128.load(gates + width);
      const candidate = v128.load(gates + 2 * width);
      const recurrentH = v128.load(recurrent + 2 * width);
      const gradient = v128.load(dh);
      const difference = f32x4.sub(v128.load(previousH), candidate);
      const dZ = f32x4.mul(f32x4.mul(gradient, difference), slope<Kind>(z, gateActivation));
      const dCandidate = f32x4.mul(
        f32x4.mul(gradient, f32x4.sub(one, z)),
        slope<Kind>(candidate, main),
      );
      const dR = f32x4.mul(f32x4.mul(dCandidate, recurrentH), slope<Kind>(r, gateActivation));
      const carried = madd(gradient, z, v128.load(dPreviousH));
      storeLanes(dx, dZ, left);
      storeLanes(dx + width, dR, left);
      storeLanes(dx + 2 * width, dCandidate, left);
      storeLanes(dRecurrent, dZ, left);
      storeLanes(dRecurrent + width, dR, left);
      storeLanes(dRecurrent + 2 * width, f32x4.mul(dCandidate, r), left);
      storeLanes(dPreviousH, carried, left);
      gates += 16;
      recurrent += 16;
      previousH += 16;
      dh += 16;
      dx += 16;
      dRecurrent += 16;
      dPreviousH += 16;
    }
  }
}
