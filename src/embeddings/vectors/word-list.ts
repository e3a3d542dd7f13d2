import { SeqkitError } from '../../base/errors.js';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Bytes that one entry of a stored `order` takes. */
export const ORDER_BYTES = 3;

/** The most words that 24 bits can number. */
export const MAX_WORDS = 1 << 24;

/**
 * The words of a set of vectors as bytes: UTF-8 one after the other in the order of the rows,
 * where each begins, and the rows in the order of their words' bytes. A word is found by binary
 * search, so a file opens without making a string of any word.
 */
export class WordList {
  /** How many words there are. */
  readonly size: number;

  /**
   * @param text the words' UTF-8, end to end, by row
   * @param offsets where each word begins, and at last where the text ends; shape `(size + 1)`
   * @param order rows by their words' bytes, 24 bits each, low byte first; shape `(size, 3)`
   */
  constructor(
    readonly text: Uint8Array,
    readonly offsets: Uint32Array,
    readonly order: Uint8Array,
  ) {
    this.size = offsets.length - 1;
  }

  /** The word of a row. */
  at(row: number): string {
    return decoder.decode(this.text.subarray(this.offsets[row], this.offsets[row + 1]));
  }

  /** The row of a word, or -1 where there is none. */
  find(word: string): number {
    const wanted = encoder.encode(word);
    let low = 0;
    let high = this.size - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const row = this.rowAt(middle);
      const order = compareBytes(
        wanted,
        0,
        wanted.length,
        this.text,
        this.offsets[row],
        this.offsets[row + 1],
      );
      if (order === 0) return row;
      if (order < 0) high = middle - 1;
      else low = middle + 1;
    }
    return -1;
  }

  /** The row whose word is at `place` when words are sorted by their bytes. */
  rowAt(place: number): number {
    const at = place * ORDER_BYTES;
    return this.order[at] | (this.order[at + 1] << 8) | (this.order[at + 2] << 16);
  }
}

/**
 * The rows sorted by their words' bytes; equal words stand beside each other, the earlier row
 * first.
 */
export function sortRows(text: Uint8Array, offsets: Uint32Array): Uint32Array {
  const size = offsets.length - 1;
  if (size > MAX_WORDS) {
    throw new SeqkitError(`A set of vectors holds at most ${MAX_WORDS} words, not ${size}.`, {
      code: 'bad-value',
      hint: 'Load fewer with the option limit.',
    });
  }
  // Six bytes fit a double exactly and settle nearly every comparison.
  const prefixes = new Float64Array(size);
  for (let row = 0; row < size; row++) {
    let prefix = 0;
    for (let at = offsets[row]; at < offsets[row] + 6; at++) {
      prefix = prefix * 256 + (at < offsets[row + 1] ? text[at] : 0);
    }
    prefixes[row] = prefix;
  }
  const rows = new Uint32Array(size);
  for (let row = 0; row < size; row++) rows[row] = row;
  return rows.sort(
    (a, b) =>
      prefixes[a] - prefixes[b] ||
      compareBytes(text, offsets[a], offsets[a + 1], text, offsets[b], offsets[b + 1]) ||
      a - b,
  );
}

/** Rows as the 24-bit numbers that a `WordList` reads. */
export function packOrder(rows: Uint32Array): Uint8Array {
  const order = new Uint8Array(rows.length * ORDER_BYTES);
  rows.forEach((row, place) => {
    order[place * ORDER_BYTES] = row;
    order[place * ORDER_BYTES + 1] = row >>> 8;
    order[place * ORDER_BYTES + 2] = row >>> 16;
  });
  return order;
}

/** Below 0 where the first run of bytes sorts before the second, 0 where they are equal. */
export function compareBytes(
  a: Uint8Array,
  aStart: number,
  aEnd: number,
  b: Uint8Array,
  bStart: number,
  bEnd: number,
): number {
  const shorter = Math.min(aEnd - aStart, bEnd - bStart);
  for (let i = 0; i < shorter; i++) {
    const difference = a[aStart + i] - b[bStart + i];
    if (difference !== 0) return difference;
  }
  return aEnd - aStart - (bEnd - bStart);
}

/**
 * A list of words that are there as strings.
 * @throws SeqkitError `bad-value` where a word comes twice
 */
export function wordListOf(words: readonly string[]): WordList {
  const encoded = words.map((word) => encoder.encode(word));
  const offsets = new Uint32Array(words.length + 1);
  encoded.forEach((bytes, row) => (offsets[row + 1] = offsets[row] + bytes.length));
  const text = new Uint8Array(offsets[words.length]);
  encoded.forEach((bytes, row) => text.set(bytes, offsets[row]));
  const sorted = sortRows(text, offsets);
  for (let place = 1; place < sorted.length; place++) {
    const [before, row] = [sorted[place - 1], sorted[place]];
    if (
      compareBytes(text, offsets[before], offsets[before + 1], text, offsets[row], offsets[row + 1]) === 0
    ) {
      throw new SeqkitError(`The word ${JSON.stringify(words[row])} comes twice.`, { code: 'bad-value' });
    }
  }
  return new WordList(text, offsets, packOrder(sorted));
}
