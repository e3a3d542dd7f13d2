import { barTicks, unitTicks } from '../notation/meter.js';
import { alterationOf, keyParts, signatureOf } from '../notation/signature.js';
import {
  barName,
  letterOf,
  stepOf,
  writtenBars,
  type Melody,
  type MelodyBar,
  type MelodyNote,
  type PlacedChord,
} from './melody.js';
import { chordAt, chordSymbol, isChordSymbol } from './chord-symbols.js';
import { withHarmony } from './harmony.js';
import { beatTicks, writeBar } from './write-bar.js';

/** Where a melody's degrees stand: the steps of its tonic above middle C, and its key. */
export interface Register {
  readonly tonic: number;
  readonly key: string;
}

/** The register of a tune as it is written: its tonic from middle C to the B above. */
export function registerOf(key: string): Register {
  return { tonic: stepOf(keyParts(key).letter, ''), key };
}

const REST = 'z';
const NOTE = /^(-?\d+)([_^]{0,2})(-?):(\d+(?:\.\d+)?)$/;
const rises: Readonly<Record<string, number>> = { __: -2, _: -1, '': 0, '^': 1, '^^': 2 };
const signs: Readonly<Record<number, string>> = { [-2]: '__', [-1]: '_', 0: '', 1: '^', 2: '^^' };

/**
 * A note as a symbol: the degree above the tonic, how it departs from the key, whether a tie leads to it, and its
 * ticks, as in `4:1680`, `-1^:840` or `2-:3360`; `z:1680` is a rest.
 * @returns undefined for an alteration of more than two semitones beyond the key
 */
export function noteSymbol({ pitch, ticks, tied }: MelodyNote, { tonic, key }: Register): string | undefined {
  if (!pitch) return `${REST}:${ticks}`;
  const departure = pitch.alteration - alterationOf(signatureOf(key), letterOf(pitch));
  const sign = signs[departure];
  return sign === undefined ? undefined : `${pitch.step - tonic}${sign}${tied ? '-' : ''}:${ticks}`;
}

/** What a symbol stands for in a register; undefined for one that is no note, or that has no accidental there. */
export function noteOf(symbol: string, { tonic, key }: Register): MelodyNote | undefined {
  if (symbol.startsWith(`${REST}:`)) {
    return { pitch: undefined, ticks: Number(symbol.slice(2)), tied: false };
  }
  const [, degree, sign, tie, ticks] = NOTE.exec(symbol) ?? [];
  if (degree === undefined) return undefined;
  const step = tonic + Number(degree);
  const alteration = rises[sign] + alterationOf(signatureOf(key), letterOf({ step }));
  if (Math.abs(alteration) > 2) return undefined;
  return { pitch: { step, alteration }, ticks: Number(ticks), tied: tie !== '' };
}

export const SECTION_KINDS: readonly SectionKind[] = ['once', 'twice', 'endings'];
/** How a section is played: once, twice, or twice with two endings. */
export type SectionKind = 'once' | 'twice' | 'endings';

/** Where a bar stands: bars left of its pass, it included, in which part, and whether the tune ends with it. */
export interface BarPlace {
  readonly left: number;
  readonly part: 'bars' | 'second';
  readonly isLast: boolean;
}

/** Bars left are told apart up to so many. */
export const MOST_LEFT = 16;
/** Sections are told apart up to so many. */
export const MOST_SECTIONS = 5;

/** The symbols of form. */
export const formSymbols = {
  end: 'end',
  type: (type: string): string => `type ${type}`,
  meter: (meter: string): string => `meter ${meter}`,
  tonic: (tonic: string): string => `tonic ${tonic}`,
  mode: (mode: string): string => `mode ${mode}`,
  sections: (count: number): string => `sections ${Math.min(count, MOST_SECTIONS)}`,
  /** @param index from 1 */
  section: (index: number, isLast: boolean): string =>
    `section ${Math.min(index, MOST_SECTIONS)}${isLast ? ' last' : ''}`,
  kind: (kind: SectionKind): string => kind,
  bars: (count: number): string => `bars ${count}`,
  /** @param ticks 0 for none */
  pickup: (ticks: number): string => `pickup ${ticks}`,
  place: ({ left, part, isLast }: BarPlace): string =>
    `left ${Math.min(left, MOST_LEFT)}${part === 'second' ? ' second' : ''}${isLast ? ' last' : ''}`,
  /** @param count bars that stand before this one, but pickups */
  before: (count: number): string => `before ${Math.min(count, MOST_LEFT)}`,
  /** Of a bar that is shorter than its meter wants it. */
  short: 'short',
  /** @param back how many bars before stands the same; 0 for a bar of its own */
  same: (back: number): string => `same ${back}`,
  /** @param degree of the note that a pass of the section ends with, in any octave, 0 the tonic; undefined for a rest */
  final: (degree: number | undefined): string => `final ${degree ?? 'rest'}`,
  /**
   * @param left ticks left of the bar as a note begins
   * @param whole ticks that would be left if the bar were as long as its meter wants it
   * @param beat ticks of a beat of the meter
   */
  room: (left: number, whole: number, beat: number): string =>
    `room ${left}${left === whole ? '' : ` of ${whole}`} by ${beat}`,
  /** What models were told that were trained before they knew of room: @param left beats left of the bar, on a beat */
  beats: (left: number): string => `beats ${left}`,
} as const;

/** The symbol of the note that a section ends with. */
export function finalSymbol({ pitch }: MelodyNote, { tonic }: Register): string {
  return formSymbols.final(pitch && (((pitch.step - tonic) % 7) + 7) % 7);
}

/** How a model is told where it stands. */
export interface SymbolStyle {
  /** Whether it is told how much room is left in a bar. The first models were told of beats alone. */
  readonly room: boolean;
  /** Whether it is told the chord of each bar, and where it changes. */
  readonly chords: boolean;
  readonly knows: (symbol: string) => boolean;
}

/**
 * The style of a model with these symbols.
 * @param symbols undefined before its first training
 * @param chords whether it is then to learn them
 */
export function styleOf(symbols: readonly string[] | undefined, chords = false): SymbolStyle {
  if (symbols === undefined) return { room: true, chords, knows: () => true };
  const known = new Set(symbols);
  return {
    room: symbols.some((symbol) => symbol.startsWith('before ')),
    chords: symbols.some(isChordSymbol),
    knows: (symbol) => known.has(symbol),
  };
}

/** What stands before it is said whether a bar takes up another, so that none is taken up that cannot be. */
export function symbolsOfBar(
  { before, isShort }: { before: number; isShort: boolean },
  { room }: SymbolStyle,
): string[] {
  if (!room) return [];
  return [...(isShort ? [formSymbols.short] : []), formSymbols.before(before)];
}

/** Where a note begins, in ticks from the beginning of its bar; of a pickup, what it lacks counted. */
export interface NotePlace {
  readonly meter: string;
  readonly at: number;
  /** Where the bar begins: 0, but in a pickup. */
  readonly from: number;
  readonly end: number;
  /** The symbol of the degree that the section ends on, in its last bar. */
  readonly final: string | undefined;
}

/** What stands before a note: how much of the bar is left, and in the last one of a section where it leads to. */
export function symbolsBefore({ meter, at, from, end, final }: NotePlace, style: SymbolStyle): string[] {
  const beat = beatTicks(meter);
  const whole = barTicks(meter);
  if (!style.room) return at > from && at % beat === 0 ? [formSymbols.beats((whole - at) / beat)] : [];
  const exact = formSymbols.room(end - at, whole - at, beat);
  // A bar as short as this one was never seen: it is told as one that begins later.
  const room = style.knows(exact) ? exact : formSymbols.room(end - at, end - at, beat);
  return final === undefined ? [room] : [room, final];
}

/** A section as its bars are counted: the pickup apart. */
export interface CountedSection {
  readonly kind: SectionKind;
  readonly pickup: MelodyBar | undefined;
  readonly bars: readonly MelodyBar[];
  readonly second: readonly MelodyBar[];
}

/** Sections with their pickups apart, and of first endings one row of bars with those before. */
export function countedSections({ sections }: Pick<Melody, 'sections'>): CountedSection[] {
  return sections.map(({ bars, first, second, repeated }) => {
    const all = [...bars, ...first];
    const [opening] = all;
    const hasPickup = all.length > 1 && opening.ticks < opening.whole;
    const kind = second.length > 0 ? 'endings' : repeated ? 'twice' : 'once';
    return { kind, pickup: hasPickup ? opening : undefined, bars: hasPickup ? all.slice(1) : all, second };
  });
}

/**
 * A tune as symbols: what it is, and for each section its form and its bars. Before each bar stands where it is in
 * the section and whether it takes up a bar before, so that what reads the symbols knows of the form without
 * counting.
 * @returns why it cannot be, such as a length that is written in no way here
 */
export function melodySymbols(melody: Melody, style = styleOf(undefined)): string[] | { reason: string } {
  const { type, meter, key } = melody;
  const register = registerOf(key);
  const { mode } = keyParts(key);
  const sections = countedSections(style.chords ? withHarmony(melody) : melody);
  const symbols: string[] = [
    formSymbols.type(type),
    formSymbols.meter(meter),
    formSymbols.tonic(key.slice(0, key.length - mode.length)),
    formSymbols.mode(mode),
    formSymbols.sections(sections.length),
  ];
  const length = barTicks(meter);
  if (writtenBars(melody).some(({ whole }) => whole !== length)) return { reason: 'it changes its meter' };
  const before: string[] = [];
  const add = (bar: MelodyBar, from: number, final: string | undefined): string | undefined => {
    let at = from;
    let told: PlacedChord | undefined;
    if (writeBar(bar.notes, { meter, unit: '1/8', key }) === undefined) return 'it has a rhythm that is rare';
    for (const note of bar.notes) {
      const symbol = noteSymbol(note, register);
      if (symbol === undefined) return 'it has accidentals that are rare';
      if (style.chords) {
        const chord = chordAt(bar.chords ?? [], at - from);
        if (at === from || chord !== told) symbols.push(chordSymbol(chord, key));
        told = chord;
      }
      symbols.push(...symbolsBefore({ meter, at, from, end: from + bar.ticks, final }, style), symbol);
      at += note.ticks;
    }
    return undefined;
  };
  for (const [i, { kind, pickup, bars, second }] of sections.entries()) {
    const isLast = i === sections.length - 1;
    symbols.push(formSymbols.section(i + 1, isLast), formSymbols.kind(kind), formSymbols.bars(bars.length));
    symbols.push(formSymbols.pickup(pickup?.ticks ?? 0));
    const wrong = pickup && add(pickup, pickup.whole - pickup.ticks, undefined);
    if (wrong !== undefined) return { reason: wrong };
    for (const [part, row] of [
      ['bars', bars],
      ['second', second],
    ] as const) {
      for (const [j, bar] of row.entries()) {
        const left = row.length - j;
        const ends = isLast && left === 1 && (part === 'second' || kind !== 'endings');
        const name = barName(bar);
        const at = before.lastIndexOf(name);
        symbols.push(formSymbols.place({ left, part, isLast: ends }));
        const final = left === 1 ? finalSymbol(bar.notes.at(-1)!, register) : undefined;
        if (final !== undefined) symbols.push(final);
        symbols.push(...symbolsOfBar({ before: before.length, isShort: bar.ticks < bar.whole }, style));
        symbols.push(formSymbols.same(at < 0 ? 0 : before.length - at));
        before.push(name);
        const fault = add(bar, 0, final);
        if (fault !== undefined) return { reason: fault };
      }
    }
  }
  symbols.push(formSymbols.end);
  return symbols;
}

/** Ticks of an eighth, the unit in which lengths are told. */
export const EIGHTH = unitTicks('1/8');
