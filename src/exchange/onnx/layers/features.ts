import { Dense } from '../../../rnn/layers/dense.js';
import type { OnnxTensor } from '../read/graph.js';
import type { Operation } from './importing.js';
import type { Axis, Signal, Value } from './value.js';

/** More weights than a layer has that puts features in order. */
const MOST_WEIGHTS = 2 ** 24;

/** Operations that know features in another order than ours. */
const KNOWING: ReadonlySet<string> = new Set(
  (
    'Add BatchNormalization Cast Concat Div Dropout Elu Erf Exp Flatten GRU Gelu Gemm HardSigmoid Identity LSTM ' +
    'LayerNormalization LeakyRelu MatMul Mul RNN ReduceMax ReduceMean Relu Reshape Selu Shape Sigmoid Softmax Softplus Squeeze Sub Tanh ' +
    'Transpose Unsqueeze'
  ).split(' '),
);

/** The size of an axis; null where it varies, or where there is none. */
export function sizeOf(x: Signal, axis: Axis): number | null {
  return x.sizes[x.axes.indexOf(axis)] ?? null;
}

/** How many features a time step has; null where that is not known. */
export function countOf(x: Signal): number | null {
  if (x.axes.includes('both')) return null;
  if (!x.axes.includes('B')) return sizeOf(x, 'D');
  const [bands, channels] = [sizeOf(x, 'B'), sizeOf(x, 'C')];
  return bands === null || channels === null ? null : bands * channels;
}

/** Axes of features, with bands and channels by name only where there are several of both. */
export function namedAxes(
  axes: readonly Axis[],
  { bands, channels }: { bands: number; channels: number },
): Axis[] {
  return axes.map((axis) => {
    if (axis === 'B') return bands === 1 ? 'one' : channels === 1 ? 'D' : 'B';
    if (axis === 'C') return channels === 1 && bands > 1 ? 'one' : bands === 1 ? 'D' : 'C';
    return axis;
  });
}

/** Numbers in the order of the file's features, laid in that of ours. */
export function placed<Numbers extends ArrayLike<number>>(
  { places }: Signal,
  data: Numbers,
): Numbers | Float32Array {
  if (!places) return data;
  const result = new Float32Array(data.length);
  const each = data.length / places.length;
  places.forEach((place, d) => {
    for (let i = 0; i < each; i++) result[place * each + i] = data[d * each + i];
  });
  return result;
}

/**
 * A constant that is broadcast over a signal as one number for each of our features.
 * @returns undefined where it has one for each example or time step, or where the features are not known
 */
export function forEachFeature(x: Signal, { data, shape }: OnnxTensor): Float32Array | undefined {
  const count = countOf(x);
  const lead = x.axes.length - shape.length;
  if (count === null || lead < 0) return undefined;
  const sizes = x.axes.map((_, i) => (i < lead ? 1 : shape[i - lead]));
  const isOfFeatures = (axis: Axis): boolean => axis === 'D' || axis === 'B' || axis === 'C';
  const fits = x.axes.every((axis, i) => sizes[i] === 1 || (isOfFeatures(axis) && sizes[i] === x.sizes[i]));
  if (!fits) return undefined;
  const step = (axis: Axis): number => {
    const at = x.axes.indexOf(axis);
    return at < 0 || sizes[at] === 1 ? 0 : sizes.slice(at + 1).reduce((a, b) => a * b, 1);
  };
  if (!x.axes.includes('B')) {
    const each = step('D');
    return Float32Array.from(
      placed(
        x,
        Float32Array.from({ length: count }, (_, d) => data[d * each]),
      ),
    );
  }
  const channels = sizeOf(x, 'C')!;
  const [ofBand, ofChannel] = [step('B'), step('C')];
  return Float32Array.from(
    { length: count },
    (_, d) => data[Math.floor(d / channels) * ofBand + (d % channels) * ofChannel],
  );
}

/** Where the features in an order of axes, the last one the fastest, stand in the order of T, B and C, or T and D. */
export function orderOf(axes: readonly Axis[], sizes: readonly number[]): Int32Array | undefined {
  const ours = (['T', 'B', 'C', 'D'] as const).filter((axis) => axes.includes(axis));
  if (ours.join() === axes.join()) return undefined;
  const stride = (axis: Axis): number =>
    ours.slice(ours.indexOf(axis as 'T') + 1).reduce((a, next) => a * sizes[axes.indexOf(next)], 1);
  const strides = axes.map(stride);
  return Int32Array.from({ length: sizes.reduce((a, b) => a * b, 1) }, (_, i) => {
    let [rest, at] = [i, 0];
    for (let k = axes.length - 1; k >= 0; k--) {
      at += (rest % sizes[k]) * strides[k];
      rest = Math.floor(rest / sizes[k]);
    }
    return at;
  });
}

/** Where features stand of signals that are laid side by side; undefined where all of them are in order. */
export function joinedPlaces(signals: readonly Signal[]): Int32Array | undefined {
  if (signals.every(({ places }) => !places)) return undefined;
  const counts = signals.map((x) => countOf(x));
  if (counts.includes(null)) return undefined;
  let from = 0;
  return Int32Array.from(
    signals.flatMap(({ places }, i) => {
      const own = Array.from({ length: counts[i]! }, (_, d) => from + (places?.[d] ?? d));
      from += counts[i]!;
      return own;
    }),
  );
}

/** The same with its features in the order of the file, by a product with ones and zeros. */
export function settled(operation: Operation, x: Signal): Signal {
  const { places, tensor, last, ...rest } = x;
  if (!places) return x;
  const D = places.length;
  if (D * D > MOST_WEIGHTS) return operation.refuse(`takes ${D} features in another order than theirs`);
  const kernel = new Float32Array(D * D);
  places.forEach((place, d) => (kernel[place * D + d] = 1));
  const ordered = operation.rows(
    { ...rest, tensor, ...(last && { last }) },
    () => new Dense({ units: D, useBias: false }),
    [kernel],
    D,
  );
  return { ...rest, ...ordered };
}

/** What an operation takes, with the features in the order of the file where it knows no other. */
export function settledInputs(operation: Operation): readonly (Value | undefined)[] {
  const { node, inputs } = operation;
  const orders = inputs.flatMap((value) => (value?.kind === 'signal' ? [value.places] : []));
  if (orders.every((order) => order === undefined)) return inputs;
  // Of two that are added up each must be in the same order.
  const isMixed = node.opType !== 'Concat' && orders.some((order) => String(order) !== String(orders[0]));
  if (KNOWING.has(node.opType) && !isMixed) return inputs;
  return inputs.map((value) => (value?.kind === 'signal' ? settled(operation, value) : value));
}
