import { at, colsOf, integer, rowsOf, scratchOf, strideOf } from './command';
import { exp, logarithm } from './exponential';
import { exponentials, highest } from './losses';

// Logarithms of probabilities; this one stands for the probability 0. The forward ones of a time step are
// kept less their largest, so that float32 holds them well however long the sequence is: their sum is
// the same at every step, and a state's share of it needs no more.
const logZero: f32 = -1e30;
const nothing: f32 = -1e29;

/** log(exp(a) + exp(b) + exp(c)). */
function logSum(a: f32, b: f32, c: f32): f32 {
  const top = max(a, max(b, c));
  if (top < nothing) return logZero;
  const e = exp(f32x4(a - top, b - top, c - top, logZero));
  const sum = f64(f32x4.extract_lane(e, 0)) + f64(f32x4.extract_lane(e, 1)) + f64(f32x4.extract_lane(e, 2));
  return f32(f64(top) + logarithm(sum));
}

function expOf(x: f32): f32 {
  return f32x4.extract_lane(exp(f32x4.splat(x)), 0);
}

/** The class of state s: a blank, or one of the labels between two. */
@inline
function classOf(labels: usize, s: i32): usize {
  return s & 1 ? usize(load<f32>(labels + (usize(s >> 1) << 2))) : 0;
}

/** Whether a way may go from state s - 2 to s: past a blank, between two labels that differ. */
@inline
function maySkip(labels: usize, s: i32): bool {
  return s >= 3 && (s & 1) == 1 && classOf(labels, s) != classOf(labels, s - 2);
}

@inline
function get(row: usize, s: i32): f32 {
  return load<f32>(row + (usize(s) << 2));
}

@inline
function set(row: usize, s: i32, value: f32): void {
  store<f32>(row + (usize(s) << 2), value);
}

/**
 * Operands logits, targets, weights, mask, dLogits, losses, forward; setting zeroInfinity; a unit is
 * an example. Scratch: a float for each state.
 */
export function ctc(command: usize, begin: i32, end: i32): void {
  const zeroInfinity = integer(command, 7, 0);
  const C = colsOf(command, 0);
  const N = rowsOf(command, 1);
  const T = rowsOf(command, 0) / N;
  const masked = at(command, 3) != 0;
  const backward = scratchOf(command);
  for (let n = begin; n < end; n++) {
    const weight = load<f32>(at(command, 2) + usize(n) * strideOf(command, 2));
    const loss = at(command, 5) + usize(n) * strideOf(command, 5);
    const labels = at(command, 1) + usize(n) * strideOf(command, 1);
    let count = 0;
    while (count < colsOf(command, 1) && get(labels, count) != 0) count++;
    const S = 2 * count + 1;

    // Forward; dLogits gets the softmax of each step, or 0.
    let before: usize = 0;
    let offset: f64 = 0;
    for (let t = 0; t < T; t++) {
      const row = usize(t * N + n);
      const dx = at(command, 4) + row * strideOf(command, 4);
      if (weight == 0 || (masked && load<f32>(at(command, 3) + row * strideOf(command, 3)) == 0)) {
        memory.fill(dx, 0, usize(C) << 2);
        continue;
      }
      const x = at(command, 0) + row * strideOf(command, 0);
      const top = highest(x, C);
      const total = exponentials(x, dx, C, top);
      for (let c = 0; c < C; c++) set(dx, c, f32(f64(get(dx, c)) / total));
      const norm = f32(logarithm(total));
      const alpha = at(command, 6) + row * strideOf(command, 6);
      let most = logZero;
      for (let s = 0; s < S; s++) {
        let reached: f32 = s <= 1 ? 0 : logZero;
        if (before) {
          const skipped = maySkip(labels, s) ? get(before, s - 2) : logZero;
          reached = logSum(get(before, s), s > 0 ? get(before, s - 1) : logZero, skipped);
        }
        const value = reached + (get(x, i32(classOf(labels, s))) - top - norm);
        set(alpha, s, value);
        most = max(most, value);
      }
      if (most > nothing) {
        offset += f64(most);
        for (let s = 0; s < S; s++) set(alpha, s, get(alpha, s) - most);
      }
      before = alpha;
    }
    if (weight == 0) {
      store<f32>(loss, 0);
      continue;
    }
    let last: f32 = count == 0 ? 0 : logZero;
    if (before) last = logSum(get(before, S - 1), S > 1 ? get(before, S - 2) : logZero, logZero);
    const feasible = last > nothing;
    const infeasible: f32 = zeroInfinity ? 0 : Infinity;
    store<f32>(loss, feasible ? f32(-f64(weight) * (offset + f64(last))) : infeasible);

    // Backward: the share of each state, off the softmax.
    for (let s = 0; s < S; s++) set(backward, s, s >= S - 2 ? 0 : logZero);
    for (let t = T - 1; t >= 0; t--) {
      const row = usize(t * N + n);
      if (masked && load<f32>(at(command, 3) + row * strideOf(command, 3)) == 0) continue;
      const dx = at(command, 4) + row * strideOf(command, 4);
      if (!feasible) {
        memory.fill(dx, 0, usize(C) << 2);
        continue;
      }
      const x = at(command, 0) + row * strideOf(command, 0);
      const alpha = at(command, 6) + row * strideOf(command, 6);
      let most = logZero;
      for (let s = 0; s < S; s++) most = max(most, get(alpha, s) + get(backward, s));
      let total: f64 = 0;
      for (let s = 0; s < S; s++) {
        const share = expOf(get(alpha, s) + get(backward, s) - most);
        set(alpha, s, share);
        total += f64(share);
      }
      for (let s = 0; s < S; s++) {
        const c = i32(classOf(labels, s));
        set(dx, c, f32(f64(get(dx, c)) - f64(get(alpha, s)) / total));
      }
      for (let c = 0; c < C; c++) set(dx, c, get(dx, c) * weight);
      // What comes after the step before: of states from s on, so in place from the first.
      const top = highest(x, C);
      let largest = logZero;
      for (let s = 0; s < S; s++) {
        const stay = get(backward, s) + get(x, i32(classOf(labels, s))) - top;
        const step = s + 1 < S ? get(backward, s + 1) + get(x, i32(classOf(labels, s + 1))) - top : logZero;
        const skips = s + 2 < S && maySkip(labels, s + 2);
        const skip = skips ? get(backward, s + 2) + get(x, i32(classOf(labels, s + 2))) - top : logZero;
        const value = logSum(stay, step, skip);
        set(backward, s, value);
        largest = max(largest, value);
      }
      for (let s = 0; s < S; s++) set(backward, s, get(backward, s) - largest);
    }
  }
}
