import { BarTime } from '../notation/bar-time.js';
import { readChord } from '../notation/chord-names.js';
import { lengthFactor } from '../notation/lengths.js';
import { readKey } from '../notation/key.js';
import { barTicks, readMeter, readUnit, unitTicks } from '../notation/meter.js';
import { alterationOf, signatureOf } from '../notation/signature.js';
import type { Tune } from '../notation/tune.js';
import {
  letterOf,
  midiNumber,
  stepOf,
  type Melody,
  type MelodyBar,
  type MelodyNote,
  type MelodySection,
  type Pitch,
  type PlacedChord,
} from './melody.js';

/** What a line of notes consists of, in the one spelling that `readTunes` gives. */
export const PART =
  /"(?<symbol>[^"]*)"|![^!]*!|\{[^}]*\}|\[(?<field>[KLM]):(?<value>[^\]]*)\]|\[(?<chord>[_^=A-Ga-g][^\]]*)\](?<chordLength>[\d/]*)|(?<line>\|\]|\|\||\|:|:\||::|\|)(?:\[?(?<lineEnding>\d[\d,.-]*))?|\[(?<ending>\d[\d,.-]*)|\((?<tuplet>\d(?::\d?)?(?::\d?)?)|(?<accidental>[_^=]*)(?<letter>[A-Ga-gzx])(?<marks>[,']*)(?<length>[\d/]*)|(?<arrows>[<>]+)|(?<tie>-)/g;
const CHORD_NOTE = /(?<accidental>[_^=]*)(?<letter>[A-Ga-g])(?<marks>[,']*)(?<length>[\d/]*)/g;
const alterations: Readonly<Record<string, number>> = { '^': 1, '^^': 2, _: -1, __: -2, '=': 0 };

type Groups = Partial<Record<string, string>>;

/**
 * The melody of a tune: its sections, their bars, and in these the notes with what they sound like and how long. Of a
 * chord the highest note is the melody. Chord symbols stand beside it; ornaments, grace notes and slurs are passed over.
 * @param tune one that `readTunes` gave
 */
export function readMelody(tune: Pick<Tune, 'type' | 'meter' | 'unit' | 'key' | 'body'>): Melody {
  const { type, meter, unit, key, body } = tune;
  const reading = new MelodyReading({ meter, unit, key });
  for (const { groups } of body.matchAll(PART)) reading.take(groups ?? {});
  return { type, meter, unit, key, sections: reading.finish() };
}

interface Parts {
  readonly bars: MelodyBar[];
  readonly first: MelodyBar[];
  readonly second: MelodyBar[];
}

class MelodyReading {
  readonly #time: BarTime;
  #whole: number;
  #signature: number;
  readonly #sections: MelodySection[] = [];
  #section: Parts = { bars: [], first: [], second: [] };
  #part: keyof Parts = 'bars';
  #repeated = false;
  /** Whether the first ending is over and a second may follow. */
  #awaitsSecond = false;
  #notes: MelodyNote[] = [];
  /** The pitch of the note in hand; null for a rest. */
  #pending: Pitch | null | undefined;
  #tied = false;
  #invisible = false;
  /** Whether the note in hand is tied to what comes. */
  #ties = false;
  #last: Pitch | undefined;
  /** Chords over the bar in hand. */
  #chords: PlacedChord[] = [];
  /** Alterations of letters in the bar in hand. */
  readonly #altered = new Map<string, number>();

  constructor({ meter, unit, key }: { meter: string; unit: string; key: string }) {
    this.#time = new BarTime(unitTicks(unit), { exact: false });
    this.#whole = barTicks(meter);
    this.#signature = signatureOf(key);
  }

  take(part: Groups): void {
    if (part['letter'] !== undefined) this.#note(part);
    else if (part['chord'] !== undefined) this.#chord(part['chord'], part['chordLength'] ?? '');
    else if (part['arrows'] !== undefined) this.#grow(part['arrows']);
    else if (part['tie'] !== undefined) this.#ties = true;
    else if (part['symbol'] !== undefined) this.#symbol(part['symbol']);
    else if (part['tuplet'] !== undefined) {
      this.#close();
      this.#time.startTuplet(part['tuplet'], this.#whole);
    } else if (part['line'] !== undefined) {
      this.#bar(part['line']);
      if (part['lineEnding'] !== undefined) this.#ending(part['lineEnding']);
    } else if (part['ending'] !== undefined) this.#ending(part['ending']);
    else if (part['field'] !== undefined) this.#field(part['field'], part['value'] ?? '');
  }

  finish(): readonly MelodySection[] {
    this.#endBar();
    this.#endSection();
    return this.#sections;
  }

  #note({ accidental = '', letter = '', marks = '', length = '' }: Groups): void {
    this.#close();
    this.#begin('zx'.includes(letter) ? null : this.#pitch(accidental, letter, marks));
    this.#invisible = letter === 'x';
    this.#time.open(",'");
    this.#grow(length);
  }

  #chord(text: string, length: string): void {
    this.#close();
    const notes = [...text.matchAll(CHORD_NOTE)].map(({ groups = {} }) => groups);
    const pitches = notes.map(({ accidental, letter, marks }) => this.#pitch(accidental, letter, marks));
    this.#begin(pitches.reduce((top, pitch) => (midiNumber(pitch) > midiNumber(top) ? pitch : top)));
    this.#time.open('', lengthFactor(notes[0]['length']) ?? 1);
    this.#grow(length);
  }

  /** Of two at the same place the latter counts. */
  #symbol(text: string): void {
    const chord = readChord(text);
    if (!chord) return;
    this.#close();
    const at = this.#time.ticks;
    this.#chords = [...this.#chords.filter((each) => each.at !== at), { ...chord, at }];
  }

  #begin(pitch: Pitch | null): void {
    this.#tied = this.#ties && pitch !== null;
    this.#ties = false;
    // What a tie leads to sounds as it did, accidentals of the bar before counted.
    this.#pending = this.#tied && this.#last && pitch?.step === this.#last.step ? this.#last : pitch;
  }

  #pitch(accidental: string, letter: string, marks: string): Pitch {
    const step = stepOf(letter, marks);
    const name = letterOf({ step });
    if (accidental !== '') this.#altered.set(name, alterations[accidental] ?? 0);
    return { step, alteration: this.#altered.get(name) ?? alterationOf(this.#signature, name) };
  }

  #grow(text: string): void {
    if (this.#time.event) for (const c of text) this.#time.grow(c);
  }

  /** The note in hand is over. */
  #close(): void {
    if (this.#pending === undefined || !this.#time.event) return;
    const before = this.#time.ticks;
    this.#time.close();
    const ticks = this.#time.ticks - before;
    const last = this.#notes.at(-1);
    if (this.#tied && last?.pitch)
      this.#notes[this.#notes.length - 1] = { ...last, ticks: last.ticks + ticks };
    else {
      const invisible = this.#invisible && { invisible: true as const };
      this.#notes.push({ pitch: this.#pending ?? undefined, ticks, tied: this.#tied, ...invisible });
    }
    this.#invisible = false;
    this.#last = this.#pending ?? undefined;
    this.#pending = undefined;
    this.#tied = false;
  }

  #endBar(): void {
    this.#close();
    if (this.#notes.length > 0) {
      if (this.#part === 'bars' && this.#awaitsSecond) this.#endSection();
      this.#section[this.#part].push({
        ...{ notes: this.#notes, ticks: this.#time.ticks, whole: this.#whole },
        ...(this.#chords.length > 0 && { chords: this.#chords }),
      });
    }
    this.#notes = [];
    this.#chords = [];
    this.#time.ticks = 0;
    this.#time.tuplet = undefined;
    this.#time.broken = undefined;
    this.#altered.clear();
  }

  #bar(line: string): void {
    this.#endBar();
    if (line === '|') return;
    const closes = line === ':|' || line === '::';
    if (closes) this.#repeated = true;
    if (this.#part === 'first' && closes) {
      // The second ending comes next, if it comes.
      this.#part = 'bars';
      this.#awaitsSecond = true;
    } else this.#endSection();
  }

  #ending(passes: string): void {
    this.#endBar();
    const isFirst = passes.startsWith('1');
    if (isFirst && this.#awaitsSecond) this.#endSection();
    this.#part = isFirst ? 'first' : 'second';
  }

  #endSection(): void {
    const { bars, first, second } = this.#section;
    if (bars.length + first.length + second.length > 0) {
      this.#sections.push({ bars, first, second, repeated: this.#repeated });
    }
    this.#section = { bars: [], first: [], second: [] };
    this.#part = 'bars';
    this.#repeated = false;
    this.#awaitsSecond = false;
  }

  #field(name: string, value: string): void {
    this.#close();
    const [key, meter, unit] = [readKey(value), readMeter(value), readUnit(value)];
    if (name === 'K' && key !== undefined) this.#signature = signatureOf(key);
    else if (name === 'M' && meter !== undefined) this.#whole = barTicks(meter);
    else if (name === 'L' && unit !== undefined) this.#time.unit = unitTicks(unit);
  }
}
