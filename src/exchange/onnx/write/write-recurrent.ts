import { Recurrent } from '../../../rnn/layers/recurrent.js';
import { onnxCell } from './cell-weights.js';
import { isSequence, type Flow } from './flow.js';
import { StepOrder } from './step-order.js';
import { optionOf, type LayerWriter, type Writing } from './writing.js';
import { refuseStep } from './write-sliding.js';

interface Walk {
  readonly layer: Recurrent;
  readonly x: Flow;
  /** States to begin with, each (N, H); none for zeros. */
  readonly initial: readonly Flow[];
  readonly backwards: boolean;
  /** Whether sequences come out in the order of time, whichever way they were walked. */
  readonly inTimeOrder: boolean;
}

/** SimpleRNN, GRU, LSTM, and Recurrent with one of their cells. */
export const writeRecurrent: LayerWriter = (writing, layer, inputs) => {
  if (!(layer instanceof Recurrent))
    return writing.refuse(layer, 'is none of the known layers', 'Use a GRU.');
  const [x, ...initial] = inputs;
  if (layer.goesBackwards) refuseStep(writing, layer);
  return writeWalk(writing, { layer, x, initial, backwards: layer.goesBackwards, inTimeOrder: false });
};

/** Both directions, each an operation of its own. */
export const writeBidirectional: LayerWriter = (writing, layer, inputs) => {
  const [x, ...initial] = inputs;
  refuseStep(writing, layer);
  const [forward, backward] = layer.innerLayers as readonly Recurrent[];
  const half = Math.ceil(initial.length / 2);
  const walk = (one: Recurrent, states: readonly Flow[], backwards: boolean): Flow[] =>
    writeWalk(writing, { layer: one, x, initial: states, backwards, inTimeOrder: true });
  const [a, ...forwardStates] = walk(forward, initial.slice(0, half), false);
  const [b, ...backwardStates] = walk(backward, initial.slice(half), true);
  return [
    merged(writing, a, b, optionOf(layer.options(), 'mergeMode', 'concat')),
    ...forwardStates,
    ...backwardStates,
  ];
};

function merged(writing: Writing, a: Flow, b: Flow, mode: string): Flow {
  const names = [a.name, b.name];
  switch (mode) {
    case 'sum':
      return { ...a, name: writing.op('Add', names) };
    case 'multiply':
      return { ...a, name: writing.op('Mul', names) };
    case 'average':
      return { ...a, name: writing.op('Mul', [writing.op('Add', names), writing.builder.scalar(0.5)]) };
    default: {
      const features = a.features + b.features;
      return {
        ...a,
        name: writing.op('Concat', names, { axis: -1 }),
        dims: [...a.dims.slice(0, -1), features],
        features,
      };
    }
  }
}

function writeWalk(writing: Writing, { layer, x: given, initial, backwards, inTimeOrder }: Walk): Flow[] {
  const { builder } = writing;
  const op = writing.op.bind(writing);
  const x = writing.dense(given);
  if (!isSequence(x)) writing.sequence(layer, x);
  const { cell } = layer;
  const [N, T] = x.dims;
  const H = cell.units;
  const { opType, weights, peepholes, attributes } = onnxCell(writing, layer, cell);
  const options = layer.options();
  const returnSequences = optionOf(options, 'returnSequences', false);
  const returnState = optionOf(options, 'returnState', false);
  const carries = initial.length === 0 && writing.carries(layer);
  const starts = carries ? carriedStates(writing, layer, N) : initial.map(({ name }) => name);

  const order = x.mask === undefined ? undefined : StepOrder.of(writing, x.mask);
  const sequences = op('Transpose', [order ? order.toFront(x) : x.name], { perm: [1, 0, 2] });
  const inputs = [
    sequences,
    ...weights,
    order?.lengths ?? '',
    ...cell.states.map((_, i) => (i < starts.length ? op('Unsqueeze', [starts[i], builder.ints(0)]) : '')),
    peepholes,
  ];
  while (inputs.at(-1) === '') inputs.pop();
  const direction: Record<string, string> = backwards ? { direction: 'reverse' } : {};
  const wantsStates = !returnSequences || returnState || carries;
  const wanted = [returnSequences, ...cell.states.map(() => wantsStates)];
  const [all, ...ends] = builder.ops(opType, inputs, { ...attributes, ...direction }, wanted);

  const states = ends.map((end, i): Flow => {
    const state = wantsStates ? op('Squeeze', [end, builder.ints(0)]) : '';
    const name = wantsStates && order ? order.lastState(state, starts[i]) : state;
    return { name, dims: [N, H], features: H };
  });
  if (carries) giveBack(writing, layer, states);
  let y = states[0];
  if (returnSequences) {
    let name = op('Transpose', [op('Squeeze', [all, builder.ints(1)])], { perm: [1, 0, 2] });
    if (order) name = order.back(name, backwards, starts[0]);
    y = { name, dims: [N, T, H], features: H, mask: x.mask };
    if (backwards && !inTimeOrder) y = reversed(writing, y);
  }
  return [y, ...(returnState ? states : [])];
}

/** From the last time step to the first. */
function reversed(writing: Writing, x: Flow): Flow {
  const turn = (name: string): string => {
    const [start, end, axis, step] = [-1, -Number.MAX_SAFE_INTEGER, 1, -1].map((n) =>
      writing.builder.ints(n),
    );
    return writing.op('Slice', [name, start, end, axis, step]);
  };
  return { ...x, name: turn(x.name), mask: x.mask === undefined ? undefined : turn(x.mask) };
}

/** States that come from outside. */
function carriedStates(writing: Writing, layer: Recurrent, N: number | string): string[] {
  return layer.cell.states.map((state) => writing.carryIn(layer, state, [N, layer.cell.units]));
}

function giveBack(writing: Writing, layer: Recurrent, states: readonly Flow[]): void {
  layer.cell.states.forEach((state, i) => writing.carryOut(layer, state, states[i].name));
}
