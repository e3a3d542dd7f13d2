import type { Layer } from '../../../rnn/layers/layer.js';
import type { Recurrent, RecurrentOptions } from '../../../rnn/layers/recurrent.js';
import type { SymbolicTensor } from '../../../rnn/layers/symbolic-tensor.js';
import type { OnnxTensor } from '../read/graph.js';

/**
 * What an axis of a value is: examples, time, features; bands, and the channels of each, which are the features
 * together; both directions of a recurrent operator; examples times time; or an axis of one.
 */
export type Axis = 'N' | 'T' | 'D' | 'B' | 'C' | 'both' | 'NT' | 'one';

/** What layers make, and how ONNX has it laid out. */
export interface Signal {
  readonly kind: 'signal';
  readonly axes: readonly Axis[];
  /** In the same order; null where they vary. */
  readonly sizes: readonly (number | null)[];
  /** The output of a layer. Called where it is used: what a recurrent layer must give depends on that. */
  readonly tensor: () => SymbolicTensor<Layer>;
  /** The last time step of it, where a recurrent layer gives that by itself. */
  readonly last?: (() => SymbolicTensor<Layer>) | undefined;
  /** How many layers wait to be made until it is known whether only their last time step is used. */
  readonly waiting?: number;
  /** Of one time step, all of them, from which a layer with weights takes that one. */
  readonly picked?: Picked | undefined;
  /** Of an axis of both directions, each one's. */
  readonly parts?: readonly (() => SymbolicTensor<Layer>)[] | undefined;
  /** Where it is all that one direction of a recurrent operator gives: two of them may be one layer. */
  readonly walk?: Walk | undefined;
  /** The same from the last time step to the first, where a recurrent operator walks so. */
  readonly backwards?: (() => SymbolicTensor<Layer>) | undefined;
  /** The input that says how many time steps of each sequence count: what stands beyond is not used. */
  readonly lengths?: string | undefined;
  /** Names a number of time steps that varies: two axes of one name are of one length. */
  readonly timeName?: string | undefined;
  /** Of examples times time, how many time steps. */
  readonly steps?: Length | undefined;
  /** Zeros put before and after what there is, of each axis, which the next convolution takes in. */
  readonly padding?: readonly Pads[] | undefined;
  /** Where each feature of the file stands among ours, if they are in another order. */
  readonly places?: Int32Array | undefined;
}

/** So many before, so many after. */
export type Pads = readonly [before: number, after: number];

/** What one direction of a recurrent operator gives, of which nothing else is used. */
export interface Walk {
  readonly direction: 'forward' | 'reverse';
  readonly gives: 'sequence' | 'state';
  readonly cell: RecurrentCell;
  /** What it walks over. */
  readonly x: () => SymbolicTensor<Layer>;
}

/** What is in common to the layers of a recurrent operator. */
export interface RecurrentCell {
  readonly units: number;
  /** Weights of each direction, in our layout. */
  readonly arrays: readonly ArrayLike<number>[];
  /** Says which layer it is: where two say the same they differ in their weights alone. */
  readonly kind: string;
  /** Whether it stays at zero where all its weights are. */
  readonly restsAtZero: boolean;
  make(walk: RecurrentOptions): Recurrent;
}

/** One time step of a sequence, (N, T, D). */
export interface Picked {
  readonly sequence: () => SymbolicTensor<Layer>;
  readonly place: number;
  readonly steps: number;
}

/** How long an axis is: a number, or a name for what varies; neither where that is not known. */
export interface Length {
  readonly size: number | null;
  readonly name?: string | undefined;
}

/** Sizes of a shape that is computed in the graph. */
export interface Sizes {
  readonly kind: 'sizes';
  readonly sizes: readonly Length[];
}

/** One number everywhere, in a shape that may vary. */
export interface Fill {
  readonly kind: 'fill';
  readonly value: number;
}

export interface Constant {
  readonly kind: 'constant';
  readonly tensor: OnnxTensor;
}

/** How many time steps of each sequence count. */
export interface Lengths {
  readonly kind: 'lengths';
  readonly name: string;
}

export type Value = Signal | Sizes | Fill | Constant | Lengths;

/** Whole numbers of a shape, an axis or a place; null for one that varies. */
export function wholeNumbers(value: Value | undefined): readonly (number | null)[] | undefined {
  return lengthsIn(value)?.map(({ size }) => size);
}

/** The same, with the names of those that vary. */
export function lengthsIn(value: Value | undefined): readonly Length[] | undefined {
  if (value?.kind === 'sizes') return value.sizes;
  return value?.kind === 'constant' ? Array.from(value.tensor.data, (size) => ({ size })) : undefined;
}

/** How long each axis of a signal is. */
export function axisLengths({ axes, sizes, timeName }: Signal): Length[] {
  return axes.map((axis, i) => {
    const name = axis === 'N' ? 'N' : axis === 'T' ? timeName : undefined;
    return { size: sizes[i], ...(name !== undefined && { name }) };
  });
}

/** Whether two are known to be the same. */
export function isSameLength(a: Length | undefined, b: Length | undefined): boolean {
  if (!a || !b || a.size !== b.size) return false;
  return a.size !== null || (a.name !== undefined && a.name === b.name);
}
