import { settledInputs } from './features.js';
import type { Operation } from './importing.js';
import {
  activation,
  arithmetic,
  batchNormalization,
  gather,
  gemm,
  layerNormalization,
  matMul,
  oneHot,
  someFeatures,
} from './pointwise.js';
import {
  chosen,
  concat,
  constantOfShape,
  expand,
  flatten,
  reshape,
  shapeOf,
  squeeze,
  transpose,
  unsqueeze,
} from './rearranging.js';
import { checkLengths } from './lengths.js';
import { writtenNormalization } from './normalization.js';
import { recurrent } from './recurrent.js';
import { convolution, overTime, pooling } from './sliding.js';
import { lengthsIn, wholeNumbers, type Pads, type Value } from './value.js';
import { writtenActivation } from './written-activation.js';

type Maker = (operation: Operation) => Value[];

const unchanged: Maker = (operation) => [operation.inputs[0] ?? operation.refuse('takes nothing')];

/** Of a shape its places, of a table its rows, of a signal one place of an axis. */
const gathered: Maker = (operation) => {
  const [x, index] = operation.inputs;
  const rows = gather(operation);
  if (rows) return rows;
  const places = wholeNumbers(index);
  if (places === undefined) return operation.refuse('takes places that are computed');
  if (x?.kind === 'signal') {
    const axis = operation.axis(operation.number('axis', 0), x.axes.length);
    const [place] = places;
    if (places.length !== 1 || place === null) return operation.refuse('takes several places of an axis');
    const isScalar = index?.kind === 'constant' && index.tensor.shape.length === 0;
    return chosen(operation, axis, place, !isScalar);
  }
  const all = lengthsIn(x) ?? operation.refuse('takes what is no shape');
  if (places.includes(null)) return operation.refuse('takes places that are computed');
  return [{ kind: 'sizes', sizes: places.map((place) => all.at(place!) ?? { size: null }) }];
};

/** Types of numbers with a fraction, by their number in ONNX: float32, float16, float64 and bfloat16. */
const FLOATS: readonly number[] = [1, 10, 11, 16];

/** Tokens and sizes are whole; what else would be rounded is refused. */
const cast: Maker = (operation) => {
  const [x] = operation.inputs;
  if (x?.kind === 'signal' && x.axes.includes('D') && !FLOATS.includes(operation.number('to', 1))) {
    return operation.refuse('rounds features to whole numbers');
  }
  return unchanged(operation);
};

const sliced: Maker = (operation) => {
  const [x] = operation.inputs;
  // States of zeros of all layers, of which each takes its own.
  if (x?.kind === 'fill') return [x];
  const part = (name: string, place: number) =>
    operation.numbers(name) ?? wholeNumbers(operation.inputs[place]);
  const [starts, ends, steps] = [part('starts', 1), part('ends', 2), part('steps', 4)];
  const rank = x?.kind === 'signal' ? x.axes.length : 1;
  const axes = operation.numbers('axes')?.map((axis) => operation.axis(axis, rank)) ??
    operation.axes(3, rank) ?? [...(starts ?? [0]).keys()];
  const [start, end] = [starts?.[0] ?? null, ends?.[0] ?? null];
  // From the last time step to the first.
  const isTurned = axes.length === 1 && start === -1 && end !== null && end < -1e9 && steps?.[0] === -1;
  if (isTurned && x?.kind === 'signal' && x.axes[axes[0]] === 'T' && x.backwards) {
    const { kind, axes: laid, sizes, backwards } = x;
    return [{ kind, axes: laid, sizes, tensor: backwards }];
  }
  if (axes.length !== 1 || start === null || end === null || (steps?.[0] ?? 1) !== 1) {
    return operation.refuse('cuts several axes, or by places that are computed');
  }
  if (x?.kind !== 'signal') {
    const all = lengthsIn(x) ?? operation.refuse('cuts weights');
    return [{ kind: 'sizes', sizes: all.slice(start, end) }];
  }
  const size = x.sizes[axes[0]];
  const isOne =
    (start === -1 && end > 1e9) || end - start === 1 || (size !== null && Math.min(end, size) - start === 1);
  if (start === 0 && (end > 1e9 || end === size)) return [x];
  if (x.axes[axes[0]] === 'D') return [someFeatures(operation, x, start, end)];
  if (!isOne) return operation.refuse(`cuts places ${start} to ${end} of the axis ${x.axes[axes[0]]}`);
  return chosen(operation, axes[0], start, true);
};

/** Zeros before and after, which a convolution takes in. Averages are padded by none, as PyTorch writes them. */
const padded: Maker = (operation) => {
  const x = operation.signal();
  const pads = operation.numbers('pads') ?? wholeNumbers(operation.inputs[1]);
  const rank = x.axes.length;
  if (pads?.length === 2 * rank && pads.every((pad) => pad === 0)) return [x];
  const value = operation.inputs[2];
  const isZero =
    value === undefined || (value.kind === 'constant' && value.tensor.data.every((one) => one === 0));
  const fits = isZero && !x.padding && operation.text('mode', 'constant') === 'constant';
  const each = x.axes.map((_, i): Pads => [pads?.[i] ?? -1, pads?.[i + rank] ?? -1]);
  if (!fits || operation.inputs[3] !== undefined || each.flat().some((pad) => pad < 0)) {
    return operation.refuse('pads with other than zeros, or takes away');
  }
  return [{ ...x, padding: each }];
};

const RECKONED: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => Math.trunc(a / b),
};

/** Of sizes that are reckoned with, what numbers come to; what comes of one that varies is not followed. */
const reckoned: Maker = (operation) => {
  const shapes = operation.inputs.every((value) => value?.kind !== 'signal');
  const [a, b] = operation.inputs.map((value) => wholeNumbers(value));
  if (!shapes || a === undefined || b === undefined) return arithmetic(operation);
  const count = Math.max(a.length, b.length);
  if (![1, count].includes(a.length) || ![1, count].includes(b.length)) {
    return operation.refuse('reckons with shapes of different lengths');
  }
  const at = (all: readonly (number | null)[], i: number): number | null => all[all.length === 1 ? 0 : i];
  const sizes = Array.from({ length: count }, (_, i) => {
    const [one, other] = [at(a, i), at(b, i)];
    const both = one !== null && other !== null;
    return { size: both ? RECKONED[operation.node.opType](one, other) : null };
  });
  return [{ kind: 'sizes', sizes }];
};

/** What may begin an activation that is written out in several operations. */
const begins =
  (otherwise: Maker): Maker =>
  (operation) =>
    writtenActivation(operation) ?? otherwise(operation);

/** Such as are part of one alone. */
const partly: Maker = (operation) => operation.refuse('is none of ours, but as a part of gelu');

const constants: Maker = (operation) => {
  const value = operation.node.attributes.get('value');
  if (typeof value === 'object' && 'data' in value) return [{ kind: 'constant', tensor: value }];
  return operation.refuse('is no tensor');
};

/** What is made of each operation. */
const MAKERS: Readonly<Record<string, Maker>> = {
  Add: reckoned,
  AveragePool: pooling,
  BatchNormalization: batchNormalization,
  Cast: cast,
  Concat: concat,
  Constant: constants,
  ConstantOfShape: constantOfShape,
  Conv: convolution,
  Div: begins(reckoned),
  Dropout: unchanged,
  Elu: activation,
  Erf: begins(partly),
  Exp: activation,
  Expand: expand,
  Flatten: flatten,
  GRU: recurrent,
  Gather: gathered,
  Gelu: activation,
  Gemm: gemm,
  GlobalAveragePool: overTime,
  GlobalMaxPool: overTime,
  HardSigmoid: activation,
  Identity: unchanged,
  LSTM: recurrent,
  LayerNormalization: layerNormalization,
  LeakyRelu: activation,
  MatMul: matMul,
  MaxPool: pooling,
  Mul: begins(reckoned),
  OneHot: oneHot,
  Pad: padded,
  Pow: begins(partly),
  RNN: recurrent,
  ReduceMax: overTime,
  ReduceMean: (operation) => writtenNormalization(operation) ?? overTime(operation),
  Relu: activation,
  Reshape: reshape,
  Selu: activation,
  Shape: shapeOf,
  Sigmoid: begins(activation),
  Slice: sliced,
  Softmax: activation,
  Softplus: activation,
  Squeeze: squeeze,
  Sub: reckoned,
  Tanh: activation,
  Transpose: transpose,
  Unsqueeze: unsqueeze,
};

/** What goes on with padding, to the convolution that takes it in. */
const PADDED: ReadonlySet<string> = new Set(['Conv', 'Squeeze', 'Transpose', 'Unsqueeze']);

/** Makes layers of an operation. @throws SeqkitError `bad-file` for one that is no layer, by name */
export function layersOf(operation: Operation): Value[] {
  const { opType, domain } = operation.node;
  if (domain !== '' || !Object.hasOwn(MAKERS, opType)) {
    return operation.refuse(domain === '' ? 'is none of ours' : `is of ${domain}`);
  }
  checkLengths(operation);
  const padding = operation.inputs.find((value) => value?.kind === 'signal' && value.padding);
  if (padding && !PADDED.has(opType)) operation.refuse('takes padding that no convolution took in');
  const inputs = settledInputs(operation);
  return MAKERS[opType](inputs === operation.inputs ? operation : operation.taking(inputs));
}
