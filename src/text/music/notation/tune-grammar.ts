import { BarTime } from './bar-time.js';
import { composedFault, HELD_AND_BROKEN } from './composed-rules.js';
import { readKey } from './key.js';
import { barTicks, readMeter, readUnit, unitTicks, WHOLE_TICKS } from './meter.js';
import { isAccidental, isPitch, octaveMarksOf } from './note-characters.js';
import { NoteGroup } from './note-group.js';
import { isMark, isOrnament } from './ornaments.js';
import { barLine, barLinesFrom, TuneSections } from './tune-sections.js';

type Mode =
  'bar' | 'line' | 'ending' | 'grace' | 'chord' | 'bracket' | 'paren' | 'tuplet' | 'quote' | 'mark' | 'field';
/** What begins with one character, and goes on over several. */
const beginnings: Readonly<Partial<Record<string, Mode>>> = {
  ...{ '[': 'bracket', '(': 'paren', '"': 'quote', '!': 'mark' },
};

/** What players take for a grace note. */
export const GRACE_TICKS = WHOLE_TICKS / 32;
const OTHER_NOTE = 'a tie to another note';

export interface GrammarOptions {
  /** Ticks of a bar and of the unit length. */
  bar: number;
  unit: number;
  /** Made up here: sections close exactly, and only what this grammar can end is begun. @default false */
  exact?: boolean;
}

/**
 * The body of a tune in ABC (standard 2.1), character by character, with the exact length of each
 * bar: notes with accidentals, octaves and lengths, rests, chords, broken rhythm, tuplets, ties,
 * slurs, ornaments, grace notes, chord symbols, key changes, repeats and endings. A line ends after a
 * bar line, the tune with an empty line.
 */
export class TuneGrammar {
  readonly exact: boolean;
  /** The bar in hand. */
  time: BarTime;
  /** The bars before it. */
  sections: TuneSections;
  mode: Mode = 'bar';
  /** What stands so far of a bar line, chord symbol, mark or field. */
  text = '';
  /** Of the note that comes. */
  accidental = '';
  /** The chord or grace notes in hand. */
  group: NoteGroup | undefined;
  slurs = 0;
  /** Ornaments and the like that wait for their note. */
  waiting = 0;
  /** The character before. */
  last = '\n';
  /** Characters of the line in hand. */
  column = 0;
  /** The note in hand, or the last: its letter and octave marks; '' of chords and rests. */
  pitch = '';
  /** What is tied to the note that comes, which has to be the same. */
  tied: string | undefined;
  /** Ornaments and grace notes among what waits. */
  ornaments = 0;
  graces = 0;
  /** Whether a fermata or staccato dot waits, or stands on the note in hand: with broken rhythm, players differ. */
  held = false;
  /** Whether ornaments stand on the note in hand: then players make several of it, and a tie finds none. */
  adorned = false;
  /** Whether the key has changed since the last bar line. */
  keyChanged = false;
  ended = false;

  constructor({ bar, unit, exact = false }: GrammarOptions) {
    this.exact = exact;
    this.time = new BarTime(unit, { exact });
    this.sections = new TuneSections(bar, { exact });
  }

  copy(): TuneGrammar {
    const { exact, time, sections } = this;
    const copy = Object.assign(new TuneGrammar({ bar: sections.bars.whole, unit: time.unit, exact }), this);
    copy.time = time.copy();
    copy.sections = sections.copy();
    copy.group = this.group?.copy();
    return copy;
  }

  /** @returns what is wrong with the character here, if anything; the grammar is then of no more use */
  push(c: string): string | undefined {
    if (this.ended) return 'the tune is over';
    // A letter and a colon at the start of a line are a field.
    if (c === ':' && this.column === 1 && /[A-Za-z]/.test(this.last) && this.exact)
      return 'a field within the tune';
    const wrong = this.#push(c);
    this.last = c;
    this.column = c === '\n' ? 0 : this.column + 1;
    return wrong;
  }

  #push(c: string): string | undefined {
    switch (this.mode) {
      case 'quote':
        if (c !== '"') return c === '\n' ? 'a chord symbol without an end' : this.#collect(c, 24);
        if (this.text === '') return 'an empty chord symbol';
        return this.#wait();
      case 'mark':
        if (c !== '!') return c === '\n' ? 'a mark without an end' : this.#collect(c, 16);
        if (!isMark(this.text)) return `the mark !${this.text}! is not known`;
        this.ornaments += 1;
        this.held ||= this.text === 'fermata';
        return this.#wait();
      case 'field':
        if (c !== ']') return c === '\n' ? 'a field without an end' : this.#collect(c, 24);
        return this.#field();
      case 'bracket':
        return this.#bracket(c);
      case 'paren':
      case 'tuplet':
        return this.#paren(c);
      case 'grace':
      case 'chord':
        return this.#inGroup(c);
      case 'line':
        return this.#inLine(c);
      case 'ending':
        return this.#inEnding(c);
      case 'bar':
        return this.#inBar(c);
    }
  }

  #collect(c: string, max: number): string | undefined {
    this.text += c;
    return this.text.length > max ? `${JSON.stringify(this.text)} has no end` : undefined;
  }

  #wait(): undefined {
    this.mode = 'bar';
    this.text = '';
    this.waiting += 1;
    return undefined;
  }

  #field(): string | undefined {
    const [name, value] = [this.text.slice(0, 2), this.text.slice(2)];
    this.text = '';
    this.mode = 'bar';
    if (name === 'K:') {
      if (this.exact && this.keyChanged) return 'two changes of key';
      this.keyChanged = true;
      return readKey(value) === undefined ? `the key ${JSON.stringify(value)} is not understood` : undefined;
    }
    // What is made up keeps to one meter.
    const meter = name === 'M:' && !this.exact ? readMeter(value) : undefined;
    const unit = name === 'L:' && !this.exact ? readUnit(value) : undefined;
    if (meter !== undefined) {
      if (this.time.ticks > 0) return 'a change of meter within a bar';
      this.sections.bars.whole = barTicks(meter);
    } else if (unit !== undefined) this.time.unit = unitTicks(unit);
    else return `[${name}...] within the tune is not understood`;
    return undefined;
  }

  #bracket(c: string): string | undefined {
    if (this.sections.owesEnding && c !== '2') return 'a first ending without a second';
    if (this.exact && this.waiting > 0 && /[\dA-Z]/.test(c) && !isPitch(c)) {
      return 'an ornament without its note';
    }
    if (/\d/.test(c)) return this.#startEnding(c);
    if (/[KMLQRPIN]/.test(c)) {
      this.mode = 'field';
      this.text = c;
      return undefined;
    }
    this.#startGroup(false);
    return this.#inGroup(c);
  }

  #paren(c: string): string | undefined {
    if (this.mode === 'paren' && !/\d/.test(c)) {
      this.mode = 'bar';
      this.slurs += 1;
      return this.#inBar(c);
    }
    if (/[\d:]/.test(c)) {
      this.mode = 'tuplet';
      return this.#collect(c, 6);
    }
    const wrong = this.time.startTuplet(this.text, this.sections.bars.whole);
    this.text = '';
    this.mode = 'bar';
    return wrong ?? this.#inBar(c);
  }

  #startGroup(isGrace: boolean): void {
    this.mode = isGrace ? 'grace' : 'chord';
    this.group = new NoteGroup({ isGrace, exact: this.exact });
  }

  #inGroup(c: string): string | undefined {
    const group = this.group!;
    const wrong = group.take(c);
    if (wrong !== undefined || !group.closed) return wrong;
    this.group = undefined;
    if (group.isGrace) {
      this.graces += 1;
      this.time.min = group.size * GRACE_TICKS;
      return this.#wait();
    }
    this.mode = 'bar';
    return Number.isNaN(group.factor) ? 'the length of a chord' : this.#open('', group.factor);
  }

  #addAccidental(c: string): string | undefined {
    this.accidental += c;
    return isAccidental(this.accidental) ? undefined : 'an accidental too many';
  }

  /** A note, rest or chord begins. @param pitch its letter, of a note */
  #open(pitch: string, factor?: number): undefined {
    this.time.open(pitch === '' ? '' : octaveMarksOf(pitch, this.exact), factor);
    this.accidental = '';
    this.pitch = pitch;
    this.adorned = this.ornaments > 0;
    this.#dropWaiting();
    return undefined;
  }

  #dropWaiting(): void {
    this.waiting = this.ornaments = this.graces = 0;
  }

  #inBar(c: string): string | undefined {
    if (this.accidental !== '') {
      if (isPitch(c)) return this.#open(c);
      return '^_='.includes(c) ? this.#addAccidental(c) : 'an accidental without its note';
    }
    if (this.time.event) {
      if (this.time.continues(c)) return this.#grow(c);
      const wrong = this.#closeEvent() ?? (c === '-' ? this.#tie() : undefined);
      this.held = false;
      if (wrong !== undefined || c === '-') return wrong;
    }
    return this.#start(c);
  }

  /** Takes a character that belongs to the note in hand. */
  #grow(c: string): string | undefined {
    if (",'".includes(c)) {
      this.pitch += c;
      if (this.tied !== undefined && !this.tied.startsWith(this.pitch)) return OTHER_NOTE;
    } else if (this.tied !== undefined && this.pitch !== this.tied) return OTHER_NOTE;
    if (this.exact && this.held && '<>'.includes(c)) return HELD_AND_BROKEN;
    return this.time.grow(c);
  }

  #tie(): string | undefined {
    if (!this.exact) return undefined;
    if (this.pitch === '' || this.adorned) return 'a tie of a chord, a rest or a note with ornaments';
    if (this.slurs > 0) return 'a tie within a slur';
    if (this.time.broken) return 'a tie within a broken rhythm';
    this.tied = this.pitch;
    return undefined;
  }

  #closeEvent(): string | undefined {
    const { bars } = this.sections;
    if (this.tied !== undefined && this.pitch !== this.tied) return OTHER_NOTE;
    this.tied = undefined;
    const wrong = this.time.close();
    if (wrong !== undefined) return wrong;
    return this.time.ticks > bars.whole ? `bar ${bars.count + 1} is too long` : undefined;
  }

  #start(c: string): string | undefined {
    if (this.sections.owesEnding && !' \n['.includes(c)) return 'a first ending without a second';
    if (this.tied !== undefined && !' |\n'.includes(c) && c !== this.tied[0]) return OTHER_NOTE;
    if (isPitch(c)) return this.#open(c);
    const wrong = this.exact ? composedFault(c, this) : undefined;
    if (wrong !== undefined) return wrong;
    // Made up, a rest is to be seen.
    if (c === 'z' || (c === 'x' && !this.exact)) return this.#open('');
    if ('^_='.includes(c)) return this.#addAccidental(c);
    if (isOrnament(c)) {
      if ('.H'.includes(c)) this.held = true;
      this.ornaments += 1;
      this.waiting += 1;
      return undefined;
    }
    this.text = '';
    const begun = beginnings[c];
    if (begun) {
      this.mode = begun;
      return undefined;
    }
    switch (c) {
      case ' ':
        return this.last === ' ' || this.last === '\n' ? 'a space too many' : undefined;
      case '{':
        this.#startGroup(true);
        return undefined;
      case ')':
        this.slurs -= 1;
        return this.slurs < 0 ? 'a slur that ends and never began' : undefined;
      case '|':
      case ':':
        return this.#startLine(c);
      case '\n':
        return this.#endLine();
      default:
        return this.#unexpected(c);
    }
  }

  #startLine(c: string): string | undefined {
    const wrong = this.time.unfinished;
    if (wrong !== undefined) return wrong;
    this.#dropWaiting();
    this.mode = 'line';
    this.text = c;
    return undefined;
  }

  #inLine(c: string): string | undefined {
    if ('|:]'.includes(c)) {
      this.text += c;
      return barLinesFrom(this.text).length > 0 ? undefined : `the bar line ${this.text}`;
    }
    const line = this.text;
    const wrong = this.closeLine(line);
    if (wrong !== undefined) return wrong;
    if (/\d/.test(c) && (line === '|' || line === ':|')) return this.#startEnding(c);
    return this.#start(c);
  }

  #startEnding(digit: string): string | undefined {
    if (this.exact) {
      this.mode = 'bar';
      if (this.tied !== undefined) return OTHER_NOTE;
      if (this.slurs > 0) return 'a slur into an ending';
      if (digit !== '1' && digit !== '2') return 'an ending that is neither the first nor the second';
      return this.sections.startEnding(digit, this.time.ticks);
    }
    this.mode = 'ending';
    this.text = digit;
    return undefined;
  }

  /** Numbers of passes: `1`, `2`, `1,3` or `1-3`. */
  #inEnding(c: string): string | undefined {
    if (/[\d,-]/.test(c)) return this.#collect(c, 12);
    const wrong = this.sections.startEnding(this.text, this.time.ticks);
    this.text = '';
    this.mode = 'bar';
    return wrong ?? this.#inBar(c);
  }

  /** Ends the bar in hand with a bar line. */
  closeLine(text: string): string | undefined {
    const line = barLine(text);
    if (line === undefined) return `the bar line ${text}`;
    if (this.tied !== undefined && line !== '|') return OTHER_NOTE;
    this.text = '';
    this.mode = 'bar';
    this.keyChanged = false;
    const { ticks } = this.time;
    this.time.ticks = 0;
    if (this.exact && this.slurs > 0 && ticks > 0) return 'a slur across a bar line';
    return this.sections.close(ticks, line);
  }

  #endLine(): string | undefined {
    const { ticks, tuplet } = this.time;
    if (ticks > 0 || tuplet || this.waiting > 0) return 'a line that ends within a bar';
    if (this.last !== '\n') return undefined;
    const wrong = this.sections.unfinished;
    this.ended = wrong === undefined;
    return wrong;
  }

  #unexpected(c: string): string {
    return `${JSON.stringify(c)} is not understood in bar ${this.sections.bars.count + 1}`;
  }
}
