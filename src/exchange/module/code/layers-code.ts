import {
  LEAKY_SLOPE,
  SELU_ALPHA,
  SELU_SCALE,
  type ActivationName,
} from '../../../rnn/program/activations.js';
import type { CodePart, CodeParts } from './code-part.js';

/** Functions of one number, by the names of activations. */
const ACTIVATIONS: Readonly<Record<ActivationName, string>> = {
  linear: 'x',
  tanh: 'Math.tanh(x)',
  sigmoid: '1 / (1 + Math.exp(-x))',
  relu: 'Math.max(0, x)',
  hardSigmoid: 'Math.min(1, Math.max(0, 0.2 * x + 0.5))',
  elu: 'x > 0 ? x : Math.expm1(x)',
  selu: `${SELU_SCALE} * (x > 0 ? x : ${SELU_ALPHA} * Math.expm1(x))`,
  softplus: 'Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))',
  leakyRelu: `x > 0 ? x : ${LEAKY_SLOPE} * x`,
  exponential: 'Math.exp(x)',
  silu: 'x / (1 + Math.exp(-x))',
  gelu: 'x * normalShare(x)',
  geluTanh: '(x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))',
};

const activations = Object.fromEntries(
  Object.entries(ACTIVATIONS).map(([name, body]): [string, CodePart] => [
    name,
    { code: `const ${name} = (x) => ${body};`, ...(name === 'gelu' && { needs: ['normalShare'] }) },
  ]),
);

/**
 * What layers do, for one example. Time steps are an array of rows, each a Float64Array; what has no time is an array of
 * one row. In the place of a row there may be a token, which stands for a 1 among zeros.
 */
export const layersCode: CodeParts = {
  normalShare: {
    code: `
/** The share of the normal distribution below x. */
function normalShare(x) {
  const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  const far = Math.abs(x);
  if (far < 3) {
    let [term, sum] = [x, x];
    for (let odd = 3; Math.abs(term) > 1e-18 * Math.abs(sum); odd += 2) sum += term *= (x * x) / odd;
    return 0.5 + density * sum;
  }
  let fraction = far;
  for (let k = 120; k >= 1; k--) fraction = far + k / fraction;
  return x < 0 ? density / fraction : 1 - density / fraction;
}`,
  },
  ...activations,
  softmax: {
    code: `
/** Shares of one row that add up to 1. */
function softmax(row) {
  const largest = row.reduce((a, b) => Math.max(a, b), -Infinity);
  const shares = row.map((x) => Math.exp(x - largest));
  const total = shares.reduce((a, b) => a + b, 0);
  return shares.map((x) => x / total);
}`,
  },
  addProduct: {
    code: `
/** Adds x W to a row, of the columns of W from a place on. A token takes its row of W. */
function addProduct(out, x, W, from = 0) {
  const { columns } = W;
  const rows = typeof x === 'number' ? 1 : x.length;
  for (let i = 0; i < rows; i++) {
    const value = typeof x === 'number' ? 1 : x[i];
    const at = (typeof x === 'number' ? x : i) * columns + from;
    if (value !== 0) for (let j = 0; j < out.length; j++) out[j] += value * W[at + j];
  }
  return out;
}`,
  },
  dense: {
    needs: ['addProduct'],
    code: `
/** x W + b of each row. */
const dense = (x, W, bias) =>
  x.map((row) => addProduct(bias ? Float64Array.from(bias) : new Float64Array(W.columns), row, W));`,
  },
  vectors: {
    code: `
/** The vector of each token, times a factor. */
const vectors = (tokens, table, factor = 1) =>
  tokens.map((token) => {
    const at = token * table.columns;
    return Float64Array.from(table.subarray(at, at + table.columns), (value) => value * factor);
  });`,
  },
  productWithRows: {
    code: `
/** Each row's products with all rows of a table, and biases. */
const productWithRows = (x, table, bias) =>
  x.map((row) =>
    Float64Array.from(bias, (value, j) => {
      for (let i = 0; i < row.length; i++) value += row[i] * table[j * row.length + i];
      return value;
    }),
  );`,
  },
  oneHot: {
    code: `
/** A row for each token, 1 at its place. */
const oneHot = (tokens, depth) =>
  tokens.map((token) => Float64Array.from({ length: depth }, (_, i) => (i === token ? 1 : 0)));`,
  },
  simpleRNN: {
    needs: ['addProduct'],
    code: `
/** A plain recurrent cell: h = f(x W + h' U + b). */
const simpleRNN = (W, U, bias, f) => ({
  states: 1,
  units: W.columns,
  step(x, [h]) {
    const next = bias ? Float64Array.from(bias) : new Float64Array(W.columns);
    return [addProduct(addProduct(next, x, W), h, U).map(f)];
  },
});`,
  },
  gru: {
    needs: ['addProduct'],
    code: `
/** A gated recurrent unit, the reset gate after the product: gates z, r, then the candidate. */
const gru = (W, U, bias, gate, f) => ({
  states: 1,
  units: W.columns / 3,
  step(x, [h]) {
    const H = h.length;
    const both = bias ? Float64Array.from(bias) : new Float64Array(6 * H);
    const given = addProduct(both.subarray(0, 3 * H), x, W);
    const own = addProduct(both.subarray(3 * H), h, U);
    return [
      h.map((before, j) => {
        const z = gate(given[j] + own[j]);
        const r = gate(given[H + j] + own[H + j]);
        return z * before + (1 - z) * f(given[2 * H + j] + r * own[2 * H + j]);
      }),
    ];
  },
});`,
  },
  gruResetBefore: {
    needs: ['addProduct'],
    code: `
/** A gated recurrent unit as first published, the reset gate before the product. */
const gruResetBefore = (W, U, bias, gate, f) => ({
  states: 1,
  units: W.columns / 3,
  step(x, [h]) {
    const H = h.length;
    const given = addProduct(bias ? Float64Array.from(bias) : new Float64Array(3 * H), x, W);
    const gates = addProduct(given.slice(0, 2 * H), h, U).map(gate);
    const kept = h.map((before, j) => gates[H + j] * before);
    const candidate = addProduct(given.slice(2 * H), kept, U, 2 * H).map(f);
    return [h.map((before, j) => gates[j] * before + (1 - gates[j]) * candidate[j])];
  },
});`,
  },
  lstm: {
    needs: ['addProduct'],
    code: `
/** Long short-term memory: gates i, f, the candidate, o. */
const lstm = (W, U, bias, gate, f) => ({
  states: 2,
  units: W.columns / 4,
  step(x, [h, c]) {
    const H = h.length;
    const z = bias ? Float64Array.from(bias) : new Float64Array(4 * H);
    addProduct(addProduct(z, x, W), h, U);
    const cell = c.map((before, j) => gate(z[H + j]) * before + gate(z[j]) * f(z[2 * H + j]));
    return [cell.map((value, j) => gate(z[3 * H + j]) * f(value)), cell];
  },
});`,
  },
  lstmPeepholes: {
    needs: ['addProduct'],
    code: `
/** Long short-term memory with peepholes P of i, f and o: i and f see the cell before the step, o the one after it. */
const lstmPeepholes = (W, U, bias, P, gate, f) => ({
  states: 2,
  units: W.columns / 4,
  step(x, [h, c]) {
    const H = h.length;
    const z = bias ? Float64Array.from(bias) : new Float64Array(4 * H);
    addProduct(addProduct(z, x, W), h, U);
    const cell = c.map((before, j) => {
      const kept = gate(z[H + j] + P[H + j] * before) * before;
      return kept + gate(z[j] + P[j] * before) * f(z[2 * H + j]);
    });
    return [cell.map((value, j) => gate(z[3 * H + j] + P[2 * H + j] * value) * f(value)), cell];
  },
});`,
  },
  walk: {
    code: `
/**
 * Walks over the time steps with a cell. Returns what comes out, and the states after the last step, which memory keeps
 * under a number.
 */
function walk(x, cell, { sequences, backwards, inOrder }, memory, number, initial) {
  const zeros = Array.from({ length: cell.states }, () => new Float64Array(cell.units));
  let states = initial ?? memory[number] ?? zeros;
  const out = [];
  for (let i = 0; i < x.length; i++) {
    states = cell.step(x[backwards ? x.length - 1 - i : i], states);
    out.push(states[0]);
  }
  memory[number] = states;
  if (inOrder) out.reverse();
  return [sequences ? out : [states[0]], ...states.map((state) => [state])];
}`,
  },
  sameSteps: {
    code: `
/** Refuses sequences of several lengths where they go together. */
function sameSteps(all) {
  const lengths = all.map((x) => x.length);
  if (new Set(lengths).size > 1) {
    throw new RangeError('Sequences that go together need as many time steps; they have ' + lengths.join(' and ') + '.');
  }
  return all;
}`,
  },
  together: {
    needs: ['sameSteps'],
    code: `
/** Row by row, number by number. */
const together = (f, first, ...others) =>
  sameSteps([first, ...others]).slice(1).reduce((sum, x) => sum.map((row, t) => row.map((value, i) => f(value, x[t][i]))), first);`,
  },
  sideBySide: {
    needs: ['sameSteps'],
    code: `
/** The numbers of several rows in one, time step by time step. */
const sideBySide = (...all) => sameSteps(all)[0].map((_, t) => Float64Array.from(all.flatMap((x) => [...x[t]])));`,
  },
  affine: {
    code: `
/** Each feature times a factor, and an offset. */
const affine = (x, factor, offset) => x.map((row) => row.map((value, i) => value * factor[i] + offset[i]));`,
  },
  layerNormalization: {
    code: `
/** Each row with mean 0 and variance 1, times gamma, and beta. */
const layerNormalization = (x, epsilon, gamma, beta) =>
  x.map((row) => {
    const mean = row.reduce((a, b) => a + b, 0) / row.length;
    const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / row.length;
    const scale = 1 / Math.sqrt(variance + epsilon);
    return row.map((value, i) => (value - mean) * scale * (gamma?.[i] ?? 1) + (beta?.[i] ?? 0));
  });`,
  },
  unitNormalization: {
    code: `
/** Each row with length 1. */
const unitNormalization = (x) =>
  x.map((row) => {
    const length = Math.hypot(...row);
    return row.map((value) => (length > 0 ? value / length : 0));
  });`,
  },
  slide: {
    code: `
/** Where each window over time lies: the first step of each, which may be before the sequence. */
function slide(time, { size, stride, dilation, padding, name }) {
  const reach = (size - 1) * dilation + 1;
  if (padding === 'valid' && time < reach) {
    throw new RangeError(name + ' needs ' + reach + ' time steps at least; it got ' + time + '.');
  }
  const count = padding === 'valid' ? Math.floor((time - reach) / stride) + 1 : Math.ceil(time / stride);
  const missing = Math.max(0, (count - 1) * stride + reach - time);
  const before = { valid: 0, same: Math.floor(missing / 2), causal: reach - 1 }[padding];
  return Array.from({ length: count }, (_, t) => t * stride - before);
}`,
  },
  convolution: {
    needs: ['slide'],
    code: `
/** Convolution over time; the kernel is (size, features of a group, filters). */
function convolution(x, kernel, bias, groups, window) {
  const { columns } = kernel;
  const [D, F] = [x[0].length / groups, columns / groups];
  return slide(x.length, window).map((start) => {
    const out = bias ? Float64Array.from(bias) : new Float64Array(columns);
    for (let k = 0; k < window.size; k++) {
      const row = x[start + k * window.dilation];
      if (!row) continue;
      for (let group = 0; group < groups; group++) {
        for (let d = 0; d < D; d++) {
          const [value, at] = [row[group * D + d], (k * D + d) * columns];
          for (let f = group * F; f < (group + 1) * F; f++) out[f] += value * kernel[at + f];
        }
      }
    }
    return out;
  });
}`,
  },
  pooling: {
    needs: ['slide'],
    code: `
/** The largest or the mean of each window; what lies beyond the ends takes no part. */
const pooling = (x, isMax, window) =>
  slide(x.length, window).map((start) => {
    const seen = x.slice(Math.max(0, start), start + window.size);
    return seen[0].map((_, i) => {
      const values = seen.map((row) => row[i]);
      return isMax ? Math.max(...values) : values.reduce((a, b) => a + b) / values.length;
    });
  });`,
  },
  meanOfSteps: {
    code: `
/** The mean of all time steps. */
const meanOfSteps = (x) => [x[0].map((_, i) => x.reduce((sum, row) => sum + row[i], 0) / x.length)];`,
  },
  largestOfSteps: {
    code: `
/** The largest number of each feature over all time steps. */
const largestOfSteps = (x) => [x.reduce((a, b) => a.map((value, i) => Math.max(value, b[i])))];`,
  },
  reshape: {
    code: `
/** The same numbers in another shape: (F), or (T, D), where a size of -1 follows from the others. */
function reshape(x, shape) {
  const all = Float64Array.from(x.flatMap((row) => [...row]));
  const known = shape.filter((size) => size !== -1).reduce((a, b) => a * b, 1);
  const sizes = shape.map((size) => (size === -1 ? all.length / known : size));
  if (!sizes.every(Number.isInteger) || sizes.reduce((a, b) => a * b) !== all.length) {
    throw new RangeError(all.length + ' numbers do not fit the shape (' + shape.join(', ') + ').');
  }
  const columns = sizes[sizes.length - 1];
  return Array.from({ length: all.length / columns }, (_, t) => all.slice(t * columns, (t + 1) * columns));
}`,
  },
  attention: {
    needs: ['softmax'],
    code: `
/** Each query's mean of the values, weighed by the softmax of its scores with the keys. */
const attention = (score, causal, queries, values, keys = values) =>
  queries.map((query, i) => {
    const seen = causal ? keys.slice(0, i + 1) : keys;
    const weights = softmax(seen.map((key) => score(query, key)));
    return values[0].map((_, j) => weights.reduce((sum, weight, k) => sum + weight * values[k][j], 0));
  });`,
  },
  dotScore: {
    code: `
/** The product of query and key. */
const dotScore = (scale) => (query, key) =>
  query.reduce((sum, value, i) => sum + value * key[i], 0) * (scale ? scale[0] : 1);`,
  },
  additiveScore: {
    code: `
/** The sum over tanh(query + key). */
const additiveScore = (scale) => (query, key) =>
  query.reduce((sum, value, i) => sum + Math.tanh(value + key[i]) * (scale ? scale[i] : 1), 0);`,
  },
};
