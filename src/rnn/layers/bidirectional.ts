import { sliceColumns, type Matrix } from '../program/program.js';
import type { Random } from '../../base/math/random.js';
import { choice, optional, optionsSchema } from '../../base/schema/index.js';
import { buildInner, describeInner } from './inner-layer.js';
import { Layer, type Ending, type LayerOptions } from './layer.js';
import { innerLayer, layerName } from './layer-options.js';
import { Recurrent } from './recurrent.js';
import type { Connected, Signal, Trace, Traced } from '../weights/trace.js';
import type { Weight } from '../weights/weight.js';

export const mergeModes = ['concat', 'sum', 'multiply', 'average'] as const;
/**
 * - `concat`: both outputs side by side, 2H features.
 * - `sum`, `multiply`, `average`: element by element, H features.
 */
export type MergeMode = (typeof mergeModes)[number];

export interface BidirectionalOptions {
  /** The layer that walks forward; a copy of its options, with weights of its own, walks back. */
  layer: Recurrent;
  /** How the two outputs become one. @default 'concat' */
  mergeMode?: MergeMode;
  name?: string;
}

const bidirectionalOptions = optionsSchema<BidirectionalOptions>('Bidirectional', {
  layer: innerLayer<Recurrent>(
    'a new recurrent layer, such as a GRU, without a name and goBackwards',
    (layer) => layer instanceof Recurrent && !layer.goesBackwards,
    (layer) =>
      layer instanceof Recurrent
        ? 'Leave out goBackwards: Bidirectional walks in both directions by itself.'
        : `${layer.kind} does not walk over time: leave out Bidirectional.`,
  ),
  mergeMode: optional(choice(mergeModes, { mul: 'multiply', ave: 'average' })),
  name: layerName,
});

/**
 * A recurrent layer in both directions of time (Schuster and Paliwal 1997): (N, T, D) to
 * (N, T, 2H), each step beside the same step of the other direction; without
 * `returnSequences` to (N, 2H), the last state of each walk. Weights: the forward layer's,
 * then the backward layer's.
 */
export class Bidirectional extends Layer {
  readonly kind = 'Bidirectional';
  readonly #forward: Recurrent;
  readonly #backward: Recurrent;
  readonly #mergeMode: MergeMode;

  constructor(options: BidirectionalOptions) {
    super();
    const { layer, mergeMode = 'concat', name = '' } = bidirectionalOptions.parse(options);
    this.name = name;
    this.#forward = layer;
    this.#backward = layer.copyWith({ goBackwards: true });
    this.#backward.trainable = layer.trainable;
    this.#mergeMode = mergeMode;
  }

  override get depth(): number {
    return 1 + this.#forward.depth;
  }

  options(): LayerOptions {
    return { layer: describeInner(this.#forward), mergeMode: this.#mergeMode };
  }

  override get innerLayers(): readonly Layer[] {
    return [this.#forward, this.#backward];
  }

  override ending(): Ending {
    // A sum of two probabilities is none.
    return this.#mergeMode === 'sum' ? undefined : this.#forward.ending();
  }

  override get takesOneHot(): boolean {
    return this.#forward.takesOneHot;
  }

  override get stateful(): boolean {
    return this.#forward.stateful;
  }

  override get needsWholeSequence(): boolean {
    return true;
  }

  get weights(): readonly Weight[] {
    return [...this.#forward.weights, ...this.#backward.weights];
  }

  protected create(features: number, random: Random): number {
    // The wrapper's name is known by now: the model gives it.
    const build = (layer: Recurrent, fork: string): number =>
      buildInner(layer, `${this.name}/${fork}`, features, { random, fork });
    const units = build(this.#forward, 'forward');
    build(this.#backward, 'backward');
    return this.#mergeMode === 'concat' ? 2 * units : units;
  }

  override get outputs(): number {
    return 2 * this.#forward.outputs - 1;
  }

  trace(trace: Trace, x: Signal): Traced {
    const { outputs, backward } = this.connect(trace, [x]);
    return { y: outputs[0], backward: (dy, wantsDx) => backward([dy], [wantsDx])[0] };
  }

  /** Initial states, and states with `returnState`: the forward layer's, then the backward layer's. */
  override connect(trace: Trace, inputs: readonly Signal[]): Connected {
    const [x, ...initial] = inputs;
    const half = Math.ceil(initial.length / 2);
    const forward = this.#forward.connect(trace, [x, ...initial.slice(0, half)]);
    const backward = this.#backward.connectInTimeOrder(trace, [x, ...initial.slice(half)]);
    const [[forwardY, ...forwardStates], [backwardY, ...backwardStates]] = [
      forward.outputs,
      backward.outputs,
    ];
    const [a, b] = [forwardY.matrix, backwardY.matrix];
    const y = { ...forwardY, matrix: this.#merge(trace, a, b), features: this.#width(a) };
    return {
      outputs: [y, ...forwardStates, ...backwardStates],
      backward: ([dy, ...dStates], [wantsDx, ...wantsInitial]) => {
        const [da, db] = dy ? this.#split(trace, dy, a, b) : [];
        const count = forwardStates.length;
        const [dxForward, ...dForward] = forward.backward(
          [da, ...dStates.slice(0, count)],
          [wantsDx, ...wantsInitial.slice(0, half)],
        );
        const [dxBackward, ...dBackward] = backward.backward(
          [db, ...dStates.slice(count)],
          [wantsDx, ...wantsInitial.slice(half)],
        );
        if (dxForward && dxBackward) {
          trace.builder.run('add', { a: dxForward, b: dxBackward }, { y: dxForward }, {});
        }
        return [dxForward, ...dForward, ...dBackward];
      },
    };
  }

  #width(a: Matrix): number {
    return this.#mergeMode === 'concat' ? 2 * a.cols : a.cols;
  }

  /** y from the outputs a (R, H) of the one direction and b (R, H) of the other. */
  #merge(trace: Trace, a: Matrix, b: Matrix): Matrix {
    const { builder } = trace;
    const y = trace.temporary(a.rows, this.#width(a));
    switch (this.#mergeMode) {
      case 'concat':
        builder.run('concatenate', { a, b }, { y }, { accumulate: false });
        break;
      case 'multiply':
        builder.run('multiply', { a, b }, { y }, { accumulate: false });
        break;
      case 'sum':
        builder.run('add', { a, b }, { y }, {});
        break;
      case 'average':
        builder.run('add', { a, b }, { y }, {});
        builder.run('affine', { x: y }, { y }, { factor: 0.5, offset: 0 });
        break;
    }
    return y;
  }

  /** The gradients of a and b, each in memory of its own: the layers overwrite them. */
  #split(trace: Trace, dy: Matrix, a: Matrix, b: Matrix): [Matrix, Matrix] {
    const { builder } = trace;
    const [da, db] = [trace.temporary(a.rows, a.cols), trace.temporary(b.rows, b.cols)];
    switch (this.#mergeMode) {
      case 'concat':
        builder.run('copy', { x: sliceColumns(dy, 0, a.cols) }, { y: da }, {});
        builder.run('copy', { x: sliceColumns(dy, a.cols, b.cols) }, { y: db }, {});
        break;
      case 'multiply':
        builder.run('multiply', { a: dy, b }, { y: da }, { accumulate: false });
        builder.run('multiply', { a: dy, b: a }, { y: db }, { accumulate: false });
        break;
      case 'sum':
      case 'average': {
        const factor = this.#mergeMode === 'sum' ? 1 : 0.5;
        builder.run('affine', { x: dy }, { y: da }, { factor, offset: 0 });
        builder.run('affine', { x: dy }, { y: db }, { factor, offset: 0 });
        break;
      }
    }
    return [da, db];
  }
}
