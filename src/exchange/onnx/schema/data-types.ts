/** The element types of ONNX's tensors that are read, by their numbers in `TensorProto.DataType`. */
export const DATA_TYPES = {
  1: 'float32',
  2: 'uint8',
  3: 'int8',
  4: 'uint16',
  5: 'int16',
  6: 'int32',
  7: 'int64',
  9: 'bool',
  10: 'float16',
  11: 'float64',
  12: 'uint32',
  13: 'uint64',
  16: 'bfloat16',
} as const;

export type OnnxDataType = (typeof DATA_TYPES)[keyof typeof DATA_TYPES];

/** The type of a number in a file, or undefined for one that is not read: strings, complex numbers, 8-bit floats. */
export function dataTypeOf(code: number): OnnxDataType | undefined {
  return Object.hasOwn(DATA_TYPES, code) ? DATA_TYPES[code as keyof typeof DATA_TYPES] : undefined;
}
