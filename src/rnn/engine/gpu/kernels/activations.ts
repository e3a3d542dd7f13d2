import {
  LEAKY_SLOPE,
  SELU_ALPHA,
  SELU_SCALE,
  type ActivationName,
  type InputSlopeName,
  type OutputSlopeName,
} from '../../../program/activations.js';
import { entryOf } from '../../../program/choices.js';

/**
 * y = f(x) as source text. Arguments of exponentials are bounded: a shader may assume that
 * no infinity occurs, and some drivers' tanh is NaN far out, where it is 1 anyway.
 */
const functions: Record<OutputSlopeName, (x: string) => string> = {
  linear: (x) => x,
  tanh: (x) => `Math.tanh(Math.max(-15, Math.min(15, ${x})))`,
  sigmoid: (x) => `(1 / (1 + Math.exp(Math.min(80, -(${x})))))`,
  relu: (x) => `Math.max(0, ${x})`,
  hardSigmoid: (x) => `Math.min(1, Math.max(0, 0.2 * (${x}) + 0.5))`,
  elu: (x) => `(Math.max(0, ${x}) + ${expMinusOne(`Math.min(0, ${x})`)})`,
  selu: (x) => `(${SELU_SCALE} * (Math.max(0, ${x}) + ${SELU_ALPHA} * ${expMinusOne(`Math.min(0, ${x})`)}))`,
  softplus: (x) => `(Math.max(0, ${x}) + ${logOnePlus(`Math.exp(-Math.abs(${x}))`)})`,
  leakyRelu: (x) => `(Math.max(0, ${x}) + ${LEAKY_SLOPE} * Math.min(0, ${x}))`,
  exponential: (x) => `Math.exp(Math.min(88, ${x}))`,
};

const slopes: Record<OutputSlopeName, (y: string) => string> = {
  linear: () => '1',
  tanh: (y) => `(1 - ${y} * ${y})`,
  sigmoid: (y) => `(${y} * (1 - ${y}))`,
  relu: (y) => `(${y} > 0 ? 1 : 0)`,
  hardSigmoid: (y) => `(${y} > 0 && ${y} < 1 ? 0.2 : 0)`,
  elu: (y) => `(${y} > 0 ? 1 : ${y} + 1)`,
  selu: (y) => `(${y} > 0 ? ${SELU_SCALE} : ${y} + ${SELU_SCALE * SELU_ALPHA})`,
  softplus: (y) => `(-${expMinusOne(`(-${y})`)})`,
  leakyRelu: (y) => `(${y} > 0 ? 1 : ${LEAKY_SLOPE})`,
  exponential: (y) => y,
};

/** y = f(x) as source text. */
export function activate(activation: OutputSlopeName, x: string): string {
  return entryOf(functions, activation, 'activation')(x);
}

/** f'(x), worked out from y = f(x), as source text; `y` is a name. */
export function slope(activation: OutputSlopeName, y: string): string {
  return entryOf(slopes, activation, 'activation')(y);
}

/** exp(x) - 1, by its series where digits would cancel. */
function expMinusOne(x: string): string {
  const series = [2, 3, 4, 5, 6, 7].reduceRight((rest, n) => `(1 + ${x} / ${n} * ${rest})`, '1');
  return `(Math.abs(${x}) < 0.3 ? ${x} * ${series} : Math.exp(Math.max(-80, ${x})) - 1)`;
}

/** log(1 + e) for e from 0 to 1, by its series where digits would cancel. */
function logOnePlus(e: string): string {
  return `(${e} < 0.01 ? ${e} * (1 - ${e} / 2 + ${e} * ${e} / 3) : Math.log(1 + ${e}))`;
}

const sigmoid = functions.sigmoid;
/** geluTanh is x sigmoid(2 c (x + a x^3)). */
const [twiceC, cubic] = [2 * Math.sqrt(2 / Math.PI), 0.044715];
const widened = (x: string): string => `${twiceC} * (${x} + ${cubic} * ${x} * ${x} * ${x})`;
/** What the normal distribution of a number does not need to tell from 0 or 1. */
const bounded = (x: string, limit: number): string => `Math.max(-${limit}, Math.min(${limit}, ${x}))`;

/** p(u) as in the wasm engine's normal-tail.ts. */
const tailCoefficients = [
  ...[0.0957415172949227, 0.09586732185471075, 0.08885675318860436, 0.08809751754783582],
  ...[0.027260536010319702, 0.14297962435955314, -0.14594757568896044, 0.20662137793089108],
  ...[-0.12507567436140565, 0.025598603289385097],
];

/** Statements that leave in `density` exp(-x^2 / 2) and in `tail` the normal share above |x|. */
const tail = (x: string): string => `
  const far = Math.min(12, Math.abs(${x}));
  const u = 1 / (1 + 0.24 * far);
  const density = Math.exp(-0.5 * far * far);
  const tail = density * u * ${tailCoefficients.reduceRight((rest, value) => `(${value} + u * ${rest})`, '0')};`;

const bodies: Record<InputSlopeName, (x: string) => string> = {
  silu: (x) => `return ${x} * ${sigmoid(x)};`,
  gelu: (x) => `${tail(x)}\nreturn Math.max(0, ${x}) - Math.abs(${x}) * tail;`,
  geluTanh: (x) => `return ${x} * ${sigmoid(widened(bounded(x, 20)))};`,
};

const slopeBodies: Record<InputSlopeName, (x: string) => string> = {
  silu: (x) => `
    const share = ${sigmoid(x)};
    return dy * (share + ${bounded(x, 80)} * share * (1 - share));`,
  gelu: (x) => `${tail(x)}
    let below = tail;
    if (${x} > 0) { below = 1 - tail; }
    return dy * (below + ${bounded(x, 12)} * density * ${1 / Math.sqrt(2 * Math.PI)});`,
  geluTanh: (x) => `
    const near = ${bounded(x, 20)};
    const share = ${sigmoid(widened('near'))};
    return dy * (share + near * share * (1 - share) * ${twiceC} * (1 + ${3 * cubic} * near * near));`,
};

/** Statements that return f(x); `x` is a name. */
export function activateBody(activation: ActivationName, x: string): string {
  if (Object.hasOwn(bodies, activation)) return bodies[activation as InputSlopeName](x);
  return `return ${activate(activation as OutputSlopeName, x)};`;
}

/** Statements that return f'(x) * dy; `x` is a name, and `dy` is there. */
export function slopeAtBody(activation: InputSlopeName, x: string): string {
  return entryOf(slopeBodies, activation, 'activation')(x);
}
