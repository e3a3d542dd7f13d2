import { X, Y } from '../kernel-source.js';
import type { Lowerings } from '../lowering.js';
import type { PlanBuilder } from '../plan-builder.js';
import { windowOf } from '../plan.js';
import type { Window } from '../plan.js';

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

export const losses: Lowerings<'softmax' | 'softmaxCrossEntropy' | 'sigmoidCrossEntropy' | 'squaredError'> = {
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
        const target = ${at.targets(Y, '0')};
        const weight = ${at.weights(Y, '0')};
        const total = ${at.total(Y, '0')};
        if (${X} === ${V}) { return weight * (total - ${at.logits(Y, 'target')}); }
        const p = Math.exp(${at.logits(Y, X)} - total);
        if (${X} === target) { return weight * (p - 1); }
        return weight * p;`;
    });
    plan.write(dLogits, both);
    plan.write(loss, both, V);
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
        let total = 0;
        for (let c = 0; c < ${C}; c++) {
          const x = ${at.logits(Y, 'c')};
          total += Math.max(x, 0) - x * ${at.targets(Y, 'c')} + Math.log(1 + Math.exp(-Math.abs(x)));
        }
        return total * ${at.weights(Y, '0')} / ${C};`;
    });
    const gradient = plan.call(logits.rows, C, inputs, (at) => {
      return `
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
        let total = 0;
        for (let c = 0; c < ${C}; c++) {
          const error = ${at.x(Y, 'c')} - ${at.targets(Y, 'c')};
          total += error * error;
        }
        return total * ${at.weights(Y, '0')} / ${C};`;
    });
    const gradient = plan.call(x.rows, C, inputs, (at) => {
      return `return 2 * (${at.x(Y, X)} - ${at.targets(Y, X)}) * ${at.weights(Y, '0')} / ${C};`;
    });
    plan.write(dx, gradient);
    plan.write(loss, rowLosses);
  },
};
