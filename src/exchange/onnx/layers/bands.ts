import { Conv1D } from '../../../rnn/layers/conv1d.js';
import { Conv2D } from '../../../rnn/layers/conv2d.js';
import { AveragePooling1D, MaxPooling1D } from '../../../rnn/layers/pooling.js';
import { AveragePooling2D, MaxPooling2D } from '../../../rnn/layers/pooling-2d.js';
import { damaged } from '../read/damage.js';
import { countOf, namedAxes, sizeOf } from './features.js';
import type { Operation } from './importing.js';
import type { Axis, Pads, Signal, Value } from './value.js';

/** More weights than a convolution has whose groups are spread over all channels. */
const MOST_WEIGHTS = 2 ** 24;

/** A signal (N, channels, ., .), of which one of the last two axes is time and the other are bands. */
interface Grid {
  readonly x: Signal;
  readonly channels: number;
  readonly bands: number;
  /** Which of the two is time: 0 or 1. */
  readonly time: 0 | 1;
}

/** A window over one of the two. */
interface Window {
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  /** Ways of padding that come to this. */
  readonly paddings: ReadonlySet<Padding>;
}

type Padding = 'valid' | 'same' | 'causal';

function gridOf(operation: Operation): Grid {
  const x = operation.signal();
  const [examples, channel, ...slid] = x.axes;
  const time = slid.indexOf('T');
  const other = slid[1 - time];
  const fits =
    `${channel},${other}` === 'C,B' || `${channel},${other}` === 'one,D' || `${channel},${other}` === 'D,one';
  if (examples !== 'N' || x.axes.length !== 4 || time < 0 || !fits) {
    return operation.refuse(
      `takes axes ${x.axes.join(', ')}, expected examples, channels, and time and bands`,
      'Over two axes it slides over time and bands; over three, and over space, there is nothing of ours.',
    );
  }
  const count =
    countOf(x) ??
    operation.refuse('takes bands whose number varies', 'Export it with a fixed number of them.');
  const channels = channel === 'one' ? 1 : sizeOf(x, channel)!;
  return { x, channels, bands: count / channels, time: time as 0 | 1 };
}

const reachOf = ({ kernel, dilation }: Pick<Window, 'kernel' | 'dilation'>): number =>
  (kernel - 1) * dilation + 1;

/** Windows over both, time first. @param kernels as the file has them */
function windowsOf(
  operation: Operation,
  { x, bands, time }: Grid,
  kernels: readonly number[],
): readonly [Window, Window] {
  const pair = (name: string, otherwise: readonly number[]): readonly number[] => {
    const given = operation.numbers(name) ?? otherwise;
    const fits = given.length === otherwise.length && given.every((one) => Number.isInteger(one) && one >= 0);
    return fits ? given : operation.refuse(`has the ${name} (${given.join(', ')})`);
  };
  const strides = pair('strides', [1, 1]);
  const dilations = pair('dilations', [1, 1]);
  const own = pair('pads', [0, 0, 0, 0]);
  const automatic = operation.text('auto_pad', 'NOTSET');
  if (![...strides, ...dilations, ...kernels].every((one) => one >= 1))
    operation.refuse('slides by less than 1');
  if (pair('kernel_shape', kernels).join() !== kernels.join()) {
    throw damaged(
      operation.importing.source,
      `${operation.called} has another kernel_shape than its weights`,
    );
  }
  const windowOver = (at: 0 | 1, size: number | null): Window => {
    const given = x.padding?.[2 + at] ?? [0, 0];
    const window = { kernel: kernels[at], stride: strides[at], dilation: dilations[at] };
    const pads: Pads = [own[at] + given[0], own[2 + at] + given[1]];
    const paddings = paddingsOf(window, size, { pads, automatic: x.padding ? 'NOTSET' : automatic });
    if (paddings.size > 0) return { ...window, paddings };
    return operation.refuse(
      automatic === 'NOTSET'
        ? `pads the axis ${at === time ? 'of time' : 'of bands'} by ${pads.join(' and ')}`
        : `pads by ${automatic}`,
      'Padding is none, as much before as the kernel reaches back, or as much as keeps the size; with strides the smaller half before.',
    );
  };
  if (x.padding && (automatic !== 'NOTSET' || [...x.padding[0], ...x.padding[1]].some((pad) => pad !== 0))) {
    operation.refuse('pads examples or channels, or in two ways');
  }
  const [overTime, overBands] = [windowOver(time, sizeOf(x, 'T')), windowOver((1 - time) as 0 | 1, bands)];
  operation.importing.slides(reachOf(overTime), overTime.stride);
  return [overTime, overBands];
}

/** All ways of ours to pad that come to the same as the file's. */
function paddingsOf(
  window: Omit<Window, 'paddings'>,
  size: number | null,
  { pads: [before, after], automatic }: { pads: Pads; automatic: string },
): ReadonlySet<Padding> {
  const found = new Set<Padding>();
  const reach = reachOf(window);
  const isSame = automatic === 'SAME_UPPER';
  const explicit = automatic === 'NOTSET' || automatic === 'VALID';
  const total =
    window.stride === 1
      ? reach - 1
      : size === null
        ? undefined
        : Math.max(0, (Math.ceil(size / window.stride) - 1) * window.stride + reach - size);
  // One that reaches over itself alone needs no padding.
  if (isSame ? reach === 1 || total === 0 : explicit && before === 0 && after === 0) found.add('valid');
  if (
    isSame ||
    (explicit && total !== undefined && before === Math.floor(total / 2) && after === total - before)
  ) {
    found.add('same');
  }
  if (explicit && before === 0 && after === 0 && reach === 1) found.add('same');
  if (explicit && before === reach - 1 && after === 0) found.add('causal');
  return found;
}

const first = (all: ReadonlySet<Padding>, ...wanted: readonly Padding[]): Padding | undefined =>
  wanted.find((one) => all.has(one));

function after(size: number | null, window: Window, padding: Padding): number | null {
  if (size === null) return null;
  const { stride } = window;
  return padding === 'valid' ? Math.floor((size - reachOf(window)) / stride) + 1 : Math.ceil(size / stride);
}

const keepsTime = (window: Window, padding: Padding): boolean =>
  window.stride === 1 && (padding !== 'valid' || reachOf(window) === 1);

/** What comes out, (N, channels, ., .) as before. */
function laid(
  { x, time }: Grid,
  tensor: Signal['tensor'],
  {
    steps,
    bands,
    channels,
    keeps,
  }: { steps: number | null; bands: number; channels: number; keeps: boolean },
): Signal {
  const axes: Axis[] = time === 0 ? ['N', 'C', 'T', 'B'] : ['N', 'C', 'B', 'T'];
  const sizes = axes.map(
    (axis) => ({ N: x.sizes[0], C: channels, T: steps, B: bands })[axis as 'N' | 'C' | 'T' | 'B'],
  );
  const { timeName } = x;
  return {
    ...{ kind: 'signal', axes: namedAxes(axes, { bands, channels }), sizes, tensor },
    ...(keeps && timeName !== undefined && { timeName }),
  };
}

/** A convolution over time and bands. One whose bands are one is a convolution over time. */
export function bandConvolution(operation: Operation): Value[] {
  const grid = gridOf(operation);
  const { x, channels, bands, time } = grid;
  const { data, shape } = operation.constant(1, 4);
  const [F, own, ...kernels] = shape;
  const groups = operation.number('group', 1);
  const bias = operation.inputs[2] === undefined ? undefined : operation.constant(2, 1);
  if (
    shape.some((size) => size < 1) ||
    own * groups !== channels ||
    F % groups !== 0 ||
    (bias && bias.shape[0] !== F)
  ) {
    throw damaged(
      operation.importing.source,
      `${operation.called} has weights (${shape.join(', ')}) for ${channels} channels`,
    );
  }
  const [overTime, overBands] = windowsOf(operation, grid, kernels);
  const [K, Kb] = [overTime.kernel, overBands.kernel];
  const isOverTime = bands === 1 && Kb === 1 && overBands.paddings.has('valid');
  const spread = isOverTime ? own : channels;
  if (K * Kb * spread * F > MOST_WEIGHTS) operation.refuse(`has ${groups} groups of too many channels`);
  if (spread > own) {
    operation.importing.notes.add(
      `Groups of ${operation.called} are one convolution over all channels here, with zeros between them.`,
    );
  }
  // (K, Kb, C, F), of groups the channels that are others' are 0.
  const kernel = new Float32Array(K * Kb * spread * F);
  for (let f = 0; f < F; f++) {
    const from = spread > own ? Math.floor(f / (F / groups)) * own : 0;
    for (let c = 0; c < own; c++) {
      for (let k = 0; k < K; k++) {
        for (let b = 0; b < Kb; b++) {
          const tap = time === 0 ? k * Kb + b : b * K + k;
          kernel[((k * Kb + b) * spread + from + c) * F + f] = data[(f * own + c) * K * Kb + tap];
        }
      }
    }
  }
  const padding = first(overTime.paddings, 'valid', 'same', 'causal')!;
  const bandPadding =
    first(overBands.paddings, 'valid', 'same') ?? operation.refuse('pads bands on one side');
  const common = { filters: F, useBias: bias !== undefined, padding };
  const layer = isOverTime
    ? new Conv1D({
        ...common,
        kernelSize: K,
        strides: overTime.stride,
        dilationRate: overTime.dilation,
        groups,
      })
    : new Conv2D({
        ...{ ...common, bandPadding: bandPadding as 'valid' | 'same', channels, kernelSize: [K, Kb] },
        strides: [overTime.stride, overBands.stride],
        dilationRate: [overTime.dilation, overBands.dilation],
      });
  const [tensor] = operation.layer(layer, [kernel, ...(bias ? [bias.data] : [])], x.tensor());
  const bandsOut = after(bands, overBands, bandPadding)!;
  const steps = after(sizeOf(x, 'T'), overTime, padding);
  const keeps = keepsTime(overTime, padding);
  return [laid(grid, () => tensor, { steps, bands: bandsOut, channels: F, keeps })];
}

/** MaxPool and AveragePool over time and bands. */
export function bandPooling(operation: Operation, poolSize: readonly number[]): Value[] {
  const grid = gridOf(operation);
  const { x, channels, bands } = grid;
  const [overTime, overBands] = windowsOf(operation, grid, poolSize);
  const isMax = operation.node.opType === 'MaxPool';
  if (overTime.dilation !== 1 || overBands.dilation !== 1)
    operation.refuse('pools windows with gaps (dilations)');
  if (operation.number('ceil_mode', 0) !== 0) {
    const left = (size: number | null, { kernel, stride }: Window) =>
      size === null || (size - kernel) % stride !== 0;
    if (left(sizeOf(x, 'T'), overTime) || left(bands, overBands))
      operation.refuse('pools a window that is not whole (ceil_mode)');
  }
  const both = new Set([...overTime.paddings].filter((one) => overBands.paddings.has(one)));
  const padding = first(both, 'valid', 'same');
  if (padding !== 'valid' && padding !== 'same') return operation.refuse('pads time and bands in two ways');
  if (padding === 'same' && !isMax && operation.number('count_include_pad', 0) !== 0) {
    operation.refuse('counts padding into the mean');
  }
  const isOverTime = bands === 1 && overBands.kernel === 1;
  const over1D = { poolSize: overTime.kernel, strides: overTime.stride, padding };
  const over2D = {
    poolSize: [overTime.kernel, overBands.kernel] as const,
    strides: [overTime.stride, overBands.stride] as const,
    ...{ padding, channels },
  };
  const layer = isOverTime
    ? isMax
      ? new MaxPooling1D(over1D)
      : new AveragePooling1D(over1D)
    : isMax
      ? new MaxPooling2D(over2D)
      : new AveragePooling2D(over2D);
  const [tensor] = operation.layer(layer, [], x.tensor());
  const [steps, bandsOut] = [after(sizeOf(x, 'T'), overTime, padding), after(bands, overBands, padding)!];
  const keeps = keepsTime(overTime, padding);
  return [laid(grid, () => tensor, { steps, bands: bandsOut, channels, keeps })];
}

/** The mean or the largest of each channel over all bands: (N, T, B * C) to (N, T, C). */
export function overBands(operation: Operation, x: Signal, channels: number, isMax: boolean): Signal {
  const count = countOf(x) ?? operation.refuse('takes bands whose number varies');
  const options = { poolSize: [1, count / channels] as const, channels };
  const layer = isMax ? new MaxPooling2D(options) : new AveragePooling2D(options);
  const [tensor] = operation.layer(layer, [], x.tensor());
  const isOneChannel = !x.axes.includes('B');
  const axes = x.axes.map((axis, i): Axis => {
    if (axis === (isOneChannel ? 'D' : 'B')) return 'one';
    return axis === 'C' || (isOneChannel && i === 1) ? 'D' : axis;
  });
  const sizes = axes.map((axis, i) => (axis === 'one' ? 1 : axis === 'D' ? channels : x.sizes[i]));
  return { kind: 'signal', axes, sizes, tensor: () => tensor };
}
