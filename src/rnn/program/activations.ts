import { choice, wrongValue, type Schema } from '../../base/schema/index.js';

/**
 * Functions of one number, by Keras's names in our spelling. Engines number them by their place,
 * so new ones come last.
 *
 * - `relu`: max(0, x). `leakyRelu`: x, below 0 times 0.2, Keras 3's slope.
 * - `hardSigmoid`: Keras's old one, clip(0.2 x + 0.5, 0, 1).
 * - `elu`: x, below 0 exp(x) - 1 (Clevert et al. 2016). `selu`: 1.0507 times x, below 0 times
 *   1.6733 (exp(x) - 1) (Klambauer et al. 2017).
 * - `softplus`: log(1 + exp(x)). `exponential`: exp(x).
 * - `silu`: x sigmoid(x), called swish too (Ramachandran et al. 2017).
 * - `gelu`: x Phi(x), Phi the normal distribution's (Hendrycks and Gimpel 2016), exact as Keras's
 *   default; `geluTanh` its usual approximation, 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))).
 */
export const activationNames = [
  ...(['linear', 'tanh', 'sigmoid', 'relu', 'hardSigmoid'] as const),
  ...(['elu', 'selu', 'softplus', 'leakyRelu', 'exponential'] as const),
  ...(['silu', 'gelu', 'geluTanh'] as const),
] as const;
export type ActivationName = (typeof activationNames)[number];

/** Those whose slope does not follow from their output: the backward pass needs what went in. */
export const inputSlopeNames = ['silu', 'gelu', 'geluTanh'] as const satisfies readonly ActivationName[];
export type InputSlopeName = (typeof inputSlopeNames)[number];

/** Those whose slope at x follows from f(x): what the gates of a cell can have. */
export type OutputSlopeName = Exclude<ActivationName, InputSlopeName>;
export const outputSlopeNames = activationNames.filter(
  (name): name is OutputSlopeName => !slopesByInput(name),
);

/** Whether the slope of an activation follows from its input alone. */
export function slopesByInput(activation: ActivationName): activation is InputSlopeName {
  return (inputSlopeNames as readonly string[]).includes(activation);
}

/** The slope of `leakyRelu` below 0. */
export const LEAKY_SLOPE = 0.2;

/** The two constants of `selu` that keep mean 0 and variance 1: its scale, and alpha. */
export const SELU_SCALE = 1.0507009873554805;
export const SELU_ALPHA = 1.6732632423543772;

/** Names that people know for one of ours. */
export const otherNames = { swish: 'silu' } as const satisfies Record<string, ActivationName>;

/** The schema of a function of each element. */
export const elementActivation = choice<ActivationName>(activationNames, otherNames);

const outputSlope = choice<OutputSlopeName>(outputSlopeNames);

/** The schema of an activation whose slope follows from its output: of a cell with gates. */
export const outputSlopeActivation: Schema<OutputSlopeName> = {
  expected: outputSlope.expected,
  parse(value, name) {
    const known = [...inputSlopeNames, ...Object.keys(otherNames), 'gelu_tanh'] as readonly unknown[];
    if (!known.includes(value)) return outputSlope.parse(value, name);
    const hint =
      'A cell with gates keeps their outputs alone, from which the slope of this one does not follow.';
    throw wrongValue(name, outputSlope.expected, value, hint);
  },
};
