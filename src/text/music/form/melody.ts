import type { Chord } from '../notation/chord-names.js';
import { keyParts } from '../notation/signature.js';

/** The pitch of a note as it is written: a letter in an octave, and how it is altered. */
export interface Pitch {
  /** Letters above middle C: C is 0, D is 1, c is 7, B, is -1. */
  readonly step: number;
  /** Semitones by which the letter is raised as it sounds, its key counted: 1 for F in D major. */
  readonly alteration: number;
}

/** A note or rest of a melody. */
export interface MelodyNote {
  /** Undefined for a rest. */
  readonly pitch: Pitch | undefined;
  /** How long it sounds, in ticks; tuplets and broken rhythm counted. */
  readonly ticks: number;
  /** Whether it only goes on from the note before the bar line. */
  readonly tied: boolean;
  /** Whether it is a rest that is not shown, `x`, which stands for what is still to be written. */
  readonly invisible?: true;
}

/** A chord that sounds from a time of its bar on. */
export interface PlacedChord extends Chord {
  /** Ticks from the first note of the bar. */
  readonly at: number;
}

/** What stands between two bar lines. */
export interface MelodyBar {
  readonly notes: readonly MelodyNote[];
  /** How long it is, and how long its meter wants it. */
  readonly ticks: number;
  readonly whole: number;
  /** Those over its notes, in order of time; undefined where none is written, so that the one before goes on. */
  readonly chords?: readonly PlacedChord[];
}

/** A section of a tune: what is played, perhaps again, until a repeat or a double bar. */
export interface MelodySection {
  /** Its bars up to the first ending. A pickup is a bar that is short. */
  readonly bars: readonly MelodyBar[];
  /** Those of the first and of the second ending; empty where it has none. */
  readonly first: readonly MelodyBar[];
  readonly second: readonly MelodyBar[];
  readonly repeated: boolean;
}

/** A tune as sections of bars of notes. */
export interface Melody {
  readonly type: string;
  readonly meter: string;
  readonly unit: string;
  readonly key: string;
  readonly sections: readonly MelodySection[];
}

const LETTERS = 'CDEFGAB';
const letterSemitones = [0, 2, 4, 5, 7, 9, 11];

/** The letter of a pitch, in capitals. */
export function letterOf({ step }: Pick<Pitch, 'step'>): string {
  return LETTERS[((step % 7) + 7) % 7];
}

/** The step of a letter in an octave: capitals from middle C on, small ones an octave higher. */
export function stepOf(letter: string, marks: string): number {
  const octaves = [...marks].reduce((sum, mark) => sum + (mark === "'" ? 1 : -1), 0);
  const capital = letter.toUpperCase();
  return LETTERS.indexOf(capital) + 7 * (octaves + (letter === capital ? 0 : 1));
}

/** Its MIDI number: 60 for middle C. */
export function midiNumber({ step, alteration }: Pitch): number {
  return 60 + 12 * Math.floor(step / 7) + letterSemitones[((step % 7) + 7) % 7] + alteration;
}

/** The MIDI number of a key's tonic in the octave of middle C. */
export function tonicOf(key: string): number {
  const { letter, accidental } = keyParts(key);
  return midiNumber({ step: stepOf(letter, ''), alteration: accidental });
}

/** The bars of a section as they are played the first time. */
export function firstPass({ bars, first }: MelodySection): readonly MelodyBar[] {
  return first.length === 0 ? bars : [...bars, ...first];
}

/** The bars of a tune in the order in which they stand. */
export function writtenBars({ sections }: Pick<Melody, 'sections'>): MelodyBar[] {
  return sections.flatMap(({ bars, first, second }) => [...bars, ...first, ...second]);
}

/** How long notes are together. */
export function ticksOf(notes: readonly MelodyNote[]): number {
  return notes.reduce((sum, { ticks }) => sum + ticks, 0);
}

/** Two bars of the same notes in the same rhythm have one name. */
export function barName({ notes }: MelodyBar): string {
  return notes
    .map(
      ({ pitch, ticks, tied }) =>
        `${pitch ? `${pitch.step}.${pitch.alteration}` : 'z'}:${ticks}${tied ? '-' : ''}`,
    )
    .join(' ');
}
