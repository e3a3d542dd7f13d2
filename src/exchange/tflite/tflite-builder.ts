import { Builder } from 'flatbuffers';
import { int32Vector, OPERATORS, type OperationOptions, type OperatorName } from './operators.js';

/** In `TensorType`. */
const TYPES = { float32: 0, int32: 2 } as const;

type TensorType = keyof typeof TYPES;

interface Tensor {
  readonly type: TensorType;
  readonly shape: readonly number[];
  readonly name: string;
  /** Of a constant. */
  readonly data?: Float32Array | Int32Array;
}

interface Operation extends OperationOptions {
  readonly operator: OperatorName;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

/** Of the schema, and what files of it have at byte 4. */
const SCHEMA_VERSION = 3;
const FILE_IDENTIFIER = 'TFL3';

/** Numbers begin at a multiple of so many bytes, as TensorFlow Lite wants them. */
const ALIGNMENT = 16;

/** A model of TensorFlow Lite that is being made: one graph of operators that are built in. */
export class TfliteBuilder {
  readonly #tensors: Tensor[] = [];
  readonly #operations: Operation[] = [];
  readonly #operators: OperatorName[] = [];
  readonly #axes = new Map<number, number>();

  /** What the model takes. @returns the number of the tensor, as of all that follow */
  input(name: string, shape: readonly number[]): number {
    return this.#tensor({ type: 'float32', shape, name });
  }

  /** A constant. */
  floats(name: string, shape: readonly number[], values: ArrayLike<number>): number {
    return this.#tensor({ type: 'float32', shape, name, data: Float32Array.from(values) });
  }

  /** A constant of whole numbers. @param shape (n), or none for a single number */
  ints(name: string, values: readonly number[], shape: readonly number[] = [values.length]): number {
    return this.#tensor({ type: 'int32', shape, name, data: Int32Array.from(values) });
  }

  /**
   * An operation with one result.
   * @param shape of the result
   */
  op(
    operator: OperatorName,
    inputs: readonly number[],
    shape: readonly number[],
    options: OperationOptions & { readonly name?: string } = {},
  ): number {
    const { name = `${operator.toLowerCase()}_${this.#operations.length}`, ...rest } = options;
    const output = this.#tensor({ type: 'float32', shape, name });
    this.#add({ operator, inputs, outputs: [output], ...rest });
    return output;
  }

  /** A tensor (R, C) cut into equal parts along an axis, each of this shape. */
  split(input: number, axis: 0 | 1, parts: number, shape: readonly number[]): number[] {
    const name = `split_${this.#operations.length}`;
    const outputs = Array.from({ length: parts }, (_, part) =>
      this.#tensor({ type: 'float32', shape, name: `${name}_${part}` }),
    );
    this.#add({ operator: 'SPLIT', inputs: [this.#axis(axis), input], outputs, parts });
    return outputs;
  }

  /** The file. */
  bytes(inputs: readonly number[], outputs: readonly number[], description: string): Uint8Array {
    const builder = new Builder(1 << 16);
    const offsets = <Item>(items: readonly Item[], write: (item: Item, index: number) => number): number => {
      const written = items.map(write);
      builder.startVector(4, written.length, 4);
      for (const offset of written.reverse()) builder.addOffset(offset);
      return builder.endVector();
    };
    const table = (fields: number, fill: () => void): number => {
      builder.startObject(fields);
      fill();
      return builder.endObject();
    };
    // The first buffer is that of tensors without numbers of their own.
    const constants = this.#tensors.filter(({ data }) => data !== undefined);
    const buffers = offsets([undefined, ...constants], (constant) => {
      const data = constant && dataVector(builder, constant.data!);
      return table(1, () => data !== undefined && builder.addFieldOffset(0, data, 0));
    });
    const tensors = offsets(this.#tensors, (tensor) => {
      const name = builder.createString(tensor.name);
      const shape = int32Vector(builder, tensor.shape);
      return table(4, () => {
        builder.addFieldOffset(0, shape, 0);
        builder.addFieldInt8(1, TYPES[tensor.type], 0);
        builder.addFieldInt32(2, constants.indexOf(tensor) + 1, 0);
        builder.addFieldOffset(3, name, 0);
      });
    });
    const operations = offsets(this.#operations, ({ operator, inputs: from, outputs: to, ...options }) => {
      const [fromVector, toVector] = [int32Vector(builder, from), int32Vector(builder, to)];
      const written = OPERATORS[operator].options(builder, options);
      return table(5, () => {
        builder.addFieldInt32(0, this.#operators.indexOf(operator), 0);
        builder.addFieldOffset(1, fromVector, 0);
        builder.addFieldOffset(2, toVector, 0);
        builder.addFieldInt8(3, OPERATORS[operator].optionsType, 0);
        builder.addFieldOffset(4, written, 0);
      });
    });
    const [inputVector, outputVector] = [int32Vector(builder, inputs), int32Vector(builder, outputs)];
    const subgraphs = offsets(['main'], (name) => {
      const title = builder.createString(name);
      return table(5, () => {
        builder.addFieldOffset(0, tensors, 0);
        builder.addFieldOffset(1, inputVector, 0);
        builder.addFieldOffset(2, outputVector, 0);
        builder.addFieldOffset(3, operations, 0);
        builder.addFieldOffset(4, title, 0);
      });
    });
    const codes = offsets(this.#operators, (operator) =>
      table(4, () => {
        // Older readers look at the byte, newer ones at the larger number.
        builder.addFieldInt8(0, OPERATORS[operator].code, 0);
        builder.addFieldInt32(3, OPERATORS[operator].code, 0);
      }),
    );
    const text = builder.createString(description);
    const model = table(5, () => {
      builder.addFieldInt32(0, SCHEMA_VERSION, 0);
      builder.addFieldOffset(1, codes, 0);
      builder.addFieldOffset(2, subgraphs, 0);
      builder.addFieldOffset(3, text, 0);
      builder.addFieldOffset(4, buffers, 0);
    });
    builder.finish(model, FILE_IDENTIFIER);
    return builder.asUint8Array().slice();
  }

  #axis(axis: number): number {
    const known = this.#axes.get(axis);
    if (known !== undefined) return known;
    const made = this.ints(`axis_${axis}`, [axis], []);
    this.#axes.set(axis, made);
    return made;
  }

  #tensor(tensor: Tensor): number {
    return this.#tensors.push(tensor) - 1;
  }

  #add(operation: Operation): void {
    if (!this.#operators.includes(operation.operator)) this.#operators.push(operation.operator);
    this.#operations.push(operation);
  }
}

/** Numbers as bytes, the low one first, as all that run WebAssembly keep them. */
function dataVector(builder: Builder, data: Float32Array | Int32Array): number {
  const bytes = new Uint8Array(data.buffer);
  builder.startVector(1, bytes.length, ALIGNMENT);
  for (let i = bytes.length - 1; i >= 0; i--) builder.addInt8(bytes[i]);
  return builder.endVector();
}
