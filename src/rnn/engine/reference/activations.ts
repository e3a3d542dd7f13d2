import type { ActivationName } from '../../program/kernels.js';

export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** y = f(x). */
export const activate: Record<ActivationName, (x: number) => number> = {
  linear: (x) => x,
  tanh: Math.tanh,
  sigmoid,
  relu: (x) => Math.max(0, x),
  hardSigmoid: (x) => Math.min(1, Math.max(0, 0.2 * x + 0.5)),
};

/** f'(x), worked out from y = f(x). */
export const slope: Record<ActivationName, (y: number) => number> = {
  linear: () => 1,
  tanh: (y) => 1 - y * y,
  sigmoid: (y) => y * (1 - y),
  relu: (y) => (y > 0 ? 1 : 0),
  hardSigmoid: (y) => (y > 0 && y < 1 ? 0.2 : 0),
};
