import { lengthFactor } from './lengths.js';
import { OCTAVE_MARKS } from './note-characters.js';

/** q of `(p`: p notes in the time of q, where the meter does not decide (ABC 2.1, 4.13). */
const tupletTime: Readonly<Record<number, number>> = { 2: 3, 3: 2, 4: 3, 6: 2, 8: 3 };

/** A note, rest or chord that what follows may still change. */
interface Event {
  /** Octave marks that may follow: none for rests and chords. */
  marks: string;
  /** Octave marks so far. */
  octave: string;
  length: string;
  /** `>` or `<` after it, up to three. */
  arrows: string;
  /** What the notes of a chord make of its length. */
  factor: number;
}

interface Tuplet {
  /** Notes still to come. */
  left: number;
  readonly factor: number;
  /** Ticks of its first note, which the others of an `exact` tune share. */
  ticks: number | undefined;
}

/** The time of the bar in hand: how long its notes are, with tuplets and broken rhythm. */
export class BarTime {
  /** Ticks of the unit length. */
  unit: number;
  readonly #exact: boolean;
  /** Ticks in the bar in hand, but for the note that may still grow. */
  ticks = 0;
  event: Event | undefined;
  tuplet: Tuplet | undefined;
  /** Ticks that the note in hand must be longer than: grace notes take their time from it. */
  min = 0;
  /** Factor and written ticks of the note before, where it ended in `>` or `<`. */
  broken: { factor: number; ticks: number } | undefined;

  constructor(unit: number, options: { exact: boolean }) {
    this.unit = unit;
    this.#exact = options.exact;
  }

  copy(): BarTime {
    const copy = Object.assign(new BarTime(this.unit, { exact: this.#exact }), this);
    if (this.event) copy.event = { ...this.event };
    if (this.tuplet) copy.tuplet = { ...this.tuplet };
    return copy;
  }

  /**
   * A note, rest or chord begins.
   * @param marks octave marks that may follow
   * @param factor what the notes of a chord make of its length
   */
  open(marks: string, factor = 1): void {
    this.event = { marks, octave: '', length: '', arrows: '', factor };
  }

  /** Whether a character belongs to the note in hand. */
  continues(c: string): boolean {
    if (!this.event) return false;
    const { marks, length, arrows } = this.event;
    if (",'".includes(c)) return marks.includes(c) && length === '' && arrows === '';
    return /[\d/]/.test(c) ? arrows === '' : '<>'.includes(c);
  }

  /** Takes a character that belongs to the note in hand. @returns what is wrong with it */
  grow(c: string): string | undefined {
    const event = this.event!;
    if (",'".includes(c)) {
      event.octave += c;
      return OCTAVE_MARKS.test(event.octave) ? undefined : 'too many octave marks';
    }
    if (/[\d/]/.test(c)) {
      event.length += c;
      return lengthFactor(event.length) === undefined ? `the length ${event.length}` : undefined;
    }
    event.arrows += c;
    return /^(>{1,3}|<{1,3})$/.test(event.arrows) ? undefined : 'a broken rhythm that is not understood';
  }

  /** What the note in hand is with such a length, its tuplet and broken rhythm counted. */
  eventTicks(length: string): number {
    return this.#written(length) * (this.tuplet?.factor ?? 1) * (this.broken?.factor ?? 1);
  }

  #written(length: string): number {
    return this.unit * lengthFactor(length)! * (this.event?.factor ?? 1);
  }

  /** Adds the note in hand to the bar. @returns what is wrong with it */
  close(): string | undefined {
    const { length, arrows } = this.event!;
    const written = this.#written(length);
    if (this.#exact && this.broken && this.broken.ticks !== written)
      return 'a broken rhythm of unequal notes';
    const bent = 2 ** -arrows.length;
    const factor = arrows === '' ? 1 : arrows.startsWith('>') ? 2 - bent : bent;
    const ticks = this.eventTicks(length) * factor;
    this.event = undefined;
    if (this.#exact && ticks <= this.min) return 'grace notes on a note too short for them';
    this.min = 0;
    this.ticks += ticks;
    this.broken = arrows === '' ? undefined : { factor: 2 - factor, ticks: written };
    if (this.tuplet) {
      this.tuplet.ticks ??= ticks;
      if (this.#exact && this.tuplet.ticks !== ticks) return 'a tuplet of unequal notes';
      this.tuplet.left -= 1;
      if (this.tuplet.left === 0) this.tuplet = undefined;
    }
    return Number.isInteger(this.ticks) ? undefined : `the length ${length}`;
  }

  /**
   * @param text what stands after the parenthesis: `3`, `3:2` or `3:2:4`
   * @param bar ticks of a whole bar
   * @returns what is wrong with it
   */
  startTuplet(text: string, bar: number): string | undefined {
    const match = /^(\d)(?::(\d)?)?(?::(\d)?)?$/.exec(text);
    if (!match || match[1] < '2') return 'a tuplet that is not understood';
    if (this.tuplet) return 'a tuplet within a tuplet';
    const p = Number(match[1]);
    // Five, seven and nine notes take the time of three in compound meters, of two in others.
    const compound = (bar / this.unit) % 3 === 0;
    const q = match[2] ? Number(match[2]) : (tupletTime[p] ?? (compound ? 3 : 2));
    this.tuplet = { left: match[3] ? Number(match[3]) : p, factor: q / p, ticks: undefined };
    return undefined;
  }

  /** What may not go on across a bar line, if anything. */
  get unfinished(): string | undefined {
    if (this.tuplet) return 'a tuplet across a bar line';
    return this.broken ? 'a broken rhythm across a bar line' : undefined;
  }
}
