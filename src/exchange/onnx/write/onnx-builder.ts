import { create, toBinary } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType as Type,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  StringStringEntryProtoSchema,
  TensorProtoSchema,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  ValueInfoProtoSchema,
  type AttributeProto,
  type GraphProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from '../schema/onnx-pb.js';

/** Runtimes of 2022 and later read these. Axes of ReduceMean are still attributes, LayerNormalization is in. */
const OPSET = 17n;
const IR_VERSION = 8n;

/** The numbers of element types in files. */
const TYPE_CODES = { float32: 1, int8: 3, int32: 6, int64: 7 } as const;
export type WrittenType = keyof typeof TYPE_CODES;

/** Whole numbers are `ints`, others need a `{ float }`: ONNX tells the two apart. */
export type AttributeValue =
  | number
  | string
  | readonly number[]
  | readonly string[]
  | { readonly float: number }
  | { readonly floats: readonly number[] };

/** An input or output of the graph as its users see it. */
export interface Port {
  readonly name: string;
  readonly type: WrittenType;
  readonly dims: readonly (number | string)[];
}

const encoder = new TextEncoder();

/** Collects the operations of an ONNX graph, in order. */
export class OnnxBuilder {
  readonly inputs: Port[] = [];
  readonly outputs: Port[] = [];
  readonly #nodes: NodeProto[] = [];
  readonly #initializers: TensorProto[] = [];
  readonly #taken = new Set<string>();
  readonly #constants = new Map<string, string>();

  /** A name that nothing has yet. */
  unique(wanted: string): string {
    let name = wanted;
    for (let i = 1; this.#taken.has(name); i++) name = `${wanted}_${i}`;
    this.#taken.add(name);
    return name;
  }

  /** Keeps a name for an input or output, which its users will type. */
  reserve(name: string): void {
    this.#taken.add(name);
  }

  input(port: Port): string {
    this.inputs.push(port);
    return port.name;
  }

  /** Gives a value out under a name of its own. */
  output(value: string, port: Port): void {
    this.outputs.push(port);
    this.#node('Identity', [value], [port.name], {});
  }

  /** One operation with one output. */
  op(
    opType: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
  ): string {
    return this.ops(opType, inputs, attributes, [true])[0];
  }

  /**
   * One operation with several outputs.
   * @param wanted for each output whether it is of use; the others are left out
   */
  ops(
    opType: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>>,
    wanted: readonly boolean[],
  ): string[] {
    const outputs = wanted.map((wants) =>
      wants ? this.unique(`${opType.toLowerCase()}_${this.#nodes.length}`) : '',
    );
    this.#node(opType, inputs, outputs, attributes);
    return outputs;
  }

  /** A weight. */
  floats(name: string, shape: readonly number[], data: ArrayLike<number>): string {
    return this.#tensor(name, 'float32', shape, Float32Array.from(data));
  }

  int8s(name: string, shape: readonly number[], data: Int8Array): string {
    return this.#tensor(name, 'int8', shape, data);
  }

  /** Whole numbers such as axes and shapes, each list once. */
  ints(...values: number[]): string {
    return this.#constant(`ints:${values.join()}`, () =>
      this.#tensor('ints', 'int64', [values.length], BigInt64Array.from(values, BigInt)),
    );
  }

  /** One whole number without axes. */
  int(value: number): string {
    return this.#constant(`int:${value}`, () =>
      this.#tensor('int', 'int64', [], BigInt64Array.of(BigInt(value))),
    );
  }

  /** One number without axes. */
  scalar(value: number): string {
    return this.#constant(`scalar:${value}`, () => this.floats('scalar', [], [value]));
  }

  #constant(key: string, make: () => string): string {
    const known = this.#constants.get(key);
    if (known !== undefined) return known;
    const name = make();
    this.#constants.set(key, name);
    return name;
  }

  #tensor(
    wanted: string,
    type: WrittenType,
    shape: readonly number[],
    data: Float32Array | Int8Array | BigInt64Array,
  ): string {
    const name = this.unique(wanted);
    const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const dims = shape.map(BigInt);
    this.#initializers.push(create(TensorProtoSchema, { name, dataType: TYPE_CODES[type], dims, rawData }));
    return name;
  }

  #node(
    opType: string,
    input: readonly string[],
    output: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>>,
  ): void {
    const attribute = Object.entries(attributes).map(([name, value]) => attributeOf(name, value));
    const name = `${opType}_${this.#nodes.length}`;
    this.#nodes.push(
      create(NodeProtoSchema, { opType, name, input: [...input], output: [...output], attribute }),
    );
  }

  /** The file. @param metadata what it tells of itself, as text by name */
  bytes(metadata: Readonly<Record<string, string>>): Uint8Array {
    return toBinary(
      ModelProtoSchema,
      create(ModelProtoSchema, {
        irVersion: IR_VERSION,
        producerName: 'seqkit',
        graph: this.#graph(),
        opsetImport: [create(OperatorSetIdProtoSchema, { domain: '', version: OPSET })],
        metadataProps: Object.entries(metadata).map(([key, value]) =>
          create(StringStringEntryProtoSchema, { key, value }),
        ),
      }),
    );
  }

  #graph(): GraphProto {
    return create(GraphProtoSchema, {
      name: 'seqkit',
      node: this.#nodes,
      initializer: this.#initializers,
      input: this.inputs.map(valueOf),
      output: this.outputs.map(valueOf),
    });
  }
}

function attributeOf(name: string, value: AttributeValue): AttributeProto {
  const make = (init: Parameters<typeof create<typeof AttributeProtoSchema>>[1]): AttributeProto =>
    create(AttributeProtoSchema, { name, ...init });
  if (typeof value === 'number') return make({ type: Type.INT, i: BigInt(value) });
  if (typeof value === 'string') return make({ type: Type.STRING, s: encoder.encode(value) });
  if ('float' in value) return make({ type: Type.FLOAT, f: value.float });
  if ('floats' in value) return make({ type: Type.FLOATS, floats: [...value.floats] });
  if (value.every((item) => typeof item === 'number')) {
    return make({ type: Type.INTS, ints: value.map((item) => BigInt(item)) });
  }
  return make({
    type: Type.STRINGS,
    strings: value.map((item) => encoder.encode(item)),
  });
}

function valueOf({ name, type, dims }: Port): ValueInfoProto {
  const dim = dims.map((size) =>
    create(TensorShapeProto_DimensionSchema, {
      value:
        typeof size === 'number'
          ? { case: 'dimValue', value: BigInt(size) }
          : { case: 'dimParam', value: size },
    }),
  );
  const tensor = create(TypeProto_TensorSchema, {
    elemType: TYPE_CODES[type],
    shape: create(TensorShapeProtoSchema, { dim }),
  });
  return create(ValueInfoProtoSchema, {
    name,
    type: create(TypeProtoSchema, { value: { case: 'tensorType', value: tensor } }),
  });
}
