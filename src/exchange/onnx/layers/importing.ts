import { firstNotFinite } from '../../../base/encoding/finite-numbers.js';
import { SeqkitError } from '../../../base/errors.js';
import { quoted } from '../../../base/schema/index.js';
import type { Layer } from '../../../rnn/layers/layer.js';
import type { SymbolicTensor } from '../../../rnn/layers/symbolic-tensor.js';
import { damaged } from '../read/damage.js';
import type { OnnxAttribute, OnnxGraph, OnnxNode, OnnxTensor } from '../read/graph.js';
import { wholeNumbers, type Axis, type Signal, type Value } from './value.js';

/** So many layers may wait for each other: more could overflow the stack. */
export const MOST_WAITING = 100;

/** A network of an open number of time steps is built for so many at most: a file must not make room for more. */
const MOST_REACH = 2 ** 12;

/** Which outputs of recurrent operators are used, by the place of the node. */
export type UsedOutputs = Map<OnnxNode, Set<UsedOutput>>;

/** All time steps, the same from the last one on, the last states, or those of one direction. */
export type UsedOutput = 'sequence' | 'backwards' | 'state' | 'parts';

/** An operation with what it takes, and what it makes layers of. */
export class Operation {
  constructor(
    readonly node: OnnxNode,
    readonly inputs: readonly (Value | undefined)[],
    readonly importing: Importing,
  ) {}

  /** The same with other inputs. */
  taking(inputs: readonly (Value | undefined)[]): Operation {
    return new Operation(this.node, inputs, this.importing);
  }

  number(name: string, otherwise: number): number {
    const value = this.node.attributes.get(name);
    return typeof value === 'number' ? value : otherwise;
  }

  numbers(name: string): readonly number[] | undefined {
    const value = this.node.attributes.get(name);
    return isNumbers(value) ? value : undefined;
  }

  text(name: string, otherwise: string): string {
    const value = this.node.attributes.get(name);
    return typeof value === 'string' ? value : otherwise;
  }

  /** Axes by an attribute, as once, or by an input, as now. */
  axes(place: number, rank: number): number[] | undefined {
    const given = this.numbers('axes') ?? wholeNumbers(this.inputs[place]);
    return given?.map((axis) => this.axis(axis ?? 0, rank));
  }

  /** An axis from 0 on. */
  axis(axis: number, rank: number): number {
    const place = axis < 0 ? axis + rank : axis;
    if (Number.isInteger(place) && place >= 0 && place < rank) return place;
    throw damaged(this.importing.source, `${this.called} has an axis ${axis} of ${rank}`);
  }

  signal(place = 0): Signal {
    const value = this.inputs[place];
    if (value?.kind === 'signal') return value;
    return this.refuse('does not take what a layer makes');
  }

  constant(place: number, rank?: number): OnnxTensor {
    const value = this.inputs[place];
    if (value?.kind !== 'constant') return this.refuse(`takes no weights as its input ${place}`);
    if (rank !== undefined && value.tensor.shape.length !== rank) {
      return this.refuse(`has weights of ${value.tensor.shape.length} axes, expected ${rank}`);
    }
    return value.tensor;
  }

  get called(): string {
    const { opType, name } = this.node;
    return name === '' ? `the operation ${opType}` : `the operation ${opType} (${quoted(name)})`;
  }

  /** @throws SeqkitError `bad-file` for what has no layer */
  refuse(why: string, hint = 'Look into the file with readOnnxGraph.'): never {
    throw new SeqkitError(`${this.importing.source} has no layers of ours: ${this.called} ${why}.`, {
      code: 'bad-file',
      hint,
    });
  }

  /**
   * A layer on each row of a signal. Where only the last time step of that is used, the layer goes on that alone.
   * @param make anew for each place
   * @param features that it gives, where others than it takes
   */
  rows(x: Signal, make: () => Layer, arrays: readonly ArrayLike<number>[], features?: number): Signal {
    const on = (from: () => SymbolicTensor<Layer>) => once(() => this.layer(make(), arrays, from())[0]);
    const tensor = on(x.tensor);
    const { waiting = 0 } = x;
    const isLazy = x.last !== undefined && waiting < MOST_WAITING;
    if (!isLazy) tensor();
    const at = x.axes.indexOf('D');
    return {
      ...{ kind: 'signal', axes: x.axes, tensor },
      sizes: x.sizes.map((size, i) => (i === at && features !== undefined ? features : size)),
      ...(isLazy && { last: on(x.last), waiting: waiting + 1 }),
      ...(x.steps !== undefined && { steps: x.steps }),
      ...(x.timeName !== undefined && { timeName: x.timeName }),
      ...(x.lengths !== undefined && { lengths: x.lengths }),
      ...(features === undefined && x.places && { places: x.places }),
    };
  }

  /** A layer on what others make, with its weights in our layout. */
  layer(
    layer: Layer,
    arrays: readonly ArrayLike<number>[],
    ...inputs: readonly SymbolicTensor<Layer>[]
  ): SymbolicTensor<Layer>[] {
    for (const data of arrays) {
      if (firstNotFinite(Float32Array.from(data)) >= 0) {
        throw damaged(this.importing.source, `${this.called} has a weight that is no finite number`);
      }
    }
    this.importing.made.push({ layer, arrays });
    return layer.applyAll(inputs);
  }
}

export function isTensor(value: OnnxAttribute | undefined): value is OnnxTensor {
  return typeof value === 'object' && 'data' in value;
}

export function isNumbers(value: OnnxAttribute | undefined): value is readonly number[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'number');
}

function usedNodes({ nodes, outputs }: OnnxGraph): OnnxNode[] {
  const used = new Set(outputs.map(({ name }) => name));
  const found = nodes.toReversed().filter((node) => {
    if (!node.outputs.some((name) => used.has(name))) return false;
    for (const name of node.inputs) used.add(name);
    return true;
  });
  return found.reverse();
}

/** A graph that layers are made of. */
export class Importing {
  readonly made: { readonly layer: Layer; readonly arrays: readonly ArrayLike<number>[] }[] = [];
  readonly notes = new Set<string>();
  /** Operations that an output depends on, in order. */
  readonly nodes: readonly OnnxNode[];
  /** Operations that were made layers of. */
  reached = 0;
  /** So many time steps are taken together by all windows that slide over time, at most. */
  reach = 0;
  #strides = 1;
  /** Nodes that an earlier one has taken in. */
  readonly fused = new Map<OnnxNode, OnnxNode>();
  readonly #takers = new Map<string, OnnxNode[]>();
  readonly #constants = new Map<string, OnnxTensor>();

  constructor(
    readonly graph: OnnxGraph,
    readonly source: string,
    /** What was used in an earlier walk, or nothing in the first. */
    readonly wanted: UsedOutputs | undefined,
    readonly used: UsedOutputs,
  ) {
    this.nodes = usedNodes(graph);
    for (const node of this.nodes) {
      const value = node.opType === 'Constant' ? node.attributes.get('value') : undefined;
      if (isTensor(value)) this.#constants.set(node.outputs[0], value);
      for (const name of new Set(node.inputs)) {
        const all = this.#takers.get(name);
        if (all) all.push(node);
        else this.#takers.set(name, [node]);
      }
    }
  }

  /** A window that slides over time, over what the windows before it gave. */
  slides(reach: number, strides: number): void {
    this.reach = Math.min(MOST_REACH, this.reach + (reach - 1) * this.#strides);
    this.#strides = Math.min(MOST_REACH, this.#strides * strides);
  }

  /** Whether an output of an operation is used. */
  isUsed(name: string | undefined): boolean {
    if (name === undefined || name === '') return false;
    return this.#takers.has(name) || this.graph.outputs.some((output) => output.name === name);
  }

  /** Whether nothing is used of an operation but one of its outputs. */
  givesOnly(node: OnnxNode, output: number): boolean {
    return node.outputs.every((name, i) => i === output || !this.isUsed(name));
  }

  /** The one operation that takes a value, if there is one and the graph does not give the value out. */
  onlyTaker(name: string): OnnxNode | undefined {
    const takers = this.takers(name);
    return takers.length === 1 ? takers[0] : undefined;
  }

  /** The operations that take a value; none where the graph gives the value out. */
  takers(name: string): readonly OnnxNode[] {
    if (this.graph.outputs.some((output) => output.name === name)) return [];
    return this.#takers.get(name) ?? [];
  }

  /** Numbers that the file has under a name, as a weight or as an operation Constant. */
  numbers(name: string): OnnxTensor | undefined {
    return this.graph.initializers.get(name) ?? this.#constants.get(name);
  }
}

/** The same result at each call. */
export function once<Result>(make: () => Result): () => Result {
  let made: { readonly result: Result } | undefined;
  return () => (made ??= { result: make() }).result;
}

/** How many layers wait for the last of some signals. */
export function waitingOf(signals: readonly Signal[]): number {
  return Math.max(...signals.map(({ waiting = 0 }) => waiting));
}

/** How many features a signal has, where that is known. */
export function featuresOf(x: Signal): number | null {
  return x.sizes[x.axes.indexOf('D')] ?? null;
}

/** Whether a signal's axes are these, but for axes of one. */
export function liesAs(x: Signal, ...axes: readonly Axis[]): boolean {
  return x.axes.filter((axis) => axis !== 'one').join() === axes.join();
}
