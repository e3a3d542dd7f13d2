import { SeqkitError } from '../../base/errors.js';
import type { ByteChunks } from '../../base/encoding/byte-chunks.js';
import { parseDecimal } from './decimal.js';
import { quote } from '../vectors/quote.js';
import { LAYOUT_HINT, type TextLayout } from './text-layout.js';
import { GrowingRows } from './growing-rows.js';

/** The longest line that is read, in bytes: no vector needs so much, and memory stays bounded. */
const MAX_LINE_BYTES = 1 << 22;

const LINE_FEED = 0x0a;

const isBlank = (byte: number) => byte === 0x20 || byte === 0x09 || byte === 0x0d;

/**
 * Reads GloVe's or word2vec's text, a line at a time. The numbers are taken from the right, so
 * that a word may hold spaces.
 * @param chunks UTF-8
 * @param limit stop after so many lines of vectors
 * @throws SeqkitError `bad-file` with the number of the damaged line
 */
export async function readTextVectors(
  chunks: ByteChunks,
  layout: TextLayout,
  limit: number,
  source: string,
): Promise<{ rows: GrowingRows; notes: string[] }> {
  const reader = new LineReader(layout, limit, source);
  // The beginning of a line whose end is still to come.
  let begun: Uint8Array = new Uint8Array(0);
  for await (const chunk of chunks) {
    let start = 0;
    if (begun.length > 0) {
      // Only the line that was cut in two is put together, not the whole chunk.
      const end = chunk.indexOf(LINE_FEED) + 1 || chunk.length;
      begun = joined(begun, chunk.subarray(0, end));
      reader.checkLength(begun.length);
      start = end;
      if (begun[begun.length - 1] !== LINE_FEED) continue;
      reader.readLines(begun);
    }
    const end = reader.readLines(chunk, start);
    if (reader.finished) return reader.result();
    begun = chunk.slice(end);
    reader.checkLength(begun.length);
  }
  if (begun.length > 0) reader.readLine(begun, 0, begun.length);
  reader.checkPromise();
  return reader.result();
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const whole = new Uint8Array(a.length + b.length);
  whole.set(a);
  whole.set(b, a.length);
  return whole;
}

class LineReader {
  readonly rows: GrowingRows;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  #line = 0;
  #blankLine = 0;
  /** Lines whose word is empty, the first of them, and how many there are. */
  readonly #wordless = { first: 0, count: 0 };

  constructor(
    readonly layout: TextLayout,
    readonly limit: number,
    readonly source: string,
  ) {
    this.rows = new GrowingRows(layout.width);
  }

  get finished(): boolean {
    return this.rows.count >= this.limit;
  }

  /** Reads the whole lines among the bytes from `start` on, and returns where the last of them ends. */
  readLines(bytes: Uint8Array, start = 0): number {
    while (!this.finished) {
      const end = bytes.indexOf(LINE_FEED, start);
      if (end < 0) break;
      this.readLine(bytes, start, end);
      start = end + 1;
    }
    return start;
  }

  readLine(bytes: Uint8Array, start: number, end: number): void {
    this.#line++;
    this.checkLength(end - start);
    if (this.#line === 1) {
      // A byte order mark is no part of the first word.
      if (bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf) start += 3;
      if (this.layout.promised !== undefined) return;
    }
    const lineStart = start;
    while (end > start && isBlank(bytes[end - 1])) end--;
    while (start < end && isBlank(bytes[start])) start++;
    if (start === end) {
      this.#blankLine ||= this.#line;
      return;
    }
    if (this.#blankLine > 0) throw this.#damaged('is empty, and lines follow it', this.#blankLine);
    const { promised } = this.layout;
    if (this.#read === promised) throw this.#damaged(`is one more than the ${promised} that line 1 promises`);
    const wordEnd = this.#readNumbers(bytes, lineStart, start, end);
    if (wordEnd > start) {
      this.#checkWord(bytes, start, wordEnd);
      this.rows.add(bytes, start, wordEnd);
    } else if (start - lineStart > 1) {
      // The word is white space, as spaCy's and fastText's vocabularies hold it: all of it but what separates.
      this.rows.add(bytes, lineStart, start - 1);
    } else {
      this.#wordless.first ||= this.#line;
      this.#wordless.count++;
    }
  }

  /** Lines of vectors so far. */
  get #read(): number {
    return this.rows.count + this.#wordless.count;
  }

  result(): { rows: GrowingRows; notes: string[] } {
    const { first, count } = this.#wordless;
    const more = count === 1 ? '' : `, and so ${count === 2 ? 'has 1 other' : `have ${count - 1} others`}`;
    const notes = count === 0 ? [] : [`${this.source}: line ${first} has an empty word${more}; passed over.`];
    return { rows: this.rows, notes };
  }

  /** Reads the numbers from the right into the next row, and returns where the word ends: at `start`, where it is blank. */
  #readNumbers(bytes: Uint8Array, lineStart: number, start: number, end: number): number {
    const { width } = this.layout;
    const row = this.rows.nextStart();
    const { numbers } = this.rows;
    let right = end;
    for (let i = width - 1; i >= 0; i--) {
      let left = right;
      while (left > start && !isBlank(bytes[left - 1])) left--;
      const value = Math.fround(parseDecimal(bytes, left, right));
      if (left === start && (i > 0 || start === lineStart || !Number.isFinite(value))) {
        throw this.#damaged(`has ${width - 1 - i} numbers after its word, where ${width} are expected`);
      }
      if (!Number.isFinite(value)) {
        const found = quote(new TextDecoder('latin1').decode(bytes.subarray(left, right)));
        throw this.#damaged(`has ${found} where number ${i + 1} of ${width} is expected, a finite one`);
      }
      numbers[row + i] = value;
      right = left;
      while (right > start && isBlank(bytes[right - 1])) right--;
    }
    return right;
  }

  #checkWord(bytes: Uint8Array, start: number, end: number): void {
    let ascii = true;
    for (let i = start; i < end; i++) if (bytes[i] >= 0x80) ascii = false;
    if (!ascii) {
      try {
        this.#decoder.decode(bytes.subarray(start, end));
      } catch {
        throw this.#damaged('is not valid UTF-8', this.#line, 'State its encoding, such as latin1.');
      }
    }
    if (this.#holdsValue(bytes, start, end)) {
      throw this.#damaged(`has more than the expected ${this.layout.width} numbers after its word`);
    }
  }

  /**
   * A word may hold a number ("windows 3.1"), but after its first space none as long as a vector's
   * are: that is a number too many, or two lines run into one.
   */
  #holdsValue(bytes: Uint8Array, start: number, end: number): boolean {
    let at = start;
    while (at < end && !isBlank(bytes[at])) at++;
    if (at === end) return false;
    const [, ...parts] = new TextDecoder('latin1').decode(bytes.subarray(start, end)).split(/[ \t]+/);
    return parts.some((part) => /^[-+]?\d*\.\d{3,}(e[-+]?\d+)?$/i.test(part));
  }

  checkLength(bytes: number): void {
    if (bytes > MAX_LINE_BYTES) {
      throw this.#damaged(`is longer than ${MAX_LINE_BYTES} bytes`, this.#line || 1);
    }
  }

  /** At the end of the file: whether all the words are there. */
  checkPromise(): void {
    const { promised } = this.layout;
    if (this.rows.count === 0) throw this.#damaged('is the last, and there is no vector', this.#line);
    if (promised !== undefined && this.#read < promised) {
      throw this.#damaged(
        `is the last, after ${this.#read} words, where line 1 promises ${promised}: the file is cut short`,
      );
    }
  }

  #damaged(cause: string, line = this.#line, hint = this.#defaultHint()): SeqkitError {
    return new SeqkitError(`${this.source}: line ${line} ${cause}.`, { code: 'bad-file', hint });
  }

  /** A fault in the very first vector means that the file is no file of vectors. */
  #defaultHint(): string {
    return this.rows.count === 0 ? LAYOUT_HINT : 'Mend that line, or download the file again.';
  }
}
