import { lengthFactor } from './lengths.js';
import { isAccidental, isPitch, OCTAVE_MARKS, octaveMarksOf } from './note-characters.js';

const MAX_NOTES = 8;

/** The notes of a chord or of grace notes, after their opening bracket. */
export class NoteGroup {
  readonly isGrace: boolean;
  readonly #exact: boolean;
  #notes = 0;
  #accidental = '';
  /** The last note's letter, and its octave marks. */
  #pitch = '';
  #octave = '';
  #last = '';
  /** Of the first note of a chord, as written. */
  #length = '';
  closed = false;

  constructor(options: { isGrace: boolean; exact: boolean }) {
    this.isGrace = options.isGrace;
    this.#exact = options.exact;
  }

  copy(): NoteGroup {
    const copy = Object.assign(new NoteGroup({ isGrace: this.isGrace, exact: this.#exact }), this);
    copy.#notes = this.#notes;
    copy.#accidental = this.#accidental;
    copy.#pitch = this.#pitch;
    copy.#octave = this.#octave;
    copy.#last = this.#last;
    copy.#length = this.#length;
    return copy;
  }

  /** Notes so far, one of which only the accidental stands there counted. */
  get size(): number {
    return this.#notes + (this.#accidental === '' ? 0 : 1);
  }

  /** What the length of a chord's first note makes of the length after the chord (ABC 2.1, 4.17). */
  get factor(): number {
    return lengthFactor(this.#length) ?? NaN;
  }

  /** @returns what is wrong with the character here, if anything */
  take(c: string): string | undefined {
    const before = this.#last;
    this.#last = c;
    if (c === (this.isGrace ? '}' : ']') && this.#accidental === '') {
      this.closed = true;
      return this.#notes === 0 ? 'an empty group of notes' : undefined;
    }
    if ('^_='.includes(c)) {
      this.#accidental += c;
      return isAccidental(this.#accidental) ? undefined : 'an accidental too many';
    }
    if (isPitch(c)) {
      this.#accidental = '';
      this.#pitch = c;
      this.#notes += 1;
      return this.#notes > MAX_NOTES ? 'a group of more than eight notes' : undefined;
    }
    const understood =
      this.#accidental === '' && this.#notes > 0 ? this.#afterNote(c, before) : this.#slash(c, before);
    return understood ? undefined : `${JSON.stringify(c)} is not understood among notes`;
  }

  #afterNote(c: string, before: string): boolean {
    if (",'".includes(c)) {
      this.#octave = isPitch(before) ? c : this.#octave + c;
      return octaveMarksOf(this.#pitch, this.#exact).includes(c) && OCTAVE_MARKS.test(this.#octave);
    }
    if (this.#exact) return false;
    // Lengths of grace notes take no time.
    if (this.isGrace) return /[\d/ ]/.test(c);
    if (this.#notes === 1 && /[\d/]/.test(c)) {
      this.#length += c;
      return before !== '-' && lengthFactor(this.#length) !== undefined;
    }
    return /[\d/-]/.test(c);
  }

  /** `{/g}` is an acciaccatura. */
  #slash(c: string, before: string): boolean {
    return this.isGrace && !this.#exact && c === '/' && before === '';
  }
}
