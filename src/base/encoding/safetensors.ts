import { SeqkitError } from '../errors.js';
import {
  contentDigest,
  DIGEST_KEY,
  verifyContents,
  type DigestState,
  type VerifyOptions,
} from './content-digest.js';
import { findDuplicateKey } from './json-keys.js';
import { decodeUtf8, encodeUtf8 } from './utf8.js';

/**
 * The safetensors container (https://huggingface.co/docs/safetensors): eight bytes with the
 * header's length, a JSON header, then the tensors end to end. Numbers are little-endian, as
 * on every machine that runs Node or a browser today, so that a tensor is a view of the file.
 */

/** Bytes an element takes, by its type. */
const ITEM_BYTES = { F64: 8, F32: 4, I32: 4, U32: 4, F16: 2, I8: 1, U8: 1 } as const;

/** The longest header that is read: the reference implementation's limit. */
const MAX_HEADER_BYTES = 100_000_000;

/** The array that holds each type; F16 stays as its raw 16 bits. */
export interface TensorArrays {
  F64: Float64Array;
  F32: Float32Array;
  F16: Uint16Array;
  I32: Int32Array;
  U32: Uint32Array;
  I8: Int8Array;
  U8: Uint8Array;
}

export type TensorType = keyof TensorArrays;

/** A tensor of one type; `data` has as many elements as the product of `shape`. */
export type StoredTensor<Type extends TensorType = TensorType> = {
  [T in Type]: { readonly dtype: T; readonly shape: readonly number[]; readonly data: TensorArrays[T] };
}[Type];

const ARRAYS = {
  F64: Float64Array,
  F32: Float32Array,
  F16: Uint16Array,
  I32: Int32Array,
  U32: Uint32Array,
  I8: Int8Array,
  U8: Uint8Array,
} as const;

/**
 * Packs tensors and text into one safetensors file, with a digest of both. Tensors with larger elements
 * come first, then by name, so that each is aligned and equal contents give equal bytes.
 * @throws SeqkitError `bad-shape` where an array does not fit its shape or type
 */
export function encodeSafetensors(
  tensors: Readonly<Record<string, StoredTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const entries = Object.entries(tensors).sort(
    ([nameA, a], [nameB, b]) =>
      ITEM_BYTES[b.dtype] - ITEM_BYTES[a.dtype] || (nameA < nameB ? -1 : nameA > nameB ? 1 : 0),
  );
  for (const [name, tensor] of entries) checkTensor(name, tensor);
  const digest = contentDigest(entries, metadata);
  const header: [string, unknown][] = [['__metadata__', { ...metadata, [DIGEST_KEY]: digest }]];
  let dataBytes = 0;
  for (const [name, tensor] of entries) {
    const end = dataBytes + tensor.data.byteLength;
    header.push([name, { dtype: tensor.dtype, shape: tensor.shape, data_offsets: [dataBytes, end] }]);
    dataBytes = end;
  }
  const text = encodeUtf8(JSON.stringify(Object.fromEntries(header)));
  const headerBytes = Math.ceil(text.length / 8) * 8;
  const file = new Uint8Array(8 + headerBytes + dataBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true);
  file.set(text, 8);
  file.fill(0x20, 8 + text.length, 8 + headerBytes);
  let at = 8 + headerBytes;
  for (const [, { data }] of entries) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return file;
}

function checkTensor(name: string, { dtype, shape, data }: StoredTensor): void {
  if (name === '__metadata__') {
    throw new SeqkitError('A tensor cannot be called "__metadata__": the format keeps that name for text.', {
      code: 'bad-value',
    });
  }
  const count = elementCount(shape);
  if (!(data instanceof ARRAYS[dtype]) || data.length !== count) {
    throw new SeqkitError(
      `Tensor "${name}" of type ${dtype} and shape (${shape.join(', ')}) needs a ${ARRAYS[dtype].name} of ` +
        `${count} elements, not a ${data.constructor.name} of ${data.length}.`,
      { code: 'bad-shape' },
    );
  }
}

/** The product of the sizes, or undefined where they are no sizes. */
function elementCount(shape: unknown): number | undefined {
  if (!Array.isArray(shape)) return undefined;
  let count = 1;
  for (const size of shape as unknown[]) {
    if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) return undefined;
    count *= size;
    // Even where a zero follows: what overflowed once is no size.
    if (!Number.isSafeInteger(count)) return undefined;
  }
  return count;
}

/** What a safetensors file holds. */
export interface Safetensors {
  readonly tensors: Map<string, StoredTensor>;
  /** Without the digest. */
  readonly metadata: Record<string, string>;
  readonly digest: DigestState;
}

/**
 * Opens a safetensors file without copying: each tensor is a view of `bytes`, copied only
 * where a foreign file has left it unaligned. The file is checked whole before any view is
 * made; nothing is allocated on the word of a damaged header. Contents that are not those of the digest
 * which the file keeps are refused.
 * @param source what to call the file in errors, such as its path
 * @throws SeqkitError `bad-file` with the source, the byte offset and the cause
 */
export function decodeSafetensors(
  bytes: Uint8Array,
  source: string,
  options: VerifyOptions = {},
): Safetensors {
  const header = readSafetensorsHeader(bytes, source);
  const dataStart = 8 + header.byteLength;
  const metadata = readMetadata(header.entries['__metadata__'], source);
  const names = Object.keys(header.entries).filter((name) => name !== '__metadata__');
  const places = names.map((name) => readPlace(name, header.entries[name], source));
  places.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let covered = 0;
  for (const { name, begin, end } of places) {
    if (begin !== covered) {
      const fault = begin < covered ? 'overlaps the tensor before it' : 'leaves a hole before it';
      throw damaged(source, dataStart + begin, `tensor ${brief(name)} ${fault}`);
    }
    covered = end;
  }
  const dataBytes = bytes.length - dataStart;
  if (covered !== dataBytes) {
    const fault = covered > dataBytes ? 'the file is cut short' : 'bytes follow that belong to no tensor';
    const at = dataStart + Math.min(covered, dataBytes);
    throw damaged(source, at, `the tensors take ${covered} bytes of ${dataBytes}: ${fault}`);
  }
  const byName = new Map(places.map((place) => [place.name, place]));
  const tensors = new Map<string, StoredTensor>();
  for (const name of names) {
    const { dtype, shape, begin, end } = byName.get(name)!;
    const data = viewOf(bytes, dtype, dataStart + begin, dataStart + end);
    tensors.set(name, { dtype, shape, data } as StoredTensor);
  }
  const digest = verifyContents(tensors, metadata, source, options);
  const texts = { ...metadata };
  delete texts[DIGEST_KEY];
  return { tensors, metadata: texts, digest };
}

/**
 * Refuses what cannot be a safetensors file by its first bytes, before the rest is read.
 * @param start its first 9 bytes, or all there are
 * @param size of the whole, in bytes
 * @throws SeqkitError `bad-file`
 */
export function checkSafetensorsStart(start: Uint8Array, size: number, source: string): void {
  if (size < 10) throw damaged(source, 0, `a safetensors file has at least 10 bytes, this one ${size}`);
  const declared = new DataView(start.buffer, start.byteOffset).getBigUint64(0, true);
  if (declared > BigInt(Math.min(MAX_HEADER_BYTES, size - 8))) {
    throw damaged(
      source,
      0,
      `it asks for a header of ${declared} bytes where ${size - 8} follow, so it is no safetensors file or is cut short`,
    );
  }
  if (declared < 2n || start[8] !== 0x7b) throw damaged(source, 8, 'the header does not begin with "{"');
}

/**
 * Whether the bytes begin like a safetensors file: a header length within reason, then `{`.
 * @param start at least the first nine bytes
 */
export function looksLikeSafetensors(start: Uint8Array): boolean {
  if (start.length < 9 || start[8] !== 0x7b) return false;
  const view = new DataView(start.buffer, start.byteOffset);
  return view.getUint32(4, true) === 0 && view.getUint32(0, true) <= MAX_HEADER_BYTES;
}

/**
 * How many bytes a safetensors file has by what its header says.
 * @param start its beginning
 * @returns undefined where the header is not whole yet
 * @throws SeqkitError `bad-file` where the header is damaged
 */
export function safetensorsSize(start: Uint8Array, source: string): number | undefined {
  if (start.length < 9) return undefined;
  const size = Number(new DataView(start.buffer, start.byteOffset).getBigUint64(0, true)) + 8;
  if (start.length < size) return undefined;
  const { entries } = readSafetensorsHeader(start, source);
  const ends = Object.keys(entries)
    .filter((name) => name !== '__metadata__')
    .map((name) => readPlace(name, entries[name], source).end);
  return size + ends.reduce((max, end) => Math.max(max, end), 0);
}

/**
 * The header of a safetensors file, whoever wrote it: its entries as they stand, and its length.
 * @throws SeqkitError `bad-file`
 */
export function readSafetensorsHeader(
  bytes: Uint8Array,
  source: string,
): { entries: Record<string, unknown>; byteLength: number } {
  checkSafetensorsStart(bytes, bytes.length, source);
  const byteLength = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  let text: string;
  let entries: unknown;
  try {
    text = decodeUtf8(bytes.subarray(8, 8 + byteLength));
  } catch {
    throw damaged(source, 8, 'the header is not valid UTF-8');
  }
  try {
    entries = JSON.parse(text);
  } catch (error) {
    throw damaged(source, 8, `the header is not valid JSON (${(error as Error).message})`);
  }
  const duplicate = findDuplicateKey(text);
  if (duplicate !== undefined) {
    const at = 8 + encodeUtf8(text.slice(0, duplicate.index)).length;
    throw damaged(source, at, `the header names ${brief(duplicate.key)} twice`);
  }
  return { entries: entries as Record<string, unknown>, byteLength };
}

function readMetadata(entry: unknown, source: string): Record<string, string> {
  if (entry === undefined) return {};
  const isText =
    isRecord(entry) && Object.values(entry).every((value): value is string => typeof value === 'string');
  if (!isText) throw damaged(source, 8, 'the metadata must be text by name');
  return entry as Record<string, string>;
}

interface Place {
  name: string;
  dtype: TensorType;
  shape: number[];
  begin: number;
  end: number;
}

function readPlace(name: string, entry: unknown, source: string): Place {
  const fail = (cause: string) => damaged(source, 8, `the header's entry for tensor ${brief(name)} ${cause}`);
  if (!isRecord(entry)) throw fail('is not an object');
  const { dtype, shape, data_offsets: offsets } = entry;
  if (typeof dtype !== 'string' || !Object.hasOwn(ITEM_BYTES, dtype)) {
    const known = Object.keys(ITEM_BYTES).join(', ');
    throw fail(`has the element type ${brief(dtype)}, where one of ${known} is read`);
  }
  const count = elementCount(shape);
  if (count === undefined) throw fail(`has the shape ${brief(shape)}, which is none`);
  const [begin, end] = Array.isArray(offsets) && offsets.length === 2 ? (offsets as unknown[]) : [];
  if (!isOffset(begin) || !isOffset(end) || begin > end) {
    throw fail(`has the offsets ${brief(offsets)}, which are none`);
  }
  const needed = count * ITEM_BYTES[dtype as TensorType];
  if (end - begin !== needed) {
    throw fail(`takes ${end - begin} bytes, where its shape and type need ${needed}`);
  }
  return { name, dtype: dtype as TensorType, shape: shape as number[], begin, end };
}

function viewOf(bytes: Uint8Array, dtype: TensorType, begin: number, end: number): TensorArrays[TensorType] {
  const count = (end - begin) / ITEM_BYTES[dtype];
  const aligned = (bytes.byteOffset + begin) % ITEM_BYTES[dtype] === 0;
  const part = aligned ? bytes.subarray(begin, end) : bytes.slice(begin, end);
  return new ARRAYS[dtype](part.buffer as ArrayBuffer, part.byteOffset, count);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isOffset(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** What stands in a header, for an error: however long or deep it is, and with nothing that moves a cursor. */
function brief(value: unknown): string {
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object' || item === null)) {
    const items = (value as unknown[]).slice(0, 8).map(brief);
    return `[${[...items, ...(value.length > 8 ? ['...'] : [])].join(',')}]`;
  }
  if (typeof value === 'object' && value !== null)
    return Array.isArray(value) ? 'a nested array' : 'an object';
  if (typeof value === 'string')
    return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}...` : value);
  return String(value);
}

function damaged(source: string, at: number, cause: string): SeqkitError {
  return new SeqkitError(`${source}: damaged at byte ${at}: ${cause}.`, {
    code: 'bad-file',
    hint: 'Check that it is a safetensors file and that all of it was copied.',
  });
}
