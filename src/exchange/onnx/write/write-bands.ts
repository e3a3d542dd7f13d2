import { both, type TimeAndBand } from '../../../rnn/layers/band-sliding.js';
import type { Layer } from '../../../rnn/layers/layer.js';
import type { LayerActivation } from '../../../rnn/layers/layer-activation.js';
import type { Flow } from './flow.js';
import type { AttributeValue } from './onnx-builder.js';
import { writeActivation } from './write-activation.js';
import { framesOf, refuseStep, timeAfter, type Window } from './write-sliding.js';
import { optionOf, weightOf, type LayerWriter, type Writing } from './writing.js';

/** A window over time, and one over the bands of a time step. */
interface BandWindows {
  readonly time: Window;
  readonly band: Window;
  /** B */
  readonly bands: number;
}

/** Convolution over time and bands. In a step model a causal one carries the frames that it reaches back to. */
export const writeConv2D: LayerWriter = (writing, layer, [given]) => {
  const x = writing.dense(given);
  writing.sequence(layer, x);
  const options = layer.options();
  const [kernel, bias] = [weightOf(layer, 'kernel')!, weightOf(layer, 'bias')];
  const [K, Kb, C, F] = kernel.shape;
  const padding = optionOf<Window['padding']>(options, 'padding', 'valid');
  const bandPadding = optionOf<Window['padding']>(
    options,
    'bandPadding',
    padding === 'valid' ? 'valid' : 'same',
  );
  const windows: BandWindows = {
    ...windowsOf(options, [K, Kb], padding, bandPadding),
    bands: x.features / C,
  };
  if (windows.time.stride > 1 || padding === 'valid') writing.refuseMask(layer, x);
  const kept = { ...x, name: writing.withoutMasked(x) };
  const { input, pads: overTime } = framesOf(writing, layer, kept, windows.time);
  const w = writing.weight(
    kernel.name,
    [F, C, K, Kb],
    () => filtersFirst(kernel.get().data, kernel.shape),
    0,
  );
  const inputs = [channelsFirst(writing, input, windows.bands, C), w];
  if (bias) inputs.push(writing.weight(bias.name, [F], () => bias.get().data));
  const convolved = writing.op('Conv', inputs, {
    ...attributesOf(windows),
    dilations: [windows.time.dilation, windows.band.dilation],
    ...padsOf(writing, layer, windows, overTime),
  });
  const y = backToBands(writing, layer, convolved, x, windows, F);
  const activation = optionOf<LayerActivation>(options, 'activation', 'linear');
  return [{ ...y, name: writeActivation(writing, y.name, activation), mask: x.mask }];
};

/** MaxPooling2D and AveragePooling2D. */
export const writePooling2D: LayerWriter = (writing, layer, [given]) => {
  const x = writing.dense(given);
  writing.sequence(layer, x);
  writing.refuseMask(layer, x);
  refuseStep(writing, layer);
  const options = layer.options();
  const channels = optionOf(options, 'channels', 1);
  const poolSize = optionOf<TimeAndBand>(options, 'poolSize', 2);
  const padding = optionOf<Window['padding']>(options, 'padding', 'valid');
  const windows: BandWindows = {
    ...windowsOf({ strides: poolSize, ...options }, both(poolSize), padding, padding),
    bands: x.features / channels,
  };
  const { pads: overTime } = framesOf(writing, layer, x, windows.time);
  const isMax = layer.kind === 'MaxPooling2D';
  const input = channelsFirst(writing, x.name, windows.bands, channels);
  const pooled = writing.op(isMax ? 'MaxPool' : 'AveragePool', [input], {
    ...attributesOf(windows),
    ...padsOf(writing, layer, windows, overTime),
    ...(!isMax && { count_include_pad: 0 }),
  });
  return [backToBands(writing, layer, pooled, x, windows, channels)];
};

/** y = x, below 0 times a slope, and no less than a least value. */
export const writeLeakyReLU: LayerWriter = (writing, layer, [given]) => {
  const x = writing.dense(given);
  const options = layer.options();
  const alpha = { float: optionOf(options, 'negativeSlope', 0.3) };
  const bent = writing.op('LeakyRelu', [x.name], { alpha });
  const least = options['minValue'] as number | undefined;
  const name = least === undefined ? bent : writing.op('Max', [bent, writing.builder.scalar(least)]);
  return [{ ...x, name }];
};

function windowsOf(
  options: Readonly<Record<string, unknown>>,
  [K, Kb]: readonly [number, number] | readonly number[],
  padding: Window['padding'],
  bandPadding: Window['padding'],
): Pick<BandWindows, 'time' | 'band'> {
  const [stride, bandStride] = both(optionOf<TimeAndBand>(options, 'strides', 1));
  const [dilation, bandDilation] = both(optionOf<TimeAndBand>(options, 'dilationRate', 1));
  return {
    time: { kernel: K, stride, dilation, padding },
    band: { kernel: Kb, stride: bandStride, dilation: bandDilation, padding: bandPadding },
  };
}

function attributesOf({ time, band }: BandWindows): Record<string, AttributeValue> {
  return { kernel_shape: [time.kernel, band.kernel], strides: [time.stride, band.stride] };
}

/** (N, T, B C) as (N, C, T, B). */
function channelsFirst(writing: Writing, x: string, bands: number, channels: number): string {
  const apart = writing.op('Reshape', [x, writing.builder.ints(0, 0, bands, channels)]);
  return writing.op('Transpose', [apart], { perm: [0, 3, 1, 2] });
}

/** (N, F, T, B) as (N, T, B F). */
function backToBands(
  writing: Writing,
  layer: Layer,
  y: string,
  x: Flow,
  { time, band, bands }: BandWindows,
  channels: number,
): Flow {
  const last = writing.op('Transpose', [y], { perm: [0, 2, 3, 1] });
  const features = bandsAfter(band, bands) * channels;
  const name = writing.op('Reshape', [last, writing.builder.ints(0, 0, features)]);
  return { name, dims: [x.dims[0], timeAfter(layer, x.dims[1], time), features], features };
}

function reachOf({ kernel, dilation }: Window): number {
  return (kernel - 1) * dilation + 1;
}

function bandsAfter(band: Window, bands: number): number {
  const { stride, padding } = band;
  return padding === 'valid' ? Math.floor((bands - reachOf(band)) / stride) + 1 : Math.ceil(bands / stride);
}

/** Padding over time, as it is over time alone, and over the bands, of which there are always as many. */
function padsOf(
  writing: Writing,
  layer: Layer,
  { band, bands, time }: BandWindows,
  overTime: Readonly<Record<string, AttributeValue>>,
): Record<string, AttributeValue> {
  const total =
    band.padding === 'valid'
      ? 0
      : Math.max(0, (bandsAfter(band, bands) - 1) * band.stride + reachOf(band) - bands);
  const before = Math.floor(total / 2);
  if (overTime['auto_pad'] !== undefined) {
    // The runtime pads both in one way, and knows how many steps there are.
    if (band.padding !== 'valid' && band.dilation === 1) return overTime;
    return writing.refuse(
      layer,
      `pads over time by strides of ${time.stride}, and over its bands in another way`,
      'Train with the same padding over both, or with strides of 1 over time.',
    );
  }
  const [start, end] = (overTime['pads'] as readonly number[] | undefined) ?? [0, 0];
  return { pads: [start, before, end, total - before] };
}

/** (K, Kb, C, F) to (F, C, K, Kb). */
function filtersFirst(data: ArrayLike<number>, [K, Kb, C, F]: readonly number[]): Float32Array {
  const taps = K * Kb;
  const result = new Float32Array(taps * C * F);
  for (let tap = 0; tap < taps; tap++) {
    for (let c = 0; c < C; c++) {
      for (let f = 0; f < F; f++) result[(f * C + c) * taps + tap] = data[(tap * C + c) * F + f];
    }
  }
  return result;
}
