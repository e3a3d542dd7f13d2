import { addColumns, columnsPerUnit, rowsPerSum, storeColumns } from './columns';
import { at, colsOf, float, integer, rowsOf, scratchOf, strideOf } from './command';
import { madd, one, storeLanes, zero } from './vector';

/** The number of rows that count: x has a whole multiple of valid's rows. */
function countValid(valid: usize, step: usize, batch: i32, rows: i32): f32 {
  let total: f64 = 0;
  for (let n: usize = 0; n < usize(batch); n++) total += f64(load<f32>(valid + n * step));
  return f32(total * f64(rows / batch));
}

/** sums = per column the sum of valid x, or of valid (x - mean)^2 where there are means. */
@inline
function weightedSums(command: usize, x: usize, means: usize, sums: usize): void {
  const rows = rowsOf(command, 0);
  const step = strideOf(command, 0);
  const valid = at(command, 3);
  const validStep = strideOf(command, 3);
  const batch = rowsOf(command, 3);
  const m0 = means ? v128.load(means) : zero;
  const m1 = means ? v128.load(means, 16) : zero;
  const m2 = means ? v128.load(means, 32) : zero;
  const m3 = means ? v128.load(means, 48) : zero;
  let n = 0;
  for (let row = 0; row < rows; row += rowsPerSum) {
    let b0 = zero;
    let b1 = zero;
    let b2 = zero;
    let b3 = zero;
    for (let r = min(rowsPerSum, rows - row); r > 0; r--) {
      const weight = v128.load_splat<f32>(valid + usize(n) * validStep);
      let v0 = v128.load(x);
      let v1 = v128.load(x, 16);
      let v2 = v128.load(x, 32);
      let v3 = v128.load(x, 48);
      if (means) {
        v0 = f32x4.sub(v0, m0);
        v1 = f32x4.sub(v1, m1);
        v2 = f32x4.sub(v2, m2);
        v3 = f32x4.sub(v3, m3);
        v0 = f32x4.mul(v0, v0);
        v1 = f32x4.mul(v1, v1);
        v2 = f32x4.mul(v2, v2);
        v3 = f32x4.mul(v3, v3);
      }
      b0 = madd(v0, weight, b0);
      b1 = madd(v1, weight, b1);
      b2 = madd(v2, weight, b2);
      b3 = madd(v3, weight, b3);
      x += step;
      if (++n == batch) n = 0;
    }
    addColumns(sums, b0, b1, b2, b3, row == 0);
  }
}

/**
 * Operands x, gamma, beta, valid, runningMean, runningVariance, y, mean, invStd, newMean,
 * newVariance; settings epsilon, momentum, 1 - momentum; a unit is sixteen columns.
 */
export function batchNorm(command: usize, begin: i32, end: i32): void {
  const cols = colsOf(command, 0);
  const epsilon = f32x4.splat(float(command, 11, 0));
  const means = scratchOf(command);
  const variances = means + 64;
  const count = countValid(at(command, 3), strideOf(command, 3), rowsOf(command, 3), rowsOf(command, 0));
  // Of nothing the running statistics learn nothing.
  const momentum = f32x4.splat(count == 0 ? 1 : float(command, 11, 1));
  const rest = f32x4.splat(count == 0 ? 0 : float(command, 11, 2));
  const share = f32x4.splat(count == 0 ? 1 : count);
  for (let unit = begin; unit < end; unit++) {
    const skip = usize(unit * columnsPerUnit) << 2;
    const width = min(columnsPerUnit, cols - unit * columnsPerUnit);
    const x = at(command, 0) + skip;
    weightedSums(command, x, 0, means);
    for (let b: usize = 0; b < 64; b += 16) {
      v128.store(means + b, f32x4.div(v128.load(means + b), share));
    }
    weightedSums(command, x, means, variances);
    for (let j = 0; j < width; j += 4) {
      const b = usize(j) << 2;
      const to = skip + b;
      const mean = v128.load(means + b);
      const variance = f32x4.div(v128.load(variances + b), share);
      const oldMean = v128.load(at(command, 4) + to);
      const oldVariance = v128.load(at(command, 5) + to);
      storeLanes(at(command, 7) + to, mean, width - j);
      const invStd = f32x4.div(one, f32x4.sqrt(f32x4.add(variance, epsilon)));
      storeLanes(at(command, 8) + to, invStd, width - j);
      storeLanes(at(command, 9) + to, madd(momentum, oldMean, f32x4.mul(rest, mean)), width - j);
      storeLanes(at(command, 10) + to, madd(momentum, oldVariance, f32x4.mul(rest, variance)), width - j);
      v128.store(variances + b, f32x4.mul(invStd, v128.load(at(command, 1) + to)));
    }
    normalize(command, 6, skip, width, means, variances);
  }
}

/** y = (x - mean) * scale + beta for up to sixteen columns; operand 2 is beta. */
function normalize(command: usize, y: usize, skip: usize, width: i32, means: usize, scales: usize): void {
  const rows = rowsOf(command, 0);
  for (let j = 0; j < width; j += 4) {
    const b = usize(j) << 2;
    const mean = v128.load(means + b);
    const scale = v128.load(scales + b);
    const beta = v128.load(at(command, 2) + skip + b);
    let from = at(command, 0) + skip + b;
    let to = at(command, y) + skip + b;
    for (let row = 0; row < rows; row++) {
      storeLanes(to, madd(f32x4.sub(v128.load(from), mean), scale, beta), width - j);
      from += strideOf(command, 0);
      to += strideOf(command, y);
    }
  }
}

/** Operands x, gamma, beta, runningMean, runningVariance, y; setting epsilon; sixteen columns a unit. */
export function batchNormInference(command: usize, begin: i32, end: i32): void {
  const cols = colsOf(command, 0);
  const epsilon = f32x4.splat(float(command, 6, 0));
  const means = scratchOf(command);
  const scales = means + 64;
  for (let unit = begin; unit < end; unit++) {
    const skip = usize(unit * columnsPerUnit) << 2;
    for (let b: usize = 0; b < 64; b += 16) {
      const deviation = f32x4.sqrt(f32x4.add(v128.load(at(command, 4) + skip + b), epsilon));
      v128.store(scales + b, f32x4.div(v128.load(at(command, 1) + skip + b), deviation));
      v128.store(means + b, v128.load(at(command, 3) + skip + b));
    }
    normalize(command, 5, skip, min(columnsPerUnit, cols - unit * columnsPerUnit), means, scales);
  }
}

/** Per column the sums of valid dy, and of valid dy (x - mean) invStd. */
function gradientSums(command: usize, skip: usize, sums: usize, normalizedSums: usize): void {
  const rows = rowsOf(command, 0);
  const valid = at(command, 4);
  const validStep = strideOf(command, 4);
  const batch = rowsOf(command, 4);
  for (let b: usize = 0; b < 64; b += 16) {
    let x = at(command, 0) + skip + b;
    let dy = at(command, 5) + skip + b;
    const mean = v128.load(at(command, 2) + skip + b);
    const invStd = v128.load(at(command, 3) + skip + b);
    let total = zero;
    let totalNormalized = zero;
    let n = 0;
    for (let row = 0; row < rows; row += rowsPerSum) {
      let block = zero;
      let blockNormalized = zero;
      for (let r = min(rowsPerSum, rows - row); r > 0; r--) {
        const weight = v128.load_splat<f32>(valid + usize(n) * validStep);
        const gradient = f32x4.mul(v128.load(dy), weight);
        const normalized = f32x4.mul(f32x4.sub(v128.load(x), mean), invStd);
        block = f32x4.add(block, gradient);
        blockNormalized = madd(gradient, normalized, blockNormalized);
        x += strideOf(command, 0);
        dy += strideOf(command, 5);
        if (++n == batch) n = 0;
      }
      total = f32x4.add(total, block);
      totalNormalized = f32x4.add(totalNormalized, blockNormalized);
    }
    v128.store(sums + b, total);
    v128.store(normalizedSums + b, totalNormalized);
  }
}

/**
 * Operands x, gamma, mean, invStd, valid, dy, dx, dGamma, dBeta; setting accumulate; a unit
 * is sixteen columns.
 */
export function batchNormBackward(command: usize, begin: i32, end: i32): void {
  const cols = colsOf(command, 0);
  const rows = rowsOf(command, 0);
  const accumulate = integer(command, 9, 0);
  const sums = scratchOf(command);
  const normalizedSums = sums + 64;
  const batch = rowsOf(command, 4);
  const counted = countValid(at(command, 4), strideOf(command, 4), batch, rows);
  const count = f32x4.splat(counted == 0 ? 1 : counted);
  for (let unit = begin; unit < end; unit++) {
    const skip = usize(unit * columnsPerUnit) << 2;
    const width = min(columnsPerUnit, cols - unit * columnsPerUnit);
    gradientSums(command, skip, sums, normalizedSums);
    for (let j = 0; j < width; j += 4) {
      const b = usize(j) << 2;
      const column = skip + b;
      const total = v128.load(sums + b);
      const totalNormalized = v128.load(normalizedSums + b);
      const dGamma = at(command, 7) + column;
      const dBeta = at(command, 8) + column;
      const oldGamma = accumulate ? v128.load(dGamma) : zero;
      const oldBeta = accumulate ? v128.load(dBeta) : zero;
      storeLanes(dGamma, f32x4.add(oldGamma, totalNormalized), width - j);
      storeLanes(dBeta, f32x4.add(oldBeta, total), width - j);
      const mean = v128.load(at(command, 2) + column);
      const invStd = v128.load(at(command, 3) + column);
      const scale = f32x4.mul(v128.load(at(command, 1) + column), invStd);
      const average = f32x4.div(total, count);
      const slope = f32x4.div(totalNormalized, count);
      let x = at(command, 0) + column;
      let dy = at(command, 5) + column;
      let dx = at(command, 6) + column;
      let n = 0;
      for (let row = 0; row < rows; row++) {
        const weight = v128.load_splat<f32>(at(command, 4) + usize(n) * strideOf(command, 4));
        const normalized = f32x4.mul(f32x4.sub(v128.load(x), mean), invStd);
        const centred = f32x4.sub(f32x4.sub(v128.load(dy), average), f32x4.mul(normalized, slope));
        storeLanes(dx, f32x4.mul(f32x4.mul(weight, scale), centred), width - j);
        x += strideOf(command, 0);
        dy += strideOf(command, 5);
        dx += strideOf(command, 6);
        if (++n == batch) n = 0;
      }
    }
  }
}
