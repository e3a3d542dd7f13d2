import type { Cell } from '../../../rnn/cells/cell.js';
import type { Layer, LayerOptions } from '../../../rnn/layers/layer.js';
import { LEAKY_SLOPE, type ActivationName } from '../../../rnn/program/activations.js';
import type { Weight } from '../../../rnn/weights/weight.js';
import type { AttributeValue } from './onnx-builder.js';
import { optionOf, transposed, weightOf, type Writing } from './writing.js';

/** A cell as ONNX has it: an operator, its weights and attributes. */
export interface OnnxCell {
  readonly opType: 'RNN' | 'GRU' | 'LSTM';
  /** Names of W (1, G * H, D), R (1, G * H, H) and B (1, 2 * G * H). */
  readonly weights: readonly [w: string, r: string, b: string];
  /** The name of P (1, 3 * H), empty without peepholes. */
  readonly peepholes: string;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

/** Which of our gates stands in each place of ONNX's: i, o, f, c of an LSTM; z, r, h of a GRU are ours. */
const GATES: Readonly<Record<OnnxCell['opType'], readonly number[]>> = {
  RNN: [0],
  GRU: [0, 1, 2],
  LSTM: [0, 3, 1, 2],
};

/** Activations by ONNX's names, with the numbers that they take. */
const ACTIVATIONS: Partial<Record<ActivationName, { name: string; alpha?: number; beta?: number }>> = {
  tanh: { name: 'Tanh' },
  sigmoid: { name: 'Sigmoid' },
  relu: { name: 'Relu' },
  softplus: { name: 'Softplus' },
  elu: { name: 'Elu', alpha: 1 },
  leakyRelu: { name: 'LeakyRelu', alpha: LEAKY_SLOPE },
  hardSigmoid: { name: 'HardSigmoid', alpha: 0.2, beta: 0.5 },
  // Runtimes take 0 for numbers that are left out.
  linear: { name: 'Affine', alpha: 1, beta: 0 },
};

const OPERATORS: Readonly<Record<string, OnnxCell['opType']>> = {
  SimpleRNNCell: 'RNN',
  GRUCell: 'GRU',
  LSTMCell: 'LSTM',
};

/** @throws SeqkitError `usage` for a cell of one's own, or an activation that ONNX's operators do not know */
export function onnxCell(writing: Writing, layer: Layer, cell: Cell): OnnxCell {
  const described = cell.describe?.();
  const opType =
    described && Object.hasOwn(OPERATORS, described.kind) ? OPERATORS[described.kind] : undefined;
  if (!described || opType === undefined) {
    return writing.refuse(
      layer,
      'has a cell of its own',
      "Use SimpleRNN, GRU or LSTM: they are operators of ONNX's own.",
    );
  }
  const { options } = described;
  const linearBeforeReset = opType === 'GRU' && optionOf(options, 'resetAfter', true);
  const attributes = {
    hidden_size: cell.units,
    ...activationsOf(writing, layer, opType, options),
    ...(linearBeforeReset && { linear_before_reset: 1 }),
  };
  const { weights, peepholes } = weightsOf(writing, layer, cell, opType);
  return { opType, weights, peepholes, attributes };
}

function activationsOf(
  writing: Writing,
  layer: Layer,
  opType: OnnxCell['opType'],
  options: LayerOptions,
): Record<string, AttributeValue> {
  const own = optionOf<ActivationName>(options, 'activation', 'tanh');
  const gates = optionOf<ActivationName>(options, 'recurrentActivation', 'sigmoid');
  const names = { RNN: [own], GRU: [gates, own], LSTM: [gates, own, own] }[opType];
  const known = names.map(
    (name) =>
      ACTIVATIONS[name] ??
      writing.refuse(
        layer,
        `has the activation "${name}"`,
        `ONNX's recurrent operators know ${Object.keys(ACTIVATIONS).join(', ')}.`,
      ),
  );
  const numbers = (part: 'alpha' | 'beta'): number[] =>
    known.map((f) => f[part]).filter((n) => n !== undefined);
  return {
    activations: known.map(({ name }) => name),
    ...(numbers('alpha').length > 0 && { activation_alpha: { floats: numbers('alpha') } }),
    ...(numbers('beta').length > 0 && { activation_beta: { floats: numbers('beta') } }),
  };
}

function weightsOf(
  writing: Writing,
  layer: Layer,
  cell: Cell,
  opType: OnnxCell['opType'],
): Pick<OnnxCell, 'weights' | 'peepholes'> {
  const [kernel, recurrent] = cell.weights;
  const [bias, peepholes] = [weightOf(layer, 'bias'), weightOf(layer, 'peepholes')];
  const [H, order] = [cell.units, GATES[opType]];
  const rows = order.length * H;
  const turned = (weight: typeof kernel): Float32Array => {
    const [from, to] = weight.shape;
    return reordered(transposed(weight.get().data, from, to), order, H * from);
  };
  const base = kernel.name.slice(0, kernel.name.lastIndexOf('/'));
  const w = writing.weight(`${base}/W`, [1, rows, kernel.shape[0]], () => turned(kernel), 1);
  const r = writing.weight(`${base}/R`, [1, rows, H], () => turned(recurrent), 1);
  // Wb, then Rb: of a GRU that resets after the product both, else the second is 0.
  const both = (own: Weight) => (): Float32Array => {
    const all = new Float32Array(2 * rows);
    const given = own.get().data;
    for (let half = 0; half * rows < given.length; half++) {
      const part = Float32Array.from(given).subarray(half * rows, (half + 1) * rows);
      all.set(reordered(part, order, H), half * rows);
    }
    return all;
  };
  const b = bias ? writing.weight(`${base}/B`, [1, 2 * rows], both(bias)) : '';
  // Ours are of i, f, o, ONNX's of i, o, f.
  const seen = (own: Weight) => (): Float32Array =>
    reordered(Float32Array.from(own.get().data), [0, 2, 1], H);
  const p = peepholes ? writing.weight(`${base}/P`, [1, 3 * H], seen(peepholes)) : '';
  return { weights: [w, r, b], peepholes: p };
}

/** Blocks of so many numbers in another order. */
function reordered(data: Float32Array, order: readonly number[], size: number): Float32Array {
  const result = new Float32Array(data.length);
  order.forEach((from, to) => result.set(data.subarray(from * size, (from + 1) * size), to * size));
  return result;
}
