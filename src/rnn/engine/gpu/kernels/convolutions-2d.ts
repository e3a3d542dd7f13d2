import type { BandConvolution } from '../../../program/kernels.js';
import { X, Y } from '../plan/kernel-source.js';
import type { Lowerings } from '../plan/lowering.js';

/** Declares whole numbers `quotient` and `rest` of a / b. */
const divided = (quotient: string, rest: string, a: string, b: number): string => `
        const ${quotient} = Math.floor((${a} + 0.5) / ${b});
        const ${rest} = ${a} - ${quotient} * ${b};`;

/** What stands in the innermost of the loops over the taps that fall inside, as `inTime`, `inBand` and `tap`. */
const overTaps = (s: BandConvolution, inside: string): string => `
        for (let k = 0; k < ${s.kernelSize}; k++) {
          const inTime = t * ${s.stride} + k * ${s.dilation} - ${s.padBefore};
          if (inTime >= 0 && inTime < ${s.time}) {
            for (let j = 0; j < ${s.bandKernelSize}; j++) {
              const inBand = b * ${s.bandStride} + j * ${s.bandDilation} - ${s.bandPadBefore};
              if (inBand >= 0 && inBand < ${s.bands}) {
                const tap = k * ${s.bandKernelSize} + j;
                ${inside}
              }
            }
          }
        }`;

export const convolutions2d: Lowerings<'conv2d' | 'conv2dKernelGradient' | 'conv2dInputGradient'> = {
  conv2d(plan, { x, kernel, bias }, { y }, s) {
    const [C, F] = [x.cols / s.bands, kernel.cols];
    const inputs = {
      x: plan.read(x),
      kernel: plan.read(kernel),
      ...(bias && { bias: plan.read(bias) }),
    };
    const convolved = plan.call(y.rows, y.cols, inputs, (at) => {
      const value = at.x(`inTime * ${s.batch} + n`, `inBand * ${C} + c`);
      return `${divided('t', 'n', Y, s.batch)}${divided('b', 'f', X, F)}
        let total = ${at.bias?.('0', 'f') ?? '0'};
        ${overTaps(s, `for (let c = 0; c < ${C}; c++) { total += ${value} * ${at.kernel(`tap * ${C} + c`, 'f')}; }`)}
        return total;`;
    });
    plan.write(y, convolved);
  },

  conv2dKernelGradient(plan, { x, dy }, { dKernel }, s) {
    const [C, F] = [x.cols / s.bands, dKernel.cols];
    const inputs = {
      x: plan.read(x),
      dy: plan.read(dy),
      ...(s.accumulate && { old: plan.read(dKernel) }),
    };
    const gradient = plan.call(dKernel.rows, F, inputs, (at) => {
      const value = at.x(`inTime * ${s.batch} + n`, `inBand * ${C} + c`);
      return `${divided('tap', 'c', Y, C)}${divided('k', 'j', 'tap', s.bandKernelSize)}
        let total = ${at.old?.(Y, X) ?? '0'};
        for (let t = 0; t < ${s.outputTime}; t++) {
          const inTime = t * ${s.stride} + k * ${s.dilation} - ${s.padBefore};
          if (inTime >= 0 && inTime < ${s.time}) {
            for (let b = 0; b < ${s.outputBands}; b++) {
              const inBand = b * ${s.bandStride} + j * ${s.bandDilation} - ${s.bandPadBefore};
              if (inBand >= 0 && inBand < ${s.bands}) {
                for (let n = 0; n < ${s.batch}; n++) {
                  total += ${value} * ${at.dy(`t * ${s.batch} + n`, `b * ${F} + ${X}`)};
                }
              }
            }
          }
        }
        return total;`;
    });
    plan.write(dKernel, gradient);
  },

  conv2dInputGradient(plan, { dy, kernel }, { dx }, s) {
    const [C, F] = [dx.cols / s.bands, kernel.cols];
    const inputs = { dy: plan.read(dy), kernel: plan.read(kernel) };
    const gradient = plan.call(dx.rows, dx.cols, inputs, (at) => {
      const value = at.dy(`time * ${s.batch} + n`, `band * ${F} + f`);
      const weight = at.kernel(`(k * ${s.bandKernelSize} + j) * ${C} + c`, 'f');
      return `${divided('t', 'n', Y, s.batch)}${divided('b', 'c', X, C)}
        let total = 0;
        for (let k = 0; k < ${s.kernelSize}; k++) {
          const strides = t + ${s.padBefore} - k * ${s.dilation};
          const time = Math.floor((strides + 0.5) / ${s.stride});
          if (time * ${s.stride} === strides && time >= 0 && time < ${s.outputTime}) {
            for (let j = 0; j < ${s.bandKernelSize}; j++) {
              const bandStrides = b + ${s.bandPadBefore} - j * ${s.bandDilation};
              const band = Math.floor((bandStrides + 0.5) / ${s.bandStride});
              if (band * ${s.bandStride} === bandStrides && band >= 0 && band < ${s.outputBands}) {
                for (let f = 0; f < ${F}; f++) { total += ${value} * ${weight}; }
              }
            }
          }
        }
        return total;`;
    });
    plan.write(dx, gradient);
  },
};
