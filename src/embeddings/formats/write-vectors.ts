import { SeqkitError } from '../../base/errors.js';
import { callback, choice, flag, optional, optionsSchema, someText } from '../../base/schema/index.js';
import { hostFiles } from '../vectors/host-files.js';
import { quote } from '../vectors/quote.js';
import { halveRows, quantizeRows } from '../vectors/rounded-rows.js';
import { FloatRows, HalfRows, Int8Rows, type Rows } from '../vectors/rows.js';
import { wordListOf } from '../vectors/word-list.js';
import { collect, singleChunk, type ByteChunks } from '../../base/encoding/byte-chunks.js';
import { gzip } from '../../base/encoding/gzip.js';
import { encodeVectors } from './write-seqkit-file.js';
import type { WritableVectors } from './writable-vectors.js';

/**
 * Formats that are written: `seqkit`, the file that opens without being parsed; `glove`, text;
 * `word2vec`, text with a first line `count width`, which is also fastText's `.vec`;
 * `word2vec-binary`; `fasttext-binary`, a model of fastText; `npy`, a matrix of NumPy, whose words `save` writes, one a
 * line, into `<name>.words.txt` beside it.
 */
export const VECTOR_FORMATS = [
  'seqkit',
  'glove',
  'word2vec',
  'word2vec-binary',
  'fasttext-binary',
  'npy',
] as const;
export type VectorFormat = (typeof VECTOR_FORMATS)[number];

/** How exactly numbers are kept in seqkit's file. */
export const PRECISIONS = ['float32', 'float16', 'int8'] as const;
export type Precision = (typeof PRECISIONS)[number];

export interface WriteOptions {
  /** @default by the name: .safetensors, .txt (glove), .vec (word2vec), .bin (word2vec-binary), .npy; .gz packs it */
  readonly format?: VectorFormat;
  /** Of seqkit's file. @default as the vectors are kept */
  readonly precision?: Precision;
  /** Replace a file that is there. @default false */
  readonly force?: boolean;
  /** Called now and then with the words written. */
  readonly onProgress?: (done: number, total: number) => void;
}

const formatName = choice(VECTOR_FORMATS);

const writeOptions = optionsSchema<WriteOptions>('save', {
  format: optional(formatName),
  precision: optional(choice(PRECISIONS)),
  force: optional(flag),
  onProgress: optional(callback()),
});

/** Text and words are handed on in chunks of about this many bytes. */
const CHUNK_BYTES = 1 << 18;

/** Writes vectors to a file, whole or not at all. */
export async function saveVectors(
  vectors: WritableVectors,
  path: string,
  given: WriteOptions,
): Promise<void> {
  someText.parse(path, 'save: path');
  const options = writeOptions.parse(given);
  const files = await hostFiles('take the bytes of vectors.toBytes');
  const format = vectorFormat(path, options);
  files.checkWritable(path, options);
  if (format === 'npy') {
    const { wordLines } = await import('./npy-vectors.js');
    const { wordsBeside } = await import('./neighbour-files.js');
    const force = options.force === true;
    await files.writeFileAtomic(wordsBeside(path), wordLines(vectors.words()), { force });
  }
  const chunks = encodeAs(vectors, format, options);
  const isPacked = path.toLowerCase().endsWith('.gz');
  await files.writeFileAtomic(path, isPacked ? gzip(chunks) : chunks, { force: options.force === true });
}

/** The bytes of a file of vectors. */
export async function vectorBytes(
  vectors: WritableVectors,
  format: VectorFormat,
  given: WriteOptions,
): Promise<Uint8Array> {
  const options = writeOptions.parse(given, 'toBytes');
  return collect(encodeAs(vectors, formatName.parse(format, 'toBytes: format'), options));
}

/**
 * The format that a file of vectors is written in.
 * @throws SeqkitError `bad-value` where neither the options nor the name tell it, or it does not keep the precision
 */
export function vectorFormat(
  path: string,
  { format, precision }: Pick<WriteOptions, 'format' | 'precision'> = {},
): VectorFormat {
  const found = format ?? formatOfName(path);
  checkPrecision(found, precision);
  return found;
}

function formatOfName(path: string): VectorFormat {
  const byExtension: Record<string, VectorFormat> = {
    safetensors: 'seqkit',
    txt: 'glove',
    vec: 'word2vec',
    bin: 'word2vec-binary',
    npy: 'npy',
  };
  const name = path.toLowerCase().replace(/\.gz$/, '');
  const extension = /\.(\w+)$/.exec(name)?.[1] ?? '';
  if (Object.hasOwn(byExtension, extension)) return byExtension[extension];
  throw new SeqkitError(`The name ${quote(path)} tells no format of vectors.`, {
    code: 'bad-value',
    hint: `End it in .safetensors, .txt, .vec, .bin or .npy, or state the format: ${VECTOR_FORMATS.join(', ')}.`,
  });
}

function checkPrecision(format: VectorFormat, precision: Precision | undefined): void {
  if (format === 'seqkit' || precision === undefined || precision === 'float32') return;
  throw new SeqkitError(`The format ${format} keeps 32-bit floats, not precision: '${precision}'.`, {
    code: 'bad-value',
    hint: 'Leave the precision out, or write a .safetensors file.',
  });
}

function encodeAs(vectors: WritableVectors, format: VectorFormat, options: WriteOptions): ByteChunks {
  checkPrecision(format, options.precision);
  switch (format) {
    case 'seqkit':
      return singleChunk(encodeSeqkit(vectors, options.precision));
    case 'glove':
    case 'word2vec':
      return textChunks(vectors, format === 'word2vec', options);
    case 'word2vec-binary':
      return binaryChunks(vectors, options);
    case 'fasttext-binary':
      return fastTextChunks(vectors, options);
    case 'npy':
      return npyMatrix(vectors, options);
  }
}

async function* npyMatrix(vectors: WritableVectors, options: WriteOptions): ByteChunks {
  const { npyChunks } = await import('./npy-vectors.js');
  yield* npyChunks(vectors, options.onProgress);
}

async function* fastTextChunks(vectors: WritableVectors, options: WriteOptions): ByteChunks {
  const { fastTextBinary } = await import('./write-fasttext.js');
  yield* fastTextBinary(vectors, options.onProgress);
}

function encodeSeqkit(vectors: WritableVectors, precision: Precision | undefined): Uint8Array {
  return encodeVectors({
    words: wordListOf([...vectors.words()]),
    rows: inPrecision(vectors.rows, precision),
  });
}

function inPrecision(rows: Rows, precision: Precision | undefined): Rows {
  const kept = rows instanceof Int8Rows ? 'int8' : rows instanceof HalfRows ? 'float16' : 'float32';
  if (precision === undefined || precision === kept) return rows;
  const { count, width } = rows;
  let floats: Float32Array;
  if (rows instanceof FloatRows) floats = rows.data;
  else {
    floats = new Float32Array(count * width);
    for (let row = 0; row < count; row++) floats.set(rows.copy(row), row * width);
  }
  if (precision === 'float32') return new FloatRows(floats, width);
  return precision === 'int8' ? quantizeRows(floats, width) : halveRows(floats, width);
}

async function* textChunks(vectors: WritableVectors, header: boolean, options: WriteOptions): ByteChunks {
  const encoder = new TextEncoder();
  let text = header ? `${vectors.size} ${vectors.vectorSize}\n` : '';
  let row = 0;
  for (const word of vectors.words()) {
    checkTextWord(word, row, header, vectors.vectorSize);
    text += word;
    for (const value of vectors.rows.copy(row++)) text += ` ${shortest(value)}`;
    text += '\n';
    if (text.length > CHUNK_BYTES) {
      yield encoder.encode(text);
      text = '';
      options.onProgress?.(row, vectors.size);
    }
  }
  yield encoder.encode(text);
}

/** Words that a line of text would not give back as they are. */
function checkTextWord(word: string, row: number, header: boolean, width: number): void {
  const looksLikeHeader = !header && row === 0 && width === 1 && /^\d+$/.test(word);
  const looksLikeNumbers = /[ \t][-+]?\d*\.\d{3,}(e[-+]?\d+)?([ \t]|$)/i.test(word);
  // White space alone is read back as it is: see LineReader.
  if (/^[ \t]+$/.test(word)) return;
  if (!/[\n\r]|^[ \t\ufeff]|[ \t]$|^$/.test(word) && !looksLikeHeader && !looksLikeNumbers) return;
  throw new SeqkitError(`The word ${quote(word)} of row ${row} cannot be written as text.`, {
    code: 'bad-value',
    hint: "Write seqkit's own format.",
  });
}

/** The fewest digits that give the same 32-bit float. */
export function shortest(value: number): string {
  for (let digits = 6; digits < 9; digits++) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === value) return String(rounded);
  }
  return String(Number(value.toPrecision(9)));
}

async function* binaryChunks(vectors: WritableVectors, options: WriteOptions): ByteChunks {
  const encoder = new TextEncoder();
  yield encoder.encode(`${vectors.size} ${vectors.vectorSize}\n`);
  let parts: Uint8Array[] = [];
  let bytes = 0;
  let row = 0;
  for (const word of vectors.words()) {
    if (word === '' || word.startsWith('\n') || word.includes(' ')) {
      throw new SeqkitError(`The word ${quote(word)} cannot be written in word2vec's binary format.`, {
        code: 'bad-value',
        hint: "A space ends a word there. Write text or seqkit's own format.",
      });
    }
    const floats = vectors.rows.copy(row++);
    parts.push(encoder.encode(`${word} `), new Uint8Array(floats.buffer, 0, floats.byteLength));
    bytes += floats.byteLength;
    if (bytes > CHUNK_BYTES) {
      yield await collect(all(parts));
      parts = [];
      bytes = 0;
      options.onProgress?.(row, vectors.size);
    }
  }
  yield await collect(all(parts));
}

async function* all(parts: readonly Uint8Array[]): ByteChunks {
  yield* parts;
}
