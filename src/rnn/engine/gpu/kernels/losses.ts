import { MIN_PROBABILITY } from '../../../program/kernels.js';
import type { Matrix } from '../../../program/program.js';
import { X, Y, literal } from '../plan/kernel-source.js';
import type { Readers } from '../plan/kernel-source.js';
import type { Lowerings } from '../plan/lowering.js';
import type { PlanBuilder } from '../plan/plan-builder.js';
import { windowOf } from '../plan/plan.js';
import type { Window } from '../plan/plan.js';

/** The logarithm of the sum of exp of each row: (R, 1), safe for large numbers. */
export function logSumExp(plan: PlanBuilder, x: Window): Window {
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

/** A loss that is the mean over the features of a term in `error`. @param slope of that term */
function meanOverFeatures(
  plan: PlanBuilder,
  given: { x: Matrix; targets: Matrix; weights: Matrix },
  outputs: { dx: Matrix; losses: Matrix },
  term: string,
  slope: string,
): void {
  const { rows, cols: C } = given.x;
  const inputs = {
    x: plan.read(given.x),
    targets: plan.read(given.targets),
    weights: plan.read(given.weights),
  };
  const rowLosses = plan.call(rows, 1, inputs, (at) => {
    return `
        ${passOver(at)}
        let total = 0;
        for (let c = 0; c < ${C}; c++) {
          const error = ${at.x(Y, 'c')} - ${at.targets(Y, 'c')};
          const size = Math.abs(error);
          ${term}
        }
        return total * ${at.weights(Y, '0')} / ${C};`;
  });
  const gradient = plan.call(rows, C, inputs, (at) => {
    return `
        ${passOver(at)}
        const error = ${at.x(Y, X)} - ${at.targets(Y, X)};
        let slope = 0;
        ${slope}
        return slope * ${at.weights(Y, '0')} / ${C};`;
  });
  plan.write(outputs.dx, gradient);
  plan.write(outputs.losses, rowLosses);
}

export const losses: Lowerings<
  | 'softmax'
  | 'softmaxCrossEntropy'
  | 'denseCrossEntropy'
  | 'probabilityCrossEntropy'
  | 'sigmoidCrossEntropy'
  | 'squaredError'
  | 'absoluteError'
  | 'huberError'
  | 'cosineError'
  | 'keepRows'
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

  absoluteError(plan, inputs, outputs) {
    const slope = 'if (error > 0) { slope = 1; }\nif (error < 0) { slope = -1; }';
    meanOverFeatures(plan, inputs, outputs, 'total += size;', slope);
  },

  huberError(plan, inputs, outputs, { delta }) {
    const d = literal(delta);
    const term = `
          if (size <= ${d}) { total += error * error / 2; }
          else { total += ${d} * (size - ${d} / 2); }`;
    meanOverFeatures(
      plan,
      inputs,
      outputs,
      term,
      `slope = Math.min(${d}, Math.max(${literal(-delta)}, error));`,
    );
  },

  cosineError(plan, { x, targets, weights }, { dx, losses: loss }) {
    const C = x.cols;
    const inputs = { x: plan.read(x), targets: plan.read(targets), weights: plan.read(weights) };
    // Columns: the squared lengths of x and of the target, and their product.
    const sums = plan.call(x.rows, 3, inputs, (at) => {
      return `
        ${passOver(at)}
        let total = 0;
        for (let c = 0; c < ${C}; c++) {
          let a = ${at.x(Y, 'c')};
          let b = ${at.targets(Y, 'c')};
          if (${X} === 0) { b = a; }
          if (${X} === 1) { a = b; }
          total += a * b;
        }
        return total;`;
    });
    const both = (at: Readers<{ sums: Window }>): string => `
        const ofX = ${at.sums(Y, '0')};
        const ofTarget = ${at.sums(Y, '1')};
        if (ofX === 0 || ofTarget === 0) { return 0; }
        const both = Math.sqrt(ofX) * Math.sqrt(ofTarget);
        const cosine = ${at.sums(Y, '2')} / both;`;
    const rowLosses = plan.call(x.rows, 1, { sums: windowOf(sums), weights: inputs.weights }, (at) => {
      return `${both(at)}\nreturn -${at.weights(Y, '0')} * cosine;`;
    });
    const gradient = plan.call(x.rows, C, { ...inputs, sums: windowOf(sums) }, (at) => {
      return `${both(at)}
        return ${at.weights(Y, '0')} * (cosine * ${at.x(Y, X)} / ofX - ${at.targets(Y, X)} / both);`;
    });
    plan.write(dx, gradient);
    plan.write(loss, rowLosses);
  },

  keepRows(plan, { x, weights }, { y }) {
    const inputs = { x: plan.read(x), weights: plan.read(weights) };
    plan.write(
      y,
      plan.call(y.rows, y.cols, inputs, (at) => `${passOver(at)}\nreturn ${at.x(Y, X)};`),
    );
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
