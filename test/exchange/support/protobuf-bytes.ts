/**
 * ONNX files written field by field, without the code that reads them: a field is its number and wire type, then a
 * varint, or bytes with their length (https://protobuf.dev/programming-guides/encoding/).
 */

export function varint(value: number | bigint): Buffer {
  const bytes: number[] = [];
  for (let rest = BigInt.asUintN(64, BigInt(value)); ; rest >>= 7n) {
    if (rest < 128n) return Buffer.from([...bytes, Number(rest)]);
    bytes.push(Number(rest & 127n) + 128);
  }
}

export const integer = (field: number, value: number | bigint): Buffer =>
  Buffer.concat([varint(field * 8), varint(value)]);

export function content(field: number, value: string | Uint8Array): Buffer {
  const bytes = Buffer.from(value as string);
  return Buffer.concat([varint(field * 8 + 2), varint(bytes.length), bytes]);
}

export const message = (field: number, ...fields: Uint8Array[]): Buffer =>
  content(field, Buffer.concat(fields));

export function float(field: number, value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return Buffer.concat([varint(field * 8 + 5), bytes]);
}

/** A tensor with raw bytes. */
export const rawTensor = (
  field: number,
  name: string,
  type: number,
  dims: number[],
  data: Uint8Array,
): Buffer =>
  message(field, ...dims.map((dim) => integer(1, dim)), integer(2, type), content(8, name), content(9, data));

/** An input or output: type of its elements, sizes or names of sizes. */
export const value = (field: number, name: string, type: number, dims: (number | string)[]): Buffer =>
  message(
    field,
    content(1, name),
    message(
      2,
      message(
        1,
        integer(1, type),
        message(
          2,
          ...dims.map((dim) => message(1, typeof dim === 'number' ? integer(1, dim) : content(2, dim))),
        ),
      ),
    ),
  );

/** A file of IR 8 and opset 17 with a graph of these fields. */
export const onnxFile = (...graph: Uint8Array[]): Buffer =>
  Buffer.concat([integer(1, 8), content(2, 'by hand'), message(7, ...graph), message(8, integer(2, 17))]);

export const floats = (...values: number[]): Buffer => Buffer.from(Float32Array.from(values).buffer);
