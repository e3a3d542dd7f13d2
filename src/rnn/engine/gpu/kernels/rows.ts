import { X, Y, literal } from '../plan/kernel-source.js';
import type { Lowerings } from '../plan/lowering.js';
import { windowOf } from '../plan/plan.js';
import { countRows, modulo } from './normalization.js';
import { sumOverRows } from './reductions.js';

export const rows: Lowerings<'rowMask' | 'maskWeights' | 'layerNorm' | 'layerNormBackward'> = {
  rowMask(plan, { x, valid }, { y }, { value }) {
    const inputs = { x: plan.read(x), valid: plan.read(valid) };
    const mask = plan.call(y.rows, 1, inputs, (at) => {
      return `
        let differing = 0;
        for (let c = 0; c < ${x.cols}; c++) {
          if (${at.x(Y, 'c')} !== ${literal(value)}) { differing = 1; }
        }
        return differing * ${at.valid(modulo(Y, valid.rows), '0')};`;
    });
    plan.write(y, mask);
  },

  maskWeights(plan, { weights, mask, valid }, { y }) {
    const read = plan.read(mask);
    const kept = sumOverRows(plan, mask.rows, 1, { mask: read }, (at, row) => at.mask(row, '0'));
    const inputs = {
      weights: plan.read(weights),
      mask: read,
      count: countRows(plan, mask.rows, valid),
      kept: windowOf(kept),
    };
    const masked = plan.call(y.rows, 1, inputs, (at) => {
      const kept = at.kept('0', '0');
      return `
        if (${at.mask(Y, '0')} === 0) { return 0; }
        return ${at.weights(Y, '0')} * ${at.mask(Y, '0')} * ${at.count('0', '0')} / ${kept};`;
    });
    plan.write(y, masked);
  },

  layerNorm(plan, { x, gamma, beta }, { y, normalized, invStd }, { epsilon }) {
    const C = x.cols;
    const read = plan.read(x);
    // Columns: mean, invStd.
    const statistics = plan.call(x.rows, 2, { x: read }, (at) => {
      return `
        let total = 0;
        for (let c = 0; c < ${C}; c++) { total += ${at.x(Y, 'c')}; }
        const mean = total / ${C};
        if (${X} === 0) { return mean; }
        let squares = 0;
        for (let c = 0; c < ${C}; c++) {
          const difference = ${at.x(Y, 'c')} - mean;
          squares += difference * difference;
        }
        return 1 / Math.sqrt(squares / ${C} + ${literal(epsilon)});`;
    });
    const scaled = plan.call(x.rows, C, { x: read, statistics: windowOf(statistics) }, (at) => {
      return `return (${at.x(Y, X)} - ${at.statistics(Y, '0')}) * ${at.statistics(Y, '1')};`;
    });
    const affine = { gamma: plan.read(gamma), beta: plan.read(beta), scaled: windowOf(scaled) };
    const shifted = plan.call(x.rows, C, affine, (at) => {
      return `return ${at.gamma('0', X)} * ${at.scaled(Y, X)} + ${at.beta('0', X)};`;
    });
    plan.write(y, shifted);
    plan.write(normalized, scaled);
    plan.write(invStd, statistics, 1);
  },

  layerNormBackward(plan, { normalized, invStd, gamma, dy }, { dx }) {
    const C = dy.cols;
    const inputs = { normalized: plan.read(normalized), gamma: plan.read(gamma), dy: plan.read(dy) };
    // Columns: the mean of gamma dy, and of gamma dy normalized.
    const means = plan.call(dy.rows, 2, inputs, (at) => {
      return `
        let total = 0;
        for (let c = 0; c < ${C}; c++) {
          let term = ${at.dy(Y, 'c')} * ${at.gamma('0', 'c')};
          if (${X} === 1) { term = term * ${at.normalized(Y, 'c')}; }
          total += term;
        }
        return total / ${C};`;
    });
    const all = { ...inputs, invStd: plan.read(invStd), means: windowOf(means) };
    const gradient = plan.call(dx.rows, C, all, (at) => {
      const term = `${at.dy(Y, X)} * ${at.gamma('0', X)}`;
      const centred = `${term} - ${at.means(Y, '0')} - ${at.normalized(Y, X)} * ${at.means(Y, '1')}`;
      return `return ${at.invStd(Y, '0')} * (${centred});`;
    });
    plan.write(dx, gradient);
  },
};
