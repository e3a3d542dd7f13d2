import { MIN_PROBABILITY } from '../../../program/kernels.js';
import { X, Y, literal } from '../plan/kernel-source.js';
import type { Readers } from '../plan/kernel-source.js';
import type { Lowerings } from '../plan/lowering.js';
import type { PlanBuilder } from '../plan/plan-builder.js';
import { windowOf } from '../plan/plan.js';
import type { Window } from '../plan/plan.js';

/** The logarithm of the sum of exp of each row: (R, 1), safe for large numbers. */
function logSumExp(plan: PlanBuilder, x: Window): Window {
  const sums = plan.call(x.rows, 1, { x }, (at) => {
    return `
      let highest = ${at.x(Y, '0')};
      for (let c = 1; c < ${x.cols}; c++) { highest = Math.max(highest, ${at.x(Y, 'c')}); }
      let total = 0;
      for (let c = 0; c < ${x.cols}; c++) { total += Math.exp(${at.x(Y, 'c')} - highest); }
      return highest + Math.log(total);`;
  });
  return windowOf(sums);
}

/** A statement that ends with 0 for a row that does not count, whatever stands in it. */
function passOver(at: Readers<{ weights: Window }>): string {
  return `if (${at.weights(Y, '0')} === 0) { return 0; }`;
}

export const losses: Lowerings<
  | 'softmax'
  | 'softmaxCrossEntropy'
  | 'denseCrossEntropy'
  | 'probabilityCrossEntropy'
  | 'sigmoidCrossEntropy'
  | 'squaredError'
> = {
  softmax(plan, { x }, { y }) {
    const logits = plan.read(x);
    const inputs = { x: logits, total: logSumExp(plan, logits) };
    plan.write(
      y,
      plan.call(y.rows, y.cols, inputs, (at) => `return Math.exp(${at.x(Y, X)} - ${at.total(Y, '0')});`),
    );
  },

  softmaxCrossEntropy(plan, { logits, targets, weights }, { dLogits, losses: loss }) {
    const V = logits.cols;
    const read = plan.read(logits);
    const inputs = {
      logits: read,
      total: logSumExp(plan, read),
      targets: plan.read(targets),
      weights: plan.read(weights),
    };
    // Columns: dLogits, losses.
    const both = plan.call(logits.rows, V + 1, inputs, (at) => {
      return `
        const weight = ${at.weights(Y, '0')};
        if (weight === 0) { return 0; }
        const target = ${at.targets(Y, '0')};
        const total = ${at.total(Y, '0')};
        if (${X} === ${V}) { return weight * (total - ${at.logits(Y, 'target')}); }
        const p = Math.exp(${at.logits(Y, X)} - total);
        if (${X} === target) { return weight * (p - 1); }
        return weight * p;`;
    });
    plan.write(dLogits, both);
    plan.write(loss, both, V);
  },

  denseCrossEntropy(plan, { logits, targets, weights }, { dLogits, losses: loss }) {
    const V = logits.cols;
    const read = plan.read(logits);
    const inputs = {
      logits: read,
      total: logSumExp(plan, read),
      targets: plan.read(targets),
      weights: plan.read(weights),
    };
    // Columns: the sum of the targets, and the loss.
    const sums = plan.call(logits.rows, 2, inputs, (at) => {
      return `
        ${passOver(at)}
        let share = 0;
        let loss = 0;
        for (let c = 0; c < ${V}; c++) {
          share += ${at.targets(Y, 'c')};
          loss += ${at.targets(Y, 'c')} * (${at.total(Y, '0')} - ${at.logits(Y, 'c')});
        }
        if (${X} === 0) { return share; }
        return ${at.weights(Y, '0')} * loss;`;
    });
    const gradient = plan.call(logits.rows, V, { ...inputs, sums: windowOf(sums) }, (at) => {
      const p = `Math.exp(${at.logits(Y, X)} - ${at.total(Y, '0')})`;
      return `${passOver(at)}\nreturn ${at.weights(Y, '0')} * (${at.sums(Y, '0')} * ${p} - ${at.targets(Y, X)});`;
    });
    plan.write(dLogits, gradient);
    plan.write(loss, sums, 1);
  },

  probabilityCrossEntropy(plan, { p, targets, weights }, { dp, losses: loss }, { targets: kind }) {
    const C = p.cols;
    const inputs = { p: plan.read(p), targets: plan.read(targets), weights: plan.read(weights) };
    const scale = kind === 'binary' ? ` / ${C}` : '';
    /** Statements that leave in `target`, `other`, `given` and `held` what column c has. */
    const terms = (at: Readers<typeof inputs>, c: string): string => `
        const given = ${at.p(Y, c)};
        const held = Math.min(${literal(1 - MIN_PROBABILITY)}, Math.max(${literal(MIN_PROBABILITY)}, given));
        let target = 0;
        ${kind === 'sparse' ? `if (${at.targets(Y, '0')} === ${c}) { target = 1; }` : `target = ${at.targets(Y, c)};`}
        const other = ${kind === 'binary' ? '1 - target' : '0'};`;
    const rowLosses = plan.call(p.rows, 1, inputs, (at) => {
      return `
        ${passOver(at)}
        let total = 0;
        for (let c = 0; c < ${C}; c++) {${terms(at, 'c')}
          total -= target * Math.log(held) + other * Math.log(1 - held);
        }
        return total * ${at.weights(Y, '0')}${scale};`;
    });
    const gradient = plan.call(p.rows, C, inputs, (at) => {
      return `${passOver(at)}
        ${terms(at, X)}
        if (given !== held) { return 0; }
        return ${at.weights(Y, '0')} * (other / (1 - held) - target / held)${scale};`;
    });
    plan.write(dp, gradient);
    plan.write(loss, rowLosses);
  },

  sigmoidCrossEntropy(plan, { logits, targets, weights }, { dLogits, losses: loss }) {
    const C = logits.cols;
    const inputs = {
      logits: plan.read(logits),
      targets: plan.read(targets),
      weights: plan.read(weights),
    };
    const rowLosses = plan.call(logits.rows, 1, inputs, (at) => {
      return `
        ${passOver(at)}
        let total = 0;
        for (let c = 0; c < ${C}; c++) {
          const x = ${at.logits(Y, 'c')};
          total += Math.max(x, 0) - x * ${at.targets(Y, 'c')} + Math.log(1 + Math.exp(-Math.abs(x)));
        }
        return total * ${at.weights(Y, '0')} / ${C};`;
    });
    const gradient = plan.call(logits.rows, C, inputs, (at) => {
      return `
        ${passOver(at)}
        const x = ${at.logits(Y, X)};
        const p = 1 / (1 + Math.exp(Math.min(80, -x)));
        return (p - ${at.targets(Y, X)}) * ${at.weights(Y, '0')} / ${C};`;
    });
    plan.write(dLogits, gradient);
    plan.write(loss, rowLosses);
  },

  squaredError(plan, { x, targets, weights }, { dx, losses: loss }) {
    const C = x.cols;
    const inputs = { x: plan.read(x), targets: plan.read(targets), weights: plan.read(weights) };
    const rowLosses = plan.call(x.rows, 1, inputs, (at) => {
      return `
        ${passOver(at)}
        let total = 0;
        for (let c = 0; c < ${C}; c++) {
          const error = ${at.x(Y, 'c')} - ${at.targets(Y, 'c')};
          total += error * error;
        }
        return total * ${at.weights(Y, '0')} / ${C};`;
    });
    const gradient = plan.call(x.rows, C, inputs, (at) => {
      return `${passOver(at)}\nreturn 2 * (${at.x(Y, X)} - ${at.targets(Y, X)}) * ${at.weights(Y, '0')} / ${C};`;
    });
    plan.write(dx, gradient);
    plan.write(loss, rowLosses);
  },
};
