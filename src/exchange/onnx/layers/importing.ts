import { firstNotFinite } from '../../../base/encoding/finite-numbers.js';
import { SeqkitError } from '../../../base/errors.js';
import { quoted } from '../../../base/schema/index.js';
import type { Layer } from '../../../rnn/layers/layer.js';
import type { SymbolicTensor } from '../../../rnn/layers/symbolic-tensor.js';
import { damaged } from '../read/damage.js';
import type { OnnxAttribute, OnnxGraph, OnnxNode, OnnxTensor } from '../read/graph.js';
import { wholeNumbers, type Axis, type Signal, type Value } from './value.js';

/** Which outputs of recurrent operators are used, by the place of the node. */
export type UsedOutputs = Map<OnnxNode, Set<UsedOutput>>;

/** All time steps, the last states, or those of one direction. */
export type UsedOutput = 'sequence' | 'state' | 'parts';

/** An operation with what it takes, and what it makes layers of. */
export class Operation {
  constructor(
    readonly node: OnnxNode,
    readonly inputs: readonly (Value | undefined)[],
    readonly importing: Importing,
  ) {}

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

function isNumbers(value: OnnxAttribute | undefined): value is readonly number[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'number');
}

/** A graph that layers are made of. */
export class Importing {
  readonly made: { readonly layer: Layer; readonly arrays: readonly ArrayLike<number>[] }[] = [];
  readonly notes = new Set<string>();
  /** Operations that were made layers of. */
  reached = 0;
  /** Nodes that an earlier one has taken in. */
  readonly fused = new Map<OnnxNode, OnnxNode>();
  readonly #takers = new Map<string, OnnxNode[]>();

  constructor(
    readonly graph: OnnxGraph,
    readonly source: string,
    /** What was used in an earlier walk, or nothing in the first. */
    readonly wanted: UsedOutputs | undefined,
    readonly used: UsedOutputs,
  ) {
    for (const node of graph.nodes) {
      for (const name of new Set(node.inputs)) {
        const all = this.#takers.get(name);
        if (all) all.push(node);
        else this.#takers.set(name, [node]);
      }
    }
  }

  /** The one operation that takes a value, if there is one and the graph does not give the value out. */
  onlyTaker(name: string): OnnxNode | undefined {
    const takers = this.#takers.get(name) ?? [];
    const isOutput = this.graph.outputs.some((output) => output.name === name);
    return takers.length === 1 && !isOutput ? takers[0] : undefined;
  }

  initializer(name: string): OnnxTensor | undefined {
    return this.graph.initializers.get(name);
  }
}

/** A signal in the layout of another, of other features. */
export function like(x: Signal, tensor: SymbolicTensor<Layer>, features?: number): Signal {
  const at = x.axes.indexOf('D');
  const sizes = x.sizes.map((size, i) => (i === at && features !== undefined ? features : size));
  return { kind: 'signal', axes: x.axes, sizes, tensor: () => tensor };
}

/** How many features a signal has, where that is known. */
export function featuresOf(x: Signal): number | null {
  return x.sizes[x.axes.indexOf('D')] ?? null;
}

/** Whether a signal's axes are these, but for axes of one. */
export function liesAs(x: Signal, ...axes: readonly Axis[]): boolean {
  return x.axes.filter((axis) => axis !== 'one').join() === axes.join();
}
