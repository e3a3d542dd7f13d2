import { SeqkitError } from '../../base/errors.js';
import type { OnnxAttribute, OnnxGraph, OnnxNode, OnnxTensor, OnnxValue } from '../onnx/read/graph.js';
import {
  readTfliteGraph,
  tfliteFloats,
  tfliteInts,
  type TfliteGraph,
  type TfliteOperation,
  type TfliteTensor,
} from '../tflite/read/read-tflite-graph.js';

/** Operations that ONNX has under another name. */
const SAME: Readonly<Record<string, string>> = {
  ADD: 'Add',
  DIV: 'Div',
  LOGISTIC: 'Sigmoid',
  MUL: 'Mul',
  RELU: 'Relu',
  SOFTMAX: 'Softmax',
  SQRT: 'Sqrt',
  SUB: 'Sub',
  TANH: 'Tanh',
};

/** In `ActivationFunctionType`. */
const ACTIVATIONS: Readonly<Record<number, string>> = { 1: 'Relu', 4: 'Tanh' };

/** More numbers than an axis of such a file has. */
const MOST_SIZE = 2 ** 28;

/**
 * A wake word in a file of TensorFlow Lite, as the ONNX graph of the same operations: dense layers, normalization that
 * is written out, relu, tanh and sigmoid, which openWakeWord's files are of.
 * @param source what errors call it
 * @throws SeqkitError `bad-file` where it is damaged, or has another operation, by its name
 */
export function wakeWordOfTflite(bytes: Uint8Array, source: string): OnnxGraph {
  return new Translation(readTfliteGraph(bytes, source), source).graph();
}

class Translation {
  readonly #file: TfliteGraph;
  readonly #source: string;
  readonly #nodes: OnnxNode[] = [];
  readonly #initializers = new Map<string, OnnxTensor>();
  /** Names of the tensors that operations made. */
  readonly #names = new Map<number, string>();
  /** What is 1 by a value: that value. */
  readonly #reciprocals = new Map<string, string>();
  /** Differences by what they are of, which several operations take. */
  readonly #differences = new Map<string, string>();
  #at = 0;

  constructor(file: TfliteGraph, source: string) {
    this.#file = file;
    this.#source = source;
  }

  graph(): OnnxGraph {
    const { operations, inputs, outputs } = this.#file;
    for (const index of inputs) this.#names.set(index, 'embeddings');
    for (const operation of operations) this.#translate(operation);
    return {
      ...{ irVersion: 8, opsets: new Map([['', 17]]), producer: 'TensorFlow Lite', metadata: new Map() },
      ...{ nodes: this.#nodes, initializers: this.#initializers },
      inputs: inputs.map((index) => this.#port(index)),
      outputs: outputs.map((index) => this.#port(index)),
    };
  }

  #port(index: number): OnnxValue {
    const { type, shape } = this.#tensor(index);
    return { name: this.#value(index), type: type === 'float32' ? 'float32' : undefined, shape };
  }

  #translate(operation: TfliteOperation): void {
    const { operator, inputs, outputs, options } = operation;
    this.#at++;
    const [output] = outputs;
    if (outputs.length !== 1) throw this.#refused(operation, `has ${outputs.length} outputs`);
    let made: string;
    switch (operator) {
      case 'FULLY_CONNECTED':
        made = this.#product(operation);
        break;
      case 'RESHAPE':
        made = this.#reshaped(this.#value(inputs[0]), this.#tensor(output).shape);
        break;
      case 'MEAN': {
        const axes = tfliteInts(this.#tensor(inputs[1]));
        if (!axes) throw this.#refused(operation, 'takes axes that are computed');
        const keepdims = options['keepsAxes'] === 0 ? 0 : 1;
        made = this.#node('ReduceMean', [this.#value(inputs[0])], { axes, keepdims });
        break;
      }
      case 'RSQRT': {
        const root = this.#node('Sqrt', [this.#value(inputs[0])]);
        made = `1 / ${root}`;
        this.#reciprocals.set(made, root);
        break;
      }
      case 'SQUARED_DIFFERENCE': {
        const difference = this.#difference(this.#value(inputs[0]), this.#value(inputs[1]));
        made = this.#node('Mul', [difference, difference]);
        break;
      }
      case 'SUB':
        made = this.#difference(this.#value(inputs[0]), this.#value(inputs[1]));
        break;
      default: {
        if (!Object.hasOwn(SAME, operator)) throw this.#refused(operation, 'is none of those of wake words');
        const values = inputs.map((index) => this.#value(index));
        const root = values.findIndex((name) => this.#reciprocals.has(name));
        // Times one by a root is by that root.
        const isDivision = operator === 'MUL' && root >= 0;
        made = isDivision
          ? this.#node('Div', [values[1 - root], this.#reciprocals.get(values[root])!])
          : this.#node(SAME[operator], values);
      }
    }
    const { activation = 0 } = options;
    if (activation !== 0) {
      if (!Object.hasOwn(ACTIVATIONS, activation)) {
        throw this.#refused(operation, `has the activation ${activation}, expected relu or tanh`);
      }
      made = this.#node(ACTIVATIONS[activation], [made]);
    }
    this.#names.set(output, made);
  }

  #difference(a: string, b: string): string {
    const of = `${a} - ${b}`;
    const known = this.#differences.get(of);
    if (known !== undefined) return known;
    const made = this.#node('Sub', [a, b]);
    this.#differences.set(of, made);
    return made;
  }

  /** x W + b, of W (outputs, inputs). Without `keepsAxes` what it takes is laid out in rows of so many. */
  #product(operation: TfliteOperation): string {
    const [x, kernel, bias] = operation.inputs;
    const { shape } = this.#tensor(kernel);
    const weights = tfliteFloats(this.#tensor(kernel));
    if (!weights || shape.length !== 2 || (operation.options['weightsFormat'] ?? 0) !== 0) {
      throw this.#refused(
        operation,
        'has weights that are no matrix of float32',
        'Take the file that is not quantized.',
      );
    }
    const [outputs, inputs] = shape;
    const given = this.#tensor(x).shape;
    let name = this.#value(x);
    if (given.length > 2 && operation.options['keepsAxes'] !== 1) name = this.#reshaped(name, [1, inputs]);
    const turned = Float32Array.from({ length: weights.length }, (_, i) => {
      const [d, f] = [Math.floor(i / outputs), i % outputs];
      return weights[f * inputs + d];
    });
    const product = this.#node('MatMul', [name, this.#constant(`${this.#at}`, [inputs, outputs], turned)]);
    return bias === undefined || bias < 0 ? product : this.#node('Add', [product, this.#value(bias)]);
  }

  #reshaped(name: string, shape: readonly number[]): string {
    const sizes = Float64Array.from(shape);
    return this.#node('Reshape', [name, this.#constant(`shape ${this.#at}`, [sizes.length], sizes)]);
  }

  #node(opType: string, inputs: readonly string[], attributes: Record<string, OnnxAttribute> = {}): string {
    const { operator } = this.#file.operations[this.#at - 1];
    const output = `${opType} ${this.#nodes.length}`;
    if (inputs.some((name) => this.#reciprocals.has(name))) {
      throw this.#refused(
        this.#file.operations[this.#at - 1],
        'takes one by a root in another way than normalization does',
      );
    }
    this.#nodes.push({
      ...{ opType, domain: '', name: `${operator}, operation ${this.#at}`, inputs, outputs: [output] },
      attributes: new Map(Object.entries(attributes)),
    });
    return output;
  }

  #constant(name: string, shape: readonly number[], data: OnnxTensor['data']): string {
    const type = data instanceof Float32Array ? 'float32' : 'int64';
    this.#initializers.set(name, { name, type, shape, data });
    return name;
  }

  /** The name of what a tensor holds: made by an operation, or a constant. */
  #value(index: number): string {
    const known = this.#names.get(index);
    if (known !== undefined) return known;
    const tensor = this.#tensor(index);
    const data = tfliteFloats(tensor);
    const name = `weights ${index}`;
    if (!data) {
      throw this.#wrong(
        `tensor ${index} is ${tensor.data ? tensor.type : 'made by nothing'}, expected float32`,
      );
    }
    this.#names.set(index, this.#constant(name, tensor.shape, data));
    return name;
  }

  #tensor(index: number | undefined): TfliteTensor {
    const tensor = index === undefined ? undefined : this.#file.tensors[index];
    const fits = tensor?.shape.every((size) => size >= 0 && size <= MOST_SIZE);
    if (!tensor || !fits) throw this.#wrong(`operation ${this.#at} names no tensor that it takes`);
    return tensor;
  }

  #refused({ operator }: TfliteOperation, why: string, hint?: string): SeqkitError {
    return this.#wrong(`the operation ${operator} (${this.#at}) ${why}`, hint);
  }

  #wrong(
    why: string,
    hint = 'Wake words of dense layers are read. Of others take the .onnx file: wake words are published as both.',
  ): SeqkitError {
    return new SeqkitError(`${this.#source} is no wake word of TensorFlow Lite that is read: ${why}.`, {
      code: 'bad-file',
      hint,
    });
  }
}
