import type { OnnxDataType } from '../schema/data-types.js';

/** A tensor of an ONNX file, its numbers widened. */
export interface OnnxTensor {
  readonly name: string;
  /** The type that the file keeps it in. */
  readonly type: OnnxDataType;
  readonly shape: readonly number[];
  /** Row by row. Floats of any width come as float32; whole numbers and truth values as float64, exact up to 2^53. */
  readonly data: Float32Array | Float64Array;
}

/** What an attribute of a node holds: a number, a text, several of either, or a tensor. */
export type OnnxAttribute = number | string | readonly number[] | readonly string[] | OnnxTensor;

/** One operation. */
export interface OnnxNode {
  /** Such as `GRU`. */
  readonly opType: string;
  /** The set of operators that `opType` is of; empty for ONNX's own. */
  readonly domain: string;
  /** Empty where the file gives none. */
  readonly name: string;
  /** Names of what it takes, empty where an optional input is left out. */
  readonly inputs: readonly string[];
  /** Names of what it makes, empty where an optional output is left out. */
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
}

/** An input or output of the graph. */
export interface OnnxValue {
  readonly name: string;
  /** Undefined where the file does not say, or says a type that is not read. */
  readonly type: OnnxDataType | undefined;
  /** Sizes, or the names of those that vary; null for one that is not said. Undefined where none are. */
  readonly shape: readonly (number | string | null)[] | undefined;
}

/** What an ONNX file holds, checked: every node takes only what is there before it. */
export interface OnnxGraph {
  /** The version of the file's layout. */
  readonly irVersion: number;
  /** Versions of the sets of operators, by domain; ONNX's own under the empty text. */
  readonly opsets: ReadonlyMap<string, number>;
  /** What wrote the file, such as `pytorch`. */
  readonly producer: string;
  readonly metadata: ReadonlyMap<string, string>;
  /** In the order of the file, which runs from inputs to outputs. */
  readonly nodes: readonly OnnxNode[];
  readonly initializers: ReadonlyMap<string, OnnxTensor>;
  /** Without those that an initializer gives. */
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}
