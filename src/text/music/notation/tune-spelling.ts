import { barLineOf, barSignsEnd } from './bar-signs.js';
import { spellChord } from './chord-spelling.js';
import { decorationEnd, isOldChord } from './decorations.js';
import { readFieldKey } from './key.js';
import { lengthText } from './lengths.js';
import { barTicks, readMeter, readUnit, unitTicks } from './meter.js';
import { isPitch } from './note-characters.js';
import { isMark, isOrnament } from './ornaments.js';

/** A part of a line of notes: what waits for its note, such as an ornament, is told from the rest. */
type Kind = 'note' | 'bar' | 'space' | 'waiting' | 'other';

interface LinePart {
  readonly text: string;
  readonly kind: Kind;
  /** Of a bar line: the signs that it was written with. */
  readonly signs?: string;
}

/** Fields that say nothing of the notes, in a line of their own or in brackets. */
const BESIDE_NOTES = /[A-FGHINOPQRSTVWXYZrsw+]/;
const MAX_REST_BARS = 64;
const MAX_CHORD_SYMBOL = 24;
const MAX_SIGNS = 100;
/** As many as end on one note. */
const MAX_SLURS = 4;

const NOTE = /[_^=]*[A-Ga-g][,']*[\d/]*/y;
const REST = /[zx][\d/]*/y;
const BAR_REST = /[ZX](\d*)/y;
const TUPLET = /\((\d[\d:]*)/y;
const SPACER = /y[\d/]*/y;
const ENDING = /\[?(\d[\d,.-]*)/y;

/**
 * Makes one spelling of the lines of a voice, character by character: that which `TuneGrammar` knows. Decorations
 * that models do not learn, texts, line breaks and fields beside the notes are passed over, whatever is in them.
 */
export class TuneSpelling {
  #meter: string;
  #unit: string;
  /** What is written of the line in hand, which may have begun some lines before. */
  #parts: LinePart[] = [];
  readonly #lines: string[] = [];
  /** Letters that stand for a decoration by `U:`, and its name. */
  readonly #symbols = new Map<string, string>();
  #slurs = 0;
  /** Of the last part that neither waits nor is a space. */
  #lastKind: Kind = 'other';

  constructor({ meter, unit }: { meter: string; unit: string }) {
    this.#meter = meter;
    this.#unit = unit;
  }

  /** Takes a line, of notes or a field. @returns what is not understood in it */
  take(line: string): string | undefined {
    const field = /^([A-Za-z+]):(?![|:])/.exec(line)?.[1];
    if (field !== undefined) return this.#field(field, line.slice(2));
    const wrong = this.#notes(line);
    return wrong ?? this.#endLine();
  }

  /** The lines, one spelling each. The last may end without a bar line. */
  finish(): string[] {
    if (this.#parts.some(({ kind }) => kind === 'note')) {
      this.#dropWaiting();
      if (this.#last?.kind !== 'bar') this.#add('|', 'bar');
      this.#lines.push(this.#written());
    }
    return this.#lines;
  }

  get #last(): LinePart | undefined {
    return this.#parts.at(-1);
  }

  #add(text: string, kind: Kind): void {
    this.#parts.push({ text, kind });
    if (kind !== 'waiting' && kind !== 'space') this.#lastKind = kind;
  }

  #written(): string {
    return this.#parts.map(({ text }) => text).join('');
  }

  #dropSpace(): void {
    if (this.#last?.kind === 'space') this.#parts.pop();
  }

  /** Takes away what waits for a note that has not come. */
  #dropWaiting(): LinePart[] {
    const waiting: LinePart[] = [];
    while (this.#last?.kind === 'waiting' || this.#last?.kind === 'space') {
      const part = this.#parts.pop()!;
      if (part.kind === 'waiting') waiting.push(part);
    }
    return waiting.reverse();
  }

  #endLine(): undefined {
    if (this.#lastKind === 'bar') {
      const waiting = this.#dropWaiting();
      this.#lines.push(this.#written());
      this.#parts = waiting;
      this.#lastKind = 'other';
      // A line may end within a bar: the next goes on with it.
    } else this.#space();
    return undefined;
  }

  #space(): void {
    if (this.#last && this.#last.kind !== 'space' && this.#last.text !== '::') this.#add(' ', 'space');
  }

  /** @returns what is not understood */
  #field(name: string, text: string): string | undefined {
    const value = text.trim();
    switch (name) {
      case 'K': {
        const key = readFieldKey(value);
        if (key === undefined) return `the key ${JSON.stringify(value)} is not understood`;
        if (key !== '') this.#add(`[K:${key}]`, 'other');
        return undefined;
      }
      case 'M': {
        const meter = readMeter(value);
        if (meter === undefined) return `the meter ${JSON.stringify(value)} is not understood`;
        if (meter !== this.#meter) this.#add(`[M:${meter}]`, 'other');
        this.#meter = meter;
        return undefined;
      }
      case 'L': {
        const unit = readUnit(value);
        if (unit === undefined) return `the unit length ${JSON.stringify(value)} is not understood`;
        if (unit !== this.#unit) this.#add(`[L:${unit}]`, 'other');
        this.#unit = unit;
        return undefined;
      }
      case 'U':
        this.define(value);
        return undefined;
      default:
        return BESIDE_NOTES.test(name) ? undefined : `the field ${name}: is not understood`;
    }
  }

  /** Takes what `U:` says: a letter that stands for a decoration (ABC 2.1, 4.16). */
  define(value: string): void {
    const [, letter, name] = /^([~H-Wh-w])\s*=\s*[!+"]?([^!+"]*)/.exec(value) ?? [];
    if (letter !== undefined) this.#symbols.set(letter, name.trim());
  }

  /** @returns what is not understood in a line of notes */
  #notes(line: string): string | undefined {
    for (let i = 0; i < line.length;) {
      const read = this.#at(line, i);
      if (typeof read === 'string') return read;
      i = read;
    }
    return undefined;
  }

  /** Reads what stands at a place. @returns where it ends, or what is not understood */
  #at(line: string, at: number): number | string {
    const c = line[at];
    if (c === ' ' || c === '\t') {
      this.#space();
      return at + 1;
    }
    const signs = barSignsEnd(line, at);
    if (signs > at) return this.#bar(line, at, signs);
    const symbol = this.#symbols.get(c);
    if (symbol !== undefined) {
      this.#decorate(symbol);
      return at + 1;
    }
    if (isPitch(c) || '_^='.includes(c)) return this.#note(line, at, NOTE);
    switch (c) {
      case 'z':
      case 'x':
        return this.#note(line, at, REST);
      case 'Z':
      case 'X':
        return this.#barRest(line, at);
      case 'y':
        SPACER.lastIndex = at;
        SPACER.test(line);
        return SPACER.lastIndex;
      case '!':
      case '+':
        return this.#decoration(line, at);
      case '"':
        return this.#text(line, at);
      case '[':
        return this.#bracket(line, at);
      case '{':
        return this.#grace(line, at);
      case '(':
        return this.#open(line, at);
      case ')':
        return this.#close(at);
      case '-':
        return this.#tie(at);
      case '>':
      case '<':
        this.#dropSpace();
        this.#add(c, 'other');
        return at + 1;
      case '&':
        return 'it has voices within a bar (&)';
      default:
        return this.#single(line, at);
    }
  }

  #single(line: string, at: number): number | string {
    const c = line[at];
    // Dotted slurs and ties are slurs and ties.
    if (c === '.' && '(-)'.includes(line[at + 1] ?? ' ')) return at + 1;
    // Breaks of lines, and signs for how notes are set.
    if ('`$'.includes(c) || ('\\*'.includes(c) && at === line.length - 1)) return at + 1;
    this.#add(c, isOrnament(c) ? 'waiting' : 'other');
    return at + 1;
  }

  #note(line: string, at: number, pattern: RegExp): number | string {
    pattern.lastIndex = at;
    const [text] = pattern.exec(line) ?? [line[at]];
    this.#add(text, 'note');
    return at + text.length;
  }

  /** Rests of whole bars: `Z4` is four. */
  #barRest(line: string, at: number): number | string {
    BAR_REST.lastIndex = at;
    const [text, digits] = BAR_REST.exec(line)!;
    const bars = digits === '' ? 1 : Number(digits);
    if (bars > MAX_REST_BARS) return 'a rest of too many bars';
    const bar = `${text.startsWith('Z') ? 'z' : 'x'}${lengthText(barTicks(this.#meter) / unitTicks(this.#unit))}`;
    for (let i = 0; i < bars; i++) {
      if (i > 0) this.#add('|', 'bar');
      this.#add(bar, 'note');
    }
    return at + text.length;
  }

  #bar(line: string, at: number, end: number): number | string {
    this.#dropSpace();
    // Something that was passed over may stand between two halves of one.
    const before = this.#last?.signs ?? '';
    if (before.length > MAX_SIGNS) return 'too many bar lines in a row';
    const signs = before + line.slice(at, end);
    const bar = barLineOf(signs);
    if (bar === undefined) return `the bar line ${signs}`;
    if (before !== '') this.#parts.pop();
    let next = end;
    while (line[next] === ' ') next += 1;
    ENDING.lastIndex = line[next] === '[' ? next : end;
    const found = ENDING.exec(line);
    if (!found) {
      this.#parts.push({ text: bar, kind: 'bar', signs });
      this.#lastKind = 'bar';
      return end;
    }
    this.#add(`${bar}${bar === '|' || bar === ':|' ? '' : '['}${endingOf(found[1])}`, 'bar');
    return ENDING.lastIndex;
  }

  #decoration(line: string, at: number): number | string {
    const end = decorationEnd(line, at);
    // In the older way, `!` breaks a line.
    if (end === undefined) return line[at] === '!' ? at + 1 : '"+" is not understood';
    const name = line.slice(at + 1, end);
    if (line[at] === '+' && isOldChord(name)) return `the chord +${name}+ is of an older ABC`;
    this.#decorate(name);
    return end + 1;
  }

  /** Those that models learn stay; all others are passed over. */
  #decorate(name: string): void {
    if (isMark(name)) this.#add(`!${name}!`, 'waiting');
  }

  /** Chord symbols stay; annotations are passed over. */
  #text(line: string, at: number): number | string {
    const end = line.indexOf('"', at + 1);
    if (end < 0) return 'a chord symbol without an end';
    const text = line.slice(at + 1, end);
    if (text !== '' && !'^_<>@'.includes(text[0]) && text.length <= MAX_CHORD_SYMBOL) {
      this.#add(`"${text}"`, 'waiting');
    }
    return end + 1;
  }

  #bracket(line: string, at: number): number | string {
    ENDING.lastIndex = at;
    const number = ENDING.exec(line);
    if (number) {
      this.#add(`[${endingOf(number[1])}`, 'bar');
      return ENDING.lastIndex;
    }
    const field = /^[A-Za-z]:/.test(line.slice(at + 1, at + 3)) ? line[at + 1] : undefined;
    if (field !== undefined) {
      const end = line.indexOf(']', at);
      if (end < 0) return 'a field without an end';
      return this.#field(field, line.slice(at + 3, end)) ?? end + 1;
    }
    const chord = spellChord(line, at);
    if (chord === undefined) return 'a chord without an end';
    if (typeof chord === 'string') return chord;
    if (chord.text !== '') this.#add(chord.text, 'note');
    return chord.end;
  }

  /** Of what stands beside grace notes, only their lengths are kept. */
  #grace(line: string, at: number): number | string {
    const end = line.indexOf('}', at);
    if (end < 0) return 'grace notes without an end';
    const notes = line
      .slice(at, end + 1)
      .replace(/![^!]*!|\+[^+]*\+|"[^"]*"|[~.uvTHLMOPS()<>-]/g, '')
      .replace(/ +/g, ' ');
    if (/[A-Ga-g]/.test(notes)) this.#add(notes, 'waiting');
    return end + 1;
  }

  #open(line: string, at: number): number {
    TUPLET.lastIndex = at;
    const found = TUPLET.exec(line);
    if (!found) {
      this.#slurs += 1;
      this.#add('(', 'other');
      return at + 1;
    }
    // Readers differ on how long five, seven and nine notes last: here it is always said.
    const [text, numbers] = found;
    this.#add(/^[579]$/.test(numbers) ? `${text}:${this.#isCompound ? 3 : 2}` : text, 'other');
    return TUPLET.lastIndex;
  }

  /** 6/8, 9/8, 12/8 and the like (ABC 2.1, 4.13). */
  get #isCompound(): boolean {
    const beats = Number.parseInt(this.#meter);
    return beats > 3 && beats % 3 === 0;
  }

  #close(at: number): number {
    // One that never began is no music.
    if (this.#slurs > 0) {
      this.#slurs -= 1;
      this.#dropSpace();
      this.#add(')', 'other');
    }
    return at + 1;
  }

  /** A tie stands right after its note, before what ends a slur there. */
  #tie(at: number): number {
    this.#dropSpace();
    const closes: LinePart[] = [];
    while (this.#last?.text === ')' && closes.length < MAX_SLURS) closes.push(this.#parts.pop()!);
    this.#add('-', 'other');
    this.#parts.push(...closes);
    return at + 1;
  }
}

/** `1,3` of `1,3.`. */
function endingOf(text: string): string {
  return text.replace(/[,.-]+$/, '');
}
