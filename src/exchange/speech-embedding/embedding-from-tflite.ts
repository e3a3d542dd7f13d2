import type { EmbeddingWeights } from '../../audio/embedding/embedding-file.js';
import { EMBEDDING_BANDS, EMBEDDING_LAYERS, WINDOW_FRAMES } from '../../audio/embedding/embedding-network.js';
import {
  readTfliteGraph,
  tfliteFloats,
  type TfliteGraph,
  type TfliteOperation,
  type TfliteTensor,
} from '../tflite/read/read-tflite-graph.js';
import { otherNetwork } from './other-network.js';
import { roundedAsOnnx } from './rounded-as-onnx.js';

/** How far a number of an option may be off, which files keep in 32 bits. */
const CLOSE = 1e-6;

/** In `Padding` of the schema. */
const [SAME, VALID] = [0, 1];

type Convolution = Extract<(typeof EMBEDDING_LAYERS)[number], { kind: 'convolution' }>;

/**
 * The weights of Google's speech embedding in a file of TensorFlow Lite, as openWakeWord's `embedding_model.tflite` is:
 * held against the network operation by operation, and laid as seqkit has them.
 * @param source what errors call the file
 * @throws SeqkitError `bad-file` where it is no such network, or is damaged
 */
export function embeddingFromTflite(bytes: Uint8Array, source: string): EmbeddingWeights {
  return roundedAsOnnx(new EmbeddingReading(readTfliteGraph(bytes, source), source).weights);
}

class EmbeddingReading {
  readonly weights = new Map<string, Float32Array>();
  readonly #graph: TfliteGraph;
  readonly #source: string;
  #at = 0;
  #flowing: number;

  constructor(graph: TfliteGraph, source: string) {
    this.#graph = graph;
    this.#source = source;
    const { inputs, outputs, operations } = graph;
    const shape = this.#tensor(inputs[0])?.shape;
    if (inputs.length !== 1 || String(shape?.slice(1)) !== String([WINDOW_FRAMES, EMBEDDING_BANDS, 1])) {
      throw this.#wrong(
        `it takes (${shape?.join(', ') ?? 'nothing'}), expected (n, ${WINDOW_FRAMES}, ${EMBEDDING_BANDS}, 1)`,
      );
    }
    this.#flowing = inputs[0];
    for (const layer of EMBEDDING_LAYERS) {
      if (layer.kind === 'pooling') this.#pooling(layer.size);
      else this.#convolution(layer);
    }
    if (this.#at < operations.length) {
      throw this.#wrong(`${operations.length - this.#at} operations follow the last of it`);
    }
    if (outputs.length !== 1 || outputs[0] !== this.#flowing) {
      throw this.#wrong('it gives out something else than its last operation');
    }
  }

  #pooling([time, bands]: readonly [number, number]): void {
    const { options } = this.#next('MAX_POOL_2D');
    this.#expect('strides', [options['strideHeight'], options['strideWidth']], [time, bands]);
    this.#expect('size', [options['filterHeight'], options['filterWidth']], [time, bands]);
    this.#expect('activation', [options['activation']], [0]);
    // Each side is a multiple of the pooling's, so that both kinds of padding add nothing.
  }

  #convolution({ name, channels, filters, size, isLast, slope, least }: Convolution): void {
    const [time, bands] = size;
    // Bands are padded and time is not: over both at once that takes an operation of its own.
    const isPadded = (time > 1 && bands > 1) || this.#graph.operations.at(this.#at)?.operator === 'PAD';
    if (isPadded) this.#padding((bands - 1) / 2);
    const { inputs, options } = this.#next('CONV_2D');
    this.#expect('padding', [options['padding']], [bands > 1 && !isPadded ? SAME : VALID]);
    this.#expect('strides', [options['strideHeight'], options['strideWidth']], [1, 1]);
    this.#expect('activation', [options['activation']], [0]);
    this.#expect('dilation', [options['dilationHeight'], options['dilationWidth']], [1, 1]);
    const kernel = this.#constant(inputs[1], [filters, time, bands, channels]);
    this.weights.set(`${name}/kernel`, filtersLast(kernel, filters));
    const bias = this.#tensor(inputs[2]) && this.#constant(inputs[2], [filters]);
    if (isLast) {
      if (bias?.some((value) => value !== 0)) throw this.#wrong('its last convolution has a bias');
      return;
    }
    if (!bias) throw this.#wrong(`operation ${this.#at} has no bias`);
    this.weights.set(`${name}/bias`, bias);
    this.#expect('slope', [this.#next('LEAKY_RELU').options['slope']], [slope]);
    this.#expect('bound', [this.#bound()], [least]);
  }

  /** The operation that comes next, which takes what the one before it gave. */
  #next(operator: string): TfliteOperation {
    const operation = this.#graph.operations.at(this.#at++);
    if (operation?.operator !== operator) {
      throw this.#wrong(`operation ${this.#at} is ${operation?.operator ?? 'missing'}, expected ${operator}`);
    }
    if (operation.inputs[0] !== this.#flowing || operation.outputs.length !== 1) {
      throw this.#wrong(`operation ${this.#at} does not follow the one before it`);
    }
    this.#flowing = operation.outputs[0];
    return operation;
  }

  /** An operation that adds so many bands of zeros on both sides, and nothing else. */
  #padding(bands: number): void {
    const { type, data } = this.#tensor(this.#next('PAD').inputs[1]) ?? {};
    const view =
      type === 'int32' && data ? new DataView(data.buffer, data.byteOffset, data.byteLength) : undefined;
    const found = Array.from({ length: Math.floor((view?.byteLength ?? 0) / 4) }, (_, i) =>
      view!.getInt32(4 * i, true),
    );
    this.#expect('padding', found.slice(0, 16), [0, 0, 0, 0, bands, bands, 0, 0]);
  }

  /** What the next operation bounds by: its second input. */
  #bound(): number | undefined {
    const tensor = this.#tensor(this.#next('MAXIMUM').inputs[1]);
    const numbers = tensor && tfliteFloats(tensor);
    return numbers?.length === 1 ? numbers[0] : undefined;
  }

  /** Undefined for an input that is left out, whose number is -1. */
  #tensor(index: number | undefined): TfliteTensor | undefined {
    return this.#graph.tensors.find((_, i) => i === index);
  }

  #constant(index: number | undefined, shape: readonly number[]): Float32Array {
    const tensor = this.#tensor(index);
    const numbers = tensor && tfliteFloats(tensor);
    if (numbers && String(tensor.shape) === String(shape)) return numbers;
    const found = tensor ? `${tensor.type} of (${tensor.shape.join(', ')})` : 'missing';
    throw this.#wrong(
      `weights of operation ${this.#at} are ${found}, expected float32 of (${shape.join(', ')})`,
    );
  }

  #expect(what: string, found: readonly (number | undefined)[], wanted: readonly number[]): void {
    const fits =
      found.length === wanted.length &&
      wanted.every((value, i) => Math.abs(value - (found[i] ?? NaN)) < CLOSE);
    if (fits) return;
    const given = found
      .map((value) => (value === undefined ? 'nothing' : Number(value.toPrecision(6))))
      .join(', ');
    throw this.#wrong(
      `${what} of operation ${this.#at} is ${given || 'nothing'}, expected ${wanted.join(', ')}`,
    );
  }

  #wrong(what: string): Error {
    return otherNetwork(this.#source, what);
  }
}

/** (F, time, bands, C) to (time, bands, C, F). */
function filtersLast(data: Float32Array, filters: number): Float32Array {
  const each = data.length / filters;
  return Float32Array.from(data, (_, i) => data[(i % filters) * each + Math.floor(i / filters)]);
}
