import type { ReferenceKernels } from './kernel.js';
import { get, set, type View } from './view.js';

/** log(exp(a) + exp(b) + ...), -Infinity for none. */
function logSum(...terms: number[]): number {
  const highest = Math.max(...terms);
  if (highest === -Infinity) return highest;
  return highest + Math.log(terms.reduce((sum, term) => sum + Math.exp(term - highest), 0));
}

/** log softmax of one row. */
function logSoftmax(x: View, row: number): number[] {
  const values = Array.from({ length: x.cols }, (_, c) => get(x, row, c));
  const total = logSum(...values);
  return values.map((value) => value - total);
}

/** The labels with a blank before, between and behind them: l' of the paper. */
function withBlanks(targets: View, n: number): number[] {
  const extended = [0];
  for (let i = 0; i < targets.cols; i++) {
    const label = get(targets, n, i);
    if (label !== 0) extended.push(label, 0);
  }
  return extended;
}

/** Whether a way may go from state s - 2 to s: past a blank, between two labels that differ. */
function maySkip(states: readonly number[], s: number): boolean {
  return s >= 2 && s < states.length && states[s] !== 0 && states[s] !== states[s - 2];
}

export const ctc: ReferenceKernels<'ctc'> = {
  ctc({ logits, targets, weights, mask }, { dLogits, losses, forward }, { zeroInfinity }) {
    const N = targets.rows;
    const T = logits.rows / N;
    for (let r = 0; r < forward.rows; r++) for (let s = 0; s < forward.cols; s++) set(forward, r, s, 0);
    for (let r = 0; r < logits.rows; r++) for (let c = 0; c < logits.cols; c++) set(dLogits, r, c, 0);
    for (let n = 0; n < N; n++) {
      const weight = get(weights, n, 0);
      set(losses, n, 0, 0);
      if (weight === 0) continue;
      const rows = Array.from({ length: T }, (_, t) => t * N + n).filter(
        (row) => !mask || get(mask, row, 0) !== 0,
      );
      const states = withBlanks(targets, n);
      const S = states.length;
      const p = rows.map((row) => logSoftmax(logits, row));
      const alphas: number[][] = [];
      rows.forEach((_, t) => {
        const before = alphas[t - 1] as number[] | undefined;
        alphas.push(
          states.map((label, s) => {
            const own = p[t][label];
            if (!before) return s <= 1 ? own : -Infinity;
            const skipped = maySkip(states, s) ? before[s - 2] : -Infinity;
            return own + logSum(before[s], s >= 1 ? before[s - 1] : -Infinity, skipped);
          }),
        );
      });
      const last = alphas.at(-1);
      const nothing = S === 1 ? 0 : -Infinity;
      const total = last ? logSum(last[S - 1], S > 1 ? last[S - 2] : -Infinity) : nothing;
      if (total === -Infinity) {
        set(losses, n, 0, zeroInfinity ? 0 : Infinity);
        continue;
      }
      set(losses, n, 0, -weight * total);
      let beta = states.map((_, s) => (s >= S - 2 ? 0 : -Infinity));
      for (let t = rows.length - 1; t >= 0; t--) {
        const own = beta;
        states.forEach((label, s) => {
          const share = Math.exp(alphas[t][s] + own[s] - total);
          set(dLogits, rows[t], label, get(dLogits, rows[t], label) - weight * share);
        });
        for (let c = 0; c < logits.cols; c++) {
          set(dLogits, rows[t], c, get(dLogits, rows[t], c) + weight * Math.exp(p[t][c]));
        }
        const onward = states.map((label, s) => own[s] + p[t][label]);
        beta = states.map((_, s) =>
          logSum(onward[s], onward[s + 1] ?? -Infinity, maySkip(states, s + 2) ? onward[s + 2] : -Infinity),
        );
      }
    }
  },
};
