import { Builder } from 'flatbuffers';

/** Operators by their numbers in the schema of TensorFlow Lite, and what their table of options is in its union. */
const OPERATORS = {
  ADD: [0, 11],
  FULLY_CONNECTED: [9, 8],
  LOGISTIC: [14, 0],
  MUL: [18, 21],
  RESHAPE: [22, 17],
  MEAN: [40, 27],
  SUB: [41, 28],
  RSQRT: [76, 0],
  SQUARED_DIFFERENCE: [99, 65],
  GELU: [150, 0],
} as const;

type Numbers = Float32Array | Int32Array;

/** A file of TensorFlow Lite, written field by field without the code that reads it. */
export class TfliteFile {
  readonly #tensors: { shape: readonly number[]; data?: Numbers | undefined }[] = [];
  readonly #operations: {
    code: number;
    options: number;
    byte: number;
    from: readonly number[];
    to: number;
  }[] = [];

  /** A tensor, with its numbers where it is a constant. @returns its number */
  tensor(shape: readonly number[], data?: Numbers): number {
    return this.#tensors.push({ shape, data }) - 1;
  }

  /** An operation with one result. @param byte the first field of its options */
  op(name: keyof typeof OPERATORS, from: readonly number[], shape: readonly number[], byte = 0): number {
    const [code, options] = OPERATORS[name];
    const to = this.tensor(shape);
    this.#operations.push({ code, options, byte, from, to });
    return to;
  }

  bytes(input: number, output: number): Uint8Array {
    const builder = new Builder(1024);
    const ints = (values: readonly number[]): number => {
      builder.startVector(4, values.length, 4);
      for (const value of [...values].reverse()) builder.addInt32(value);
      return builder.endVector();
    };
    const tables = (offsets: readonly number[]): number => {
      builder.startVector(4, offsets.length, 4);
      for (const offset of [...offsets].reverse()) builder.addOffset(offset);
      return builder.endVector();
    };
    const constants = this.#tensors.filter(({ data }) => data !== undefined);
    const buffers = [undefined, ...constants].map((constant) => {
      const { buffer } = constant?.data ?? {};
      const data = buffer && builder.createByteVector(new Uint8Array(buffer));
      builder.startObject(1);
      if (data !== undefined) builder.addFieldOffset(0, data, 0);
      return builder.endObject();
    });
    const tensors = this.#tensors.map((tensor) => {
      const shape = ints(tensor.shape);
      builder.startObject(4);
      builder.addFieldOffset(0, shape, 0);
      builder.addFieldInt8(1, tensor.data instanceof Int32Array ? 2 : 0, 0);
      builder.addFieldInt32(2, constants.indexOf(tensor) + 1, 0);
      return builder.endObject();
    });
    const codes = [...new Set(this.#operations.map(({ code }) => code))];
    const operations = this.#operations.map(({ code, options, byte, from, to }) => {
      const [given, made] = [ints(from), ints([to])];
      builder.startObject(1);
      builder.addFieldInt8(0, byte, 0);
      const table = builder.endObject();
      builder.startObject(5);
      builder.addFieldInt32(0, codes.indexOf(code), 0);
      builder.addFieldOffset(1, given, 0);
      builder.addFieldOffset(2, made, 0);
      builder.addFieldInt8(3, options, 0);
      builder.addFieldOffset(4, table, 0);
      return builder.endObject();
    });
    const fields = [tables(tensors), ints([input]), ints([output]), tables(operations)];
    builder.startObject(5);
    fields.forEach((field, i) => builder.addFieldOffset(i, field, 0));
    const graph = tables([builder.endObject()]);
    const operators = tables(
      codes.map((code) => {
        builder.startObject(4);
        builder.addFieldInt8(0, Math.min(code, 127), 0);
        builder.addFieldInt32(3, code, 0);
        return builder.endObject();
      }),
    );
    const all = tables(buffers);
    builder.startObject(5);
    builder.addFieldInt32(0, 3, 0);
    builder.addFieldOffset(1, operators, 0);
    builder.addFieldOffset(2, graph, 0);
    builder.addFieldOffset(4, all, 0);
    builder.finish(builder.endObject(), 'TFL3');
    return builder.asUint8Array().slice();
  }
}
