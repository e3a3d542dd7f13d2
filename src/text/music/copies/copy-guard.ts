import type { MelodyNote } from '../form/melody.js';
import type { Register } from '../form/tune-symbols.js';
import { NoteCodes, type NoteCode, type RowTable } from './seen-rows.js';

/** How long a stretch that is copied from the training may be. */
export interface CopyLimit {
  /** Of each training the rows that it had. */
  readonly tables: readonly RowTable[];
  /** A copied stretch is shorter than so many bars. */
  readonly bars: number;
}

/** The stretch at the end of a tune that may stand in one training. */
interface Stretch {
  readonly table: RowTable;
  /** The first of its notes: no row from a note before it on stands there. */
  from: number;
  /** The first note from which on the row that is known by its hash is not complete. */
  open: number;
}

/**
 * Follows the notes of a tune in the making, and tells which would copy too much. What the user gave breaks the row:
 * it was not the model that copied it.
 *
 * A stretch is taken for a copy if each of the rows in it stands in the training. That finds every copy, and now and
 * then a stretch that is put together of several tunes.
 */
export class CopyGuard {
  readonly #codes = new NoteCodes();
  readonly #register: Register;
  /** Ticks that a copy must not reach. */
  readonly #most: number;
  readonly #stretches: readonly Stretch[];
  #row: NoteCode[] = [];
  /** Ticks before each note of the row, and before what comes next. */
  #times = [0];

  /** @param whole ticks of a bar */
  constructor({ tables, bars }: CopyLimit, { register, whole }: { register: Register; whole: number }) {
    this.#register = register;
    this.#most = bars * whole;
    this.#stretches = tables.map((table) => ({ table, from: 0, open: 0 }));
  }

  /** Whether notes may come next, so that none of them completes a copy. */
  allows(notes: readonly MelodyNote[]): boolean {
    const length = this.#row.length;
    const places = this.#stretches.map(({ from, open }) => ({ from, open }));
    const isFree = notes.every((note) => this.#add(note));
    this.#row.length = length;
    this.#times.length = length + 1;
    this.#stretches.forEach((stretch, i) => Object.assign(stretch, places[i]));
    return isFree;
  }

  /** @returns whether none of them completed a copy */
  push(notes: readonly MelodyNote[]): boolean {
    return notes.reduce((isFree, note) => this.#add(note) && isFree, true);
  }

  /** What comes next does not go on from what was before. */
  break(): void {
    this.#row = [];
    this.#times = [0];
    for (const stretch of this.#stretches) Object.assign(stretch, { from: 0, open: 0 });
  }

  #add(note: MelodyNote): boolean {
    const row = this.#row;
    const times = this.#times;
    row.push(this.#codes.of(note, this.#register));
    times.push(times.at(-1)! + note.ticks);
    const end = row.length;
    let isFree = true;
    for (const stretch of this.#stretches) {
      const { table } = stretch;
      for (; times[end] - times[stretch.open] >= table.ticks; stretch.open++) {
        if (!table.has(row, stretch.open, end)) stretch.from = stretch.open + 1;
      }
      if (times[end] - times[stretch.from] >= this.#most) isFree = false;
    }
    return isFree;
  }
}
