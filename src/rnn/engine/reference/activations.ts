import {
  LEAKY_SLOPE,
  SELU_ALPHA,
  SELU_SCALE,
  type ActivationName,
  type InputSlopeName,
  type OutputSlopeName,
} from '../../program/activations.js';
import { normalDensity, normalDistribution } from '../../../base/math/normal-distribution.js';

export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** gelu's approximation is x sigmoid(2 c (x + a x^3)). */
const [c, a] = [Math.sqrt(2 / Math.PI), 0.044715];

/** y = f(x). */
export const activate: Record<ActivationName, (x: number) => number> = {
  linear: (x) => x,
  tanh: Math.tanh,
  sigmoid,
  relu: (x) => Math.max(0, x),
  hardSigmoid: (x) => Math.min(1, Math.max(0, 0.2 * x + 0.5)),
  elu: (x) => (x > 0 ? x : Math.expm1(x)),
  selu: (x) => SELU_SCALE * (x > 0 ? x : SELU_ALPHA * Math.expm1(x)),
  softplus: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  leakyRelu: (x) => (x > 0 ? x : LEAKY_SLOPE * x),
  exponential: Math.exp,
  silu: (x) => x * sigmoid(x),
  gelu: (x) => x * normalDistribution(x),
  geluTanh: (x) => x * sigmoid(2 * c * (x + a * x ** 3)),
};

/** f'(x), worked out from y = f(x). */
export const slope: Record<OutputSlopeName, (y: number) => number> = {
  linear: () => 1,
  tanh: (y) => 1 - y * y,
  sigmoid: (y) => y * (1 - y),
  relu: (y) => (y > 0 ? 1 : 0),
  hardSigmoid: (y) => (y > 0 && y < 1 ? 0.2 : 0),
  elu: (y) => (y > 0 ? 1 : y + 1),
  selu: (y) => (y > 0 ? SELU_SCALE : y + SELU_SCALE * SELU_ALPHA),
  softplus: (y) => -Math.expm1(-y),
  leakyRelu: (y) => (y > 0 ? 1 : LEAKY_SLOPE),
  exponential: (y) => y,
};

/** f'(x). */
export const slopeAt: Record<InputSlopeName, (x: number) => number> = {
  silu: (x) => sigmoid(x) * (1 + x * (1 - sigmoid(x))),
  gelu: (x) => normalDistribution(x) + x * normalDensity(x),
  geluTanh(x) {
    // Far out the slope is that of sigmoid alone, and the rest no number.
    const near = Math.min(20, Math.max(-20, x));
    const share = sigmoid(2 * c * (near + a * near ** 3));
    return share + near * share * (1 - share) * 2 * c * (1 + 3 * a * near ** 2);
  },
};
