import type { BandConvolution } from '../../../program/kernels.js';
import { X, Y } from '../plan/kernel-source.js';
import type { Lowerings } from '../plan/lowering.js';

/** Declares whole numbers `quotient` and `rest` of a / b. */
const divided = (quotient: string, rest: string, a: string, b: number): string => `
        const ${quotient} = Math.floor((${a} + 0.5) / ${b});
        const ${rest} = ${a} - ${quotient} * ${b};`;

/** What stands in the loops over a window from (first, firstBand) on: `inTime` and `inBand` are in x. */
const overWindow = (s: BandConvolution, inside: string): string => `
        for (let k = 0; k < ${s.kernelSize}; k++) {
          const inTime = first + k;
          if (inTime >= 0 && inTime < ${s.time}) {
            for (let j = 0; j < ${s.bandKernelSize}; j++) {
              const inBand = firstBand + j;
              if (inBand >= 0 && inBand < ${s.bands}) { ${inside} }
            }
          }
        }`;

export const pooling2d: Lowerings<'pool2d' | 'pool2dBackward'> = {
  pool2d(plan, { x }, { y }, s) {
    const C = x.cols / s.bands;
    const pooled = plan.call(y.rows, y.cols, { x: plan.read(x) }, (at) => {
      const value = at.x(`inTime * ${s.batch} + n`, `inBand * ${C} + c`);
      const take =
        s.pooling === 'max' ? 'if (count === 0 || value > result) { result = value; }' : 'result += value;';
      return `${divided('t', 'n', Y, s.batch)}${divided('b', 'c', X, C)}
        const first = t * ${s.stride} - ${s.padBefore};
        const firstBand = b * ${s.bandStride} - ${s.bandPadBefore};
        let count = 0;
        let result = 0;
        ${overWindow(s, `const value = ${value}; ${take} count += 1;`)}
        return result${s.pooling === 'max' ? '' : ' / count'};`;
    });
    plan.write(y, pooled);
  },

  pool2dBackward(plan, { x, y, dy }, { dx }, s) {
    const C = x.cols / s.bands;
    const inputs = { x: plan.read(x), y: plan.read(y), dy: plan.read(dy) };
    const gradient = plan.call(dx.rows, dx.cols, inputs, (at) => {
      const [row, col] = [`t * ${s.batch} + n`, `b * ${C} + c`];
      const share = `
              let count = 0;
              ${overWindow(s, 'count += 1;')}
              total += ${at.dy(row, col)} / count;`;
      const other = at.x(`inTime * ${s.batch} + n`, `inBand * ${C} + c`);
      const isEarlier = '(inTime < here || (inTime === here && inBand < band))';
      const largest = `
              let taken = 0;
              if (${at.x(Y, X)} !== ${at.y(row, col)}) { taken = 1; }
              ${overWindow(s, `if (${isEarlier} && ${other} === ${at.y(row, col)}) { taken = 1; }`)}
              if (taken === 0) { total += ${at.dy(row, col)}; }`;
      return `${divided('here', 'n', Y, s.batch)}${divided('band', 'c', X, C)}
        let total = 0;
        for (let t = 0; t < ${s.outputTime}; t++) {
          const first = t * ${s.stride} - ${s.padBefore};
          if (first <= here && here < first + ${s.kernelSize}) {
            for (let b = 0; b < ${s.outputBands}; b++) {
              const firstBand = b * ${s.bandStride} - ${s.bandPadBefore};
              if (firstBand <= band && band < firstBand + ${s.bandKernelSize}) {${s.pooling === 'max' ? largest : share}
              }
            }
          }
        }
        return total;`;
    });
    plan.write(dx, gradient);
  },
};
