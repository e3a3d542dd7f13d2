import { SeqkitError } from '../../base/errors.js';
import type { LayerGraph } from '../graph/layer-graph.js';
import { isNumberArray, schemaOf, shown } from '../../base/schema/index.js';
import { sizeOf, toTensor, type Tensor, type TensorLike } from '../program/tensor.js';

/** What a model of several inputs or outputs takes: one for each, in their order. */
export type Several = TensorLike | readonly TensorLike[];

/**
 * How many time steps of each example count, from the first on: (N) whole numbers. A model of
 * several inputs takes an array with one for each, undefined where an input has no padding.
 */
export type Lengths = ArrayLike<number> | readonly (ArrayLike<number> | undefined)[];

/** Examples as they are given. */
export interface GivenExamples {
  x: Several;
  y?: Several | undefined;
  sampleWeight?: Several | undefined;
  lengths?: Lengths | undefined;
}

/** Examples with their targets: what one call of `fit` goes over. */
export interface Examples {
  /** Of each input: (N, T, D), (N, D), or tokens (N, T). */
  readonly inputs: readonly Tensor[];
  /** Of each output, with its rows; none for inference. */
  readonly targets: readonly Tensor[];
  /** Of each output a weight for each example (N) or each of its rows (N, T); none where all count alike. */
  readonly weights: readonly Tensor[];
  /** The weights as they were given, where `weights` have those of classes in them. */
  readonly sampleWeights?: readonly Tensor[];
  /** Of each input how many steps of each example count, or undefined where all of them do. */
  readonly lengths: readonly (Int32Array | undefined)[];
}

/** N. */
export function countOf({ inputs }: Pick<Examples, 'inputs'>): number {
  return inputs[0].shape[0];
}

/**
 * Examples as a model wants them.
 * @throws SeqkitError `usage` or `bad-shape` where their numbers differ; `bad-value` for a length
 *   that is none
 */
export function readExamples(graph: LayerGraph, { x, y, sampleWeight, lengths }: GivenExamples): Examples {
  const [given, asked] = [graph.inputs.length, graph.outputs.length];
  const inputs = toTensors(x, given, 'inputs', 'x');
  const targets = y === undefined ? [] : toTensors(y, asked, 'outputs', 'y');
  const weights = sampleWeight === undefined ? [] : toTensors(sampleWeight, asked, 'outputs', 'sampleWeight');
  const count = countOf({ inputs });
  const mismatch = (found: number, what: string): void => {
    if (found === count) return;
    throw new SeqkitError(`There are ${count} examples, but ${found} ${what}.`, { code: 'bad-shape' });
  };
  for (const { shape } of inputs) mismatch(shape[0], 'inputs');
  for (const one of targets) if (one !== NO_TARGETS) mismatch(one.shape[0], 'targets');
  for (const { shape } of weights) mismatch(shape[0], 'sample weights');
  const read = toLengths(lengths, inputs);
  for (const own of read) if (own) mismatch(own.length, 'lengths');
  return { inputs, targets, weights, lengths: read };
}

/**
 * How many sample weights an example has, where an output has so many rows for each.
 * @throws SeqkitError `bad-shape` where it is neither one nor one for each row
 */
export function weightsPerExample({ shape }: Tensor, rows: number): number {
  const perExample = sizeOf(shape.slice(1));
  if (perExample === 1 || perExample === rows) return perExample;
  throw new SeqkitError(
    `Sample weights of shape (${shape.join(', ')}) do not fit ${rows} output rows an example.`,
    { code: 'bad-shape', hint: 'Give one weight for each example, or one for each of its time steps.' },
  );
}

/** Tensors for so many inputs or outputs. @throws SeqkitError `usage` where as many were not given */
function toTensors(values: Several, count: number, what: string, name: string): Tensor[] {
  if (count === 1) return [toTensor(values as TensorLike, name)];
  if (!Array.isArray(values) || values.length !== count) {
    const given = Array.isArray(values) ? values.length : shown(values);
    throw new SeqkitError(`The model has ${count} ${what}; ${given} came.`, {
      code: 'usage',
      hint: `Give an array with one Tensor for each of the ${what}.`,
    });
  }
  return Array.from(values as readonly TensorLike[], (one, i) => toTensor(one, `${name}[${i}]`));
}

function toLengths(lengths: Lengths | undefined, inputs: readonly Tensor[]): (Int32Array | undefined)[] {
  if (lengths === undefined) return [];
  const several = inputs.length > 1;
  if (several && (!Array.isArray(lengths) || lengths.length !== inputs.length)) {
    throw new SeqkitError(`The model has ${inputs.length} inputs; lengths must be an array of as many.`, {
      code: 'usage',
      hint: 'Give the lengths of each input, undefined for one without padding.',
    });
  }
  const each = (several ? lengths : [lengths]) as readonly (ArrayLike<number> | undefined)[];
  return Array.from(each, (own, i) =>
    own === undefined
      ? undefined
      : checkedLengths(lengthList.parse(own, several ? `lengths[${i}]` : 'lengths'), inputs[i]),
  );
}

const lengthList = schemaOf<ArrayLike<number>>('an array of whole numbers', isNumberArray);

function checkedLengths(lengths: ArrayLike<number>, { shape }: Tensor): Int32Array {
  const time = shape[1] ?? 0;
  for (let n = 0; n < lengths.length; n++) {
    if (Number.isInteger(lengths[n]) && lengths[n] >= 1 && lengths[n] <= time) continue;
    throw new SeqkitError(
      `The length of example ${n} is ${shown(lengths[n])}; it must be a whole number from 1 to ${time}, the input's time steps.`,
      { code: 'bad-value', hint: 'Leave out sequences without a step.' },
    );
  }
  return Int32Array.from(lengths);
}

/** Stands for the targets of an output whose loss takes none. */
const NO_TARGETS: Tensor = { data: new Float32Array(), shape: [0] };

/**
 * The targets that a method was given; of several outputs those whose loss takes none may be undefined.
 * @param needed for each output whether its loss takes any
 * @throws SeqkitError `usage` where there are none
 */
export function targetsOf(
  y: Several | undefined,
  method: string,
  needed: readonly boolean[],
): Several | undefined {
  if (needed.length > 1 && Array.isArray(y)) {
    return Array.from(y as readonly (TensorLike | undefined)[], (one, i) =>
      one === undefined && needed[i] === false ? NO_TARGETS : one,
    ) as readonly TensorLike[];
  }
  if (y !== undefined || !needed.includes(true)) return y;
  throw new SeqkitError(`${method} needs targets: its second argument is missing.`, {
    code: 'usage',
    hint: `Call ${method}(x, y).`,
  });
}
