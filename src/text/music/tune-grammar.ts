import { readKey } from './key.js';
import { lengthFactor } from './lengths.js';
import { TuneBars, type BarLine } from './tune-bars.js';

/** Ornaments and articulation of one letter, before a note. */
const ornaments = '~.uvTHLMOPS';
/** Those that are written `!trill!`. */
const marks = ['trill', 'fermata', 'roll', 'turn', 'accent', 'mordent', 'segno', 'coda', 'upbow', 'downbow'];
const barLines: ReadonlySet<string> = new Set<BarLine>(['|', '||', '|]', '|:', ':|', '::']);
const octaveMarks = /^(,{1,2}|'{1,2})$/;
const pitches = 'ABCDEFGabcdefg';
/** q of `(p`: p notes in the time of q, where the meter does not decide (ABC 2.1, 4.13). */
const tupletTime: Readonly<Record<number, number>> = { 2: 3, 3: 2, 4: 3, 6: 2, 8: 3 };

interface Event {
  /** Octave marks so far; undefined where there can be none: rests and chords. */
  octave: string | undefined;
  length: string;
  /** `>` or `<` after it, up to three. */
  arrows: string;
}

interface Tuplet {
  /** Notes still to come. */
  left: number;
  readonly factor: number;
  /** Ticks of its first note, which the others of an `exact` tune share. */
  ticks: number | undefined;
}

type Mode = 'bar' | 'line' | 'grace' | 'chord' | 'bracket' | 'paren' | 'tuplet' | 'quote' | 'mark' | 'field';

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
  readonly unit: number;
  readonly exact: boolean;
  bars: TuneBars;
  /** Ticks in the bar in hand, but for the note that may still grow. */
  ticks = 0;
  mode: Mode = 'bar';
  /** What stands so far of a bar line, chord symbol, mark or field. */
  text = '';
  event: Event | undefined;
  accidental = '';
  /** Notes within a chord or grace group; octave and length characters may follow the last. */
  group = 0;
  /** Octave marks of the last of them. */
  octave = '';
  tuplet: Tuplet | undefined;
  /** Factor and written ticks of the note before, where it ended in `>` or `<`. */
  broken: { factor: number; ticks: number } | undefined;
  slurs = 0;
  /** Ornaments and the like that wait for their note. */
  waiting = 0;
  /** The character before. */
  last = '\n';
  /** 1 within a first ending, 2 where the second has to follow, 3 within that. */
  ending = 0;
  /** Whether the tune may end after the bar line just before. */
  sectionEnded = false;
  /** Whether the key has changed since the last bar line. */
  keyChanged = false;
  /** Whether a section has begun with the sign of a repeat, and nothing more. */
  opened = false;
  ended = false;

  constructor({ bar, unit, exact = false }: GrammarOptions) {
    this.unit = unit;
    this.exact = exact;
    this.bars = new TuneBars(bar, { exact });
  }

  copy(): TuneGrammar {
    const { event, tuplet, bars, unit, exact } = this;
    const copy = Object.assign(new TuneGrammar({ bar: bars.whole, unit, exact }), this);
    copy.bars = bars.copy();
    if (event) copy.event = { ...event };
    if (tuplet) copy.tuplet = { ...tuplet };
    return copy;
  }

  /** @returns what is wrong with the character here, if anything; the grammar is then of no more use */
  push(c: string): string | undefined {
    if (this.ended) return 'the tune is over';
    const wrong = this.#push(c);
    this.last = c;
    return wrong;
  }

  /** The bar lines that begin with what stands there. */
  static barLinesFrom(text: string): BarLine[] {
    return ([...barLines] as BarLine[]).filter((line) => line.startsWith(text));
  }

  static marksFrom(text: string): string[] {
    return marks.filter((mark) => mark.startsWith(text));
  }

  #push(c: string): string | undefined {
    switch (this.mode) {
      case 'quote':
        if (c !== '"') return c === '\n' ? 'a chord symbol without an end' : this.#collect(c, 24);
        if (this.text === '') return 'an empty chord symbol';
        return this.#wait();
      case 'mark':
        if (c !== '!') return c === '\n' ? 'a mark without an end' : this.#collect(c, 16);
        return marks.includes(this.text) ? this.#wait() : `the mark !${this.text}! is not known`;
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
      case 'bar':
        return this.#inBar(c);
    }
  }

  #collect(c: string, atMost: number): string | undefined {
    this.text += c;
    return this.text.length > atMost ? `${JSON.stringify(this.text)} has no end` : undefined;
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
    if (this.exact && this.keyChanged) return 'two changes of key';
    this.keyChanged = true;
    if (name !== 'K:') return `[${name}...] within the tune is not understood`;
    return readKey(value) === undefined ? `the key ${JSON.stringify(value)} is not understood` : undefined;
  }

  #bracket(c: string): string | undefined {
    if (this.exact && this.ending === 2 && c !== '2') return 'a first ending without a second';
    if (this.exact && this.waiting > 0 && /[\dA-Z]/.test(c) && !pitches.includes(c)) {
      return 'an ornament without its note';
    }
    if (c === '1' || c === '2') {
      this.mode = 'bar';
      return this.#startEnding(Number(c));
    }
    if (/[KMLQRPIN]/.test(c)) {
      this.mode = 'field';
      this.text = c;
      return undefined;
    }
    this.mode = 'chord';
    this.group = 0;
    return this.#inGroup(c);
  }

  #startEnding(number: number): string | undefined {
    if (this.ticks > 0) return 'an ending within a bar';
    if (this.exact && (number === 1 ? this.ending !== 0 : this.ending !== 2)) return 'endings out of order';
    this.ending = number === 1 ? 1 : 3;
    return undefined;
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
    const match = /^(\d)(?::(\d)?)?(?::(\d)?)?$/.exec(this.text);
    this.text = '';
    this.mode = 'bar';
    if (!match || match[1] < '2') return 'a tuplet that is not understood';
    if (this.tuplet) return 'a tuplet within a tuplet';
    const p = Number(match[1]);
    // Five, seven and nine notes take the time of three in compound meters, of two in others.
    const compound = (this.bars.whole / this.unit) % 3 === 0;
    const q = match[2] ? Number(match[2]) : (tupletTime[p] ?? (compound ? 3 : 2));
    this.tuplet = { left: match[3] ? Number(match[3]) : p, factor: q / p, ticks: undefined };
    return this.#inBar(c);
  }

  #inGroup(c: string): string | undefined {
    const close = this.mode === 'grace' ? '}' : ']';
    if (c === close && this.accidental === '') {
      if (this.group === 0) return 'an empty group of notes';
      if (this.mode === 'grace') return this.#wait();
      this.mode = 'bar';
      return this.#open(undefined);
    }
    if ('^_='.includes(c)) return this.#addAccidental(c);
    if (pitches.includes(c)) {
      this.accidental = '';
      this.group += 1;
      return this.group > 8 ? 'a group of more than eight notes' : undefined;
    }
    if (this.accidental !== '' || this.group === 0) {
      return this.mode === 'grace' && c === '/' && this.last === '{' && !this.exact
        ? undefined
        : this.#unexpected(c);
    }
    if (",'".includes(c)) {
      this.octave = pitches.includes(this.last) ? c : this.octave + c;
      return octaveMarks.test(this.octave) ? undefined : this.#unexpected(c);
    }
    // Lengths of grace notes take no time; those within chords are left to the whole chord.
    return /[\d/ ]/.test(c) && this.mode === 'grace' && !this.exact ? undefined : this.#unexpected(c);
  }

  #addAccidental(c: string): string | undefined {
    this.accidental += c;
    return ['^', '^^', '_', '__', '='].includes(this.accidental) ? undefined : 'an accidental too many';
  }

  /** A note, rest or chord begins. */
  #open(octave: string | undefined): undefined {
    this.event = { octave, length: '', arrows: '' };
    this.accidental = '';
    this.waiting = 0;
    return undefined;
  }

  #inBar(c: string): string | undefined {
    if (this.accidental !== '') {
      if (pitches.includes(c)) return this.#open('');
      return '^_='.includes(c) ? this.#addAccidental(c) : 'an accidental without its note';
    }
    const { event } = this;
    if (event) {
      if (event.octave !== undefined && event.length === '' && event.arrows === '' && ",'".includes(c)) {
        event.octave += c;
        return octaveMarks.test(event.octave) ? undefined : 'too many octave marks';
      }
      if (/[\d/]/.test(c) && event.arrows === '') {
        event.length += c;
        return lengthFactor(event.length) === undefined ? `the length ${event.length}` : undefined;
      }
      if ('<>'.includes(c)) {
        event.arrows += c;
        return /^(>{1,3}|<{1,3})$/.test(event.arrows) ? undefined : 'a broken rhythm that is not understood';
      }
      const wrong = this.#closeEvent();
      if (wrong !== undefined) return wrong;
      if (c === '-') return this.exact && this.slurs > 0 ? 'a tie within a slur' : undefined;
    }
    return this.#start(c);
  }

  /** What the note that ends here is long, its tuplet and broken rhythm counted. */
  eventTicks(length: string): number {
    return this.unit * lengthFactor(length)! * (this.tuplet?.factor ?? 1) * (this.broken?.factor ?? 1);
  }

  #closeEvent(): string | undefined {
    const { length, arrows } = this.event!;
    const written = this.unit * lengthFactor(length)!;
    const bent = 2 ** -arrows.length;
    const factor = arrows === '' ? 1 : arrows.startsWith('>') ? 2 - bent : bent;
    const ticks = this.eventTicks(length) * factor;
    this.event = undefined;
    this.ticks += ticks;
    this.broken = arrows === '' ? undefined : { factor: 2 - factor, ticks: written };
    if (this.tuplet) {
      this.tuplet.ticks ??= ticks;
      if (this.exact && this.tuplet.ticks !== ticks) return 'a tuplet of unequal notes';
      this.tuplet.left -= 1;
      if (this.tuplet.left === 0) this.tuplet = undefined;
    }
    if (!Number.isInteger(this.ticks)) return `the length ${length}`;
    return this.ticks > this.bars.whole ? `bar ${this.bars.count + 1} is too long` : undefined;
  }

  #start(c: string): string | undefined {
    if (this.exact && this.ending === 2 && !' \n['.includes(c)) return 'a first ending without a second';
    if (pitches.includes(c)) return this.#open('');
    // Made up, a rest is to be seen.
    if (c === 'z' || (c === 'x' && !this.exact)) return this.#open(undefined);
    if ('^_='.includes(c)) return this.#addAccidental(c);
    if (ornaments.includes(c)) {
      this.waiting += 1;
      return undefined;
    }
    if (this.exact && this.waiting > 0 && !this.#mayWait(c)) return 'an ornament without its note';
    this.text = '';
    switch (c) {
      case ' ':
        if (this.exact && this.tuplet && this.tuplet.ticks === undefined) return 'a space within a tuplet';
        return this.last === ' ' || this.last === '\n' ? 'a space too many' : undefined;
      case '[':
        this.mode = 'bracket';
        return undefined;
      case '(':
        this.mode = 'paren';
        return undefined;
      case '{':
        this.mode = 'grace';
        this.group = 0;
        return undefined;
      case '"':
        this.mode = 'quote';
        return undefined;
      case '!':
        this.mode = 'mark';
        return undefined;
      case ')':
        this.slurs -= 1;
        return this.slurs < 0 || (this.exact && (this.tuplet !== undefined || ' (-'.includes(this.last)))
          ? 'a slur that ends and never began'
          : undefined;
      case '|':
      case ':':
        return this.#startLine(c);
      case '\n':
        return this.#endLine();
      default:
        return this.#unexpected(c);
    }
  }

  /** Whether what begins so may stand between an ornament or chord symbol and its note. */
  #mayWait(c: string): boolean {
    return '["!{'.includes(c) || (c === '(' && this.last === '"');
  }

  #startLine(c: string): string | undefined {
    if (this.tuplet) return 'a tuplet across a bar line';
    if (this.broken) return 'a broken rhythm across a bar line';
    this.waiting = 0;
    this.mode = 'line';
    this.text = c;
    return undefined;
  }

  #inLine(c: string): string | undefined {
    if ('|:]'.includes(c)) {
      this.text += c;
      return [...barLines].some((line) => line.startsWith(this.text))
        ? undefined
        : `the bar line ${this.text}`;
    }
    const line = this.text;
    const wrong = this.closeLine(line);
    if (wrong !== undefined) return wrong;
    if ((c === '1' || c === '2') && (line === '|' || line === ':|')) return this.#startEnding(Number(c));
    return this.#start(c);
  }

  /** Ends the bar in hand with a bar line. */
  closeLine(line: string): string | undefined {
    if (!barLines.has(line)) return `the bar line ${line}`;
    this.text = '';
    this.mode = 'bar';
    const ends = line !== '|';
    this.keyChanged = false;
    if (this.ticks === 0) {
      // A line may begin with the sign of a repeat, or with one bar line more.
      if (this.exact && !(line === '|:' && this.bars.first && !this.opened)) return 'an empty bar';
      this.opened = true;
      this.sectionEnded &&= !this.exact;
      if (!this.exact && ends) this.bars.startSection(undefined);
      return undefined;
    }
    const wrong = this.bars.close(this.ticks, line as BarLine);
    this.ticks = 0;
    this.sectionEnded = ends && line !== '|:';
    this.opened = line === '|:';
    if (this.exact && this.slurs > 0) return 'a slur across a bar line';
    if (this.exact && ends && this.ending === 1 && line !== ':|')
      return 'a first ending that does not repeat';
    if (ends) this.ending = this.ending === 1 ? 2 : 0;
    return wrong;
  }

  #endLine(): string | undefined {
    if (this.ticks > 0 || this.tuplet || this.waiting > 0) return 'a line that ends within a bar';
    if (this.last !== '\n') return undefined;
    if (this.bars.count === 0) return 'no bars';
    if (this.exact && !this.sectionEnded) return 'no end';
    if (this.exact && this.ending === 2) return 'a first ending without a second';
    this.ended = true;
    return undefined;
  }

  #unexpected(c: string): string {
    return `${JSON.stringify(c)} is not understood in bar ${this.bars.count + 1}`;
  }
}
