import type { ReferenceKernels } from './kernel.js';
import { get, set, sumOf } from './view.js';

export const optimization: ReferenceKernels<'clipFactor' | 'adam'> = {
  clipFactor({ squares }, { factor }, { maxNorm }) {
    const norm = Math.sqrt(sumOf(squares.rows, (r) => get(squares, r, 0)));
    set(factor, 0, 0, norm > maxNorm ? maxNorm / norm : 1);
  },

  adam({ value, gradient, m, v, hyper, factor }, { newValue, newM, newV }, { beta1, beta2, epsilon }) {
    const [rate, correction1, correction2] = [0, 1, 2].map((i) => get(hyper, 0, i));
    for (let r = 0; r < value.rows; r++) {
      for (let c = 0; c < value.cols; c++) {
        const g = get(gradient, r, c) * get(factor, 0, 0);
        const first = beta1 * get(m, r, c) + (1 - beta1) * g;
        const second = beta2 * get(v, r, c) + (1 - beta2) * g * g;
        const change = first / correction1 / (Math.sqrt(second / correction2) + epsilon);
        set(newM, r, c, first);
        set(newV, r, c, second);
        set(newValue, r, c, get(value, r, c) - rate * change);
      }
    }
  },
};
