import { WHOLE_TICKS } from '../notation/meter.js';
import type { MidiNote } from './midi-note.js';

/** A beginning of a note, with its velocity, or an end. */
export interface Strike {
  readonly at: number;
  readonly velocity?: number;
}

/** What the beginnings and ends of a channel's notes come to. */
export interface PairedNotes {
  /** In order of their starts, the highest first. */
  readonly notes: MidiNote[];
  /** Notes that never end, or end as they begin. */
  readonly odd: number;
}

/** So soon after a beginning, an end is that of the note before: a 1/64, as hands play legato. */
const LATE = WHOLE_TICKS / 64;
/** A rest as long as a 1/8 ends a phrase; a last note that nothing ends is a whole one at most. */
const PHRASE_REST = WHOLE_TICKS / 8;
const LAST_NOTE = WHOLE_TICKS;

/**
 * Pairs beginnings and ends of notes. A second beginning of a pitch ends the first; one that nothing ends goes on to
 * the next of its pitch, else to where its phrase ends.
 * @param strikes of one channel, by pitch, in order of time
 * @param trackEnd in ticks, as all times
 */
export function pairNotes(strikes: ReadonlyMap<number, readonly Strike[]>, trackEnd: number): PairedNotes {
  const notes: MidiNote[] = [];
  const open: Omit<MidiNote, 'end'>[] = [];
  let odd = 0;
  for (const [pitch, own] of strikes) {
    /** Notes of this pitch that the next one ended, and whose own ends may still come. */
    let owed = 0;
    for (let i = 0; i < own.length;) {
      const { at: start, velocity } = own[i++];
      // An end of nothing.
      if (velocity === undefined) continue;
      const ends: number[] = [];
      while (i < own.length && own[i].velocity === undefined) ends.push(own[i++].at);
      const next = own[i]?.at;
      const isLate = ends.length > owed || (ends.length > 0 && ends[0] - start < LATE);
      const ended = isLate ? ends.at(Math.min(owed, ends.length)) : ends[0];
      owed = ended === undefined ? owed + 1 - (isLate ? ends.length : 0) : 0;
      const end = ended ?? next;
      if (end === undefined) {
        odd += 1;
        open.push({ pitch, velocity, start });
      } else if (end > start) notes.push({ pitch, velocity, start, end });
      // At one moment, two beginnings are one.
      else if (ended !== undefined) odd += 1;
    }
  }
  inOrder(notes);
  const ends = open.map(({ start }) => phraseEnd(notes, start, trackEnd));
  open.forEach((note, i) => {
    if (ends[i] > note.start) notes.push({ ...note, end: ends[i], unended: true });
  });
  return { notes: inOrder(notes), odd };
}

function inOrder(notes: MidiNote[]): MidiNote[] {
  return notes.sort((a, b) => a.start - b.start || b.pitch - a.pitch);
}

/** Where the phrase ends that is under way at a time: at the first rest in the notes after it. */
function phraseEnd(notes: readonly MidiNote[], start: number, trackEnd: number): number {
  let end: number | undefined;
  for (const note of notes) {
    if (note.end <= start) continue;
    if (end === undefined && note.start > start + LAST_NOTE) break;
    if (end !== undefined && note.start >= end + PHRASE_REST) break;
    end = Math.max(end ?? 0, note.end);
  }
  return end ?? Math.min(trackEnd, start + LAST_NOTE);
}
