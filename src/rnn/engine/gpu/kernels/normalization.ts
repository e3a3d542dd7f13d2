import type { Matrix } from '../../../program/program.js';
import { X, Y, literal } from '../plan/kernel-source.js';
import type { Lowerings } from '../plan/lowering.js';
import type { PlanBuilder } from '../plan/plan-builder.js';
import { windowOf } from '../plan/plan.js';
import type { Window } from '../plan/plan.js';
import { sumOverRows } from './reductions.js';

/** How many rows of x(R, C) count, as (1, 1): row r has the weight valid[r mod N]. */
export function countRows(plan: PlanBuilder, rows: number, valid: Matrix): Window {
  const repeats = rows / valid.rows;
  if (!Number.isInteger(repeats)) throw new RangeError(`${rows} rows are no multiple of ${valid.rows}`);
  const inputs = { valid: plan.read(valid) };
  return windowOf(
    sumOverRows(plan, valid.rows, 1, inputs, (at, row) => `${repeats} * ${at.valid(row, '0')}`),
  );
}

/** r mod N as source text: an index, so r is whole and its quotient is kept clear of rounding. */
export function modulo(row: string, count: number): string {
  return `(${row} - Math.floor((${row} + 0.5) / ${count}) * ${count})`;
}

export const normalization: Lowerings<'batchNorm' | 'batchNormInference' | 'batchNormBackward'> = {
  batchNorm(
    plan,
    { x, gamma, beta, valid, runningMean, runningVariance },
    { y, mean, invStd, newMean, newVariance },
    { epsilon, momentum },
  ) {
    const C = x.cols;
    const count = countRows(plan, x.rows, valid);
    const rows = { x: plan.read(x), valid: plan.read(valid) };
    const sums = sumOverRows(plan, x.rows, C, rows, (at, row) => {
      return `${at.valid(modulo(row, valid.rows), '0')} * ${at.x(row, X)}`;
    });
    const total = { total: windowOf(sums), count };
    const average = plan.call(
      1,
      C,
      total,
      (at) => `return ${at.total('0', X)} / Math.max(${at.count('0', '0')}, 1);`,
    );
    const centred = { ...rows, average: windowOf(average) };
    const squares = sumOverRows(plan, x.rows, C, centred, (at, row) => {
      const difference = `(${at.x(row, X)} - ${at.average('0', X)})`;
      return `${at.valid(modulo(row, valid.rows), '0')} * ${difference} * ${difference}`;
    });
    const inputs = {
      average: windowOf(average),
      squares: windowOf(squares),
      count,
      runningMean: plan.read(runningMean),
      runningVariance: plan.read(runningVariance),
    };
    // Columns: mean, invStd, newMean, newVariance.
    const statistics = plan.call(1, 4 * C, inputs, (at) => {
      const blend = (old: string, batch: string): string => `kept * ${old} + learnt * ${batch}`;
      // Of nothing the running statistics learn nothing.
      return `
        let kept = ${literal(momentum)};
        let learnt = ${literal(1 - momentum)};
        if (${at.count('0', '0')} === 0) { kept = 1; learnt = 0; }
        const part = Math.floor((${X} + 0.5) / ${C});
        const c = ${X} - part * ${C};
        const average = ${at.average('0', 'c')};
        if (part === 0) { return average; }
        if (part === 2) { return ${blend(at.runningMean('0', 'c'), 'average')}; }
        const variance = ${at.squares('0', 'c')} / Math.max(${at.count('0', '0')}, 1);
        if (part === 1) { return 1 / Math.sqrt(variance + ${literal(epsilon)}); }
        return ${blend(at.runningVariance('0', 'c'), 'variance')};`;
    });
    const scale = { gamma: plan.read(gamma), beta: plan.read(beta), statistics: windowOf(statistics) };
    const normalized = plan.call(y.rows, C, { x: rows.x, ...scale }, (at) => {
      const [average, inverse] = [at.statistics('0', X), at.statistics('0', `${X} + ${C}`)];
      return `return ${at.gamma('0', X)} * (${at.x(Y, X)} - ${average}) * ${inverse} + ${at.beta('0', X)};`;
    });
    plan.write(y, normalized);
    [mean, invStd, newMean, newVariance].forEach((part, i) => plan.write(part, statistics, i * C));
  },

  batchNormInference(plan, { x, gamma, beta, runningMean, runningVariance }, { y }, { epsilon }) {
    const inputs = {
      x: plan.read(x),
      gamma: plan.read(gamma),
      beta: plan.read(beta),
      mean: plan.read(runningMean),
      variance: plan.read(runningVariance),
    };
    const normalized = plan.call(y.rows, y.cols, inputs, (at) => {
      const scale = `${at.gamma('0', X)} / Math.sqrt(${at.variance('0', X)} + ${literal(epsilon)})`;
      return `return ${scale} * (${at.x(Y, X)} - ${at.mean('0', X)}) + ${at.beta('0', X)};`;
    });
    plan.write(y, normalized);
  },

  batchNormBackward(plan, { x, gamma, mean, invStd, valid, dy }, { dx, dGamma, dBeta }, { accumulate }) {
    const C = x.cols;
    const count = countRows(plan, x.rows, valid);
    const rows = { x: plan.read(x), dy: plan.read(dy), valid: plan.read(valid) };
    const statistics = { mean: plan.read(mean), invStd: plan.read(invStd) };
    const sumDy = sumOverRows(plan, x.rows, C, { dy: rows.dy, valid: rows.valid }, (at, row) => {
      return `${at.valid(modulo(row, valid.rows), '0')} * ${at.dy(row, X)}`;
    });
    const sumDyNormalized = sumOverRows(plan, x.rows, C, { ...rows, ...statistics }, (at, row) => {
      const normalized = `(${at.x(row, X)} - ${at.mean('0', X)}) * ${at.invStd('0', X)}`;
      return `${at.valid(modulo(row, valid.rows), '0')} * ${at.dy(row, X)} * ${normalized}`;
    });
    const inputs = {
      ...rows,
      ...statistics,
      gamma: plan.read(gamma),
      sums: besides(plan, windowOf(sumDy), windowOf(sumDyNormalized), count),
    };
    const gradient = plan.call(dx.rows, C, inputs, (at) => {
      return `
        const normalized = (${at.x(Y, X)} - ${at.mean('0', X)}) * ${at.invStd('0', X)};
        const centred = ${at.dy(Y, X)} - ${at.sums('0', X)} - normalized * ${at.sums('0', `${X} + ${C}`)};
        const scale = ${at.gamma('0', X)} * ${at.invStd('0', X)};
        return ${at.valid(modulo(Y, valid.rows), '0')} * scale * centred;`;
    });
    const added = (output: Matrix, sum: Window): Window => {
      if (!accumulate) return sum;
      const terms = { old: plan.read(output), sum };
      return windowOf(plan.call(1, C, terms, (at) => `return ${at.old('0', X)} + ${at.sum('0', X)};`));
    };
    const newGamma = added(dGamma, windowOf(sumDyNormalized));
    const newBeta = added(dBeta, windowOf(sumDy));
    plan.write(dx, gradient);
    plan.write(dGamma, newGamma.value);
    plan.write(dBeta, newBeta.value);
  },
};

/** a / count and b / count side by side: a kernel reads at most seven arrays. */
function besides(plan: PlanBuilder, a: Window, b: Window, count: Window): Window {
  const sides = plan.call(1, a.cols + b.cols, { a, b, count }, (at) => {
    return `
      const counted = Math.max(${at.count('0', '0')}, 1);
      if (${X} < ${a.cols}) { return ${at.a('0', X)} / counted; }
      return ${at.b('0', `${X} - ${a.cols}`)} / counted;`;
  });
  return windowOf(sides);
}
