import { Concatenate } from '../../../rnn/layers/concatenate.js';
import { Flatten } from '../../../rnn/layers/reshape.js';
import type { OnnxTensor } from '../read/graph.js';
import { bothDirections } from './both-directions.js';
import { joinedPlaces, settled } from './features.js';
import { once, waitingOf, type Operation } from './importing.js';
import { joinedAxes, splitFeatures } from './joining.js';
import {
  axisLengths,
  isSameLength,
  lengthsIn,
  wholeNumbers,
  type Axis,
  type Length,
  type Pads,
  type Signal,
  type Value,
} from './value.js';

/** Nothing of what only the signal before has. */
const FRESH = { last: undefined, walk: undefined, backwards: undefined } satisfies Partial<Signal>;

/** More numbers than a constant of a graph needs. */
const MOST_NUMBERS = 2 ** 28;

const constant = (shape: readonly number[], data: OnnxTensor['data'], like: OnnxTensor): Value => ({
  kind: 'constant',
  tensor: { name: like.name, type: like.type, shape, data },
});

export function transpose(operation: Operation): Value[] {
  const [x] = operation.inputs;
  if (x?.kind === 'fill') return [x];
  const rank = x?.kind === 'signal' ? x.axes.length : operation.constant(0).shape.length;
  const given = operation.numbers('perm') ?? Array.from({ length: rank }, (_, i) => rank - 1 - i);
  const perm = given.map((axis) => operation.axis(axis, rank));
  if (new Set(perm).size !== rank || perm.length !== rank) operation.refuse('turns axes that are not there');
  if (x?.kind === 'signal') {
    const turned = <T>(all: readonly T[]): T[] => perm.map((axis) => all[axis]);
    const padding = x.padding && { padding: turned(x.padding) };
    return [{ ...x, axes: turned(x.axes), sizes: turned(x.sizes), ...padding }];
  }
  const tensor = operation.constant(0);
  const shape = perm.map((axis) => tensor.shape[axis]);
  const strides = tensor.shape.map((_, i) => tensor.shape.slice(i + 1).reduce((a, b) => a * b, 1));
  const data = tensor.data.map((_, i) => {
    let [rest, at] = [i, 0];
    for (let k = rank - 1; k >= 0; k--) {
      at += (rest % shape[k]) * strides[perm[k]];
      rest = Math.floor(rest / shape[k]);
    }
    return tensor.data[at];
  });
  return [constant(shape, data, tensor)];
}

export function squeeze(operation: Operation): Value[] {
  const [x] = operation.inputs;
  if (x?.kind === 'fill' || x?.kind === 'sizes') return [x];
  const sizes = x?.kind === 'signal' ? x.sizes : operation.constant(0).shape;
  const axes = new Set(
    operation.axes(1, sizes.length) ?? sizes.flatMap((size, i) => (size === 1 ? [i] : [])),
  );
  if (x?.kind === 'signal') {
    const gone = [...axes].find((axis) => x.axes[axis] !== 'one' && !isOneStep(x, axis));
    if (gone !== undefined) operation.refuse(`takes away the axis ${x.axes[gone]}`);
    if ([...axes].some((axis) => x.padding?.[axis].some((pad) => pad !== 0))) {
      operation.refuse('takes away an axis that was padded');
    }
    const kept = <T>(all: readonly T[]): T[] => all.filter((_, i) => !axes.has(i));
    const padding = x.padding && { padding: kept(x.padding) };
    const rest = { axes: kept(x.axes), sizes: kept(x.sizes), ...padding };
    if (![...axes].some((axis) => isOneStep(x, axis))) return [{ ...x, ...rest }];
    const [tensor] = operation.layer(new Flatten(), [], x.tensor());
    return [{ ...x, ...FRESH, ...rest, tensor: () => tensor }];
  }
  const tensor = operation.constant(0);
  return [
    constant(
      tensor.shape.filter((_, i) => !axes.has(i)),
      tensor.data,
      tensor,
    ),
  ];
}

/** An axis of time that has one step. */
const isOneStep = (x: Signal, axis: number): boolean =>
  x.axes[axis] === 'T' && x.sizes[axis] === 1 && !x.lengths && !x.padding;

export function unsqueeze(operation: Operation): Value[] {
  const [x] = operation.inputs;
  if (x?.kind === 'fill' || x?.kind === 'sizes') return [x];
  const sizes = x?.kind === 'signal' ? x.sizes : operation.constant(0).shape;
  const count = (operation.numbers('axes') ?? wholeNumbers(operation.inputs[1]) ?? []).length;
  const axes = new Set(operation.axes(1, sizes.length + count));
  const widened = <T>(all: readonly T[], one: T): T[] => {
    const left = [...all];
    return Array.from({ length: all.length + axes.size }, (_, i) => (axes.has(i) ? one : left.shift()!));
  };
  if (x?.kind === 'signal') {
    const laid = { axes: widened<Axis>(x.axes, 'one'), sizes: widened<number | null>(x.sizes, 1) };
    return [{ ...x, ...laid, ...(x.padding && { padding: widened<Pads>(x.padding, [0, 0]) }) }];
  }
  const tensor = operation.constant(0);
  return [constant(widened(tensor.shape, 1), tensor.data, tensor)];
}

/** Reshape of a signal: axes of one come and go, both directions become features, time and features become one row. */
export function reshape(operation: Operation): Value[] {
  const [x, shape] = operation.inputs;
  const given = lengthsIn(shape) ?? operation.refuse('takes a shape that is computed');
  if (x?.kind === 'fill') return [x];
  if (operation.number('allowzero', 0) !== 0 && given.some(({ size }) => size === 0)) {
    return operation.refuse('makes something of no numbers (allowzero)');
  }
  if (x?.kind !== 'signal') {
    const tensor = operation.constant(0);
    const known = given.map(({ size }, i) => (size === 0 ? tensor.shape[i] : (size ?? -1)));
    const product = known.filter((size) => size !== -1).reduce((a, b) => a * b, 1);
    const sizes = known.map((size) => (size === -1 ? tensor.data.length / product : size));
    if (sizes.reduce((a, b) => a * b, 1) !== tensor.data.length)
      operation.refuse('takes a shape that does not fit');
    return [constant(sizes, tensor.data, tensor)];
  }
  const own = axisLengths(x);
  const target = given.map((length, i): Length => {
    if (length.size === 0) return own[i] ?? { size: null };
    return length.size === -1 ? { size: null } : length;
  });
  return [reshaped(operation, x, target)];
}

function reshaped(operation: Operation, x: Signal, target: readonly Length[]): Signal {
  const own = axisLengths(x);
  const real = x.axes.flatMap((axis, i) => (axis === 'one' ? [] : [{ axis, length: own[i] }]));
  const places = placesOf(x, target);
  const from = real.map(({ axis }) => axis).join();
  const lay = (axes: readonly Axis[], lengths: readonly Length[], changed: Partial<Signal> = {}): Signal => {
    const laid: Axis[] = target.map(() => 'one');
    const laidSizes: (number | null)[] = target.map(() => 1);
    places.forEach((place, i) => {
      laid[place] = axes[i];
      laidSizes[place] = lengths[i].size;
    });
    return { ...x, ...changed, axes: laid, sizes: laidSizes };
  };
  // One length that is open, or not known, follows from the others: there are as many numbers as before.
  const fits = (lengths: readonly Length[]): boolean => {
    const others = lengths.filter((length, i) => !isSameLength(length, target[places[i]]));
    const [one] = lengths.flatMap((length, i) =>
      isSameLength(length, target[places[i]]) ? [] : [{ length, wanted: target[places[i]] }],
    );
    if (lengths.length !== places.length || others.length > 1) return false;
    return one === undefined || one.length.size === null || one.wanted.size === null;
  };
  const lengths = real.map(({ length }) => length);
  if (fits(lengths))
    return lay(
      real.map(({ axis }) => axis),
      lengths,
    );
  const last = lengths.slice(-2).map(({ size }) => size);
  const product: Length = { size: last.includes(null) ? null : last[0]! * last[1]! };
  if (from.endsWith('both,D') && fits([...lengths.slice(0, -2), product])) {
    const axes = [...real.slice(0, -2).map(({ axis }) => axis), 'D' as const];
    return lay(axes, [...lengths.slice(0, -2), product], { parts: undefined });
  }
  const groups = real.map(({ axis, length }) => ({ axes: [axis], length }));
  const joined = joinedAxes(operation, x, groups, { count: places.length, fits });
  if (joined) return lay(joined.axes, joined.lengths, joined.changed);
  const wanted = places.map((place) => target[place]);
  const split = splitFeatures(x, groups, wanted);
  if (split) return lay(split.axes, split.lengths);
  // Without the number of features it could as well be all of an example in one row.
  const rows: Length = { size: null };
  if (from === 'N,T,D' && places.length === 2 && isSameLength(target[places[1]], lengths[2]))
    return lay(['NT', 'D'], [rows, lengths[2]], { steps: lengths[1] });
  if (from === 'NT,D' && places.length === 3 && x.steps) {
    const laid = [{ size: null, name: 'N' }, x.steps, lengths[1]];
    if (fits(laid)) return lay(['N', 'T', 'D'], laid, { steps: undefined, timeName: x.steps.name });
  }
  return operation.refuse(
    `lays (${x.axes.join(', ')}) out as (${target.map(({ size, name }) => size ?? name ?? '?').join(', ')})`,
    'Where several sizes of a shape vary, each must be the size of an axis as it is.',
  );
}

/** The places of a shape that are no axes of one; a batch of one example is an axis all the same. */
function placesOf(x: Signal, target: readonly Length[]): number[] {
  const N = x.axes.indexOf('N');
  const before = x.axes.slice(0, N).filter((axis) => axis !== 'one').length;
  let real = 0;
  let isFound = x.sizes[N] !== 1;
  return target.flatMap(({ size }, i) => {
    const isBatch = size === 1 && !isFound && real === before;
    if (size === 1 && !isBatch) return [];
    isFound ||= isBatch;
    real++;
    return [i];
  });
}

/** (N, ...) to (N, all). */
export function flatten(operation: Operation): Value[] {
  const x = operation.signal();
  if (operation.number('axis', 1) !== 1) operation.refuse('lays out more than one example in a row');
  const rest = x.sizes.slice(1);
  const product = rest.includes(null) ? null : rest.reduce<number>((a, b) => a * b!, 1);
  if (product === null) {
    return operation.refuse(
      'lays out time steps whose number varies',
      'Export it with a fixed number of them.',
    );
  }
  return [reshaped(operation, x, [axisLengths(x)[0], { size: product }])];
}

export function shapeOf(operation: Operation): Value[] {
  const [x] = operation.inputs;
  if (x?.kind === 'signal') return [{ kind: 'sizes', sizes: axisLengths(x) }];
  return [{ kind: 'sizes', sizes: operation.constant(0).shape.map((size) => ({ size })) }];
}

export function constantOfShape(operation: Operation): Value[] {
  const value = operation.node.attributes.get('value');
  const number = typeof value === 'object' && 'data' in value ? (value.data[0] ?? 0) : 0;
  return [{ kind: 'fill', value: number }];
}

export function expand(operation: Operation): Value[] {
  const [x] = operation.inputs;
  if (x?.kind === 'fill') return [x];
  const { data } = operation.constant(0);
  if (data.length === 0 || !data.every((value) => value === data[0])) {
    operation.refuse('repeats weights in a shape that varies');
  }
  return [{ kind: 'fill', value: data[0] }];
}

export function concat(operation: Operation): Value[] {
  const { inputs } = operation;
  let signals = inputs.filter((value): value is Signal => value?.kind === 'signal');
  if (signals.length === 0) {
    const sizes = inputs.map((value) => lengthsIn(value) ?? operation.refuse('joins what is no shape'));
    const all = sizes.flat();
    if (all.length > MOST_NUMBERS) operation.refuse('joins too much');
    return [{ kind: 'sizes', sizes: all }];
  }
  const [first] = signals;
  if (signals.length < inputs.length || !signals.every((one) => one.axes.join() === first.axes.join())) {
    operation.refuse('joins weights, or what is laid out otherwise');
  }
  const at = operation.axis(operation.number('axis', 0), first.axes.length);
  const axis = first.axes[at];
  if (axis !== 'D' && axis !== 'T' && axis !== 'B') operation.refuse(`joins along ${axis}`);
  const places = axis === 'D' ? joinedPlaces(signals) : undefined;
  if (!places) signals = signals.map((one) => settled(operation, one));
  if (axis === 'D' && first.axes.includes('both'))
    operation.refuse('joins each of both directions by itself');
  const time = axis === 'T' ? { axis: 1 as const } : {};
  const merged =
    axis === 'D' && signals.length === 2 ? bothDirections(operation, signals, 'concat') : undefined;
  const tensor =
    merged ??
    once(() => operation.layer(new Concatenate(time), [], ...signals.map((one) => one.tensor()))[0]);
  if (!merged) tensor();
  const lengths = signals.find((one) => one.lengths !== undefined)?.lengths;
  if (lengths !== undefined && axis === 'T') operation.refuse('joins sequences that are over before');
  const along = signals.map((one) => one.sizes[at]);
  const total = along.includes(null) ? null : along.reduce<number>((a, b) => a + b!, 0);
  const sizes = first.sizes.map((size, i) => (i === at ? total : size));
  return [
    {
      kind: 'signal',
      axes: first.axes,
      sizes,
      tensor,
      waiting: waitingOf(signals),
      ...(lengths && { lengths }),
      ...(axis !== 'T' && first.timeName !== undefined && { timeName: first.timeName }),
      ...(places && { places }),
    },
  ];
}

/** One place of an axis: of a shape, of the directions, or the last time step. */
export function chosen(operation: Operation, axis: number, index: number, keep: boolean): Value[] {
  const x = operation.signal();
  const without = <T>(all: readonly T[], one: T): T[] =>
    all.flatMap((value, i) => (i === axis ? (keep ? [one] : []) : [value]));
  const axes = without<Axis>(x.axes, 'one');
  const sizes = without<number | null>(x.sizes, 1);
  const size = x.sizes[axis];
  const place = index < 0 && size !== null ? index + size : index;
  if (x.axes[axis] === 'one' && place === 0) return [{ ...x, axes, sizes }];
  if (x.axes[axis] === 'both') {
    const part = x.parts?.[place] ?? operation.refuse('takes one direction apart');
    return [{ kind: 'signal', axes, sizes, tensor: part }];
  }
  const isLast = index === -1 || (size !== null && place === size - 1);
  if (x.axes[axis] === 'T' && isLast && x.last) return [{ kind: 'signal', axes, sizes, tensor: x.last }];
  const refuse = (): never =>
    operation.refuse(
      `takes place ${index} of the axis ${x.axes[axis]}`,
      'A step is taken where it is the last of a layer that walks forward, or where a dense layer takes it and the number of steps is fixed.',
    );
  const isSequence =
    [...x.axes]
      .filter((one) => one !== 'one')
      .sort()
      .join() === 'D,N,T';
  if (x.axes[axis] !== 'T' || size === null || place < 0 || place >= size || !isSequence) return refuse();
  const picked = { sequence: x.tensor, place, steps: size };
  return [{ kind: 'signal', axes, sizes, tensor: refuse, picked }];
}
