import type { Convolution } from '../../../program/kernels.js';
import { X, Y } from '../plan/kernel-source.js';
import type { Lowerings } from '../plan/lowering.js';

/** Declares `t` and `n` of this thread's row t * N + n. */
const timeAndExample = ({ batch }: Convolution): string => `
        const t = Math.floor((${Y} + 0.5) / ${batch});
        const n = ${Y} - t * ${batch};`;

export const convolutions: Lowerings<'conv1d' | 'conv1dKernelGradient' | 'conv1dInputGradient'> = {
  conv1d(plan, { x, kernel, bias }, { y }, s) {
    const D = x.cols;
    const inputs = {
      x: plan.read(x),
      kernel: plan.read(kernel),
      ...(bias && { bias: plan.read(bias) }),
    };
    const convolved = plan.call(y.rows, y.cols, inputs, (at) => {
      return `
        ${timeAndExample(s)}
        let total = ${at.bias?.('0', X) ?? '0'};
        for (let k = 0; k < ${s.kernelSize}; k++) {
          const time = t * ${s.stride} + k * ${s.dilation} - ${s.padBefore};
          if (time >= 0 && time < ${s.time}) {
            for (let d = 0; d < ${D}; d++) {
              total += ${at.x(`time * ${s.batch} + n`, 'd')} * ${at.kernel(`k * ${D} + d`, X)};
            }
          }
        }
        return total;`;
    });
    plan.write(y, convolved);
  },

  conv1dKernelGradient(plan, { x, dy }, { dKernel }, s) {
    const D = x.cols;
    const inputs = {
      x: plan.read(x),
      dy: plan.read(dy),
      ...(s.accumulate && { old: plan.read(dKernel) }),
    };
    const gradient = plan.call(dKernel.rows, dKernel.cols, inputs, (at) => {
      return `
        const k = Math.floor((${Y} + 0.5) / ${D});
        const d = ${Y} - k * ${D};
        let total = ${at.old?.(Y, X) ?? '0'};
        for (let t = 0; t < ${s.outputTime}; t++) {
          const time = t * ${s.stride} + k * ${s.dilation} - ${s.padBefore};
          if (time >= 0 && time < ${s.time}) {
            for (let n = 0; n < ${s.batch}; n++) {
              total += ${at.x(`time * ${s.batch} + n`, 'd')} * ${at.dy(`t * ${s.batch} + n`, X)};
            }
          }
        }
        return total;`;
    });
    plan.write(dKernel, gradient);
  },

  conv1dInputGradient(plan, { dy, kernel }, { dx }, s) {
    const D = dx.cols;
    const inputs = { dy: plan.read(dy), kernel: plan.read(kernel) };
    const gradient = plan.call(dx.rows, D, inputs, (at) => {
      return `
        ${timeAndExample(s)}
        let total = 0;
        for (let k = 0; k < ${s.kernelSize}; k++) {
          const strides = t + ${s.padBefore} - k * ${s.dilation};
          const time = Math.floor((strides + 0.5) / ${s.stride});
          if (time * ${s.stride} === strides && time >= 0 && time < ${s.outputTime}) {
            for (let f = 0; f < ${dy.cols}; f++) {
              total += ${at.dy(`time * ${s.batch} + n`, 'f')} * ${at.kernel(`k * ${D} + ${X}`, 'f')};
            }
          }
        }
        return total;`;
    });
    plan.write(dx, gradient);
  },
};
