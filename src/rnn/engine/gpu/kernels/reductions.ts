import { X, Y } from '../kernel-source.js';
import type { Readers } from '../kernel-source.js';
import type { Lowerings } from '../lowering.js';
import type { PlanBuilder } from '../plan-builder.js';
import { windowOf } from '../plan.js';
import type { Value, Window } from '../plan.js';

/** Longest run that one thread sums alone; longer ones are cut into about as many as they are long. */
const longestRun = 64;

/**
 * The sum over `rows` rows of a term, for each of `cols` columns: (1, cols). Long columns
 * are summed in pieces first, so that the work spreads over threads and, in float32, the
 * error grows with the length of a piece only.
 */
export function sumOverRows<Inputs extends Record<string, Window>>(
  plan: PlanBuilder,
  rows: number,
  cols: number,
  inputs: Inputs,
  term: (at: Readers<Inputs>, row: string) => string,
  old?: Window,
): Value {
  if (rows <= longestRun) {
    return plan.call(1, cols, { ...inputs, ...(old && { old }) }, (at) => {
      return `
        let total = ${at.old?.('0', X) ?? '0'};
        for (let r = 0; r < ${rows}; r++) { total += ${term(at, 'r')}; }
        return total;`;
    });
  }
  const run = Math.max(longestRun / 2, Math.ceil(Math.sqrt(rows)));
  const pieces = plan.call(Math.ceil(rows / run), cols, inputs, (at) => {
    return `
      let total = 0;
      for (let i = 0; i < ${run}; i++) {
        if (${Y} * ${run} + i < ${rows}) { total += ${term(at, `(${Y} * ${run} + i)`)}; }
      }
      return total;`;
  });
  return sumOverRows(plan, pieces.rows, cols, { x: windowOf(pieces) }, (at, row) => at.x(row, X), old);
}

/** The sum of all elements of a row (1, C): (1, 1). */
function sumRow(plan: PlanBuilder, x: Window): Value {
  if (x.cols === 1 && x.value.rows === 1 && x.value.cols === 1) return x.value;
  const run = x.cols <= longestRun ? x.cols : Math.max(longestRun / 2, Math.ceil(Math.sqrt(x.cols)));
  const pieces = plan.call(1, Math.ceil(x.cols / run), { x }, (at) => {
    return `
      let total = 0;
      for (let i = 0; i < ${run}; i++) {
        if (${X} * ${run} + i < ${x.cols}) { total += ${at.x('0', `(${X} * ${run} + i)`)}; }
      }
      return total;`;
  });
  return sumRow(plan, windowOf(pieces));
}

export const reductions: Lowerings<'sumRows' | 'sum' | 'sumSquares'> = {
  sumRows(plan, { x }, { total }, { accumulate }) {
    const old = accumulate ? plan.read(total) : undefined;
    const sums = sumOverRows(plan, x.rows, x.cols, { x: plan.read(x) }, (at, row) => at.x(row, X), old);
    plan.write(total, sums);
  },
  sum(plan, { x }, { total }) {
    const columns = sumOverRows(plan, x.rows, x.cols, { x: plan.read(x) }, (at, row) => at.x(row, X));
    plan.write(total, sumRow(plan, windowOf(columns)));
  },
  sumSquares(plan, { x }, { total }) {
    const columns = sumOverRows(plan, x.rows, x.cols, { x: plan.read(x) }, (at, row) => {
      return `${at.x(row, X)} * ${at.x(row, X)}`;
    });
    plan.write(total, sumRow(plan, windowOf(columns)));
  },
};
