import { Random } from '../../base/math/random.js';
import { SeqkitError } from '../../base/errors.js';
import { flag, shown, wrongValue } from '../../base/schema/index.js';
import { numbers, type Tensor } from '../program/tensor.js';
import { SymbolicTensor } from './symbolic-tensor.js';
import type { Connected, Signal, Trace, Traced } from '../weights/trace.js';
import type { Weight } from '../weights/weight.js';

/**
 * What a layer's outputs are to a loss: probabilities, of classes that exclude each other (`softmax`)
 * or each by itself (`sigmoid`), or the logits of such. Undefined where they may be anything.
 */
export type Ending = 'softmax' | 'sigmoid' | 'logits' | undefined;

/** Numbers, strings, booleans and nothing else, so that they can be saved. */
export type LayerOptions = Record<string, unknown>;

/** Written once, forward and backward side by side, against the builder of programs. */
export abstract class Layer {
  /** The name under which the layer is saved, as `LSTM`. */
  abstract readonly kind: string;
  /** Unique within a model; given by it where the options do not. */
  name = '';
  #features: { input: number; output: number } | undefined;
  #trainable = true;

  /**
   * Makes the weights for D input features; returns how many come out, NaN where T decides.
   * @param inputs the features of every input, for a layer that takes several: the first is `features`
   */
  protected abstract create(features: number, random: Random, inputs: readonly number[]): number;

  /** Appends the forward steps and returns the output with the backward pass. */
  abstract trace(trace: Trace, x: Signal): Traced;

  /** How many outputs the layer has. */
  get outputs(): number {
    return 1;
  }

  /** As `trace`, for layers that take several inputs or give several outputs. */
  connect(trace: Trace, inputs: readonly Signal[]): Connected {
    if (inputs.length !== 1) {
      throw new SeqkitError(`The layer "${this.name}" takes one input; ${inputs.length} were given.`, {
        code: 'usage',
      });
    }
    const { y, backward } = this.trace(trace, inputs[0]);
    return {
      outputs: [y],
      backward: ([dy], [wantsDx]) => [dy && backward(dy, wantsDx)],
    };
  }

  /**
   * Uses the layer in the graph of a `Model`; a second use shares its weights.
   * @param inputs what it takes: a recurrent layer its sequences, then initial states if any
   * @throws SeqkitError `usage` for a layer with several outputs: call `applyAll`
   */
  apply(inputs: SymbolicTensor<Layer> | readonly SymbolicTensor<Layer>[]): SymbolicTensor<Layer> {
    if (this.outputs !== 1) {
      throw new SeqkitError(`The layer ${this.kind} has ${this.outputs} outputs here.`, {
        code: 'usage',
        hint: 'Call applyAll, which gives them all.',
      });
    }
    return this.applyAll(inputs)[0];
  }

  /** As `apply`, with all outputs: of a recurrent layer with `returnState` the output and the states. */
  applyAll(inputs: SymbolicTensor<Layer> | readonly SymbolicTensor<Layer>[]): SymbolicTensor<Layer>[] {
    const application = { maker: this, inputs: symbolicTensors(inputs, this.kind) };
    return Array.from({ length: this.outputs }, (_, i) => new SymbolicTensor<Layer>(application, i));
  }

  /** All arrays of the layer, in Keras's order. */
  abstract get weights(): readonly Weight[];

  /** What the constructor was given, for the model file. */
  abstract options(): LayerOptions;

  /**
   * Makes the weights once; a second call checks that the features are the same.
   * @param inputs the features of every input @default [features]
   */
  build(features: number, random: Random | undefined, inputs: readonly number[] = [features]): number {
    if (!Number.isSafeInteger(features) || features < 1) {
      throw wrongValue(`The layer "${this.name}": features`, 'a whole number of at least 1', features);
    }
    if (!this.#features) {
      if (!(random instanceof Random))
        throw new SeqkitError(`The layer "${this.name}" is not built yet.`, { code: 'usage' });
      this.#features = { input: features, output: this.#created(this.create(features, random, inputs)) };
      // Layers inside may be frozen by themselves.
      if (!this.#trainable) this.trainable = false;
    }
    if (this.#features.input !== features) {
      throw new SeqkitError(
        `The layer "${this.name}" was built for ${this.#features.input} input features; ${features} came.`,
        { code: 'bad-shape' },
      );
    }
    return this.#features.output;
  }

  /** Of a layer of one's own, `create` may give anything. */
  #created(output: unknown): number {
    const isCount = Number.isNaN(output) || (Number.isSafeInteger(output) && (output as number) >= 1);
    if (isCount) return output as number;
    const what = `What create of the layer "${this.name}" (${this.kind}) returns`;
    throw wrongValue(what, 'how many features come out, or NaN where the time steps decide', output);
  }

  /** How many layers stand one inside the other, this one included. */
  get depth(): number {
    return 1;
  }

  /** Whether each run starts from the state that the last one left. */
  get stateful(): boolean {
    return false;
  }

  /** Whether an output needs more of the input than its own time step and carried state. */
  get needsWholeSequence(): boolean {
    return false;
  }

  /** Layers inside, which `trainable` freezes too. */
  get innerLayers(): readonly Layer[] {
    return [];
  }

  /** What its first output is to a loss. @param before the same of its inputs, where they are alike */
  ending(before: Ending): Ending {
    // What a layer does to its inputs is its own to say.
    void before;
    return undefined;
  }

  /**
   * V of a layer that takes tokens, whole numbers from 0 to V - 1, and no numbers: such a layer stands at an
   * input, (N, T), and finds the tokens in the one column of `x.matrix`. @default undefined: it takes numbers
   */
  get tokens(): number | undefined {
    return undefined;
  }

  /** Whether it takes tokens that stand for one-hot rows as they are; else the rows are laid out for it. */
  get takesOneHot(): boolean {
    return false;
  }

  /** Whether it heeds which of an input's features are padding: see `Signal.featureMask`. */
  get takesFeatureMask(): boolean {
    return false;
  }

  /** Whether it takes (N, T, S, D), sequences of sequences. */
  get takesInnerSteps(): boolean {
    return false;
  }

  /**
   * Whether training changes its weights: false freezes them, and batch normalization then goes by its running
   * statistics. Set it before `compile`; model files keep it. @default true
   */
  get trainable(): boolean {
    return this.#trainable;
  }

  set trainable(value: boolean) {
    this.#trainable = flag.parse(value, 'trainable');
    for (const layer of this.innerLayers) layer.trainable = value;
    for (const weight of this.weights) weight.frozen = !value;
  }

  get built(): boolean {
    return this.#features !== undefined;
  }

  /** The current weights, copied, in Keras's order. */
  getWeights(): Tensor[] {
    return this.weights.map((weight) => weight.get());
  }

  /**
   * @param values what `getWeights` gave, or plain runs of numbers
   * @throws SeqkitError `bad-shape` where their number or sizes differ from the layer's
   */
  setWeights(values: readonly (Tensor | ArrayLike<number>)[]): void {
    if (!this.built) {
      throw new SeqkitError(`The layer "${this.name}" has no weights yet.`, {
        code: 'usage',
        hint: 'Call model.build(shape) first.',
      });
    }
    if (!Array.isArray(values)) {
      throw wrongValue('setWeights', 'given an array of Tensors or arrays of numbers', values);
    }
    if (values.length !== this.weights.length) {
      const names = this.weights.map((weight) => `${weight.name} (${weight.shape.join(', ')})`).join(', ');
      throw new SeqkitError(
        `The layer "${this.name}" has ${this.weights.length} weights: ${names}; ${values.length} were given.`,
        { code: 'bad-shape' },
      );
    }
    // All are read before the first is set: one that is none leaves the layer as it was.
    const read = this.weights.map((weight, i) => weight.check(dataOf(values[i], weight.name)));
    this.weights.forEach((weight, i) => weight.set(read[i]));
  }
}

/** The time steps of a signal, or an error that names the layer which needs them. */
export function timeOf(layer: Layer, x: Signal): number {
  if (x.time === undefined) {
    throw new SeqkitError(
      `The layer "${layer.name}" needs sequences (batch, time, features); it got (batch, ${x.features}).`,
      {
        code: 'bad-shape',
        hint: 'Give the layer before it returnSequences: true.',
      },
    );
  }
  return x.time;
}

/**
 * An input as the layer takes it: tokens laid out as one-hot rows, unless it looks their rows up itself.
 * @throws SeqkitError `usage` for features that are padding, where it heeds none
 */
export function inputFor(trace: Trace, layer: Layer, x: Signal): Signal {
  if (x.featureMask && !layer.takesFeatureMask) {
    throw new SeqkitError(
      `The layer "${layer.name}" (${layer.kind}) would mix features that stand for masked time steps with the others.`,
      {
        code: 'usage',
        hint: "Put Activation({ activation: 'softmax' }) and Dot before it, or Reshape back to sequences.",
      },
    );
  }
  if (!x.oneHot || layer.takesOneHot) return x;
  const matrix = trace.temporary(x.matrix.rows, x.features);
  trace.builder.run('oneHot', { index: x.matrix }, { y: matrix }, {});
  return { ...x, matrix, oneHot: false };
}

/** Dense features of a signal, or an error for tokens: `inputFor` has laid them out. */
export function denseMatrix(layer: Layer, x: Signal): Signal['matrix'] {
  if (x.oneHot) {
    throw new SeqkitError(`The layer "${layer.name}" got tokens in place of their one-hot rows.`, {
      code: 'usage',
      hint: 'Let the class of a layer that has others inside pass on what inputFor gives.',
    });
  }
  return x.matrix;
}

/** Refuses a mask at a layer that mixes time steps without regard to it. */
export function refuseMask(layer: Layer, x: Signal): void {
  if (!x.mask) return;
  throw new SeqkitError(
    `The layer "${layer.name}" (${layer.kind}) would mix masked time steps with the others.`,
    {
      code: 'usage',
      hint: 'Put Masking, or the Embedding with maskZero, after it, or leave it (or lengths) out.',
    },
  );
}

/** The numbers of a Tensor, or of an array. */
function dataOf(value: unknown, name: string): ArrayLike<number> {
  const isTensor = typeof value === 'object' && value !== null && 'data' in value;
  return numbers.parse(isTensor ? value.data : value, `The numbers of "${name}"`);
}

/** @param kind whose inputs they are */
export function symbolicTensors(inputs: unknown, kind: string): SymbolicTensor<Layer>[] {
  const given: unknown[] = Array.isArray(inputs) ? Array.from(inputs as unknown[]) : [inputs];
  const stray = given.findIndex((one) => !(one instanceof SymbolicTensor));
  if (given.length > 0 && stray < 0) return given as SymbolicTensor<Layer>[];
  const found = given.length === 0 ? 'none' : shown(given[stray]);
  throw new SeqkitError(`${kind} takes what input() or another layer's apply gave; it got ${found}.`, {
    code: 'usage',
    hint: 'Begin with const x = input({ shape: [null, 8] }), or put the layers into a Sequential.',
  });
}

/** A whole number of at least `lowest`, or an error that names the option. */
export function wholeNumber(value: number, name: string, lowest: number): number {
  if (!Number.isInteger(value) || value < lowest) {
    throw new SeqkitError(`${name} must be a whole number of at least ${lowest}, not ${value}.`, {
      code: 'bad-value',
    });
  }
  return value;
}
