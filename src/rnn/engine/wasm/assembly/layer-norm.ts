import { at, colsOf, float, strideOf } from './command';
import { addWide, firstLanes, madd, nmadd, storeLanes, sumWide, zero } from './vector';

/** Operands x, gamma, beta, y, normalized, invStd; setting epsilon; a unit is a row. */
export function layerNorm(command: usize, begin: i32, end: i32): void {
  const C = colsOf(command, 0);
  const epsilon = f64(float(command, 6, 0));
  for (let row = usize(begin); row < usize(end); row++) {
    const x = at(command, 0) + row * strideOf(command, 0);
    const y = at(command, 3) + row * strideOf(command, 3);
    const normalized = at(command, 4) + row * strideOf(command, 4);
    let sums = zero;
    for (let j = 0; j < C; j += 4) {
      let value = v128.load(x + (usize(j) << 2));
      if (C - j < 4) value = v128.and(value, firstLanes(C - j));
      sums = addWide(sums, value);
    }
    const mean = f32x4.splat(f32(sumWide(sums) / f64(C)));
    let squares = zero;
    for (let j = 0; j < C; j += 4) {
      let value = f32x4.sub(v128.load(x + (usize(j) << 2)), mean);
      if (C - j < 4) value = v128.and(value, firstLanes(C - j));
      squares = addWide(squares, f32x4.mul(value, value));
    }
    const inverse = f32(1 / sqrt(sumWide(squares) / f64(C) + epsilon));
    store<f32>(at(command, 5) + row * strideOf(command, 5), inverse);
    const scale = f32x4.splat(inverse);
    for (let j = 0; j < C; j += 4) {
      const byte = usize(j) << 2;
      const value = f32x4.mul(f32x4.sub(v128.load(x + byte), mean), scale);
      const shifted = madd(v128.load(at(command, 1) + byte), value, v128.load(at(command, 2) + byte));
      storeLanes(normalized + byte, value, C - j);
      storeLanes(y + byte, shifted, C - j);
    }
  }
}

/** Operands normalized, invStd, gamma, dy, dx; a unit is a row. */
export function layerNormBackward(command: usize, begin: i32, end: i32): void {
  const C = colsOf(command, 3);
  const gamma = at(command, 2);
  for (let row = usize(begin); row < usize(end); row++) {
    const normalized = at(command, 0) + row * strideOf(command, 0);
    const scale = v128.load_splat<f32>(at(command, 1) + row * strideOf(command, 1));
    const dy = at(command, 3) + row * strideOf(command, 3);
    const dx = at(command, 4) + row * strideOf(command, 4);
    let sums = zero;
    let products = zero;
    for (let j = 0; j < C; j += 4) {
      const byte = usize(j) << 2;
      let gradient = f32x4.mul(v128.load(dy + byte), v128.load(gamma + byte));
      let product = f32x4.mul(gradient, v128.load(normalized + byte));
      if (C - j < 4) {
        gradient = v128.and(gradient, firstLanes(C - j));
        product = v128.and(product, firstLanes(C - j));
      }
      sums = addWide(sums, gradient);
      products = addWide(products, product);
    }
    const mean = f32x4.splat(f32(sumWide(sums) / f64(C)));
    const slope = f32x4.splat(f32(sumWide(products) / f64(C)));
    for (let j = 0; j < C; j += 4) {
      const byte = usize(j) << 2;
      const gradient = f32x4.mul(v128.load(dy + byte), v128.load(gamma + byte));
      const centred = nmadd(v128.load(normalized + byte), slope, f32x4.sub(gradient, mean));
      storeLanes(dx + byte, f32x4.mul(centred, scale), C - j);
    }
  }
}
