import { Bidirectional } from '../../../rnn/layers/bidirectional.js';
import { Concatenate } from '../../../rnn/layers/concatenate.js';
import { GRU } from '../../../rnn/layers/gru.js';
import type { Layer } from '../../../rnn/layers/layer.js';
import { LSTM } from '../../../rnn/layers/lstm.js';
import type { Recurrent, RecurrentOptions } from '../../../rnn/layers/recurrent.js';
import { SimpleRNN } from '../../../rnn/layers/simple-rnn.js';
import type { SymbolicTensor } from '../../../rnn/layers/symbolic-tensor.js';
import { LEAKY_SLOPE, type OutputSlopeName } from '../../../rnn/program/activations.js';
import { damaged } from '../read/damage.js';
import { backInTime } from './both-directions.js';
import { liesAs, MOST_WAITING, once, type Operation, type UsedOutput } from './importing.js';
import { placed } from './features.js';
import { lengthsOf } from './lengths.js';
import type { Axis, RecurrentCell, Signal, Value, Walk } from './value.js';

type Kind = 'RNN' | 'GRU' | 'LSTM';

/** Which block of ONNX's stands in each place of ours: i, f, c, o of an LSTM. */
const BLOCKS: Readonly<Record<Kind, readonly number[]>> = { RNN: [0], GRU: [0, 1, 2], LSTM: [0, 2, 3, 1] };

/** Activations where the file names none. */
const DEFAULTS: Readonly<Record<Kind, readonly string[]>> = {
  RNN: ['Tanh'],
  GRU: ['Sigmoid', 'Tanh'],
  LSTM: ['Sigmoid', 'Tanh', 'Tanh'],
};

/** Activations that do not give 0 for 0. */
const OFF_ZERO: ReadonlySet<OutputSlopeName> = new Set(['sigmoid', 'hardSigmoid', 'softplus']);

/** Inputs after X, W, R, B and the lengths. */
const [INITIAL_H, INITIAL_C, PEEPHOLES] = [5, 6, 7];

/** RNN, GRU and LSTM (https://onnx.ai/onnx/operators/onnx__LSTM.html). */
export function recurrent(operation: Operation): Value[] {
  const { node, importing } = operation;
  const kind = node.opType as Kind;
  const direction = operation.text('direction', 'forward');
  const both = direction === 'bidirectional';
  const batchFirst = operation.number('layout', 0) === 1;
  const x = operation.signal();
  refuseRest(operation);
  const lengths = lengthsOf(operation, x);
  const cell = cellOf(operation, x, { kind, directions: both ? 2 : 1 });
  const initial = initialStates(operation, kind, both);
  if (!liesAs(x, ...((batchFirst ? ['N', 'T', 'D'] : ['T', 'N', 'D']) as Axis[]))) {
    return operation.refuse(
      `takes axes ${x.axes.join(', ')}, expected ${batchFirst ? 'N, T, D' : 'T, N, D'}`,
    );
  }
  // In the first walk it is not known yet what is used.
  const wanted = importing.wanted ? (importing.wanted.get(node) ?? new Set(['state'])) : undefined;
  const [inTime, backwards] = (['sequence', 'backwards'] as const).map((what) => wanted?.has(what) ?? true);
  const sequence = inTime || (backwards && direction === 'reverse');
  const state = wanted?.has('state') ?? true;
  const wantsCell = kind === 'LSTM' && importing.isUsed(node.outputs[2]);
  const apart = wanted?.has('parts') ?? both;
  const returnState = (sequence && state) || (state && wantsCell) || apart || initial.length > 0;
  const count = kind === 'LSTM' ? 2 : 1;
  const directions = both ? 2 : 1;
  // What is merged with the other direction is made there, and not here.
  const outputs = once((): SymbolicTensor<Layer>[] => {
    if (direction === 'reverse' && wanted && inTime) {
      if (backwards) operation.refuse('gives its time steps both from the first on and from the last on');
      return backInTime(operation, cell, x, { returnState, states: initial.length });
    }
    const layer = cell.make({ returnSequences: sequence, returnState, goBackwards: direction === 'reverse' });
    const walker = both ? new Bidirectional({ layer }) : layer;
    return operation.layer(walker, cell.arrays, x.tensor(), ...initial);
  });
  const use = (what: UsedOutput, at: number): SymbolicTensor<Layer> => {
    const all = importing.used.get(node);
    if (all) all.add(what);
    else importing.used.set(node, new Set([what]));
    return outputs()[at];
  };
  let waiting = (x.waiting ?? 0) + 1;
  if (waiting > MOST_WAITING) {
    x.tensor();
    waiting = 0;
  }
  const walk = (output: number, gives: Walk['gives']): { walk?: Walk } => {
    if (both || initial.length > 0 || !importing.givesOnly(node, output)) return {};
    return { walk: { direction: direction === 'reverse' ? 'reverse' : 'forward', gives, cell, x: x.tensor } };
  };
  const [examples, time] = (['N', 'T'] as const).map((axis) => x.sizes[x.axes.indexOf(axis)]);
  const inner: Axis[] = both ? ['both'] : ['one'];
  const stateOf = (i: number): Signal => {
    const get = (at: number, what: UsedOutput) => (): SymbolicTensor<Layer> => use(what, 1 + at);
    const parts = both && returnState ? [get(i, 'parts'), get(count + i, 'parts')] : undefined;
    // Without states beside it the output is the last of h, of both directions side by side.
    const whole = (): SymbolicTensor<Layer> => {
      if (!returnState) return use('state', 0);
      if (!both) return use('state', 1 + i);
      const ends = [get(i, 'state')(), get(count + i, 'state')()];
      return operation.layer(new Concatenate(), [], ...ends)[0];
    };
    return {
      kind: 'signal',
      axes: batchFirst ? ['N', ...inner, 'D'] : [...inner, 'N', 'D'],
      sizes: batchFirst ? [examples, directions, cell.units] : [directions, examples, cell.units],
      tensor: whole,
      ...(parts && { parts }),
      ...(i === 0 && walk(1, 'state')),
      waiting,
    };
  };
  const states = Array.from({ length: count }, (_, i) => stateOf(i));
  const y: Signal = {
    kind: 'signal',
    axes: batchFirst ? ['N', 'T', ...inner, 'D'] : ['T', ...inner, 'N', 'D'],
    sizes: batchFirst ? [examples, time, directions, cell.units] : [time, directions, examples, cell.units],
    tensor: () => use('sequence', 0),
    ...(direction === 'forward' && { last: states[0].tensor }),
    ...(direction === 'reverse' && { backwards: () => use('backwards', 0) }),
    ...(lengths && { lengths }),
    ...(x.timeName !== undefined && { timeName: x.timeName }),
    ...walk(0, 'sequence'),
    waiting,
  };
  return [y, ...states];
}

/** @throws SeqkitError `bad-file` for what our cells do not have */
function refuseRest(operation: Operation): void {
  if (operation.number('clip', 0) > 0) operation.refuse('bounds what goes into its gates (clip)');
  if (operation.number('input_forget', 0) !== 0) operation.refuse('couples its gates (input_forget)');
}

function cellOf(
  operation: Operation,
  x: Signal,
  { kind, directions }: { kind: Kind; directions: number },
): RecurrentCell {
  const { importing } = operation;
  const [W, R] = [operation.constant(1, 3), operation.constant(2, 3)];
  const gates = BLOCKS[kind].length;
  const [, , H] = R.shape;
  const [, , D] = W.shape;
  const fits =
    H > 0 &&
    D > 0 &&
    W.shape.join() === [directions, gates * H, D].join() &&
    R.shape.join() === [directions, gates * H, H].join();
  if (!fits || operation.number('hidden_size', H) !== H) {
    throw damaged(
      importing.source,
      `${operation.called} has the weights (${W.shape.join(', ')}) and (${R.shape.join(', ')}) for ${directions} directions`,
    );
  }
  if (x.places && x.places.length !== D) {
    throw damaged(
      importing.source,
      `${operation.called} has weights for ${D} of ${x.places.length} features`,
    );
  }
  const hasBias = operation.inputs[3] !== undefined;
  const B = hasBias ? operation.constant(3, 2) : undefined;
  if (B && B.shape.join() !== [directions, 2 * gates * H].join()) {
    throw damaged(importing.source, `${operation.called} has biases (${B.shape.join(', ')})`);
  }
  const peepholes = kind === 'LSTM' ? peepholesOf(operation, directions, H) : undefined;
  const resetAfter = kind === 'GRU' && operation.number('linear_before_reset', 0) !== 0;
  const arrays = Array.from({ length: directions }, (_, d) => {
    const part = (tensor: { data: ArrayLike<number> }): Float32Array => {
      const size = tensor.data.length / directions;
      return Float32Array.from({ length: size }, (__, i) => tensor.data[d * size + i]);
    };
    const own = [placed(x, turned(part(W), BLOCKS[kind], H, D)), turned(part(R), BLOCKS[kind], H, H)];
    const seen = peepholes ? [ofOurGates(part(peepholes), H)] : [];
    if (!B) return [...own, ...seen];
    const biases = part(B);
    const half = gates * H;
    const [input, recur] = [0, half].map((at) => turned(biases.subarray(at, at + half), BLOCKS[kind], H, 1));
    const bias = resetAfter ? Float32Array.of(...input, ...recur) : input.map((value, i) => value + recur[i]);
    return [...own, bias, ...seen];
  }).flat();
  const options = {
    ...activationsOf(operation, kind, directions),
    ...(kind === 'GRU' && { resetAfter }),
    ...(!hasBias && { useBias: false }),
    ...(peepholes && { peepholes: true }),
  };
  const make = (walk: RecurrentOptions): Recurrent => {
    const all = { units: H, ...options, ...walk };
    return kind === 'GRU' ? new GRU(all) : kind === 'LSTM' ? new LSTM(all) : new SimpleRNN(all);
  };
  const restsAtZero = !OFF_ZERO.has(options.activation);
  return { units: H, arrays, kind: JSON.stringify([kind, H, options]), restsAtZero, make };
}

/** P (directions, 3 * H), where there is one that is not all 0. */
function peepholesOf(operation: Operation, directions: number, H: number) {
  if (operation.inputs[PEEPHOLES] === undefined) return undefined;
  const P = operation.constant(PEEPHOLES, 2);
  if (P.shape.join() !== [directions, 3 * H].join()) {
    throw damaged(
      operation.importing.source,
      `${operation.called} has peepholes (${P.shape.join(', ')}), expected (${directions}, ${3 * H})`,
    );
  }
  return P.data.every((value) => value === 0) ? undefined : P;
}

/** ONNX's peepholes of i, o, f in our order: of i, f, o. */
function ofOurGates(data: Float32Array, H: number): Float32Array {
  const result = new Float32Array(3 * H);
  [0, 2, 1].forEach((from, to) => result.set(data.subarray(from * H, (from + 1) * H), to * H));
  return result;
}

/** Blocks of H rows of D numbers, in our order, turned to (D, blocks * H). */
function turned(data: Float32Array, blocks: readonly number[], H: number, D: number): Float32Array {
  const columns = blocks.length * H;
  const result = new Float32Array(columns * D);
  blocks.forEach((from, to) => {
    for (let h = 0; h < H; h++) {
      for (let d = 0; d < D; d++) result[d * columns + to * H + h] = data[(from * H + h) * D + d];
    }
  });
  return result;
}

function activationsOf(operation: Operation, kind: Kind, directions: number) {
  const given = operation.node.attributes.get('activations');
  const count = DEFAULTS[kind].length;
  const all = Array.isArray(given) && given.length > 0 ? given.map(String) : undefined;
  const names = all ?? Array.from({ length: directions }, () => DEFAULTS[kind]).flat();
  const [alphas, betas] = ['activation_alpha', 'activation_beta'].map((name) => [
    ...(operation.numbers(name) ?? []),
  ]);
  if (names.length !== count * directions) operation.refuse(`has ${names.length} activations`);
  const ours = names.map((name) => activationOf(operation, name, alphas, betas));
  for (let d = 1; d < directions; d++) {
    if (ours.slice(d * count, (d + 1) * count).join() !== ours.slice(0, count).join()) {
      operation.refuse('has other activations in each direction');
    }
  }
  if (kind === 'RNN') return { activation: ours[0] };
  if (kind === 'LSTM' && ours[1] !== ours[2])
    operation.refuse('has two activations, of its cell and its output');
  return { recurrentActivation: ours[0], activation: ours[1] };
}

/** Numbers of activations stand in a row for those that have some. */
function activationOf(
  operation: Operation,
  name: string,
  alphas: number[],
  betas: number[],
): OutputSlopeName {
  const close = (value: number, other: number): boolean => Math.abs(value - other) < 1e-6;
  switch (name.toLowerCase()) {
    case 'sigmoid':
      return 'sigmoid';
    case 'tanh':
      return 'tanh';
    case 'relu':
      return 'relu';
    case 'softplus':
      return 'softplus';
    case 'hardsigmoid':
      if (close(alphas.shift() ?? 0.2, 0.2) && close(betas.shift() ?? 0.5, 0.5)) return 'hardSigmoid';
      break;
    case 'elu':
      if (close(alphas.shift() ?? 1, 1)) return 'elu';
      break;
    case 'leakyrelu':
      if (close(alphas.shift() ?? 0.01, LEAKY_SLOPE)) return 'leakyRelu';
      break;
    case 'affine':
      if (close(alphas.shift() ?? 0, 1) && close(betas.shift() ?? 0, 0)) return 'linear';
      break;
  }
  return operation.refuse(`has the activation ${name}, with numbers that ours has not`);
}

/** States to begin with: none for zeros. */
function initialStates(operation: Operation, kind: Kind, both: boolean): SymbolicTensor<Layer>[] {
  const places = kind === 'LSTM' ? [INITIAL_H, INITIAL_C] : [INITIAL_H];
  const given = places.map((place) => operation.inputs[place]);
  const isZero = (value: Value | undefined): boolean =>
    value === undefined ||
    (value.kind === 'fill' && value.value === 0) ||
    (value.kind === 'constant' && value.tensor.data.every((number) => number === 0));
  if (given.every(isZero)) return [];
  const signals = given.filter((value): value is Signal => value?.kind === 'signal');
  if (signals.length < given.length) {
    operation.refuse(
      'begins with states that are weights, or with one state of two',
      'Export it with states of zeros, or with all of them as inputs.',
    );
  }
  if (both || !signals.every((one) => liesAs(one, 'N', 'D'))) {
    operation.refuse('begins with states of both directions, or laid out in another way');
  }
  return signals.map((one) => one.tensor());
}
