import { Conv1D } from '../../../rnn/layers/conv1d.js';
import {
  AveragePooling1D,
  GlobalAveragePooling1D,
  GlobalMaxPooling1D,
  MaxPooling1D,
} from '../../../rnn/layers/pooling.js';
import { damaged } from '../read/damage.js';
import { bandConvolution, bandPooling, overBands } from './bands.js';
import { sizeOf } from './features.js';
import type { Operation } from './importing.js';
import type { Signal, Value } from './value.js';

interface Window {
  readonly kernelSize: number;
  readonly strides: number;
  readonly dilationRate: number;
  readonly padding: 'valid' | 'same' | 'causal';
}

/** A window over time, from attributes with one number each. */
function windowOf(operation: Operation, x: Signal, kernelSize: number): Window {
  const one = (name: string, otherwise: number): number => {
    const given = operation.numbers(name) ?? [otherwise];
    if (given.length !== 1 || !(given[0] >= 1)) operation.refuse(`slides over more than time (${name})`);
    return given[0];
  };
  const strides = one('strides', 1);
  const dilationRate = one('dilations', 1);
  if (one('kernel_shape', kernelSize) !== kernelSize) {
    throw damaged(
      operation.importing.source,
      `${operation.called} has another kernel_shape than its weights`,
    );
  }
  const reach = (kernelSize - 1) * dilationRate + 1;
  operation.importing.slides(reach, strides);
  const automatic = operation.text('auto_pad', 'NOTSET');
  const own = operation.numbers('pads') ?? [0, 0];
  const [examples, channels, time] = x.padding ?? [];
  if ([...(examples ?? []), ...(channels ?? [])].some((pad) => pad !== 0)) {
    operation.refuse('pads examples or features');
  }
  const [before, after] = [0, 1].map((i) => (own[i] ?? 0) + (time?.[i] ?? 0));
  const common = { kernelSize, strides, dilationRate };
  if (automatic === 'SAME_UPPER' && !x.padding) return { ...common, padding: 'same' };
  if (automatic !== 'NOTSET' && automatic !== 'VALID') operation.refuse(`pads by ${automatic}`);
  if (before === 0 && after === 0) return { ...common, padding: 'valid' };
  if (before === reach - 1 && after === 0) return { ...common, padding: 'causal' };
  const half = Math.floor((reach - 1) / 2);
  if (strides === 1 && before === half && after === reach - 1 - half) return { ...common, padding: 'same' };
  return operation.refuse(
    `pads by ${before} and ${after} steps`,
    'Padding is none, as many steps before as the kernel reaches back, or as many as keep the length.',
  );
}

function resized(
  x: Signal,
  { kernelSize, strides, dilationRate, padding }: Window,
  features: number | null,
): Signal['sizes'] {
  return x.axes.map((axis, i) => {
    const size = x.sizes[i];
    if (axis === 'D') return features;
    if (axis !== 'T' || size === null) return size;
    const reach = (kernelSize - 1) * dilationRate + 1;
    return padding === 'valid' ? Math.floor((size - reach) / strides) + 1 : Math.ceil(size / strides);
  });
}

function checked(operation: Operation): Signal {
  const x = operation.signal();
  if (x.axes.join() === 'N,D,T') return x;
  return operation.refuse(`takes axes ${x.axes.join(', ')}, expected N, D, T`);
}

export function convolution(operation: Operation): Value[] {
  if (operation.signal().axes.length > 3) return bandConvolution(operation);
  const x = checked(operation);
  const { data, shape } = operation.constant(1, 3);
  const [F, own, K] = shape;
  const groups = operation.number('group', 1);
  const bias = operation.inputs[2] === undefined ? undefined : operation.constant(2, 1);
  const D = x.sizes[1];
  if (F < 1 || own < 1 || K < 1 || (bias && bias.shape[0] !== F) || (D !== null && D !== own * groups)) {
    throw damaged(
      operation.importing.source,
      `${operation.called} has weights (${shape.join(', ')}) for ${D ?? '?'} features`,
    );
  }
  const window = windowOf(operation, x, K);
  const layer = new Conv1D({ filters: F, groups, useBias: bias !== undefined, ...window });
  const kernel = new Float32Array(F * own * K);
  for (let f = 0; f < F; f++) {
    for (let d = 0; d < own; d++) {
      for (let k = 0; k < K; k++) kernel[(k * own + d) * F + f] = data[(f * own + d) * K + k];
    }
  }
  const [tensor] = operation.layer(layer, [kernel, ...(bias ? [bias.data] : [])], x.tensor());
  const { axes, timeName } = x;
  const keeps = window.padding !== 'valid' && window.strides === 1 && timeName !== undefined;
  const sizes = resized(x, window, F);
  return [{ kind: 'signal', axes, sizes, tensor: () => tensor, ...(keeps && { timeName }) }];
}

export function pooling(operation: Operation): Value[] {
  const size = operation.numbers('kernel_shape') ?? [];
  if (size.length === 2) return bandPooling(operation, size);
  if (size.length !== 1) return operation.refuse('pools over more than time and bands');
  const x = checked(operation);
  const window = windowOf(operation, x, size[0]);
  const { strides, padding, dilationRate } = window;
  const isMax = operation.node.opType === 'MaxPool';
  if (padding === 'causal' || dilationRate !== 1 || operation.number('ceil_mode', 0) !== 0) {
    operation.refuse('pools windows that ours do not (ceil_mode, dilations, or padding before alone)');
  }
  if (padding === 'same' && !isMax && operation.number('count_include_pad', 0) !== 0) {
    operation.refuse('counts padding into the mean');
  }
  const options = { poolSize: size[0], strides, padding };
  const layer = isMax ? new MaxPooling1D(options) : new AveragePooling1D(options);
  const [tensor] = operation.layer(layer, [], x.tensor());
  return [{ kind: 'signal', axes: x.axes, sizes: resized(x, window, x.sizes[1]), tensor: () => tensor }];
}

/** The mean or the largest over time, over bands, or over both, by operators of their own or by a reduction. */
export function overTime(operation: Operation): Value[] {
  const x = operation.signal();
  const { opType } = operation.node;
  const isReduction = opType.startsWith('Reduce');
  const isMax = opType === 'GlobalMaxPool' || opType === 'ReduceMax';
  const real = x.axes.filter((axis) => axis !== 'one').join();
  // Pooling goes over what stands after the second axis, whatever that is.
  const fits = isReduction
    ? /^(N,T,D|N,D,T|T,N,D|N,C,T,B|N,C,B,T|N,T,B,C|N,B,T,C)$/.test(real)
    : /^N,(D,T|C,T,B|C,B,T|D,T,one|D,one,T|one,T,D|one,D,T)$/.test(x.axes.join());
  const axes = isReduction ? operation.axes(1, x.axes.length) : [...x.axes.keys()].slice(2);
  if (!fits || !axes) return operation.refuse(`takes axes ${x.axes.join(', ')}`);
  const gone = new Set(axes);
  const names = axes.map((axis) => x.axes[axis]).filter((axis) => axis !== 'one');
  // Of one channel the bands are the features.
  const overAll = names.includes('B') || (!isReduction && x.axes[1] === 'one');
  if (
    names.some((axis) => axis !== 'T' && axis !== 'B' && !(overAll && axis === 'D')) ||
    names.length === 0
  ) {
    operation.refuse('goes over other axes than time and bands');
  }
  const channels = x.axes.includes('C') ? sizeOf(x, 'C')! : 1;
  let y: Signal = overAll ? overBands(operation, x, channels, isMax) : { ...x, tensor: x.tensor };
  if (names.includes('T')) {
    const layer = isMax ? new GlobalMaxPooling1D() : new GlobalAveragePooling1D();
    const [tensor] = operation.layer(layer, [], y.tensor());
    y = { ...y, tensor: () => tensor };
  }
  const keeps = !isReduction || operation.number('keepdims', 1) !== 0;
  const left = <T>(all: readonly T[], one: T): T[] =>
    all.flatMap((value, i) => (gone.has(i) ? (keeps ? [one] : []) : [value]));
  const { tensor, axes: laid, sizes } = y;
  const timeName = names.includes('T') ? undefined : x.timeName;
  const rest = { ...(timeName !== undefined && { timeName }), ...(x.places && { places: x.places }) };
  return [{ kind: 'signal', axes: left(laid, 'one'), sizes: left(sizes, 1), tensor, ...rest }];
}
