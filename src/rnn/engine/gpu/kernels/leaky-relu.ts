import { X, Y } from '../plan/kernel-source.js';
import type { Lowerings } from '../plan/lowering.js';

/** A number as source text that WGSL and GLSL take too: infinity has no name there. */
const written = (x: number): string => (Number.isFinite(x) ? `(${x})` : '(-3.4e38)');

export const leakyRelu: Lowerings<'leakyRelu' | 'leakyReluBackward'> = {
  leakyRelu(plan, { x }, { y }, { slope, lowest }) {
    const leaked = plan.call(y.rows, y.cols, { x: plan.read(x) }, (at) => {
      return `
        let value = ${at.x(Y, X)};
        if (value < 0) { value = value * ${written(slope)}; }
        if (value < ${written(lowest)}) { value = ${written(lowest)}; }
        return value;`;
    });
    plan.write(y, leaked);
  },

  leakyReluBackward(plan, { y, dy }, { dx }, { slope, lowest }) {
    const windows = { y: plan.read(y), dy: plan.read(dy) };
    const gradient = plan.call(dx.rows, dx.cols, windows, (at) => {
      return `
        const value = ${at.y(Y, X)};
        let result = ${at.dy(Y, X)};
        if (value < 0) { result = result * ${written(slope)}; }
        if (value <= ${written(lowest)}) { result = 0; }
        return result;`;
    });
    plan.write(dx, gradient);
  },
};
