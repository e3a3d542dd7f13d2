import { X, Y, literal } from '../plan/kernel-source.js';
import type { Lowerings } from '../plan/lowering.js';

export const optimization: Lowerings<'clipFactor' | 'adam'> = {
  clipFactor(plan, { squares }, { factor }, { maxNorm }) {
    const clip = plan.call(1, 1, { squares: plan.read(squares) }, (at) => {
      return `
        let total = 0;
        for (let r = 0; r < ${squares.rows}; r++) { total += ${at.squares('r', '0')}; }
        const norm = Math.sqrt(total);
        if (norm > ${literal(maxNorm)}) { return ${literal(maxNorm)} / norm; }
        return 1;`;
    });
    plan.write(factor, clip);
  },

  adam(plan, { value, gradient, m, v, hyper, factor }, { newValue, newM, newV }, { beta1, beta2, epsilon }) {
    const { rows, cols } = value;
    const inputs = {
      value: plan.read(value),
      gradient: plan.read(gradient),
      m: plan.read(m),
      v: plan.read(v),
      hyper: plan.read(hyper),
      factor: plan.read(factor),
    };
    // Rows: m, v, value. A part is whole rows, so that neighbouring threads take the same branch.
    const updated = plan.call(3 * rows, cols, inputs, (at) => {
      return `
        const part = Math.floor((${Y} + 0.5) / ${rows});
        const r = ${Y} - part * ${rows};
        const g = ${at.gradient('r', X)} * ${at.factor('0', '0')};
        const first = ${literal(beta1)} * ${at.m('r', X)} + ${literal(1 - beta1)} * g;
        if (part === 0) { return first; }
        const second = ${literal(beta2)} * ${at.v('r', X)} + ${literal(1 - beta2)} * g * g;
        if (part === 1) { return second; }
        const mean = first / ${at.hyper('0', '1')};
        const spread = Math.sqrt(second / ${at.hyper('0', '2')});
        return ${at.value('r', X)} - ${at.hyper('0', '0')} * mean / (spread + ${literal(epsilon)});`;
    });
    plan.write(newM, updated);
    plan.write(newV, updated, 0, rows);
    plan.write(newValue, updated, 0, 2 * rows);
  },
};
