import { alterationOf, signatureOf } from '../notation/signature.js';

/** Letters on the line of fifths, from five steps below C major's F on. */
const LETTERS = 'FCGDAEB';
const accidentals: Readonly<Record<number, string>> = { [-2]: '__', [-1]: '_', 0: '=', 1: '^', 2: '^^' };
const semitones: Readonly<Record<string, number>> = { C: 0, D: 2, E: 4, F: 5, G: 7, A: 9, B: 11 };
/** The pitches that can be written with two octave marks at most, whatever the key: from C,, to b'' but for these. */
export const LOWEST_PITCH = 37;
export const HIGHEST_PITCH = 106;

/**
 * Writes pitches in ABC, bar by bar. Of the names of a pitch it takes that which is nearest to the key on
 * the line of fifths (Temperley 2001): from the lowered third to the raised fifth of the major key with
 * that signature. An accidental is written wherever it is not beyond doubt, since readers of ABC differ
 * on whether one holds for other octaves.
 */
export class Speller {
  readonly #signature: number;
  /** Accidentals of this bar by letter, and by letter and octave. */
  readonly #written = new Map<string, number>();

  constructor(key: string) {
    this.#signature = signatureOf(key);
  }

  startBar(): void {
    this.#written.clear();
  }

  /** @param pitch a MIDI number from `lowestPitch` to `highestPitch` */
  write(pitch: number): string {
    const { letter, alteration } = this.#name(pitch);
    const octave = Math.floor((pitch - alteration - semitones[letter]) / 12) - 5;
    const note = octave > 0 ? letter.toLowerCase() : letter;
    const marks = octave > 1 ? "'".repeat(octave - 1) : ','.repeat(Math.max(0, -octave));
    const own = alterationOf(this.#signature, letter);
    const here = `${letter}${octave}`;
    const inDoubt = [letter, here].some((place) => (this.#written.get(place) ?? own) !== alteration);
    if (!inDoubt) return `${note}${marks}`;
    this.#written.set(letter, alteration);
    this.#written.set(here, alteration);
    return `${accidentals[alteration]}${note}${marks}`;
  }

  #name(pitch: number): { letter: string; alteration: number } {
    // C is at 0 on the line of fifths; a fifth is seven semitones, so the place is 7 times the class.
    const lowest = this.#signature - 3;
    const place = (pitch * 7) % 12;
    const position = place + 12 * Math.ceil((lowest - place) / 12);
    const letter = LETTERS[(((position + 1) % 7) + 7) % 7];
    return { letter, alteration: Math.floor((position + 1) / 7) };
  }
}
