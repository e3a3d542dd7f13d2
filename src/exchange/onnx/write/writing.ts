import { SeqkitError } from '../../../base/errors.js';
import { quoted } from '../../../base/schema/index.js';
import type { Layer, LayerOptions } from '../../../rnn/layers/layer.js';
import type { Weight } from '../../../rnn/weights/weight.js';
import { isSequence, type Flow } from './flow.js';
import { OnnxBuilder } from './onnx-builder.js';
import { quantized } from './quantized.js';

/** Writes the operations of one kind of layer, as it is after training. */
export type LayerWriter = (writing: Writing, layer: Layer, inputs: readonly Flow[]) => Flow[];

/** A state that the graph takes and gives back. */
export interface CarriedPort {
  readonly input: string;
  readonly output: string;
  readonly dims: readonly (number | string)[];
}

export interface WritingOptions {
  /** Every recurrent layer takes its state as an input and gives it back, and so does a causal convolution. */
  readonly step: boolean;
  /** Weights of 8 bits, widened when they are used. */
  readonly int8: boolean;
}

/** An ONNX graph that is being written. */
export class Writing {
  readonly builder = new OnnxBuilder();
  readonly carried: CarriedPort[] = [];
  readonly #carriedLayers = new Set<string>();
  readonly #reaching = new Set<string>();
  readonly #weights = new Map<string, string>();

  constructor(
    readonly options: WritingOptions,
    /** Writes a layer of any kind. */
    readonly layer: LayerWriter,
  ) {}

  op(...args: Parameters<OnnxBuilder['op']>): string {
    return this.builder.op(...args);
  }

  /** A weight in the layout that ONNX wants, written once. @param axis along which 8-bit weights have a scale each */
  weight(name: string, shape: readonly number[], make: () => ArrayLike<number>, axis?: number): string {
    const known = this.#weights.get(name);
    if (known !== undefined) return known;
    const written =
      this.options.int8 && axis !== undefined
        ? quantized(this.builder, name, { shape, data: make(), axis })
        : this.builder.floats(name, shape, make());
    this.#weights.set(name, written);
    return written;
  }

  /** A state of a layer that comes from outside; `carryOut` gives out its next value. */
  carryIn(layer: Pick<Layer, 'name'>, state: string, dims: readonly (number | string)[]): string {
    const base = `${layer.name.replaceAll('/', '_')}_${state}`;
    const [input, output] = [`${base}_in`, `${base}_out`];
    for (const name of [input, output]) this.builder.reserve(name);
    this.builder.input({ name: input, type: 'float32', dims });
    this.carried.push({ input, output, dims });
    return input;
  }

  carryOut(layer: Pick<Layer, 'name'>, state: string, next: string): void {
    const base = `${layer.name.replaceAll('/', '_')}_${state}`;
    const { output, dims } = this.carried.find(({ input }) => input === `${base}_in`)!;
    this.builder.output(next, { name: output, type: 'float32', dims });
  }

  /** Whether a layer carries its state from run to run. A layer in two places carries that of the first. */
  carries(layer: Layer): boolean {
    if (!this.options.step && !layer.stateful) return false;
    if (this.#carriedLayers.has(layer.name)) return false;
    this.#carriedLayers.add(layer.name);
    return true;
  }

  /** Whether a value is what the graph takes. */
  isInput(name: string): boolean {
    return this.builder.inputs.some((port) => port.name === name);
  }

  /** Says of a value that it comes with what the windows over it reach back to: a step model carries nothing for them. */
  comesWithFrames(name: string): void {
    this.#reaching.add(name);
  }

  hasFrames(name: string): boolean {
    return this.#reaching.has(name);
  }

  /** Numbers in the place of tokens that stand for one-hot rows. */
  dense(x: Flow): Flow {
    if (!x.oneHot) return x;
    const depth = this.builder.int(x.features);
    const rows = this.op('OneHot', [x.name, depth, this.builder.floats('off_on', [2], [0, 1])], { axis: -1 });
    return { name: rows, dims: [...x.dims, x.features], features: x.features, mask: x.mask };
  }

  /** (N, T, D) with masked rows at 0. */
  withoutMasked(x: Flow): string {
    return x.mask === undefined ? x.name : this.op('Mul', [x.name, x.mask]);
  }

  sequence(layer: Layer, x: Flow): void {
    if (!isSequence(x))
      this.refuse(layer, 'needs sequences', 'Give the layer before it returnSequences: true.');
  }

  refuseMask(layer: Layer, x: Flow): void {
    if (x.mask !== undefined)
      this.refuse(layer, 'would mix masked time steps with the others', 'Leave the mask out.');
  }

  /** @throws SeqkitError `usage` for what ONNX cannot say */
  refuse(layer: Layer, why: string, hint: string): never {
    throw new SeqkitError(
      `The layer ${quoted(layer.name)} (${layer.kind}) cannot be written as ONNX: it ${why}.`,
      {
        code: 'usage',
        hint,
      },
    );
  }
}

/** A weight of a layer by the last part of its name, such as `kernel`. */
export function weightOf(layer: Layer, part: string): Weight | undefined {
  return layer.weights.find(({ name }) => name.slice(name.lastIndexOf('/') + 1) === part);
}

/** What a layer's options say, with Keras's defaults where they say nothing. */
export function optionOf<Value>(options: LayerOptions, name: string, otherwise: Value): Value {
  return (options[name] as Value | undefined) ?? otherwise;
}

/** The rows of a matrix (R, C) as columns: (C, R). */
export function transposed(data: ArrayLike<number>, rows: number, cols: number): Float32Array {
  const result = new Float32Array(rows * cols);
  for (let r = 0; r < rows; r++) for (let c = 0; c < cols; c++) result[c * rows + r] = data[r * cols + c];
  return result;
}
