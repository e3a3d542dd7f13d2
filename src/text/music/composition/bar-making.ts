import { SeqkitError } from '../../../base/errors.js';
import type { CopyGuard } from '../copies/copy-guard.js';
import type { BarFillings } from '../form/bar-fillings.js';
import { chordAt, chordOf, chordSymbol, isChordSymbol, knownChordSymbol } from '../form/chord-symbols.js';
import { ticksOf, type MelodyBar, type MelodyNote, type PlacedChord } from '../form/melody.js';
import {
  EIGHTH,
  finalSymbol,
  noteOf,
  noteSymbol,
  symbolsBefore,
  type NotePlace,
  type Register,
  type SymbolStyle,
} from '../form/tune-symbols.js';
import { isPlainLength } from '../notation/lengths.js';
import { barTicks } from '../notation/meter.js';
import { choose, nothing, settled, type Ask } from './ask.js';

/** What two octave marks reach. */
const [LOWEST_STEP, HIGHEST_STEP] = [-14, 20];

/** A bar that stands, and its symbols. */
export interface Made {
  readonly symbols: readonly string[];
  readonly bar: MelodyBar;
  /** Whether its notes are the user's. */
  readonly isGiven: boolean;
}

/** What stands already of a bar; what is undefined the model decides. */
export interface GivenBar {
  readonly notes: readonly MelodyNote[] | undefined;
  readonly chords: readonly PlacedChord[] | undefined;
  /** Whether the notes are the user's, and not some that the tune takes up. */
  readonly isGiven: boolean;
}

/** Fills the bars of one tune, one after the other. */
export class BarMaking {
  readonly #register: Register;
  readonly #meter: string;
  readonly #style: SymbolStyle;
  readonly #whole: number;
  readonly #fillings: BarFillings;
  readonly #guard: CopyGuard | undefined;
  #last: MelodyNote | undefined;
  /** Notes by their symbols, each read once. */
  readonly #notes = new Map<string, MelodyNote | undefined>();

  /**
   * @param style how the model is told where it stands: see `symbolsBefore`
   * @param guard undefined where copies may be of any length
   */
  constructor(
    meter: string,
    register: Register,
    { fillings, style, guard }: { fillings: BarFillings; style: SymbolStyle; guard: CopyGuard | undefined },
  ) {
    this.#register = register;
    this.#meter = meter;
    this.#style = style;
    this.#whole = barTicks(meter);
    this.#fillings = fillings;
    this.#guard = guard;
  }

  /** @throws SeqkitError `bad-value` for an accidental that is told in no way */
  symbolOf(note: MelodyNote): string {
    const symbol = noteSymbol(note, this.#register);
    if (symbol !== undefined) return symbol;
    throw new SeqkitError('The given bars have accidentals that are too far from the key.', {
      code: 'bad-value',
      hint: 'Give the key that the bars are in.',
    });
  }

  /**
   * Fills a bar from a place to its end, with notes that are given or those that the model likes, and so with its chords.
   */
  *fill(
    from: number,
    end: number,
    { notes: given, chords, isGiven }: GivenBar,
    { mayTie, final }: { mayTie: boolean; final: string | undefined },
  ): Generator<Ask, Made, string> {
    const symbols: string[] = [];
    const notes: MelodyNote[] = [];
    const over = yield* this.#chords(chords);
    if (given) {
      // Where what is taken up follows, its first notes may complete a copy that the bar before began.
      if (isGiven) this.#guard?.break();
      else if (this.#guard?.push(given) === false) yield nothing;
      let at = from;
      for (const note of given) {
        yield* this.#change(over, at - from, notes.at(-1));
        yield* this.#before({ at, from, end: from + ticksOf(given), final });
        const symbol = this.symbolOf(note);
        yield settled(symbol, true);
        symbols.push(symbol);
        notes.push(note);
        at += note.ticks;
      }
      this.#last = notes.at(-1);
      return { ...made(symbols, notes, this.#whole, over), isGiven };
    }
    let at = from;
    let triplet = { ticks: 0, left: 0 };
    while (at < end) {
      yield* this.#change(over, at - from, notes.at(-1));
      yield* this.#before({ at, from, end, final });
      const symbol: string = yield {
        allows: (each) => this.#fits(each, { at, end, triplet, isFirst: at === from, mayTie, final }),
        copies: (each) => this.#guard?.allows([this.#note(each)!]) === false,
        isBody: true,
        isNote: true,
      };
      const note = this.#note(symbol)!;
      this.#guard?.push([note]);
      if (triplet.left > 0) triplet = { ...triplet, left: triplet.left - 1 };
      else if (!isPlainLength(note.ticks / EIGHTH)) triplet = { ticks: note.ticks, left: 2 };
      symbols.push(symbol);
      notes.push(note);
      this.#last = note;
      at += note.ticks;
    }
    return { ...made(symbols, notes, this.#whole, over), isGiven: false };
  }

  /** The chords of a bar, told or asked for as it begins; undefined where the model has learnt none. */
  *#chords(
    given: readonly PlacedChord[] | undefined,
  ): Generator<Ask, readonly PlacedChord[] | undefined, string> {
    if (!this.#style.chords) return undefined;
    if (given) {
      const first = chordAt(given, 0);
      yield settled(first ? this.#chordSymbol(first) : chordSymbol(undefined, this.#register.key));
      return given;
    }
    const chord = chordOf(yield* choose(isChordSymbol), this.#register.key);
    return chord ? [{ ...chord, at: 0 }] : [];
  }

  /** Tells the chord that has begun since the note before. */
  *#change(
    chords: readonly PlacedChord[] | undefined,
    at: number,
    before: MelodyNote | undefined,
  ): Generator<Ask, void, string> {
    if (!chords || !before) return;
    const chord = chordAt(chords, at);
    if (chord && chord !== chordAt(chords, at - before.ticks)) yield settled(this.#chordSymbol(chord));
  }

  #chordSymbol(chord: PlacedChord): string {
    const { key } = this.#register;
    return knownChordSymbol(chord, key, this.#style.knows) ?? chordSymbol(chord, key);
  }

  *#before(place: Omit<NotePlace, 'meter'>): Generator<Ask, void, string> {
    for (const symbol of symbolsBefore({ ...place, meter: this.#meter }, this.#style)) yield settled(symbol);
  }

  #note(symbol: string): MelodyNote | undefined {
    if (!this.#notes.has(symbol)) this.#notes.set(symbol, noteOf(symbol, this.#register));
    return this.#notes.get(symbol);
  }

  #fits(
    symbol: string,
    bar: {
      at: number;
      end: number;
      triplet: { ticks: number; left: number };
      isFirst: boolean;
      mayTie: boolean;
      final: string | undefined;
    },
  ): boolean {
    const note = this.#note(symbol);
    if (!note) return false;
    const { at, end, triplet } = bar;
    const { ticks, tied, pitch } = note;
    if (pitch && (pitch.step < LOWEST_STEP || pitch.step > HIGHEST_STEP)) return false;
    if (bar.final !== undefined && at + ticks === end && finalSymbol(note, this.#register) !== bar.final) {
      return false;
    }
    if (tied) {
      const last = this.#last?.pitch;
      const isSame = last?.step === pitch?.step && last?.alteration === pitch?.alteration;
      if (!bar.isFirst || !bar.mayTie || !isSame) return false;
    }
    if (triplet.left > 0) return ticks === triplet.ticks && !tied;
    if (isPlainLength(ticks / EIGHTH)) return this.#fillings.fits(at, ticks, end);
    return (
      !tied &&
      this.#fillings.fits(at, ticks, end) &&
      [1, 2].every((n) => this.#fillings.fits(at + n * ticks, ticks, end))
    );
  }
}

function made(
  symbols: string[],
  notes: MelodyNote[],
  whole: number,
  chords: readonly PlacedChord[] | undefined,
): Omit<Made, 'isGiven'> {
  return { symbols, bar: { notes, ticks: ticksOf(notes), whole, ...(chords && { chords }) } };
}
