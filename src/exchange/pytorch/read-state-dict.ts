import { readSafetensorsHeader } from '../../base/encoding/safetensors.js';
import { SeqkitError } from '../../base/errors.js';
import { isPlainObject, quoted } from '../../base/schema/index.js';
import { fromBrain, fromHalf } from '../../base/encoding/float16.js';

/** A tensor of a state_dict, widened or narrowed to float32. */
export interface StateTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** More axes than any weight has. */
export const MAX_AXES = 8;

/** What wrappers put before the names: DistributedDataParallel, torch.compile, Lightning. */
const WRAPPERS = ['module.', '_orig_mod.', 'model.'] as const;

/** Bytes of an element, and how one is read. */
export interface ElementType {
  readonly bytes: number;
  readonly at: (view: DataView, offset: number) => number;
}

/** Of each type how its elements are read. */
export const ELEMENT_TYPES = {
  F64: { bytes: 8, at: (view, offset) => view.getFloat64(offset, true) },
  F32: { bytes: 4, at: (view, offset) => view.getFloat32(offset, true) },
  F16: { bytes: 2, at: (view, offset) => fromHalf(view.getUint16(offset, true)) },
  BF16: { bytes: 2, at: (view, offset) => fromBrain(view.getUint16(offset, true)) },
  I64: { bytes: 8, at: (view, offset) => Number(view.getBigInt64(offset, true)) },
  I32: { bytes: 4, at: (view, offset) => view.getInt32(offset, true) },
  I16: { bytes: 2, at: (view, offset) => view.getInt16(offset, true) },
  I8: { bytes: 1, at: (view, offset) => view.getInt8(offset) },
  U8: { bytes: 1, at: (view, offset) => view.getUint8(offset) },
  BOOL: { bytes: 1, at: (view, offset) => view.getUint8(offset) },
} as const satisfies Readonly<Record<string, ElementType>>;

/**
 * The tensors of a safetensors file that PyTorch wrote, by their names without what wrappers put before them.
 * @param source what errors call the file
 * @throws SeqkitError `bad-file` where it is damaged, has a type that is not read, or a number that is not finite
 */
export function readStateDict(bytes: Uint8Array, source: string): Map<string, StateTensor> {
  const fail = (cause: string): SeqkitError =>
    new SeqkitError(`${source}: ${cause}.`, {
      code: 'bad-file',
      hint: 'Write it again with safetensors.torch.save_file.',
    });
  const { entries, byteLength } = readSafetensorsHeader(bytes, source);
  const body = bytes.subarray(8 + byteLength);
  const tensors = new Map<string, StateTensor>();
  for (const [name, entry] of Object.entries(entries)) {
    if (name === '__metadata__') continue;
    tensors.set(
      name,
      readTensor(entry, body, (cause) => fail(`the tensor ${quoted(name)} ${cause}`)),
    );
  }
  if (tensors.size === 0) throw fail('it holds no tensors');
  return unwrapped(tensors);
}

function readTensor(entry: unknown, body: Uint8Array, fail: (cause: string) => SeqkitError): StateTensor {
  if (!isPlainObject(entry)) throw fail('is not described');
  const { dtype, shape, data_offsets: offsets } = entry;
  const type: ElementType | undefined =
    typeof dtype === 'string' && Object.hasOwn(ELEMENT_TYPES, dtype)
      ? ELEMENT_TYPES[dtype as keyof typeof ELEMENT_TYPES]
      : undefined;
  if (!type) {
    throw fail(`has a type that is not read, where one of ${Object.keys(ELEMENT_TYPES).join(', ')} is`);
  }
  const isSize = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
  if (!Array.isArray(shape) || shape.length > MAX_AXES || !shape.every(isSize)) throw fail('has no shape');
  const [begin, end] = (Array.isArray(offsets) ? offsets : []) as unknown[];
  if (!isSize(begin) || !isSize(end) || begin > end || end > body.length)
    throw fail('lies beyond the end of the file');
  const count = shape.reduce((product, size) => product * size, 1);
  if (count * type.bytes !== end - begin)
    throw fail(`of shape (${shape.join(', ')}) does not fill its ${end - begin} bytes`);
  const view = new DataView(body.buffer, body.byteOffset + begin, end - begin);
  const data = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    data[i] = type.at(view, i * type.bytes);
    if (!Number.isFinite(data[i]))
      throw fail(`holds ${data[i]} at place ${i}, where a finite number should stand`);
  }
  return { shape, data };
}

/** Without the beginnings that all names share because the network was wrapped. */
export function unwrapped(tensors: Map<string, StateTensor>): Map<string, StateTensor> {
  for (const wrapper of WRAPPERS) {
    if (![...tensors.keys()].every((name) => name.startsWith(wrapper) && name.length > wrapper.length))
      continue;
    return unwrapped(new Map([...tensors].map(([name, tensor]) => [name.slice(wrapper.length), tensor])));
  }
  return tensors;
}
