import { X, Y, literal } from '../kernel-source.js';
import type { Lowerings } from '../lowering.js';
import { windowOf } from '../plan.js';

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
    const scaled = { gradient: plan.read(gradient), factor: plan.read(factor) };
    const first = plan.call(rows, cols, { m: plan.read(m), ...scaled }, (at) => {
      const g = `${at.gradient(Y, X)} * ${at.factor('0', '0')}`;
      return `return ${literal(beta1)} * ${at.m(Y, X)} + ${literal(1 - beta1)} * ${g};`;
    });
    const second = plan.call(rows, cols, { v: plan.read(v), ...scaled }, (at) => {
      return `
        const g = ${at.gradient(Y, X)} * ${at.factor('0', '0')};
        return ${literal(beta2)} * ${at.v(Y, X)} + ${literal(1 - beta2)} * g * g;`;
    });
    const inputs = {
      value: plan.read(value),
      first: windowOf(first),
      second: windowOf(second),
      hyper: plan.read(hyper),
    };
    const stepped = plan.call(rows, cols, inputs, (at) => {
      return `
        const mean = ${at.first(Y, X)} / ${at.hyper('0', '1')};
        const spread = Math.sqrt(${at.second(Y, X)} / ${at.hyper('0', '2')});
        return ${at.value(Y, X)} - ${at.hyper('0', '0')} * mean / (spread + ${literal(epsilon)});`;
    });
    plan.write(newM, first);
    plan.write(newV, second);
    plan.write(newValue, stepped);
  },
};
