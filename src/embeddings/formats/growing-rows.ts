import { FloatRows } from '../rows.js';
import { compareBytes, packOrder, sortRows, WordList } from '../word-list.js';
import type { WordsAndRows } from './seqkit-file.js';

/** Words and vectors as they come from a file, in memory that grows with what has come. */
export class GrowingRows {
  count = 0;
  #data: Float32Array;
  #text: Uint8Array = new Uint8Array(1 << 12);
  #ends = new Uint32Array(1 << 8);

  /** @param width how many numbers a vector has */
  constructor(readonly width: number) {
    this.#data = new Float32Array(width << 8);
  }

  /** Where the next row's numbers go. They count once `add` names their word. */
  next(): Float32Array {
    const start = this.count * this.width;
    if (start + this.width > this.#data.length) this.#data = grown(this.#data, Float32Array);
    return this.#data.subarray(start, start + this.width);
  }

  /** Takes the next row, under the word of these UTF-8 bytes. */
  add(word: Uint8Array): void {
    const start = this.count === 0 ? 0 : this.#ends[this.count - 1];
    while (start + word.length > this.#text.length) this.#text = grown(this.#text, Uint8Array);
    if (this.count === this.#ends.length) this.#ends = grown(this.#ends, Uint32Array);
    this.#text.set(word, start);
    this.#ends[this.count++] = start + word.length;
  }

  /**
   * The words and their vectors. Of a word that came more than once the first vector is kept.
   * @returns `repeated`, the words that came again, each as often as it did
   */
  finish(): WordsAndRows & { repeated: string[] } {
    const { count, width } = this;
    const offsets = new Uint32Array(count + 1);
    offsets.set(this.#ends.subarray(0, count), 1);
    const text = this.#text.slice(0, offsets[count]);
    const sorted = sortRows(text, offsets);
    const again = sorted.filter((row, place) => place > 0 && sameWord(text, offsets, sorted[place - 1], row));
    if (again.length === 0) {
      const words = new WordList(text, offsets, packOrder(sorted));
      return { words, rows: new FloatRows(this.#data.subarray(0, count * width), width), repeated: [] };
    }
    const all = new WordList(text, offsets, packOrder(sorted));
    again.sort();
    const repeated = Array.from(again, (row) => all.at(row));
    const dropped = new Set(again);
    const kept = new GrowingRows(width);
    for (let row = 0; row < count; row++) {
      if (dropped.has(row)) continue;
      kept.next().set(this.#data.subarray(row * width, (row + 1) * width));
      kept.add(text.subarray(offsets[row], offsets[row + 1]));
    }
    return { ...kept.finish(), repeated };
  }
}

function sameWord(text: Uint8Array, offsets: Uint32Array, a: number, b: number): boolean {
  return compareBytes(text, offsets[a], offsets[a + 1], text, offsets[b], offsets[b + 1]) === 0;
}

/** A copy with half as much room again. */
function grown<Kind extends { length: number; set(from: Kind): void }>(
  array: Kind,
  ArrayKind: new (length: number) => Kind,
): Kind {
  const larger = new ArrayKind(Math.ceil(array.length * 1.5));
  larger.set(array);
  return larger;
}
