import { WHOLE_TICKS } from '../notation/meter.js';
import type { MidiNote } from './midi-note.js';
import type { MidiPart } from './score.js';

/** A note or chord of the melody, as it was played. */
export interface MelodyEvent {
  /** The highest first. */
  readonly pitches: readonly number[];
  readonly velocity: number;
  readonly start: number;
  readonly end: number;
  /** Whether nothing in the file ends it: the next note does. */
  readonly unended?: true;
}

/** One line of notes and chords, none over another, and what had to be left out for it. */
export interface Melody {
  readonly events: readonly MelodyEvent[];
  readonly part: MidiPart;
  /** Parts without the melody. */
  readonly others: readonly MidiPart[];
  /** Notes that sound under the melody, at times of their own. */
  readonly under: number;
  /** Notes that go on while a higher one begins, and end there. */
  readonly cut: number;
}

const PERCUSSION = 10;
/** So close, notes begin or end together: a 1/64. */
const TOGETHER = WHOLE_TICKS / 64;
/** So long a note may hang over into the next, as legato does: a 1/16, or half of its own length. */
const LEGATO = WHOLE_TICKS / 16;
/** As many notes as a chord of a tune may have. */
const CHORD_NOTES = 8;
const SINGING = /\b(melod(y|ie)|lead|vocals?|voice|solo)/i;

/** Whether a part is drums. */
export function isPercussion({ channel }: MidiPart): boolean {
  return channel === PERCUSSION;
}

/**
 * The melody of a piece: the part that is named so; else of those that sound at least half as long as
 * the busiest, the one that lies highest. Of what sounds together in it, the highest is the melody
 * (the skyline of Uitdenbogerd and Zobel 1998), with the notes that begin and end with it.
 * @returns undefined where no part has notes
 */
export function melodyOf(parts: readonly MidiPart[]): Melody | undefined {
  const tuned = parts.filter((part) => !isPercussion(part) && part.notes.length > 0);
  const busiest = tuned.reduce((max, each) => Math.max(max, soundingTime(each)), 0);
  const part =
    tuned.find(({ name }) => SINGING.test(name)) ??
    tuned
      .filter((each) => soundingTime(each) >= busiest / 2)
      .reduce<MidiPart | undefined>((a, b) => (a && meanPitch(a) >= meanPitch(b) ? a : b), undefined);
  if (!part) return undefined;
  return { part, others: parts.filter((each) => each !== part), ...skyline(part.notes) };
}

function soundingTime({ notes }: MidiPart): number {
  return notes.reduce((sum, { start, end }) => sum + end - start, 0);
}

function meanPitch(part: MidiPart): number {
  return (
    part.notes.reduce((sum, { pitch, start, end }) => sum + pitch * (end - start), 0) / soundingTime(part)
  );
}

function skyline(notes: readonly MidiNote[]): Pick<Melody, 'events' | 'under' | 'cut'> {
  const events: MelodyEvent[] = [];
  let [under, cut] = [0, 0];
  for (let i = 0; i < notes.length;) {
    const first = notes[i].start;
    const group: MidiNote[] = [];
    let end = Infinity;
    // Grace notes follow one another as closely, but each ends before the next.
    while (i < notes.length && notes[i].start < Math.min(first + TOGETHER, end)) {
      end = Math.min(end, notes[i].end);
      group.push(notes[i++]);
    }
    group.sort((a, b) => b.pitch - a.pitch);
    // Notes that nothing ends last as long as those that they sound with.
    const ended = group.filter((note) => !note.unended);
    const [top] = ended.length > 0 ? ended : group;
    const chord = group
      .filter((note) => note.unended ?? Math.abs(note.end - top.end) < 2 * TOGETHER)
      .slice(0, CHORD_NOTES);
    under += group.length - chord.length;
    const before = events.at(-1);
    const overlap = before ? before.end - first : 0;
    if (before && !before.unended && overlap > Math.min(LEGATO, (before.end - before.start) / 2)) {
      if (chord[0].pitch < before.pitches[0]) {
        under += chord.length;
        continue;
      }
      cut += 1;
    }
    if (before && overlap > 0) events[events.length - 1] = { ...before, end: first };
    const pitches = [...new Set(chord.map(({ pitch }) => pitch))];
    const { velocity } = chord[0];
    events.push({ pitches, velocity, start: first, end: top.end, ...(top.unended && { unended: true }) });
  }
  return { events, under, cut };
}
