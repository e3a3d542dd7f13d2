/** Our activations by TensorFlow.js's names. Of the two kinds of gelu it reads the exact one alone. */
const NAMES: Readonly<Record<string, string>> = {
  linear: 'linear',
  tanh: 'tanh',
  sigmoid: 'sigmoid',
  hardSigmoid: 'hard_sigmoid',
  relu: 'relu',
  elu: 'elu',
  selu: 'selu',
  softplus: 'softplus',
  silu: 'swish',
  gelu: 'gelu',
  softmax: 'softmax',
};

/** @returns undefined for one that TensorFlow.js has not */
export function activationName(ours: string): string | undefined {
  return Object.hasOwn(NAMES, ours) ? NAMES[ours] : undefined;
}
