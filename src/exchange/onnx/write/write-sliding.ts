import type { Layer } from '../../../rnn/layers/layer.js';
import type { LayerActivation } from '../../../rnn/layers/layer-activation.js';
import type { Flow } from './flow.js';
import type { AttributeValue } from './onnx-builder.js';
import { writeActivation } from './write-activation.js';
import { optionOf, weightOf, type LayerWriter, type Writing } from './writing.js';

type Padding = 'valid' | 'same' | 'causal';

/** A window over time, or over bands. */
export interface Window {
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly padding: Padding;
}

/** The span of the taps. */
const reachOf = ({ kernel, dilation }: Window): number => (kernel - 1) * dilation + 1;

/** Convolution over time. In a step model a causal one carries the frames that its window reaches back to. */
export const writeConv1D: LayerWriter = (writing, layer, [given]) => {
  const x = writing.dense(given);
  writing.sequence(layer, x);
  const options = layer.options();
  const [kernel, bias] = [weightOf(layer, 'kernel')!, weightOf(layer, 'bias')];
  const [K, perGroup, F] = kernel.shape;
  const window: Window = {
    kernel: K,
    stride: optionOf(options, 'strides', 1),
    dilation: optionOf(options, 'dilationRate', 1),
    padding: optionOf<Padding>(options, 'padding', 'valid'),
  };
  const { stride, padding } = window;
  if (stride > 1 || padding === 'valid') writing.refuseMask(layer, x);
  const kept = writing.withoutMasked(x);
  const { input, pads } = framesOf(writing, layer, { ...x, name: kept }, window);
  const w = writing.weight(
    kernel.name,
    [F, perGroup, K],
    () => tapsLast(kernel.get().data, K, perGroup, F),
    0,
  );
  const inputs = [writing.op('Transpose', [input], { perm: [0, 2, 1] }), w];
  if (bias) inputs.push(writing.weight(bias.name, [F], () => bias.get().data));
  const attributes = {
    ...{ kernel_shape: [K], strides: [stride], dilations: [window.dilation] },
    group: optionOf(options, 'groups', 1),
    ...pads,
  };
  const convolved = writing.op('Conv', inputs, attributes);
  const activated = writeActivation(
    writing,
    writing.op('Transpose', [convolved], { perm: [0, 2, 1] }),
    optionOf<LayerActivation>(options, 'activation', 'linear'),
  );
  const dims = [x.dims[0], timeAfter(layer, x.dims[1], window), F];
  return [{ name: activated, dims, features: F, mask: x.mask }];
};

/** What the window slides over, and how it is padded. */
export function framesOf(
  writing: Writing,
  layer: Layer,
  x: Flow,
  window: Window,
): { input: string; pads: Record<string, AttributeValue> } {
  if (writing.hasFrames(x.name)) return { input: x.name, pads: padsOf(writing, layer, window) };
  const reach = reachOf(window);
  if (writing.options.step && window.padding === 'same' && reach > 1) {
    writing.refuse(
      layer,
      'looks at later time steps (padding "same"), which a step model has not seen',
      'Export the whole sequence, or train with padding: "causal" or "valid".',
    );
  }
  if (
    writing.options.step &&
    window.padding === 'valid' &&
    reach > window.stride &&
    !writing.isInput(x.name)
  ) {
    writing.refuse(
      layer,
      'has no frames to begin with (padding "valid" behind another layer)',
      'Export the whole sequence, or train with padding: "causal".',
    );
  }
  // What the first window of the next chunk reaches back to, of a chunk that is a multiple of the strides.
  const before = window.padding === 'causal' ? reach - 1 : reach - window.stride;
  if (writing.options.step && before > 0) {
    const previous = writing.carryIn(layer, 'frames', [x.dims[0], before, x.features]);
    const joined = writing.op('Concat', [previous, x.name], { axis: 1 });
    const [start, end, axis] = [-before, Number.MAX_SAFE_INTEGER, 1].map((n) => writing.builder.ints(n));
    writing.carryOut(layer, 'frames', writing.op('Slice', [joined, start, end, axis]));
    return { input: joined, pads: {} };
  }
  return { input: x.name, pads: padsOf(writing, layer, window) };
}

function padsOf(writing: Writing, layer: Layer, window: Window): Record<string, AttributeValue> {
  const reach = reachOf(window);
  switch (window.padding) {
    case 'valid':
      return {};
    case 'causal':
      return { pads: [reach - 1, 0] };
    case 'same': {
      // Of one step the padding is the same for every T; else it depends on T, and the runtime finds it.
      const before = Math.floor((reach - 1) / 2);
      if (window.stride === 1) return { pads: [before, reach - 1 - before] };
      if (window.dilation === 1) return { auto_pad: 'SAME_UPPER' };
      return writing.refuse(
        layer,
        'pads to the same length with both strides and a dilation rate',
        'Train with padding: "causal" or "valid".',
      );
    }
  }
}

/** T after the window, by a name of its own where T varies. */
export function timeAfter(layer: Layer, time: number | string, window: Window): number | string {
  const { stride, padding } = window;
  if (stride === 1 && padding !== 'valid') return time;
  if (typeof time === 'string') return `T_${layer.name.replaceAll('/', '_')}`;
  return padding === 'valid' ? Math.floor((time - reachOf(window)) / stride) + 1 : Math.ceil(time / stride);
}

/** (K, D, F) to (F, D, K). */
function tapsLast(data: ArrayLike<number>, K: number, D: number, F: number): Float32Array {
  const result = new Float32Array(K * D * F);
  for (let k = 0; k < K; k++) {
    for (let d = 0; d < D; d++) {
      for (let f = 0; f < F; f++) result[(f * D + d) * K + k] = data[(k * D + d) * F + f];
    }
  }
  return result;
}

/** MaxPooling1D and AveragePooling1D. */
export const writePooling: LayerWriter = (writing, layer, [given]) => {
  const x = writing.dense(given);
  writing.sequence(layer, x);
  writing.refuseMask(layer, x);
  const options = layer.options();
  const kernel = optionOf(options, 'poolSize', 2);
  const padding = optionOf<Padding>(options, 'padding', 'valid');
  const window: Window = { kernel, stride: optionOf(options, 'strides', kernel), dilation: 1, padding };
  refuseStep(writing, layer);
  const isMax = layer.kind === 'MaxPooling1D';
  const attributes = {
    ...{ kernel_shape: [kernel], strides: [window.stride] },
    ...padsOf(writing, layer, window),
    ...(!isMax && { count_include_pad: 0 }),
  };
  const across = writing.op('Transpose', [x.name], { perm: [0, 2, 1] });
  const pooled = writing.op(isMax ? 'MaxPool' : 'AveragePool', [across], attributes);
  const name = writing.op('Transpose', [pooled], { perm: [0, 2, 1] });
  return [{ name, dims: [x.dims[0], timeAfter(layer, x.dims[1], window), x.features], features: x.features }];
};

/** Below all that is not masked, and no infinity, which times 0 would be no number. */
const LOWEST = -3e38;

/** GlobalMaxPooling1D and GlobalAveragePooling1D; masked steps take no part. */
export const writeGlobalPooling: LayerWriter = (writing, layer, [given]) => {
  const x = writing.dense(given);
  writing.sequence(layer, x);
  refuseStep(writing, layer);
  const over = { axes: [1], keepdims: 0 };
  const isMax = layer.kind === 'GlobalMaxPooling1D';
  let name: string;
  if (x.mask === undefined) name = writing.op(isMax ? 'ReduceMax' : 'ReduceMean', [x.name], over);
  else {
    const { builder } = writing;
    const kept = writing.withoutMasked(x);
    if (isMax) {
      const sunk = writing.op('Mul', [
        writing.op('Sub', [builder.scalar(1), x.mask]),
        builder.scalar(LOWEST),
      ]);
      const largest = writing.op('ReduceMax', [writing.op('Add', [kept, sunk])], over);
      const some = writing.op('ReduceMax', [x.mask], over);
      name = writing.op('Add', [writing.op('Mul', [largest, some]), builder.scalar(0)]);
    } else {
      const count = writing.op('ReduceSum', [x.mask, builder.ints(1)], { keepdims: 0 });
      const total = writing.op('ReduceSum', [kept, builder.ints(1)], { keepdims: 0 });
      // Of nothing but masked steps the total is 0.
      name = writing.op('Div', [total, writing.op('Max', [count, builder.scalar(1)])]);
    }
  }
  return [{ name, dims: [x.dims[0], x.features], features: x.features }];
};

/** @throws SeqkitError `usage` for a layer that needs all time steps, in a step model */
export function refuseStep(writing: Writing, layer: Layer): void {
  if (!writing.options.step) return;
  writing.refuse(layer, 'needs the whole sequence', 'Leave out step: the file then takes whole sequences.');
}
