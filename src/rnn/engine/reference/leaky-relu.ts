import type { ReferenceKernels } from './kernel.js';
import { fillWith, get } from './view.js';

export const leakyRelu: ReferenceKernels<'leakyRelu' | 'leakyReluBackward'> = {
  leakyRelu({ x }, { y }, { slope, lowest }) {
    fillWith(y, (r, c) => {
      const value = get(x, r, c);
      return Math.max(value < 0 ? slope * value : value, lowest);
    });
  },

  leakyReluBackward({ y, dy }, { dx }, { slope, lowest }) {
    fillWith(dx, (r, c) => {
      const value = get(y, r, c);
      return value <= lowest ? 0 : get(dy, r, c) * (value < 0 ? slope : 1);
    });
  },
};
