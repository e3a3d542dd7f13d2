/** Two hashes of a text, together 64 bits: they stand for the text itself. */
export interface GramHash {
  low: number;
  high: number;
}

/** FNV-1a's prime, and one of MurmurHash3's multipliers. */
const LOW_PRIME = 16_777_619;
const HIGH_PRIME = 0xcc9e2d51;

/** Where the hashes of word n-grams and of character n-grams start, so that equal texts of both kinds stay apart. */
export const WORD_SEED: Readonly<GramHash> = { low: 0x811c9dc5 | 0, high: 0x1b873593 };
export const CHARACTER_SEED: Readonly<GramHash> = { low: 0x2f0b4f47, high: 0x52dce729 };

/** The hash after one more character, or half of one. */
export function hashOn(hash: GramHash, code: number): void {
  hash.low = Math.imul(hash.low ^ code, LOW_PRIME);
  const mixed = Math.imul(hash.high ^ code, HIGH_PRIME);
  hash.high = (mixed << 13) | (mixed >>> 19);
}

const FIRST_SLOTS = 1024;

/** Numbers n-grams by their hashes, in the order in which they come: an open table, twice as large as what it holds. */
export class GramTable {
  #low = new Int32Array(FIRST_SLOTS);
  #high = new Int32Array(FIRST_SLOTS);
  /** The number of the n-gram in a slot, plus 1. */
  #numbers = new Int32Array(FIRST_SLOTS);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The n-gram's number, or -1. */
  find(low: number, high: number): number {
    return this.#numbers[this.#slotOf(low, high)] - 1;
  }

  /** The n-gram's number; a new one gets the next. */
  add(low: number, high: number): number {
    const slot = this.#slotOf(low, high);
    const found = this.#numbers[slot];
    if (found > 0) return found - 1;
    this.#low[slot] = low;
    this.#high[slot] = high;
    this.#numbers[slot] = ++this.#size;
    if (this.#size * 2 > this.#numbers.length) this.#grow();
    return this.#size - 1;
  }

  #slotOf(low: number, high: number): number {
    const mask = this.#numbers.length - 1;
    let slot = (low ^ (low >>> 15) ^ high) & mask;
    while (this.#numbers[slot] !== 0 && (this.#low[slot] !== low || this.#high[slot] !== high)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  #grow(): void {
    const [lows, highs, numbers] = [this.#low, this.#high, this.#numbers];
    const slots = numbers.length * 2;
    this.#low = new Int32Array(slots);
    this.#high = new Int32Array(slots);
    this.#numbers = new Int32Array(slots);
    for (let i = 0; i < numbers.length; i++) {
      if (numbers[i] === 0) continue;
      const slot = this.#slotOf(lows[i], highs[i]);
      this.#low[slot] = lows[i];
      this.#high[slot] = highs[i];
      this.#numbers[slot] = numbers[i];
    }
  }
}
