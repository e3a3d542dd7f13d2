import { X, Y } from '../plan/kernel-source.js';
import type { Readers } from '../plan/kernel-source.js';
import type { Lowerings } from '../plan/lowering.js';
import type { PlanBuilder } from '../plan/plan-builder.js';
import { windowOf } from '../plan/plan.js';
import type { Value, Window } from '../plan/plan.js';

/** Longest run that one thread sums alone; longer ones are cut into about as many as they are long. */
const MAX_RUN = 64;

/**
 * The sum over `rows` rows of a term, for each of `cols` columns: (1, cols). Long columns
 * are summed in runs first, so that the work spreads over threads and, in float32, the
 * error grows with the length of a run only.
 */
export function sumOverRows<Inputs extends Record<string, Window>>(
  plan: PlanBuilder,
  rows: number,
  cols: number,
  inputs: Inputs,
  term: (at: Readers<Inputs>, row: string) => string,
  old?: Window,
): Value {
  if (rows <= MAX_RUN) {
    return plan.call(1, cols, { ...inputs, ...(old && { old }) }, (at) => {
      return `
        let total = ${at.old?.('0', X) ?? '0'};
        for (let r = 0; r < ${rows}; r++) { total += ${term(at, 'r')}; }
        return total;`;
    });
  }
  const run = Math.max(MAX_RUN / 2, Math.ceil(Math.sqrt(rows)));
  const ranges = plan.call(Math.ceil(rows / run), cols, inputs, (at) => {
    return `
      let total = 0;
      for (let i = 0; i < ${run}; i++) {
        if (${Y} * ${run} + i < ${rows}) { total += ${term(at, `(${Y} * ${run} + i)`)}; }
      }
      return total;`;
  });
  return sumOverRows(plan, ranges.rows, cols, { x: windowOf(ranges) }, (at, row) => at.x(row, X), old);
}

/**
 * The sum over all elements of x of a term: (1, 1), in one call or two. In two, a thread sums a
 * block first, about as many elements as there are blocks.
 */
function sumAll(plan: PlanBuilder, x: Window, term: (x: string) => string): Value {
  if (x.rows * x.cols <= MAX_RUN) return sumBlocks(plan, x, x.rows, x.cols, term);
  const run = Math.ceil(Math.sqrt(x.rows * x.cols));
  const blockCols = Math.min(x.cols, run);
  const blockRows = Math.min(x.rows, Math.ceil(run / blockCols));
  const blocks = windowOf(sumBlocks(plan, x, blockRows, blockCols, term));
  return sumBlocks(plan, blocks, blocks.rows, blocks.cols, (block) => block);
}

/** The sums of blocks of rows and columns, in their places. */
function sumBlocks(
  plan: PlanBuilder,
  x: Window,
  rows: number,
  cols: number,
  term: (x: string) => string,
): Value {
  return plan.call(Math.ceil(x.rows / rows), Math.ceil(x.cols / cols), { x }, (at) => {
    return `
      let total = 0;
      for (let r = 0; r < ${rows}; r++) {
        for (let c = 0; c < ${cols}; c++) {
          if (${Y} * ${rows} + r < ${x.rows} && ${X} * ${cols} + c < ${x.cols}) {
            const x = ${at.x(`(${Y} * ${rows} + r)`, `(${X} * ${cols} + c)`)};
            total += ${term('x')};
          }
        }
      }
      return total;`;
  });
}

export const reductions: Lowerings<'sumRows' | 'sum' | 'sumSquares'> = {
  sumRows(plan, { x }, { total }, { accumulate }) {
    const old = accumulate ? plan.read(total) : undefined;
    const sums = sumOverRows(plan, x.rows, x.cols, { x: plan.read(x) }, (at, row) => at.x(row, X), old);
    plan.write(total, sums);
  },
  sum: (plan, { x }, { total }) =>
    plan.write(
      total,
      sumAll(plan, plan.read(x), (value) => value),
    ),
  sumSquares: (plan, { x }, { total }) =>
    plan.write(
      total,
      sumAll(plan, plan.read(x), (value) => `${value} * ${value}`),
    ),
};
