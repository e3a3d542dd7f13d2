import type { Matrix } from '../program/program.js';
import { ProgramBuilder } from '../program/program.js';
import { SeqkitError } from '../../base/errors.js';
import { text as someName } from '../../base/schema/index.js';
import type { Random } from '../../base/math/random.js';
import { checkConnected } from './connected.js';
import { inputFor, type Ending, type Layer } from '../layers/layer.js';
import { size } from '../layers/layer-options.js';
import type { InputPort } from '../layers/symbolic-tensor.js';
import {
  inputName,
  layerOutputName,
  maskName,
  Trace,
  type Connected,
  type Signal,
} from '../weights/trace.js';
import type { Weight } from '../weights/weight.js';

/** One use of a layer. What flows is numbered: the inputs first, then the outputs of each use in turn. */
export interface GraphNode {
  readonly layer: Layer;
  readonly inputs: readonly number[];
}

/** Sizes of one input as they were when the weights were made. */
export interface InputShape {
  /** T, or undefined for rows. */
  readonly time: number | undefined;
  /** S of (N, T, S, D). */
  readonly steps?: number | undefined;
  /** D; 1 for tokens. */
  readonly features: number;
  /** Whether examples have lengths of their own, and the steps beyond are masked. @default false */
  readonly masked?: boolean;
}

/** What a graph is made of, its layers in the order of the nodes. */
export interface GraphParts {
  readonly inputs: readonly InputPort[];
  readonly nodes: readonly GraphNode[];
  /** Numbers of what comes out. */
  readonly outputs: readonly number[];
}

/** Steps forward, with the backward pass. */
export interface GraphTrace {
  readonly outputs: readonly Signal[];
  /** All that flows: the inputs, then the outputs of each use in turn. */
  readonly signals: readonly Signal[];
  /** From gradients of the outputs to those of the inputs, where wanted and there are any. */
  backward(dys: readonly Matrix[], wantsDx: boolean): (Matrix | undefined)[];
}

/** Layers and what each takes from which, named and built: a graph without a cycle. */
export class LayerGraph {
  /** Each once, in the order of their first use. */
  readonly layers: readonly Layer[];
  readonly inputs: readonly InputPort[];
  readonly nodes: readonly GraphNode[];
  readonly outputs: readonly number[];
  #shapes: readonly InputShape[] | undefined;

  constructor({ inputs, nodes, outputs }: GraphParts) {
    this.layers = [...new Set(nodes.map(({ layer }) => layer))];
    if (this.layers.length === 0)
      throw new SeqkitError('A model needs at least one layer.', { code: 'usage' });
    const names = distinctNames(
      inputs.map(({ name }) => ({ name, base: 'input' })),
      'inputs',
    );
    this.inputs = inputs.map((port, i) => ({ ...port, name: names[i] }));
    this.nodes = nodes;
    this.outputs = outputs;
    distinctNames(
      this.layers.map(({ name, kind }) => ({ name, base: kind.toLowerCase() })),
      'layers',
    ).forEach((name, i) => (this.layers[i].name = name));
    this.#checkTokens();
  }

  /** The use of a layer that makes what has this number, or undefined for an input. */
  makerOf(index: number): GraphNode | undefined {
    let first = this.inputs.length;
    if (index < first) return undefined;
    return this.nodes.find(({ layer }) => index < (first += layer.outputs));
  }

  /** V of an input that takes tokens. */
  tokensOf(index: number): number | undefined {
    const reader = this.nodes.find(({ inputs }) => inputs.includes(index))?.layer;
    return reader && tokensOf(reader);
  }

  /** V, where the first input takes tokens. */
  get tokens(): number | undefined {
    return this.tokensOf(0);
  }

  /** Whether some layer carries state from batch to batch. */
  get stateful(): boolean {
    return this.layers.some((layer) => layer.stateful);
  }

  get weights(): Weight[] {
    return this.layers.flatMap((layer) => [...layer.weights]);
  }

  /** The inputs' sizes when the weights were made. */
  get shapes(): readonly InputShape[] | undefined {
    return this.#shapes;
  }

  /** What each output is called: by the layer that makes it, and a number where that is taken. */
  get outputNames(): string[] {
    const names = this.outputs.map((index) => this.makerOf(index)?.layer.name ?? this.inputs[index].name);
    return distinctNames(
      names.map((base) => ({ name: '', base })),
      'outputs',
    );
  }

  /** What each output is to a loss. */
  get endings(): Ending[] {
    return this.outputs.map((index) => this.#endingOf(index));
  }

  #endingOf(index: number): Ending {
    let first = this.inputs.length;
    if (index < first) return undefined;
    for (const { layer, inputs } of this.nodes) {
      if (index === first) {
        const [before, ...others] = inputs.map((input) => this.#endingOf(input));
        return layer.ending(others.every((other) => other === before) ? before : undefined);
      }
      first += layer.outputs;
    }
    return undefined;
  }

  /** D of the first input, once built. */
  get features(): number | undefined {
    return this.#shapes?.[0].features;
  }

  /** Makes all weights, each layer's from random numbers of its own, by a pass without numbers. */
  build(shapes: readonly InputShape[], random: Random): void {
    const pauses = this.#building(shapes, random);
    while (!pauses.next().done);
  }

  /** As `build`. @param turn is waited for after every layer */
  async buildInTurns(
    shapes: readonly InputShape[],
    random: Random,
    turn: () => Promise<void>,
  ): Promise<void> {
    const pauses = this.#building(shapes, random);
    while (!pauses.next().done) await turn();
  }

  *#building(shapes: readonly InputShape[], random: Random): Generator<void, void> {
    const forks = new Map(this.layers.map((layer) => [layer, random.fork(layer.name)]));
    const trace = new Trace(new ProgramBuilder('build'), { batch: 1, training: false, shapesOnly: true });
    yield* this.#tracing(trace, this.declareInputs(trace, shapes), forks);
    this.setShapes(shapes);
  }

  protected setShapes(shapes: readonly InputShape[]): void {
    this.#shapes ??= shapes;
  }

  /** The inputs of a program. */
  declareInputs(trace: Trace, shapes: readonly InputShape[]): Signal[] {
    return shapes.map(({ time, steps, features, masked }, i) => {
      const rows = (time ?? 1) * trace.batch;
      return {
        matrix: trace.builder.declare('input', inputName(i), rows, (steps ?? 1) * features),
        time,
        steps,
        features,
        mask: masked ? trace.builder.declare('input', maskName(i), rows, 1) : undefined,
      };
    });
  }

  /** Appends the steps of all layers. */
  trace(trace: Trace, inputs: readonly Signal[]): GraphTrace {
    const tracing = this.#tracing(trace, inputs);
    for (;;) {
      const { done, value } = tracing.next();
      if (done) return value;
    }
  }

  /** @param random makes weights that are not there yet */
  *#tracing(
    trace: Trace,
    inputs: readonly Signal[],
    random?: ReadonlyMap<Layer, Random>,
  ): Generator<void, GraphTrace> {
    const signals = [...inputs];
    const uses: { node: GraphNode; first: number; connected: Connected }[] = [];
    for (const node of this.nodes) {
      const taken = node.inputs.map((index) => inputFor(trace, node.layer, signals[index]));
      checkInnerSteps(node.layer, taken);
      const features = taken.map((signal) => signal.features);
      node.layer.build(features[0], random?.get(node.layer), features);
      const connected = checkConnected(node.layer, node.layer.connect(trace, taken));
      if (trace.options.exposeOutputs) {
        const { matrix } = connected.outputs[0];
        const y = trace.builder.declare('output', layerOutputName(uses.length), matrix.rows, matrix.cols);
        trace.builder.run('copy', { x: matrix }, { y }, {});
      }
      uses.push({ node, first: signals.length, connected });
      signals.push(...connected.outputs);
      yield;
    }
    const outputs = this.outputs.map((index) => signals[index]);
    const backward = (dys: readonly Matrix[], wantsDx: boolean): (Matrix | undefined)[] => {
      const gradients = signals.map((): Matrix | undefined => undefined);
      const give = (index: number, gradient: Matrix | undefined): void => {
        const earlier = gradients[index];
        if (earlier && gradient) {
          trace.builder.run('add', { a: earlier, b: gradient }, { y: earlier }, {});
        } else if (gradient) gradients[index] = gradient;
      };
      this.outputs.forEach((index, i) => give(index, dys[i]));
      const wanted = this.#wanted(wantsDx);
      for (const { node, first, connected } of uses.reverse()) {
        const own = connected.outputs.map((_, i) => gradients[first + i]);
        if (own.every((gradient) => gradient === undefined)) continue;
        const wants = node.inputs.map((index) => wanted[index]);
        if (!wants.includes(true) && !node.layer.weights.some(({ trainable }) => trainable)) continue;
        connected.backward(own, wants).forEach((gradient, i) => {
          if (wants[i]) give(node.inputs[i], gradient);
        });
      }
      return inputs.map((_, i) => gradients[i]);
    };
    return { outputs, signals, backward };
  }

  /** For each of what flows whether its gradient reaches something that is trained, or asked for. */
  #wanted(inputsToo: boolean): boolean[] {
    const wanted = this.inputs.map(() => inputsToo);
    for (const { layer, inputs } of this.nodes) {
      const trained = layer.weights.some(({ trainable }) => trainable);
      const wants = trained || inputs.some((index) => wanted[index]);
      for (let i = 0; i < layer.outputs; i++) wanted.push(wants);
    }
    return wanted;
  }

  #checkTokens(): void {
    const sizes = this.inputs.map((): number | undefined => undefined);
    const plain = new Set<number>();
    for (const { layer, inputs } of this.nodes) {
      const tokens = tokensOf(layer);
      for (const index of inputs) {
        if (tokens === undefined) plain.add(index);
        else if (index >= this.inputs.length) {
          throw new SeqkitError(`"${layer.name}" takes tokens, so it can only be the first layer.`, {
            code: 'usage',
          });
        } else if ((sizes[index] ??= tokens) !== tokens) {
          throw new SeqkitError(
            `"${layer.name}" takes ${tokens} different tokens, another layer of the same input ${sizes[index]}.`,
            { code: 'usage' },
          );
        }
      }
    }
    sizes.forEach((size, index) => {
      if (size === undefined || !plain.has(index)) return;
      throw new SeqkitError(
        `The input "${this.inputs[index].name}" goes to a layer as tokens and to one as numbers.`,
        {
          code: 'usage',
          hint: 'Use two inputs.',
        },
      );
    });
  }
}

function checkInnerSteps(layer: Layer, taken: readonly Signal[]): void {
  const inner = taken.find(({ steps }) => steps !== undefined);
  if (!inner || layer.takesInnerSteps) return;
  throw new SeqkitError(
    `The layer "${layer.name}" would get (batch, ${inner.time}, ${inner.steps}, ${inner.features}), sequences of sequences.`,
    {
      code: 'bad-shape',
      hint: `Put it inside TimeDistributed, to run on each of the ${inner.time} sequences.`,
    },
  );
}

/** V of a layer that takes tokens. @throws SeqkitError `bad-value` where a layer of one's own gives no size */
function tokensOf(layer: Layer): number | undefined {
  const { tokens } = layer;
  return tokens === undefined ? undefined : size.parse(tokens, `tokens of the layer ${layer.kind}`);
}

/** Keras's names for those that have none: `lstm`, `lstm_1`, in order. */
function distinctNames(given: readonly { name: string; base: string }[], what: string): string[] {
  const taken = new Set<string>();
  const counts = new Map<string, number>();
  for (const { name } of given) {
    someName.parse(name, `The name of one of the ${what}`);
    if (name !== '' && taken.has(name)) {
      throw new SeqkitError(`Two ${what} are named "${name}".`, { code: 'usage' });
    }
    taken.add(name);
  }
  return given.map(({ name, base }) => {
    if (name !== '') return name;
    let free = base;
    let i = counts.get(base) ?? 1;
    for (; taken.has(free); i++) free = `${base}_${i}`;
    counts.set(base, i);
    taken.add(free);
    return free;
  });
}
