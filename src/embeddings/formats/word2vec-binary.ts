import { SeqkitError } from '../../base/errors.js';
import type { ByteChunks } from '../../base/encoding/byte-chunks.js';
import { quote } from '../vectors/quote.js';
import { ByteCursor } from './byte-cursor.js';
import { GrowingRows } from './growing-rows.js';
import { restOfPhrase } from './phrase.js';
import { wordDecoder } from './word-bytes.js';

/** No word is longer, in bytes. */
const MAX_WORD_BYTES = 1 << 16;

const SPACE = 0x20;
const LINE_FEED = 0x0a;

/** The first line of word2vec's formats, `count width`. */
export const WORD2VEC_HEADER = /^\s*(\d+)[ \t]+(\d+)[ \t]*\r?\n/;

/**
 * Reads word2vec's binary format: a line `count width`, then for each word its bytes, a space and
 * its numbers as 32-bit floats, low byte first. Word2vec itself ends each with a line feed, gensim
 * does not.
 * @param limit stop after so many words
 * @throws SeqkitError `bad-file` with the byte where it is damaged
 */
export async function readWord2vecBinary(
  chunks: ByteChunks,
  limit: number,
  encoding: string | undefined,
  source: string,
): Promise<GrowingRows> {
  const cursor = new ByteCursor(chunks);
  const damaged = (cause: string, at = cursor.offset) =>
    new SeqkitError(`${source}: damaged at byte ${at}: ${cause}.`, {
      code: 'bad-file',
      hint: 'Copy or download it again.',
    });
  try {
    const { count, width } = await readHeader(cursor, damaged);
    const decode = wordDecoder(encoding);
    const rows = new GrowingRows(width);
    const wanted = Math.min(count, limit);
    while (rows.count < wanted) {
      const word = await readWord(cursor, rows.count, count, damaged);
      const utf8 = decode(word);
      if (utf8 === undefined) {
        throw damaged(
          `word ${rows.count + 1} is not valid ${encoding ?? 'UTF-8'}; state its encoding`,
          cursor.offset - word.length - 1,
        );
      }
      const bytes = width * 4;
      const rest = await restOfPhrase(
        cursor,
        bytes,
        rows.count === count - 1,
        (part) => decode(part) !== undefined,
      );
      if (rest !== undefined) throw phrase(rows.count, [...utf8, SPACE, ...decode(rest)!], source);
      if (cursor.ready < bytes && !(await cursor.fill(bytes))) {
        throw damaged(`word ${rows.count + 1} of ${count} has fewer than ${width} numbers: it is cut short`);
      }
      const row = rows.next();
      new Uint8Array(row.buffer, row.byteOffset, bytes).set(cursor.take(bytes));
      const fault = row.findIndex((value) => !Number.isFinite(value));
      if (fault >= 0) {
        const at = cursor.offset - bytes + fault * 4;
        throw damaged(`number ${fault + 1} of word ${rows.count + 1} is ${row[fault]}`, at);
      }
      rows.add(utf8);
    }
    if (wanted === count) await checkEnd(cursor, count, damaged);
    return rows;
  } finally {
    await cursor.close();
  }
}

/** @param word its UTF-8 */
function phrase(row: number, word: readonly number[], source: string): SeqkitError {
  const text = new TextDecoder().decode(Uint8Array.from(word));
  return new SeqkitError(
    `${source}: word ${row + 1}, ${quote(text)}, holds a space, which ends a word in word2vec's binary format.`,
    {
      code: 'bad-file',
      hint: 'Save the vectors as text, which keeps such words (in gensim: save_word2vec_format(path, binary=False)), or join phrases by underscores before.',
    },
  );
}

type Damaged = (cause: string, at?: number) => SeqkitError;

async function readHeader(cursor: ByteCursor, damaged: Damaged): Promise<{ count: number; width: number }> {
  while (cursor.find(LINE_FEED) < 0 && cursor.ready < 64 && (await cursor.fill(cursor.ready + 1)));
  const line = new TextDecoder('latin1').decode(cursor.take(cursor.find(LINE_FEED) + 1));
  const [, count, width] = (WORD2VEC_HEADER.exec(line) ?? []).map(Number);
  if (!(count >= 1 && width >= 1 && width <= MAX_WORD_BYTES)) {
    throw damaged('the first line should say how many words there are, and of how many numbers', 0);
  }
  return { count, width };
}

/** Takes a word and the space behind it; line feeds before it are none of its own. */
async function readWord(
  cursor: ByteCursor,
  row: number,
  count: number,
  damaged: Damaged,
): Promise<Uint8Array> {
  while ((cursor.ready > 0 || (await cursor.fill(1))) && cursor.peek() === LINE_FEED) cursor.take(1);
  while (cursor.find(SPACE) < 0) {
    if (cursor.ready > MAX_WORD_BYTES) throw damaged(`no space ends word ${row + 1}`);
    if (!(await cursor.fill(cursor.ready + 1))) {
      throw damaged(`it ends after ${row} words, where the first line promises ${count}: it is cut short`);
    }
  }
  const length = cursor.find(SPACE);
  if (length > MAX_WORD_BYTES) throw damaged(`no space ends word ${row + 1}`);
  if (length === 0) throw damaged(`word ${row + 1} is empty, or begins with a space, which ends a word here`);
  // A copy: more bytes may come before it is used.
  const word = cursor.take(length).slice();
  cursor.take(1);
  return word;
}

async function checkEnd(cursor: ByteCursor, count: number, damaged: Damaged): Promise<void> {
  while (cursor.ready > 0 || (await cursor.fill(1))) {
    if (cursor.peek() !== LINE_FEED)
      throw damaged(`bytes follow the ${count} words that the first line promises`);
    cursor.take(1);
  }
}
