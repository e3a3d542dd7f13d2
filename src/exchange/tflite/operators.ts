import type { Builder } from 'flatbuffers';

// Numbers of TensorFlow Lite's file format, as its schema has them
// (https://github.com/tensorflow/tensorflow/blob/master/tensorflow/compiler/mlir/lite/schema/schema.fbs).

/** How an operator is written: its number, that of its table of options, and what stands in that table. */
interface Operator {
  /** In `BuiltinOperator`. */
  readonly code: number;
  /** In the union `BuiltinOptions`; 0 where there are none. */
  readonly optionsType: number;
  /** @returns where the table is, 0 where there is none */
  options(builder: Builder, operation: OperationOptions): number;
}

/** What an operation is told beside its inputs. */
export interface OperationOptions {
  /** FULLY_CONNECTED: whether negative results become 0. */
  readonly relu?: boolean;
  /** RESHAPE */
  readonly shape?: readonly number[];
  /** SPLIT: into how many parts. */
  readonly parts?: number;
}

const RELU = 1;

/** Options of operators that may have an activation behind them, and here have none. */
const plainTable = (builder: Builder): number => {
  builder.startObject(1);
  return builder.endObject();
};

/** The operators that are written. All are built in, of version 1. */
export const OPERATORS = {
  ADD: { code: 0, optionsType: 11, options: plainTable },
  FULLY_CONNECTED: {
    code: 9,
    optionsType: 8,
    options(builder, { relu = false }) {
      builder.startObject(1);
      builder.addFieldInt8(0, relu ? RELU : 0, 0);
      return builder.endObject();
    },
  },
  LOGISTIC: { code: 14, optionsType: 0, options: () => 0 },
  MUL: { code: 18, optionsType: 21, options: plainTable },
  RESHAPE: {
    code: 22,
    optionsType: 17,
    options(builder, { shape = [] }) {
      const sizes = int32Vector(builder, shape);
      builder.startObject(1);
      builder.addFieldOffset(0, sizes, 0);
      return builder.endObject();
    },
  },
  SPLIT: {
    code: 49,
    optionsType: 35,
    options(builder, { parts = 1 }) {
      builder.startObject(1);
      builder.addFieldInt32(0, parts, 0);
      return builder.endObject();
    },
  },
  SUB: { code: 41, optionsType: 28, options: plainTable },
  TANH: { code: 28, optionsType: 0, options: () => 0 },
} as const satisfies Record<string, Operator>;

export type OperatorName = keyof typeof OPERATORS;

/** A vector of whole numbers of 32 bits. @returns where it is */
export function int32Vector(builder: Builder, values: readonly number[]): number {
  builder.startVector(4, values.length, 4);
  for (let i = values.length - 1; i >= 0; i--) builder.addInt32(values[i]);
  return builder.endVector();
}
