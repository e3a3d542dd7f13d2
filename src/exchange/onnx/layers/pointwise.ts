import { Activation } from '../../../rnn/layers/activation.js';
import { BatchNormalization } from '../../../rnn/layers/batch-normalization.js';
import { Dense } from '../../../rnn/layers/dense.js';
import { Embedding } from '../../../rnn/layers/embedding.js';
import type { Layer } from '../../../rnn/layers/layer.js';
import type { LayerActivation } from '../../../rnn/layers/layer-activation.js';
import { LayerNormalization } from '../../../rnn/layers/layer-normalization.js';
import { LeakyReLU } from '../../../rnn/layers/leaky-relu.js';
import { Add, Multiply, Subtract } from '../../../rnn/layers/merge.js';
import { OneHot } from '../../../rnn/layers/one-hot.js';
import { Flatten } from '../../../rnn/layers/reshape.js';
import { damaged } from '../read/damage.js';
import type { OnnxTensor } from '../read/graph.js';
import { countOf, forEachFeature, placed } from './features.js';
import { featuresOf, once, waitingOf, type Operation } from './importing.js';
import { bothDirections } from './both-directions.js';
import { wholeNumbers, type Signal, type Value } from './value.js';

/** More weights than a network is made of that takes one step amid a sequence. */
const MOST_WEIGHTS = 2 ** 24;

/** More features than any layer has: a file that says so must not make room for them. */
const MOST_FEATURES = 2 ** 20;

/** Whether the features stand last, and so a row of each is side by side. */
function rowsOf(operation: Operation): Signal {
  const x = operation.signal();
  if (x.axes.at(-1) === 'D' && !x.axes.includes('both')) return x;
  return operation.refuse(`takes axes ${x.axes.join(', ')}, expected the features last`);
}

function dense(
  operation: Operation,
  x: Signal,
  kernel: OnnxTensor['data'],
  F: number,
  bias?: OnnxTensor['data'],
): Signal {
  const D = kernel.length / F;
  const features = featuresOf(x);
  if (F < 1 || D < 1 || (features !== null && features !== D)) {
    throw damaged(
      operation.importing.source,
      `${operation.called} has weights (${D}, ${F}) for ${features ?? '?'} features`,
    );
  }
  const make = (): Layer => new Dense({ units: F, useBias: bias !== undefined });
  const rest = bias ? [bias] : [];
  const ordered = placed(x, kernel);
  if (!x.picked) return operation.rows(x, make, [ordered, ...rest], F);
  // One step amid a sequence: a product with all of them, of which the others count nothing.
  const { sequence, place, steps } = x.picked;
  if (steps * kernel.length > MOST_WEIGHTS)
    operation.refuse(`takes one step of ${steps}, of too many features`);
  const spread = new Float32Array(steps * kernel.length);
  spread.set(ordered, place * kernel.length);
  const [row] = operation.layer(new Flatten(), [], sequence());
  return operation.rows({ ...x, tensor: () => row, picked: undefined }, make, [spread, ...rest], F);
}

/** Some features side by side, by a product that leaves the others out. */
export function someFeatures(operation: Operation, x: Signal, start: number, end: number): Signal {
  const D = featuresOf(x);
  if (D === null || x.axes.at(-1) !== 'D')
    operation.refuse('cuts features whose number varies, or that stand not last');
  const from = start < 0 ? start + D : start;
  const F = Math.min(end < 0 ? end + D : end, D) - from;
  if (from < 0 || F < 1 || D * F > MOST_WEIGHTS)
    operation.refuse(`cuts places ${start} to ${end} of ${D} features`);
  const kernel = new Float32Array(D * F);
  for (let f = 0; f < F; f++) kernel[(from + f) * F + f] = 1;
  return dense(operation, x, kernel, F);
}

export function matMul(operation: Operation): Value[] {
  const x = rowsOf(operation);
  const { data, shape } = operation.constant(1, 2);
  const { node, importing } = operation;
  // A sum with one number for each unit is the bias of the same layer.
  const next = importing.onlyTaker(node.outputs[0]);
  const other = next?.opType === 'Add' ? next.inputs.find((name) => name !== node.outputs[0]) : undefined;
  const bias = other === undefined ? undefined : importing.numbers(other);
  const fits = bias?.data.length === shape[1] && bias.shape.at(-1) === shape[1];
  if (fits) importing.fused.set(next!, node);
  return [dense(operation, x, data, shape[1], fits ? bias.data : undefined)];
}

export function gemm(operation: Operation): Value[] {
  const x = rowsOf(operation);
  if (operation.number('transA', 0) !== 0) operation.refuse('turns what it takes (transA)');
  const [alpha, beta] = [operation.number('alpha', 1), operation.number('beta', 1)];
  const { data, shape } = operation.constant(1, 2);
  const isTurned = operation.number('transB', 0) !== 0;
  const [D, F] = isTurned ? [shape[1], shape[0]] : shape;
  const kernel = Float32Array.from({ length: D * F }, (_, i) => {
    const [d, f] = [Math.floor(i / F), i % F];
    return alpha * data[isTurned ? f * D + d : i];
  });
  if (operation.inputs[2] === undefined) return [dense(operation, x, kernel, F)];
  const { data: given, shape: addend } = operation.constant(2);
  if (given.length !== 1 && (given.length !== F || addend.at(-1) !== F))
    operation.refuse('adds another number to each example');
  const bias = Float32Array.from({ length: F }, (_, f) => beta * given[given.length === 1 ? 0 : f]);
  return [dense(operation, x, kernel, F, bias)];
}

/** y = x * factor + offset of each feature, which batch normalization is. */
function affine(
  operation: Operation,
  x: Signal,
  factor: ArrayLike<number>,
  offset: ArrayLike<number>,
): Signal {
  const epsilon = 1e-3;
  const zeros = new Float32Array(factor.length);
  const arrays = [factor, offset, zeros, zeros.map(() => 1 - epsilon)];
  return operation.rows(x, () => new BatchNormalization({ epsilon }), arrays);
}

export function batchNormalization(operation: Operation): Value[] {
  const x = operation.signal();
  const [gamma, beta, mean, variance] = [1, 2, 3, 4].map((place) => operation.constant(place, 1).data);
  const channel = x.axes[1];
  const sizes = new Set([gamma, beta, mean, variance].map(({ length }) => length));
  // Of one channel there is one number for all of its bands.
  const known = channel === 'one' ? 1 : x.sizes[1];
  const isChannel = channel === 'C' || channel === 'D' || (channel === 'one' && x.axes.length === 4);
  if (!isChannel || x.axes.includes('both') || sizes.size > 1 || (known !== null && known !== gamma.length)) {
    operation.refuse('normalizes another axis than the features, or others than there are');
  }
  if (operation.number('training_mode', 0) !== 0)
    operation.refuse('is one of training', 'Export it in eval mode.');
  const epsilon = operation.number('epsilon', 1e-5);
  const shape = [gamma.length, ...x.axes.slice(2).map(() => 1)];
  const arrays = [1, 2, 3, 4].map((place) => {
    const weights = operation.constant(place, 1);
    return forEachFeature(x, { ...weights, shape }) ?? weights.data;
  });
  return [operation.rows(x, () => new BatchNormalization({ epsilon }), arrays)];
}

export function layerNormalization(operation: Operation): Value[] {
  const x = rowsOf(operation);
  const axis = operation.axis(operation.number('axis', -1), x.axes.length);
  if (axis !== x.axes.length - 1) operation.refuse('normalizes more than the features');
  const gamma = operation.constant(1, 1).data;
  const beta =
    operation.inputs[2] === undefined ? new Float32Array(gamma.length) : operation.constant(2, 1).data;
  if (gamma.length !== beta.length || gamma.length !== (featuresOf(x) ?? gamma.length)) {
    operation.refuse('has weights for another number of features');
  }
  const epsilon = operation.number('epsilon', 1e-5);
  const arrays = [placed(x, gamma), placed(x, beta)];
  return [operation.rows(x, () => new LayerNormalization({ epsilon }), arrays)];
}

export function gather(operation: Operation): Value[] | undefined {
  const [table] = operation.inputs;
  if (table?.kind !== 'constant' || operation.inputs[1]?.kind !== 'signal') return undefined;
  const tokens = operation.signal(1);
  const { data, shape } = operation.constant(0, 2);
  if (operation.number('axis', 0) !== 0 || tokens.axes.includes('D'))
    operation.refuse('looks up what are no tokens');
  const layer = new Embedding({ inputDim: shape[0], outputDim: shape[1] });
  const [tensor] = operation.layer(layer, [data], tokens.tensor());
  return [
    { ...tokens, axes: [...tokens.axes, 'D'], sizes: [...tokens.sizes, shape[1]], tensor: () => tensor },
  ];
}

/** Rows of a one among zeros, one for each token. */
export function oneHot(operation: Operation): Value[] {
  const tokens = operation.signal();
  const depth = wholeNumbers(operation.inputs[1])?.[0];
  const values = operation.constant(2).data;
  const axis = operation.axis(operation.number('axis', -1), tokens.axes.length + 1);
  if (tokens.axes.join() !== 'N,T')
    operation.refuse(`takes axes ${tokens.axes.join(', ')}, expected tokens N, T`);
  if (typeof depth !== 'number' || axis !== tokens.axes.length || values.join() !== '0,1') {
    return operation.refuse(
      'has a depth that is computed, another axis than the last, or other numbers than 0 and 1',
    );
  }
  const [tensor] = operation.layer(new OneHot({ depth }), [], tokens.tensor());
  return [{ ...tokens, axes: ['N', 'T', 'D'], sizes: [...tokens.sizes, depth], tensor: () => tensor }];
}

/** Activations without numbers. */
const ACTIVATIONS: Readonly<Record<string, LayerActivation>> = {
  Relu: 'relu',
  Tanh: 'tanh',
  Sigmoid: 'sigmoid',
  Softplus: 'softplus',
  Exp: 'exponential',
};

export function activation(operation: Operation): Value[] {
  const x = operation.signal();
  const { opType } = operation.node;
  const alpha = (otherwise: number): number => operation.number('alpha', otherwise);
  const close = (value: number, wanted: number): boolean => Math.abs(value - wanted) < 1e-6;
  const made = (name: LayerActivation): Value[] => {
    return [operation.rows(x, () => new Activation({ activation: name }), [])];
  };
  if (Object.hasOwn(ACTIVATIONS, opType)) return made(ACTIVATIONS[opType]);
  switch (opType) {
    case 'LeakyRelu': {
      const slope = alpha(0.01);
      if (!(slope >= 0 && slope <= 1)) operation.refuse(`has the slope ${slope}`);
      return [operation.rows(x, () => new LeakyReLU({ negativeSlope: slope }), [])];
    }
    case 'HardSigmoid':
      if (close(alpha(0.2), 0.2) && close(operation.number('beta', 0.5), 0.5)) return made('hardSigmoid');
      break;
    case 'Elu':
      if (close(alpha(1), 1)) return made('elu');
      break;
    case 'Selu':
      if (close(alpha(1.6732632), 1.6732632) && close(operation.number('gamma', 1.0507009), 1.0507009))
        return made('selu');
      break;
    case 'Gelu':
      return made(operation.text('approximate', 'none') === 'tanh' ? 'geluTanh' : 'gelu');
    case 'Softmax': {
      // Before opset 13 it was the first of all axes that are shared out together, by default all but the examples.
      const isOld = (operation.importing.graph.opsets.get('') ?? 13) < 13;
      const axis = operation.axis(operation.number('axis', isOld ? 1 : -1), x.axes.length);
      // Of both directions the features are one row here, and two in the file.
      if (x.axes.includes('both')) operation.refuse('shares out within each of both directions');
      if (x.axes[axis] === 'D' && (!isOld || axis === x.axes.length - 1)) return made('softmax');
      return operation.refuse(`shares out along ${x.axes[axis]}`);
    }
  }
  return operation.refuse('has numbers that ours has not');
}

/** What is added to a product right after it, one number for each feature: it becomes part of the same layer. */
function sumAfter(operation: Operation, x: Signal): Float32Array | undefined {
  const { node, importing } = operation;
  const next = importing.onlyTaker(node.outputs[0]);
  if (next?.opType !== 'Add') return undefined;
  const sum = importing.numbers(next.inputs.find((name) => name !== node.outputs[0]) ?? '');
  const same = importing.numbers(node.inputs.find((name) => importing.numbers(name)) ?? '');
  if (!sum || sum.shape.join() !== same?.shape.join()) return undefined;
  const offsets = forEachFeature(x, sum);
  if (offsets) importing.fused.set(next, node);
  return offsets;
}

/** Sums, differences, products and quotients: of two signals, or of one with a number for each feature. */
export function arithmetic(operation: Operation): Value[] {
  const [a, b] = operation.inputs;
  const { opType } = operation.node;
  if (a?.kind === 'signal' && b?.kind === 'signal') {
    if (a.axes.join() !== b.axes.join()) operation.refuse('joins what is laid out otherwise');
    const Kinds: Readonly<Record<string, new () => Layer>> = { Add, Sub: Subtract, Mul: Multiply };
    const Kind = Object.hasOwn(Kinds, opType) ? Kinds[opType] : operation.refuse('divides one by the other');
    const merged =
      opType === 'Sub' ? undefined : bothDirections(operation, [a, b], opType === 'Add' ? 'sum' : 'multiply');
    const tensor = merged ?? once(() => operation.layer(new Kind(), [], a.tensor(), b.tensor())[0]);
    if (!merged) tensor();
    const { kind, axes, sizes, steps, timeName, lengths = b.lengths } = a;
    const rest = {
      ...{ ...(steps && { steps }), ...(lengths && { lengths }) },
      ...{ ...(timeName && { timeName }), ...(a.places && { places: a.places }) },
    };
    return [{ kind, axes, sizes, tensor, waiting: waitingOf([a, b]), ...rest }];
  }
  const first = a?.kind === 'signal';
  const x = operation.signal(first ? 0 : 1);
  const weights = operation.constant(first ? 1 : 0);
  if ((countOf(x) ?? 0) > MOST_FEATURES) operation.refuse(`takes ${countOf(x)} features`);
  const data =
    forEachFeature(x, weights) ?? operation.refuse('takes weights that are no number for each feature');
  const each = (f: (value: number) => number): Float32Array => data.map(f);
  switch (opType) {
    case 'Add':
      return [
        affine(
          operation,
          x,
          each(() => 1),
          each((value) => value),
        ),
      ];
    case 'Mul': {
      const next = sumAfter(operation, x);
      if (next)
        return [
          affine(
            operation,
            x,
            each((value) => value),
            next,
          ),
        ];
      return [
        affine(
          operation,
          x,
          each((value) => value),
          each(() => 0),
        ),
      ];
    }
    case 'Sub':
      return first
        ? [
            affine(
              operation,
              x,
              each(() => 1),
              each((value) => -value),
            ),
          ]
        : [
            affine(
              operation,
              x,
              each(() => -1),
              each((value) => value),
            ),
          ];
    default:
      if (!first) operation.refuse('divides weights by what a layer makes');
      return [
        affine(
          operation,
          x,
          each((value) => 1 / value),
          each(() => 0),
        ),
      ];
  }
}
