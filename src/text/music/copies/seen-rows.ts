import { decodeBase64, encodeBase64 } from '../../../base/encoding/base64.js';
import { decodeRice, encodeRice } from '../../../base/encoding/rice.js';
import { fnv1a } from '../../../base/math/fnv1a.js';
import { isPlainObject } from '../../../base/schema/index.js';
import { writtenBars, type Melody, type MelodyNote } from '../form/melody.js';
import { barTicks } from '../notation/meter.js';
import { registerOf, type Register } from '../form/tune-symbols.js';

/**
 * Rows of notes that stand in the tunes of a training, as its model's file keeps them: a hash of each, so that it can
 * be told whether a row stands there, but no tune be read from them.
 */
export interface SeenRows {
  /** From each note on the shortest row that lasts so many ticks. */
  readonly ticks: number;
  /** How many hashes there are, and what they are below. */
  readonly count: number;
  readonly end: number;
  /** They in rising order, Golomb-Rice coded with so many bits, in base64. */
  readonly bits: number;
  readonly hashes: string;
}

/** Rows last so many bars of the shortest meter of the training. */
export const SEEN_BARS = 2;
/** One in 2^8 of other rows is taken for one that was seen. */
const BITS = 8;
/** Beyond so many rows, some 800 kB of a file, none are kept. */
const MOST_ROWS = 1 << 19;

/** A note by what makes it the same: its degree, whatever its accidental, and its length. */
export type NoteCode = number;

/** The codes of notes, each computed once. */
export class NoteCodes {
  readonly #codes = new Map<string, NoteCode>();

  of({ pitch, ticks }: MelodyNote, { tonic }: Pick<Register, 'tonic'>): NoteCode {
    const name = `${pitch ? pitch.step - tonic : 'z'}:${ticks}`;
    let code = this.#codes.get(name);
    if (code === undefined) {
      code = fnv1a(name);
      this.#codes.set(name, code);
    }
    return code;
  }
}

/** A hash of 32 bits of a row of notes, by the steps of murmur3 (Appleby 2011). */
function hashOf(codes: ArrayLike<NoteCode>, from: number, to: number): number {
  let hash = to - from;
  for (let i = from; i < to; i++) {
    hash = Math.imul(hash ^ Math.imul(codes[i], 0xcc9e2d51), 0x1b873593);
    hash = Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64;
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** A hash of 32 bits as a whole number from 0 to below an end. */
function within(hash: number, end: number): number {
  return Math.floor((hash / 2 ** 32) * end);
}

/** The rows of some tunes; undefined where there are too many to keep. */
export function seenRows(melodies: readonly Melody[]): SeenRows | undefined {
  const codes = new NoteCodes();
  const ticks = SEEN_BARS * Math.min(...melodies.map(({ meter }) => barTicks(meter)));
  const hashes = new Set<number>();
  for (const melody of melodies) {
    const register = registerOf(melody.key);
    const notes = writtenBars(melody).flatMap((bar) => bar.notes);
    const row = notes.map((note) => codes.of(note, register));
    let to = 0;
    let length = 0;
    for (let from = 0; from < row.length; from++) {
      while (to < row.length && length < ticks) length += notes[to++].ticks;
      if (length < ticks) break;
      hashes.add(hashOf(row, from, to));
      length -= notes[from].ticks;
    }
    if (hashes.size > MOST_ROWS) return undefined;
  }
  if (hashes.size === 0) return undefined;
  const end = hashes.size * 2 ** BITS;
  const sorted = Uint32Array.from(new Set([...hashes].map((hash) => within(hash, end)))).sort();
  return {
    ...{ ticks, count: sorted.length, end, bits: BITS },
    hashes: encodeBase64(encodeRice(sorted, BITS)),
  };
}

/** Whether rows stand in a training, by the hashes that a file keeps of it. */
export class RowTable {
  /** From each note on the shortest row that lasts so many ticks is known. */
  readonly ticks: number;
  readonly #end: number;
  readonly #hashes: ReadonlySet<number>;

  private constructor({ ticks, end }: SeenRows, hashes: Uint32Array) {
    this.ticks = ticks;
    this.#end = end;
    this.#hashes = new Set(hashes);
  }

  /** @returns undefined for what no model has written */
  static of(value: unknown): RowTable | undefined {
    if (!isPlainObject(value)) return undefined;
    const { ticks, count, end, bits, hashes } = value;
    const areNumbers =
      isBetween(ticks, 1, 2 ** 32) &&
      isBetween(count, 1, MOST_ROWS) &&
      isBetween(end, 1, 2 ** 32) &&
      isBetween(bits, 1, 30);
    if (!areNumbers || typeof hashes !== 'string') return undefined;
    if (hashes.length % 4 !== 0 || !/^[A-Za-z\d+/]*={0,2}$/.test(hashes)) return undefined;
    const rows = value as unknown as SeenRows;
    const numbers = decodeRice(decodeBase64(hashes), rows);
    return numbers && new RowTable(rows, numbers);
  }

  /** Whether the notes with these codes stand in a row; seldom said of some that do not. */
  has(codes: ArrayLike<NoteCode>, from: number, to: number): boolean {
    return this.#hashes.has(within(hashOf(codes, from, to), this.#end));
  }
}

function isBetween(value: unknown, min: number, max: number): boolean {
  return Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max;
}
