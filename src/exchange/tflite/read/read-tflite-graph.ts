import { SeqkitError } from '../../../base/errors.js';
import { FlatFault, FlatTable } from './flat-table.js';

/** More than any network of one sound or word has. */
const MOST_TENSORS = 20_000;
const MOST_OPERATIONS = 20_000;
const MOST_AXES = 8;
const MOST_ENDS = 64;

type Options = Readonly<Record<string, number>>;

/** An operator that is read, and what stands in its table of options. */
interface Operator {
  readonly name: string;
  options?(table: FlatTable): Options;
}

/** What stands behind a sum or a product: 0 none, 1 relu, 4 tanh, as in `ActivationFunctionType`. */
const activated = (name: string): Operator => ({
  name,
  options: (table) => ({ activation: table.int8(0) }),
});

/** By their numbers in `BuiltinOperator` of the schema. */
const OPERATORS: ReadonlyMap<number, Operator> = new Map<number, Operator>([
  [0, activated('ADD')],
  [
    9,
    {
      name: 'FULLY_CONNECTED',
      options: (table) => ({
        activation: table.int8(0),
        weightsFormat: table.int8(1),
        keepsAxes: table.int8(2),
      }),
    },
  ],
  [14, { name: 'LOGISTIC' }],
  [18, activated('MUL')],
  [19, { name: 'RELU' }],
  [22, { name: 'RESHAPE' }],
  [25, { name: 'SOFTMAX' }],
  [28, { name: 'TANH' }],
  [40, { name: 'MEAN', options: (table) => ({ keepsAxes: table.int8(0) }) }],
  [41, activated('SUB')],
  [42, activated('DIV')],
  [49, { name: 'SPLIT' }],
  [75, { name: 'SQRT' }],
  [76, { name: 'RSQRT' }],
  [99, { name: 'SQUARED_DIFFERENCE' }],
  [
    3,
    {
      name: 'CONV_2D',
      options: (table) => ({
        padding: table.int8(0),
        strideWidth: table.int32(1),
        strideHeight: table.int32(2),
        activation: table.int8(3),
        dilationWidth: table.int32(4, 1),
        dilationHeight: table.int32(5, 1),
      }),
    },
  ],
  [
    17,
    {
      name: 'MAX_POOL_2D',
      options: (table) => ({
        padding: table.int8(0),
        strideWidth: table.int32(1),
        strideHeight: table.int32(2),
        filterWidth: table.int32(3),
        filterHeight: table.int32(4),
        activation: table.int8(5),
      }),
    },
  ],
  [34, { name: 'PAD' }],
  [55, { name: 'MAXIMUM' }],
  [98, { name: 'LEAKY_RELU', options: (table) => ({ slope: table.float32(0) }) }],
]);

const ELEMENT_TYPES = [
  'float32',
  'float16',
  'int32',
  'uint8',
  'int64',
  'string',
  'bool',
  'int16',
  'complex64',
  'int8',
];

/** Numbers of one type and shape. */
export interface TfliteTensor {
  /** Such as `float32`; `type 17` where it is not known here. */
  readonly type: string;
  readonly shape: readonly number[];
  /** Of a constant, little-endian. */
  readonly data: Uint8Array | undefined;
}

/** One operation: inputs and outputs by the numbers of their tensors, -1 for an input that is left out. */
export interface TfliteOperation {
  /** Such as `CONV_2D`; `operator 83` where it is not known here. */
  readonly operator: string;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** By name, such as `strideWidth`; none of an operator that is not known here. */
  readonly options: Options;
}

/** What a file of TensorFlow Lite holds. */
export interface TfliteGraph {
  readonly tensors: readonly TfliteTensor[];
  readonly operations: readonly TfliteOperation[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

/** By the name of the format that stands behind the first four bytes. */
export function looksLikeTflite(bytes: Uint8Array): boolean {
  return new TextDecoder('latin1').decode(bytes.subarray(4, 8)) === 'TFL3';
}

/**
 * Reads a file of TensorFlow Lite of one graph
 * (https://github.com/tensorflow/tensorflow/blob/master/tensorflow/compiler/mlir/lite/schema/schema.fbs): its
 * operations and constants, checked. Nothing is run.
 * @param source what errors call it
 * @throws SeqkitError `bad-file` where it is damaged or has more than one graph
 */
export function readTfliteGraph(bytes: Uint8Array, source: string): TfliteGraph {
  try {
    return graphOf(bytes);
  } catch (error) {
    if (error instanceof SeveralGraphs) {
      throw new SeqkitError(`${source} has ${error.count} graphs of TensorFlow Lite, expected one.`, {
        code: 'bad-file',
        hint: 'Conditions and loops (IF, WHILE) have graphs of their own, and are not read. Take a file without them.',
      });
    }
    if (!(error instanceof FlatFault)) throw error;
    throw new SeqkitError(`${source} is no whole file of TensorFlow Lite: ${error.message}.`, {
      code: 'bad-file',
      hint: 'Check that all of it was copied.',
      cause: error,
    });
  }
}

/** Thrown where an operation has a graph of its own. */
class SeveralGraphs extends Error {
  constructor(readonly count: number) {
    super();
  }
}

function graphOf(bytes: Uint8Array): TfliteGraph {
  const model = FlatTable.root(bytes);
  const operators = model.tables(1, MOST_OPERATIONS).map((code): Operator => {
    // Older files have the byte alone, newer ones the larger number too.
    const number = Math.max(code.int8(0), code.int32(3));
    return OPERATORS.get(number) ?? { name: `operator ${number}` };
  });
  const buffers = model.tables(4, MOST_TENSORS).map((buffer) => buffer.bytes(0));
  const graphs = model.tables(2, MOST_ENDS);
  if (graphs.length !== 1) throw new SeveralGraphs(graphs.length);
  const [graph] = graphs;
  const tensors = graph.tables(0, MOST_TENSORS).map((tensor): TfliteTensor => {
    const type = tensor.int8(1);
    return {
      type: ELEMENT_TYPES[type] ?? `type ${type}`,
      shape: tensor.int32s(0, MOST_AXES),
      data: buffers[tensor.uint32(2)],
    };
  });
  const ends = (table: FlatTable, field: number): number[] => {
    const numbers = table.int32s(field, MOST_ENDS);
    const wrong = numbers.find((number) => number < -1 || number >= tensors.length);
    if (wrong !== undefined) throw new FlatFault(`it names tensor ${wrong} of ${tensors.length}`);
    return numbers;
  };
  const operations = graph.tables(3, MOST_OPERATIONS).map((operation): TfliteOperation => {
    const operator = operators.at(operation.uint32(0));
    if (operator === undefined)
      throw new FlatFault(`it names operator ${operation.uint32(0)} of ${operators.length}`);
    const table = operation.table(4);
    return {
      operator: operator.name,
      inputs: ends(operation, 1),
      outputs: ends(operation, 2),
      options: (table && operator.options?.(table)) ?? {},
    };
  });
  return { tensors, operations, inputs: ends(graph, 1), outputs: ends(graph, 2) };
}

/** The whole numbers of a constant, undefined where it is none of int32. */
export function tfliteInts({ type, data }: TfliteTensor): number[] | undefined {
  if (type !== 'int32' || !data || data.length % 4 !== 0) return undefined;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return Array.from({ length: data.length / 4 }, (_, i) => view.getInt32(4 * i, true));
}

/** The numbers of a constant, undefined where it is none of float32 or has others than its shape says. */
export function tfliteFloats(tensor: TfliteTensor): Float32Array | undefined {
  const { type, shape, data } = tensor;
  const count = shape.reduce((product, side) => product * side, 1);
  if (type !== 'float32' || data?.length !== 4 * count) return undefined;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return Float32Array.from({ length: count }, (_, i) => view.getFloat32(4 * i, true));
}
