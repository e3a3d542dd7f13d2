import { X, Y } from '../plan/kernel-source.js';
import type { Lowerings } from '../plan/lowering.js';

/** floor(a / b) of whole numbers as source text, clear of rounding. */
const quotient = (a: string, b: number): string => `Math.floor((${a} + 0.5) / ${b})`;

export const pooling: Lowerings<'pool1d' | 'pool1dBackward'> = {
  pool1d(plan, { x }, { y }, s) {
    const pooled = plan.call(y.rows, y.cols, { x: plan.read(x) }, (at) => {
      const value = at.x(`time * ${s.batch} + n`, X);
      return `
        const t = ${quotient(Y, s.batch)};
        const n = ${Y} - t * ${s.batch};
        let count = 0;
        let result = 0;
        for (let k = 0; k < ${s.kernelSize}; k++) {
          const time = t * ${s.stride} + k - ${s.padBefore};
          if (time >= 0 && time < ${s.time}) {
            const value = ${value};
            ${s.pooling === 'max' ? 'if (count === 0 || value > result) { result = value; }' : 'result += value;'}
            count += 1;
          }
        }
        return result${s.pooling === 'max' ? '' : ' / count'};`;
    });
    plan.write(y, pooled);
  },

  pool1dBackward(plan, { x, y, dy }, { dx }, s) {
    const inputs = { x: plan.read(x), y: plan.read(y), dy: plan.read(dy) };
    const gradient = plan.call(dx.rows, dx.cols, inputs, (at) => {
      const output = `t * ${s.batch} + n`;
      const share = `
            let count = 0;
            for (let k = 0; k < ${s.kernelSize}; k++) {
              if (first + k >= 0 && first + k < ${s.time}) { count += 1; }
            }
            total += ${at.dy(output, X)} / count;`;
      const largest = `
            let taken = 0;
            if (${at.x(Y, X)} !== ${at.y(output, X)}) { taken = 1; }
            for (let k = 0; k < ${s.kernelSize}; k++) {
              const time = first + k;
              if (time >= 0 && time < here && ${at.x(`time * ${s.batch} + n`, X)} === ${at.y(output, X)}) { taken = 1; }
            }
            if (taken === 0) { total += ${at.dy(output, X)}; }`;
      return `
        const here = ${quotient(Y, s.batch)};
        const n = ${Y} - here * ${s.batch};
        let total = 0;
        for (let t = 0; t < ${s.outputTime}; t++) {
          const first = t * ${s.stride} - ${s.padBefore};
          if (first <= here && here < first + ${s.kernelSize}) {${s.pooling === 'max' ? largest : share}
          }
        }
        return total;`;
    });
    plan.write(dx, gradient);
  },
};
