import { isPlainLength, lengthText } from '../notation/lengths.js';
import { barTicks, unitTicks } from '../notation/meter.js';
import { alterationOf, signatureOf } from '../notation/signature.js';
import { letterOf, type MelodyNote, type Pitch } from './melody.js';

const accidentals: Readonly<Record<number, string>> = { [-2]: '__', [-1]: '_', 0: '=', 1: '^', 2: '^^' };

/** How the bars of a tune are written. */
export interface BarSpelling {
  readonly meter: string;
  readonly unit: string;
  readonly key: string;
}

interface BarSurroundings {
  readonly from?: number;
  readonly tieOut?: boolean;
  /** Names of chords, and the ticks of the bar after which they begin. */
  readonly chords?: readonly { readonly at: number; readonly name: string }[];
}

/**
 * The notes of a bar in ABC, those of a beat together; triplets and dotted pairs as players write them.
 * @param melody the notes of one bar; a tie to the next bar is written by `tieOut`
 * @param from ticks of the bar that are over before them: of a pickup, what it lacks
 * @returns undefined where a length can be written neither plainly nor as one of three equal notes in a triplet
 */
export function writeBar(
  melody: readonly MelodyNote[],
  { meter, unit, key }: BarSpelling,
  { from = 0, tieOut = false, chords = [] }: BarSurroundings = {},
): string | undefined {
  const unitLength = unitTicks(unit);
  const beat = beatTicks(meter);
  const notes = cutAtChords(melody, chords, unitLength);
  const spelling = new BarPitches(key);
  const note = ({ pitch, tied }: MelodyNote): string => (pitch ? spelling.write(pitch, tied) : 'z');
  let text = '';
  let at = from;
  let written = 0;
  for (let i = 0; i < notes.length;) {
    if (i > 0 && at % beat === 0) text += ' ';
    const begun = chords.filter((chord) => chord.at <= at - from).length;
    if (begun > written) text += `"${chords[begun - 1].name}"`;
    written = begun;
    const factor = notes[i].ticks / unitLength;
    const next = notes.at(i + 1);
    if (isDottedPair(notes[i], next, { at, unitLength, meter })) {
      text += `${note(notes[i])}${factor > 1 ? '>' : '<'}${note(next!)}`;
      at += 2 * unitLength;
      i += 2;
    } else if (isPlainLength(factor)) {
      text += note(notes[i]) + lengthText(factor) + (notes[i].goesOn ? '-' : '');
      at += notes[i].ticks;
      i += 1;
    } else {
      const three = notes.slice(i, i + 3);
      const areEqual = three.length === 3 && three.every(({ ticks }) => ticks === notes[i].ticks);
      if (!areEqual || !isPlainLength(1.5 * factor)) return undefined;
      text += `(3${three.map((each) => note(each) + lengthText(1.5 * factor)).join('')}`;
      at += 3 * notes[i].ticks;
      i += 3;
    }
  }
  return tieOut ? `${text}-` : text;
}

/** A note that may be tied to the next. */
type Part = MelodyNote & { readonly goesOn?: boolean };

/** Notes with a tie in them where a chord begins, so that its symbol has a place, if their parts have plain lengths. */
function cutAtChords(
  notes: readonly MelodyNote[],
  chords: readonly { readonly at: number }[],
  unitLength: number,
): readonly Part[] {
  let end = 0;
  return notes.flatMap((note): Part[] => {
    const [from, to] = [end, (end += note.ticks)];
    const ends = [...chords.map(({ at }) => at).filter((at) => at > from && at < to), to];
    const lengths = ends.map((each, n) => each - (ends[n - 1] ?? from));
    if (ends.length === 1 || !lengths.every((ticks) => isPlainLength(ticks / unitLength))) return [note];
    return lengths.map((ticks, n) => ({
      ...{ ...note, ticks, tied: n > 0 || note.tied },
      goesOn: note.pitch !== undefined && n < lengths.length - 1,
    }));
  });
}

/** Whether two notes are one and a half and a half of the unit, or the other way round, on a beat. */
function isDottedPair(
  note: MelodyNote,
  next: MelodyNote | undefined,
  { at, unitLength, meter }: { at: number; unitLength: number; meter: string },
): boolean {
  if (!next || note.ticks + next.ticks !== 2 * unitLength || at % (2 * unitLength) !== 0) return false;
  const isDuple = (barTicks(meter) / unitLength) % 3 !== 0;
  return isDuple && [0.5, 1.5].includes(note.ticks / unitLength) && !note.tied && !next.tied;
}

/** Ticks of the notes that are written together: a dotted quarter in 6/8, half a bar in 4/4, a quarter in 3/4. */
export function beatTicks(meter: string): number {
  const whole = barTicks('4/4');
  if (meter === 'C|' || meter === '4/4') return whole / 2;
  const [beats, unit] = meter.split('/').map(Number);
  if (unit >= 8) return beats % 3 === 0 ? (3 * whole) / unit : (2 * whole) / unit;
  return whole / 4;
}

/** Pitches of a bar in ABC. An accidental is written wherever a reader might doubt it. */
class BarPitches {
  readonly #signature: number;
  /** Letters that have had one in this bar. */
  readonly #written = new Set<string>();

  constructor(key: string) {
    this.#signature = signatureOf(key);
  }

  /** @param tied what a tie leads to keeps its accidental without one */
  write(pitch: Pitch, tied: boolean): string {
    const { step, alteration } = pitch;
    const letter = letterOf(pitch);
    const octave = Math.floor(step / 7);
    const name = octave > 0 ? letter.toLowerCase() : letter;
    const marks = octave > 1 ? "'".repeat(octave - 1) : ','.repeat(Math.max(0, -octave));
    const isKnown = !this.#written.has(letter) && alteration === alterationOf(this.#signature, letter);
    if (isKnown || tied) return name + marks;
    this.#written.add(letter);
    return `${accidentals[alteration]}${name}${marks}`;
  }
}
