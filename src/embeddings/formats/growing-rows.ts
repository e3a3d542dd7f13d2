import { FloatRows, measureRows } from '../vectors/rows.js';
import { VectorMemory } from '../scan/vector-memory.js';
import { compareBytes, packOrder, sortRows, WordList } from '../vectors/word-list.js';
import type { WordsAndRows } from './seqkit-file.js';

/** The rows that room is first made for, and the most bytes of it: a width is only a claim until its numbers come. */
const FIRST_ROWS = 256;
const FIRST_BYTES = 1 << 20;

/** Words and vectors as they come from a file, in memory that grows in place with what has come. */
export class GrowingRows {
  count = 0;
  #rows: Float32Array;
  #text: Uint8Array = new Uint8Array(1 << 12);
  #ends = new Uint32Array(1 << 8);
  readonly #start: number;

  /** @param width how many numbers a vector has */
  constructor(
    readonly width: number,
    readonly memory = new VectorMemory(),
  ) {
    this.#start = memory.allocate(0);
    this.#rows = this.#room(Math.max(1, Math.min(FIRST_ROWS, Math.floor(FIRST_BYTES / (width * 4)))));
  }

  /** Where the next row's numbers go, until the one after it is asked for. They count once `add` names their word. */
  next(): Float32Array {
    const start = this.nextStart();
    return this.#rows.subarray(start, start + this.width);
  }

  /** As `next`, without a view to be thrown away: where the row begins in `numbers`. */
  nextStart(): number {
    const start = this.count * this.width;
    if (start + this.width > this.#rows.length) this.#rows = this.#room(Math.ceil(this.count * 1.5));
    return start;
  }

  /** All rows and the room behind them, until the next row is asked for. */
  get numbers(): Float32Array {
    return this.#rows;
  }

  /** A row that was added, until more are. */
  at(row: number): Float32Array {
    return this.#rows.subarray(row * this.width, (row + 1) * this.width);
  }

  /** Takes the next row, under the word whose UTF-8 stands in `bytes` from `begin` to `end`. */
  add(bytes: Uint8Array, begin = 0, end = bytes.length): void {
    let at = this.count === 0 ? 0 : this.#ends[this.count - 1];
    while (at + end - begin > this.#text.length) this.#text = grown(this.#text, Uint8Array);
    if (this.count === this.#ends.length) this.#ends = grown(this.#ends, Uint32Array);
    for (let i = begin; i < end; i++) this.#text[at++] = bytes[i];
    this.#ends[this.count++] = at;
  }

  /**
   * The words and their vectors. Of a word that came more than once the first vector is kept.
   * @returns `repeated`, the words that came again, each as often as it did
   */
  finish(): WordsAndRows & { rows: FloatRows; repeated: string[] } {
    const all = this.#wordList();
    const again = all.sorted.filter((row, place) => place > 0 && all.same(all.sorted[place - 1], row)).sort();
    const repeated = Array.from(again, (row) => all.words.at(row));
    if (again.length > 0) this.#drop(again);
    const { words } = again.length > 0 ? this.#wordList() : all;
    const { memory, count, width } = this;
    memory.extend(this.#start, count * width * 4);
    const norms = memory.allocate(count * 4);
    // A scanner takes 4 bytes a row, rows of whole numbers beside these 8 bytes more and their own.
    memory.reserve(count * (width + 16) + width * 64 + (1 << 16));
    const data = memory.floats(this.#start, count * width);
    return {
      words,
      rows: new FloatRows(data, width, measureRows(data, width, memory.floats(norms, count))),
      memory,
      repeated,
    };
  }

  #wordList() {
    const offsets = new Uint32Array(this.count + 1);
    offsets.set(this.#ends.subarray(0, this.count), 1);
    const text = this.#text.slice(0, offsets[this.count]);
    const sorted = sortRows(text, offsets);
    const same = (a: number, b: number) =>
      compareBytes(text, offsets[a], offsets[a + 1], text, offsets[b], offsets[b + 1]) === 0;
    return { words: new WordList(text, offsets, packOrder(sorted)), sorted, same };
  }

  /** Closes the ranks over some rows, given in their order. */
  #drop(dropped: Uint32Array): void {
    const [text, ends, count] = [this.#text.slice(), this.#ends.slice(), this.count];
    this.count = 0;
    let next = 0;
    for (let row = 0; row < count; row++) {
      if (row === dropped[next]) {
        next++;
        continue;
      }
      this.next().set(this.at(row));
      this.add(text.subarray(row === 0 ? 0 : ends[row - 1], ends[row]));
    }
  }

  /** Room for so many rows or, where that is too much, for one more. */
  #room(rows: number): Float32Array {
    const { memory, width } = this;
    const floats = rows * width;
    const fits = this.#start + floats * 4 < VectorMemory.maxBytes;
    const length = fits ? floats : (this.count + 1) * width;
    memory.extend(this.#start, length * 4);
    return memory.floats(this.#start, length);
  }
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
