import { missingDigestNote, type VerifyOptions } from '../../base/encoding/content-digest.js';
import { refuseFaultyNumbers } from '../../base/encoding/finite-numbers.js';
import { heldKind, wrongKind } from '../../base/encoding/wrong-kind.js';
import { SeqkitError } from '../../base/errors.js';
import {
  decodeSafetensors,
  type Safetensors,
  type TensorArrays,
  type TensorType,
} from '../../base/encoding/safetensors.js';
import { FloatRows, HalfRows, Int8Rows, type Rows } from '../vectors/rows.js';
import type { VectorMemory } from '../scan/vector-memory.js';
import { ORDER_BYTES, WordList } from '../vectors/word-list.js';

/**
 * seqkit's own file of vectors: a safetensors file that is searched as it lies, with no pass over
 * the words when it opens. Its tensors:
 *
 * - `rows` I8, F16 or F32 (count, width), most frequent word first; `scales` F32 (count) beside I8 rows;
 *   `norms` F32 (count), the lengths of the rows.
 * - `words.text` U8, the words' UTF-8 end to end, by row; `words.lengths` U8 or U32 (count), in bytes;
 *   `words.order` U8 (count, 3), the rows sorted by their words' bytes.
 */
export const FORMAT = 'seqkit-vectors';

/**
 * The version that is written; older ones are read. Version 2 brought 16-bit floats, version 3 the digest of
 * the contents.
 */
export const FORMAT_VERSION = 3;

/** From this version on a file keeps a digest of its contents. */
const DIGEST_VERSION = 3;

/** Words and their vectors, row for row. */
export interface WordsAndRows {
  readonly words: WordList;
  readonly rows: Rows;
  /** Where the rows lie, if a scanner reaches them. */
  readonly memory?: VectorMemory;
}

/** What a file of vectors holds. */
export interface VectorsFile extends WordsAndRows {
  /** What the user should know about the file. */
  readonly notes: readonly string[];
}

/** Whether safetensors metadata says that the file holds vectors. */
export function isVectorsFile(metadata: Readonly<Record<string, string>>): boolean {
  return metadata['format'] === FORMAT;
}

/**
 * Opens a file of vectors over its bytes, without copying them.
 * @param source what to call the file in errors
 * @throws SeqkitError `bad-file` where it is damaged, of a later version, or no file of vectors
 */
export function openVectors(bytes: Uint8Array, source: string, options: VerifyOptions = {}): VectorsFile {
  const file = decodeSafetensors(bytes, source, options);
  const version = checkVersion(file.metadata, source);
  const notes = file.digest === 'none' && version >= DIGEST_VERSION ? [missingDigestNote(source)] : [];
  const tensor = <Type extends TensorType>(name: string, types: readonly Type[], shape: readonly number[]) =>
    takeTensor(file, name, types, shape, source);

  const stored = file.tensors.get('rows');
  const [count, width] = stored?.shape.length === 2 ? stored.shape : [0, 0];
  if (count === 0 || width === 0) throw wrong(source, 'it has no rows of vectors');
  const data = tensor('rows', ['I8', 'F16', 'F32'], [count, width]);
  const norms = tensor('norms', ['F32'], [count]);
  for (const [name, tensor] of file.tensors) refuseFaultyNumbers(name, tensor, source);
  const words = openWords(count, tensor, file.tensors.get('words.text')?.shape[0] ?? 0, source);
  if (data instanceof Float32Array) return { words, rows: new FloatRows(data, width, norms), notes };
  if (data instanceof Uint16Array) return { words, rows: new HalfRows(data, width, norms), notes };
  const scales = tensor('scales', ['F32'], [count]);
  return { words, rows: new Int8Rows(data, width, scales, norms), notes };
}

type TakeTensor = <Type extends TensorType>(
  name: string,
  types: readonly Type[],
  shape: readonly number[],
) => TensorArrays[Type];

function openWords(count: number, tensor: TakeTensor, textBytes: number, source: string): WordList {
  const text = tensor('words.text', ['U8'], [textBytes]);
  const lengths = tensor('words.lengths', ['U8', 'U32'], [count]);
  const order = tensor('words.order', ['U8'], [count, ORDER_BYTES]);
  const offsets = new Uint32Array(count + 1);
  let end = 0;
  for (let row = 0; row < count; row++) {
    end += lengths[row];
    offsets[row + 1] = end;
  }
  if (end !== text.length) {
    throw wrong(source, `its words should take ${end} bytes, and ${text.length} are there`);
  }
  // Words are decoded, which a browser does not do from memory that threads share.
  const words = new WordList(text.slice(), offsets, order.slice());
  for (let place = 0; place < count; place++) {
    if (words.rowAt(place) >= count) {
      throw wrong(source, `words.order names row ${words.rowAt(place)} of ${count}`);
    }
  }
  return words;
}

function checkVersion(metadata: Readonly<Record<string, string>>, source: string): number {
  if (!isVectorsFile(metadata)) {
    throw wrongKind(source, heldKind(metadata), 'word vectors');
  }
  const version = metadata['formatVersion'];
  if (version === undefined || !/^[1-9]\d*$/.test(version))
    throw wrong(source, 'it states no format version');
  if (Number(version) > FORMAT_VERSION) {
    throw new SeqkitError(
      `${source} is of format version ${version}; this seqkit reads up to version ${FORMAT_VERSION}.`,
      { code: 'bad-file', hint: 'Update seqkit.' },
    );
  }
  return Number(version);
}

function takeTensor<Type extends TensorType>(
  file: Safetensors,
  name: string,
  types: readonly Type[],
  shape: readonly number[],
  source: string,
): TensorArrays[Type] {
  const found = file.tensors.get(name);
  const fits =
    found !== undefined &&
    (types as readonly TensorType[]).includes(found.dtype) &&
    found.shape.length === shape.length &&
    found.shape.every((size, i) => size === shape[i]);
  if (!fits) {
    const is = found === undefined ? 'none' : `${found.dtype} (${found.shape.join(', ')})`;
    throw wrong(
      source,
      `it needs a tensor ${name} of ${types.join(' or ')} (${shape.join(', ')}) and has ${is}`,
    );
  }
  return found.data as TensorArrays[Type];
}

function wrong(source: string, cause: string): SeqkitError {
  return new SeqkitError(`${source} is damaged: ${cause}.`, {
    code: 'bad-file',
    hint: 'Make it or copy it again.',
  });
}
