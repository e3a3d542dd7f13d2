import type { ActivationName } from '../../../program/kernels.js';

/**
 * y = f(x) as source text. Arguments of exponentials are bounded: a shader may assume that
 * no infinity occurs, and some drivers' tanh is NaN far out, where it is 1 anyway.
 */
export const activate: Record<ActivationName, (x: string) => string> = {
  linear: (x) => x,
  tanh: (x) => `Math.tanh(Math.max(-15, Math.min(15, ${x})))`,
  sigmoid: (x) => `(1 / (1 + Math.exp(Math.min(80, -(${x})))))`,
  relu: (x) => `Math.max(0, ${x})`,
  hardSigmoid: (x) => `Math.min(1, Math.max(0, 0.2 * (${x}) + 0.5))`,
};

/** f'(x), worked out from y = f(x), as source text; `y` is a name. */
export const slope: Record<ActivationName, (y: string) => string> = {
  linear: () => '1',
  tanh: (y) => `(1 - ${y} * ${y})`,
  sigmoid: (y) => `(${y} * (1 - ${y}))`,
  relu: (y) => `(${y} > 0 ? 1 : 0)`,
  hardSigmoid: (y) => `(${y} > 0 && ${y} < 1 ? 0.2 : 0)`,
};
