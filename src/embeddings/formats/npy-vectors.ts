import { SeqkitError } from '../../base/errors.js';
import { collect, ownChunks, type ByteChunks } from '../../base/encoding/byte-chunks.js';
import { npyHeader } from '../../base/encoding/npy.js';
import { utf8Chunks } from '../../base/encoding/text-file.js';
import { decodeUtf8 } from '../../base/encoding/well-formed-utf8.js';
import { quote } from '../vectors/quote.js';
import { GrowingRows } from './growing-rows.js';
import { wordsBeside, type OpenNeighbour } from './neighbour-files.js';
import { openNpy } from './numpy-rows.js';
import type { ReadOptions } from './read-options.js';
import type { WritableVectors } from './writable-vectors.js';

/** Chunks are of about this many bytes. */
const CHUNK_BYTES = 1 << 18;

/**
 * Reads a matrix of NumPy, a row for each word, with the words in a file beside it; see `wordsBeside`.
 * @throws SeqkitError `bad-file` where one is damaged or they do not fit; `file-access` where there are no words
 */
export async function readNpyVectors(
  chunks: ByteChunks,
  limit: number,
  options: ReadOptions,
  source: string,
  openNeighbour: OpenNeighbour | undefined,
): Promise<GrowingRows> {
  if (!openNeighbour) {
    throw new SeqkitError(`${source} is a matrix of NumPy, whose words stand in a file beside it.`, {
      code: 'bad-file',
      hint: 'Open it by its path, or give words and numbers to KeyedVectors.fromRows.',
    });
  }
  const matrix = await openNpy(chunks, source);
  try {
    const beside = await openNeighbour(wordsBeside, 'the words of the matrix, one a line,');
    const bytes = await collect(ownChunks(utf8Chunks(beside.chunks, beside.name, options)));
    const lines = decodeUtf8(bytes, beside.name).split(/\r?\n/);
    if (lines[lines.length - 1] === '') lines.pop();
    if (lines.length !== matrix.count) {
      throw new SeqkitError(
        `${beside.name} has ${lines.length} lines, where ${source} has ${matrix.count} rows, one for each word.`,
        { code: 'bad-file', hint: 'Give one word a line, in the order of the rows.' },
      );
    }
    const encoder = new TextEncoder();
    const rows = new GrowingRows(matrix.width);
    const wanted = Math.min(limit, matrix.count);
    for (let row = 0; row < wanted; row++) {
      await matrix.next(rows.next());
      rows.add(encoder.encode(lines[row]));
    }
    if (wanted === matrix.count) await matrix.end();
    return rows;
  } finally {
    await matrix.close();
  }
}

/** The matrix as 32-bit floats. */
export async function* npyChunks(
  { rows, size, vectorSize }: WritableVectors,
  onProgress?: (done: number, total: number) => void,
): ByteChunks {
  yield npyHeader({ dtype: '<f4', shape: [size, vectorSize], fortranOrder: false });
  const rowsAtOnce = Math.max(1, Math.floor(CHUNK_BYTES / (vectorSize * 4)));
  for (let row = 0; row < size;) {
    const count = Math.min(rowsAtOnce, size - row);
    const floats = new Float32Array(count * vectorSize);
    for (let i = 0; i < count; i++) floats.set(rows.copy(row++), i * vectorSize);
    yield new Uint8Array(floats.buffer);
    onProgress?.(row, size);
  }
}

/** The words, one a line. @throws SeqkitError `bad-value` for a word that holds the end of a line */
export async function* wordLines(words: Iterable<string>): ByteChunks {
  const encoder = new TextEncoder();
  let text = '';
  let row = 0;
  for (const word of words) {
    if (/[\n\r]/.test(word) || (row === 0 && word.startsWith('\ufeff'))) {
      throw new SeqkitError(
        `The word ${quote(word)} of row ${row} cannot stand in a list of one word a line.`,
        {
          code: 'bad-value',
          hint: "Write seqkit's own format.",
        },
      );
    }
    row++;
    text += `${word}\n`;
    if (text.length > CHUNK_BYTES) {
      yield encoder.encode(text);
      text = '';
    }
  }
  yield encoder.encode(text);
}
