import { quoted } from '../../../base/schema/index.js';
import { fromBrain, fromHalf } from '../../../base/encoding/float16.js';
import { dataTypeOf, type OnnxDataType } from '../schema/data-types.js';
import { TensorProto_DataLocation, type TensorProto } from '../schema/onnx-pb.js';
import { damaged, unread } from './damage.js';
import type { OnnxTensor } from './graph.js';

/** More axes than any network has. */
const MAX_AXES = 16;

/** Bytes of one element in `raw_data`. */
const ITEM_BYTES: Readonly<Record<OnnxDataType, number>> = {
  float32: 4,
  uint8: 1,
  int8: 1,
  uint16: 2,
  int16: 2,
  int32: 4,
  int64: 8,
  bool: 1,
  float16: 2,
  float64: 8,
  uint32: 4,
  uint64: 8,
  bfloat16: 2,
};

const FLOATS: ReadonlySet<OnnxDataType> = new Set(['float32', 'float16', 'bfloat16', 'float64']);

/**
 * A tensor with its numbers, from raw bytes (little-endian) or from the list of its type.
 * @param name what errors call it
 * @throws SeqkitError `bad-file` where shape and numbers contradict each other, or they stand in another file
 */
export function readTensor(proto: TensorProto, name: string, source: string): OnnxTensor {
  const called = `the tensor ${quoted(name)}`;
  if (proto.dataLocation === TensorProto_DataLocation.EXTERNAL || proto.externalData.length > 0) {
    throw unread(
      source,
      `keeps ${called} in a file beside it`,
      'Export with all weights in one file: onnx.save(onnx.load(path), out), or external_data=False in PyTorch.',
    );
  }
  if (proto.segment.length > 0)
    throw unread(source, `has only a part of ${called}`, 'Export it in one part.');
  const type = dataTypeOf(proto.dataType);
  if (type === undefined) {
    throw unread(
      source,
      `has ${called} of the element type ${proto.dataType}`,
      'Convert its numbers to float32 first.',
    );
  }
  const shape = readShape(proto.dims, called, source);
  const count = shape.reduce((product, size) => product * size, 1);
  const raw = proto.rawData;
  const listed = raw.length > 0 ? undefined : listOf(proto, type);
  const found = listed ? listed.length : raw.length / ITEM_BYTES[type];
  if (found !== count) {
    throw damaged(
      source,
      `${called} of shape (${shape.join(', ')}) needs ${count} numbers, ${found} are there`,
    );
  }
  const data = FLOATS.has(type) ? new Float32Array(count) : new Float64Array(count);
  const at = listed ? fromList(listed, type) : fromBytes(raw, type);
  for (let i = 0; i < count; i++) data[i] = at(i);
  return { name, type, shape, data };
}

function readShape(dims: readonly bigint[], called: string, source: string): number[] {
  if (dims.length > MAX_AXES) throw damaged(source, `${called} has ${dims.length} axes`);
  let product = 1;
  return dims.map((dim) => {
    const size = Number(dim);
    product *= Math.max(1, size);
    if (dim < 0n || !Number.isSafeInteger(product)) throw damaged(source, `${called} has an axis of ${dim}`);
    return size;
  });
}

type List = readonly (number | bigint)[];

/** The list that the specification gives a type. */
function listOf(proto: TensorProto, type: OnnxDataType): List {
  switch (type) {
    case 'float32':
      return proto.floatData;
    case 'float64':
      return proto.doubleData;
    case 'int64':
      return proto.int64Data;
    case 'uint32':
    case 'uint64':
      return proto.uint64Data;
    case 'uint8':
    case 'int8':
    case 'uint16':
    case 'int16':
    case 'int32':
    case 'bool':
    case 'float16':
    case 'bfloat16':
      return proto.int32Data;
  }
}

/** 16-bit floats stand in their list as the whole numbers of their bits. */
function fromList(list: List, type: OnnxDataType): (i: number) => number {
  if (type === 'float16') return (i) => fromHalf(Number(list[i]) & 0xffff);
  if (type === 'bfloat16') return (i) => fromBrain(Number(list[i]) & 0xffff);
  return (i) => Number(list[i]);
}

function fromBytes(raw: Uint8Array, type: OnnxDataType): (i: number) => number {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  switch (type) {
    case 'float32':
      return (i) => view.getFloat32(4 * i, true);
    case 'float64':
      return (i) => view.getFloat64(8 * i, true);
    case 'float16':
      return (i) => fromHalf(view.getUint16(2 * i, true));
    case 'bfloat16':
      return (i) => fromBrain(view.getUint16(2 * i, true));
    case 'uint8':
    case 'bool':
      return (i) => view.getUint8(i);
    case 'int8':
      return (i) => view.getInt8(i);
    case 'uint16':
      return (i) => view.getUint16(2 * i, true);
    case 'int16':
      return (i) => view.getInt16(2 * i, true);
    case 'int32':
      return (i) => view.getInt32(4 * i, true);
    case 'uint32':
      return (i) => view.getUint32(4 * i, true);
    case 'int64':
      return (i) => Number(view.getBigInt64(8 * i, true));
    case 'uint64':
      return (i) => Number(view.getBigUint64(8 * i, true));
  }
}
