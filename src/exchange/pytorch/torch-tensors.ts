import { SeqkitError } from '../../base/errors.js';
import { quoted } from '../../base/schema/index.js';
import { Recurrent } from '../../rnn/layers/recurrent.js';
import type { Layer, LayerOptions } from '../../rnn/layers/layer.js';
import { rowsToColumns } from './axes.js';

/** One tensor of a module, and which of a layer's arrays it is. */
export interface TorchSlot {
  /** The name within the module, such as `weight_ih_l0`. */
  readonly name: string;
  readonly shape: readonly number[];
  /** The tensor from the layer's arrays, or from moments of its gradients in their place. */
  readonly write: (arrays: readonly ArrayLike<number>[]) => Float32Array;
  /** Not trained: running statistics, or one of two biases that are only ever added up. */
  readonly fixed?: boolean;
  /** A name that newer files may have besides, whose numbers mean nothing here. */
  readonly ignored?: boolean;
}

/** A layer as PyTorch has it. */
export interface TorchLayer {
  readonly slots: readonly TorchSlot[];
  /** The layer's arrays from the tensors of the slots. */
  readonly read: (tensors: readonly Float32Array[]) => Float32Array[];
}

/** @throws SeqkitError `usage` for a layer that PyTorch's modules cannot be */
export function refuseTorch(layer: Layer, why: string, hint: string): never {
  throw new SeqkitError(`The layer ${quoted(layer.name)} (${layer.kind}) cannot go to PyTorch: it ${why}.`, {
    code: 'usage',
    hint,
  });
}

/** The arrays of a layer as PyTorch's tensors, there and back; undefined for one without arrays. */
export function torchLayer(layer: Layer): TorchLayer | undefined {
  if (layer instanceof Recurrent) return recurrentTensors(layer, '');
  switch (layer.kind) {
    case 'Bidirectional':
      return bothDirections(layer);
    case 'Dense':
      return denseTensors(layer);
    case 'Conv1D':
      return convolutionTensors(layer);
    case 'Embedding':
      return { slots: [asItIs('weight', layer, 0)], read: ([weight]) => [weight] };
    case 'BatchNormalization':
      return normalizationTensors(layer, ['running_mean', 'running_var']);
    case 'LayerNormalization':
      return normalizationTensors(layer, []);
    case 'Standardize':
      return {
        slots: ['mean', 'variance', 'count'].map((name, i) => ({ ...asItIs(name, layer, i), fixed: true })),
        read: (tensors) => [...tensors],
      };
    case 'TimeDistributed':
      return torchLayer(layer.innerLayers[0]);
    default:
      return undefined;
  }
}

function asItIs(name: string, layer: Layer, index: number): TorchSlot {
  const { shape } = layer.weights[index];
  return { name, shape, write: (arrays) => Float32Array.from(arrays[index]) };
}

/** Linear: weight (F, D), bias (F). */
function denseTensors(layer: Layer): TorchLayer {
  const [D, F] = layer.weights[0].shape;
  const weight: TorchSlot = {
    name: 'weight',
    shape: [F, D],
    write: ([kernel]) => rowsToColumns(kernel, D, F),
  };
  const slots = layer.weights.length > 1 ? [weight, asItIs('bias', layer, 1)] : [weight];
  return { slots, read: ([w, ...bias]) => [rowsToColumns(w, F, D), ...bias] };
}

/** Conv1d: weight (F, D / groups, K), bias (F). */
function convolutionTensors(layer: Layer): TorchLayer {
  const [K, D, F] = layer.weights[0].shape;
  const weight: TorchSlot = {
    name: 'weight',
    shape: [F, D, K],
    write: ([kernel]) => reversedAxes(kernel, [K, D, F]),
  };
  const slots = layer.weights.length > 1 ? [weight, asItIs('bias', layer, 1)] : [weight];
  return { slots, read: ([w, ...bias]) => [reversedAxes(w, [F, D, K]), ...bias] };
}

/** (A, B, C) to (C, B, A). */
function reversedAxes(data: ArrayLike<number>, [A, B, C]: readonly [number, number, number]): Float32Array {
  const result = new Float32Array(A * B * C);
  for (let a = 0; a < A; a++) {
    for (let b = 0; b < B; b++)
      for (let c = 0; c < C; c++) result[(c * B + b) * A + a] = data[(a * B + b) * C + c];
  }
  return result;
}

/** Weight and bias, which PyTorch has both or none, and statistics. */
function normalizationTensors(layer: Layer, statistics: readonly string[]): TorchLayer {
  const { scale = true, center = true } = layer.options() as { scale?: boolean; center?: boolean };
  const own = layer.weights.length - statistics.length;
  const size = layer.weights.at(-1)?.shape[0] ?? 0;
  const filled = (name: string, value: number): TorchSlot => ({
    name,
    shape: [size],
    write: () => new Float32Array(size).fill(value),
    fixed: true,
  });
  if (own === 0 && statistics.length === 0) return { slots: [], read: () => [] };
  const affine =
    own === 0
      ? []
      : [
          scale ? asItIs('weight', layer, 0) : filled('weight', 1),
          center ? asItIs('bias', layer, scale ? 1 : 0) : filled('bias', 0),
        ];
  const running = statistics.map((name, i) => ({ ...asItIs(name, layer, own + i), fixed: true }));
  const counter: TorchSlot = {
    ...{ name: 'num_batches_tracked', shape: [], fixed: true, ignored: true },
    write: () => Float32Array.of(0),
  };
  return {
    slots: [...affine, ...running, ...(statistics.length > 0 ? [counter] : [])],
    read(tensors) {
      const rest = tensors.slice(affine.length, affine.length + running.length);
      return [...tensors.slice(0, affine.length).filter((_, i) => (i === 0 ? scale : center)), ...rest];
    },
  };
}

/** Where each of PyTorch's gates stands among ours: r, z, n of a GRU; i, f, g, o of an LSTM are ours. */
const GATES: Readonly<Record<string, readonly number[]>> = {
  SimpleRNNCell: [0],
  GRUCell: [1, 0, 2],
  LSTMCell: [0, 1, 2, 3],
};

/** @throws SeqkitError `usage` for a cell that PyTorch's recurrent modules do not have */
function recurrentTensors(layer: Recurrent, ending: string): TorchLayer {
  const described = layer.cell.describe?.();
  if (!described || !Object.hasOwn(GATES, described.kind)) {
    return refuseTorch(layer, 'has a cell of its own', 'Use SimpleRNN, GRU or LSTM.');
  }
  checkActivations(layer, described.kind, described.options);
  const order = GATES[described.kind];
  const H = layer.cell.units;
  const D = layer.weights[0].shape[0];
  const rows = order.length * H;
  const matrix = (name: string, index: number, from: number): TorchSlot => ({
    name: `${name}_l0${ending}`,
    shape: [rows, from],
    write: (arrays) => blocks(rowsToColumns(arrays[index], from, rows), order, H * from),
  });
  const matrices = [matrix('weight_ih', 0, D), matrix('weight_hh', 1, H)];
  const back = ([w, r]: readonly Float32Array[]): Float32Array[] => [
    rowsToColumns(blocks(w, order, H * D), rows, D),
    rowsToColumns(blocks(r, order, H * H), rows, H),
  ];
  if (layer.weights.length < 3) return { slots: matrices, read: back };
  const two = described.kind === 'GRUCell';
  const bias = (name: string, half: number): TorchSlot => ({
    name: `${name}_l0${ending}`,
    shape: [rows],
    fixed: !two && half === 1,
    write: (arrays) => {
      const part = Float32Array.from(arrays[2]).subarray(half * rows, (half + 1) * rows);
      return part.length === rows ? blocks(part, order, H) : new Float32Array(rows);
    },
  });
  return {
    slots: [...matrices, bias('bias_ih', 0), bias('bias_hh', 1)],
    read(tensors) {
      const [b, c] = tensors.slice(2).map((part) => blocks(part, order, H));
      const joined = two ? Float32Array.from([...b, ...c]) : b.map((value, i) => value + c[i]);
      return [...back(tensors), joined];
    },
  };
}

function checkActivations(layer: Layer, kind: string, options: LayerOptions): void {
  const { activation = 'tanh', recurrentActivation = 'sigmoid', resetAfter = true } = options;
  const known = kind === 'SimpleRNNCell' ? ['tanh', 'relu'] : ['tanh'];
  const onnx = 'Export it as ONNX, whose operators know more.';
  if (!known.includes(activation as string)) {
    refuseTorch(layer, `has the activation "${activation as string}", PyTorch's ${known.join(' or ')}`, onnx);
  }
  if (kind !== 'SimpleRNNCell' && recurrentActivation !== 'sigmoid') {
    refuseTorch(layer, `has gates of "${recurrentActivation as string}", PyTorch's are sigmoid`, onnx);
  }
  if (options['peepholes'] === true) {
    refuseTorch(layer, "has peepholes, PyTorch's LSTM has none", 'Export it as ONNX, whose LSTM has them.');
  }
  if (kind === 'GRUCell' && resetAfter === false) {
    refuseTorch(layer, "resets before the product, PyTorch's GRU after it", onnx);
  }
}

/** Blocks in another order; the orders here are their own inverse. */
function blocks(data: Float32Array, order: readonly number[], size: number): Float32Array {
  const result = new Float32Array(data.length);
  order.forEach((from, to) => result.set(data.subarray(from * size, (from + 1) * size), to * size));
  return result;
}

function bothDirections(layer: Layer): TorchLayer {
  const [forward, backward] = layer.innerLayers as readonly Recurrent[];
  const [a, b] = [recurrentTensors(forward, ''), recurrentTensors(backward, '_reverse')];
  const count = forward.weights.length;
  const shifted = b.slots.map((slot) => ({
    ...slot,
    write: (arrays: readonly ArrayLike<number>[]) => slot.write(arrays.slice(count)),
  }));
  return {
    slots: [...a.slots, ...shifted],
    read: (tensors) => [
      ...a.read(tensors.slice(0, a.slots.length)),
      ...b.read(tensors.slice(a.slots.length)),
    ],
  };
}
