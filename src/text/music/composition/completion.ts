import { lengthsOf, type Length } from '../notation/lengths.js';
import { keySpellings } from '../notation/key.js';
import { WHOLE_TICKS } from '../notation/meter.js';
import { marksFrom } from '../notation/ornaments.js';
import { GRACE_TICKS, type TuneGrammar } from '../notation/tune-grammar.js';
import { barLinesFrom } from '../notation/tune-sections.js';

/** A chord symbol, or its beginning: a root, what kind, perhaps a bass. */
const SYMBOL = /^[A-G][#b]?([a-z\d]*)(?:\/((?:[A-G][#b]?)?))?$/;
/** The kinds of chord that players know. */
const chordKinds = '|m|7|m7|maj7|6|m6|9|m9|maj9|dim|dim7|aug|aug7|sus|sus4|sus2|7sus4|5|11'.split('|');
/** The tuplets that are made up. */
const tuplets = ['3', '2', '4'];
const GROUP_NOTES = 4;
const MAX_ORNAMENTS = 2;

function isSymbol(text: string): boolean {
  const [, kind, bass] = SYMBOL.exec(text) ?? [];
  return kind !== undefined && chordKinds.includes(kind) && bass !== '';
}

/**
 * Which characters may come next in a tune that is made up: those from which it can still be
 * brought to an end with every bar of the right length. Every length is a multiple of a quarter of
 * the unit, so what is left of a bar can always be filled; tuplets and broken rhythms are only begun
 * where their other notes fit too.
 */
export class Completion {
  readonly #has: (character: string) => boolean;
  readonly #lengths: readonly Length[];
  /** The shortest length in units that what is left of a bar can be filled with. */
  readonly grain: number;
  readonly #maxBars: number;
  readonly #keys: readonly string[];

  /**
   * @param has whether the model can write a character
   * @param options.unit ticks of the unit length
   * @param options.maxBars after so many, the section in hand ends the tune
   */
  constructor(has: (character: string) => boolean, { unit, maxBars }: { unit: number; maxBars: number }) {
    this.#has = has;
    // No note is shorter than a 1/64.
    const lengths = lengthsOf(has).filter(({ factor }) => factor * unit >= WHOLE_TICKS / 64);
    const grain = Math.min(...lengths.map(({ factor }) => (factor <= 0.5 ? factor : 1)));
    this.grain = grain;
    this.#lengths = lengths.filter(({ factor }) => Number.isInteger(factor / grain));
    this.#maxBars = maxBars;
    this.#keys = keySpellings();
  }

  /** @returns the grammar after the character, or undefined where it may not come */
  next(grammar: TuneGrammar, c: string): TuneGrammar | undefined {
    const after = grammar.copy();
    // What comes after a bar line ends it: only now is it clear which one it is.
    const closed = grammar.mode === 'line' && !'|:]'.includes(c) ? grammar.text : undefined;
    if (closed !== undefined && !this.#mayCome(grammar, closed)) return undefined;
    if (grammar.mode === 'quote' && c === '"' && !isSymbol(grammar.text)) return undefined;
    return after.push(c) === undefined && this.#canEnd(after) ? after : undefined;
  }

  #over({ sections: { bars } }: TuneGrammar): boolean {
    return bars.count >= this.#maxBars;
  }

  #canEnd(g: TuneGrammar): boolean {
    if (g.ended) return true;
    const pending = ['quote', 'mark', 'grace'].includes(g.mode) ? 1 : 0;
    if (g.waiting + pending > MAX_ORNAMENTS || g.slurs > (this.#has(')') ? 1 : 0)) return false;
    switch (g.mode) {
      case 'quote':
        return this.#symbolFits(g.text) && this.#noteFits(g);
      case 'mark':
        return marksFrom(g.text).some((mark) => this.#writable(mark, g.text)) && this.#noteFits(g);
      case 'field':
        return (
          g.time.ticks === 0 &&
          this.#keys.some((key) => this.#writable(`K:${key}]`, g.text)) &&
          this.#noteFits(g)
        );
      case 'bracket':
        return this.#has(']') && this.#noteFits(g);
      case 'grace':
        return g.group!.size <= GROUP_NOTES && this.#has('}') && this.#graceFits(g);
      case 'chord':
        return g.group!.size <= GROUP_NOTES && this.#has(']') && this.#noteFits(g);
      case 'paren':
        return this.#parenFits(g);
      case 'tuplet':
        return tuplets.includes(g.text) && this.#tupletFits(g);
      case 'line':
        return this.#lineFits(g);
      case 'bar':
        return this.#barFits(g);
      case 'ending':
        // What is made up has a first and a second, of one digit.
        return false;
    }
  }

  /** Whether a chord symbol may go on so: a root, what kind, perhaps a bass. */
  #symbolFits(text: string): boolean {
    if (text === '') return this.#has('"');
    const [, kind, bass] = SYMBOL.exec(text) ?? [];
    if (kind === undefined) return false;
    if (bass === undefined) return chordKinds.some((each) => this.#writable(each, kind));
    return chordKinds.includes(kind) && (bass !== '' || [...'ABCDEFG'].some(this.#has));
  }

  #writable(whole: string, from: string): boolean {
    return whole.startsWith(from) && [...whole.slice(from.length)].every(this.#has);
  }

  /** Whether a bar of so many ticks can be filled to one of the lengths at which it may end. */
  #feasible(g: TuneGrammar, ticks: number, room = 0): boolean {
    const grain = this.grain * g.time.unit;
    const goals = g.sections.bars.goals(this.#over(g));
    const fits = (goal: number): boolean => goal - ticks >= room * grain && (goal - ticks) % grain === 0;
    return goals === 'any' ? fits(g.sections.bars.whole) : goals.some(fits);
  }

  /** Whether another note has room, of any length. */
  #noteFits(g: TuneGrammar): boolean {
    if (this.#afterEnd(g)) return false;
    return this.#eventFits(g, '');
  }

  #eventFits(g: TuneGrammar, prefix: string): boolean {
    const { tuplet, broken, ticks, min } = g.time;
    return this.#lengths.some(({ text, factor }) => {
      if (!text.startsWith(prefix) || (min > 0 && g.time.eventTicks(text) <= min)) return false;
      const written = factor * g.time.unit;
      if (broken) return written === broken.ticks && this.#feasible(g, ticks + g.time.eventTicks(text));
      if (!tuplet) return this.#feasible(g, ticks + written);
      const note = written * tuplet.factor;
      if (tuplet.ticks !== undefined && note !== tuplet.ticks) return false;
      return Number.isInteger(note) && this.#feasible(g, ticks + note * tuplet.left);
    });
  }

  #parenFits(g: TuneGrammar): boolean {
    return (this.#has(')') && g.slurs === 0 && this.#noteFits(g)) || this.#someTuplet(g);
  }

  #someTuplet(g: TuneGrammar): boolean {
    return tuplets.some((p) => {
      if (!this.#has(p) || g.time.tuplet) return false;
      const trial = g.copy();
      return trial.push(p) === undefined && this.#tupletFits(trial);
    });
  }

  #tupletFits(g: TuneGrammar): boolean {
    if (g.time.broken) return false;
    // What the digit means shows with the note after it.
    const trial = g.copy();
    return trial.push('z') === undefined && this.#barFits(trial);
  }

  #lineFits(g: TuneGrammar): boolean {
    return barLinesFrom(g.text).some((line) => {
      if (!this.#writable(line, g.text) || !this.#mayCome(g, line)) return false;
      const trial = g.copy();
      return trial.closeLine(line) === undefined && this.#barFits(trial);
    });
  }

  /** Whether a bar line may come where the tune has to be brought to its end. */
  #mayCome(g: TuneGrammar, line: string): boolean {
    if (!this.#over(g)) return true;
    if (g.sections.bars.first) return line === '|' && g.time.ticks > 0;
    return line === ':|' || (g.sections.ending !== 1 && (line === '||' || line === '|]'));
  }

  /** The section is over, and no other may begin. */
  #afterEnd(g: TuneGrammar): boolean {
    return g.time.ticks === 0 && g.sections.ended && g.sections.ending !== 2 && this.#over(g);
  }

  /** Whether a note long enough for the grace notes in hand has room. */
  #graceFits(g: TuneGrammar): boolean {
    const trial = g.copy();
    trial.time.min = Math.max(1, g.group!.size) * GRACE_TICKS;
    return this.#noteFits(trial);
  }

  /** Whether the note that another is tied to has room, in this bar or after a plain bar line. */
  #tiedFits(g: TuneGrammar): boolean {
    if (this.#noteFits(g)) return true;
    const trial = g.copy();
    return (
      this.#mayCome(g, '|') &&
      trial.push('|') === undefined &&
      trial.closeLine('|') === undefined &&
      this.#noteFits(trial)
    );
  }

  #barFits(g: TuneGrammar): boolean {
    const { event } = g.time;
    if (g.tied !== undefined && !event) return this.#tiedFits(g);
    if (g.accidental !== '') return this.#noteFits(g);
    if (event) {
      if (this.#afterEnd(g)) return false;
      if (event.arrows === '') return this.#eventFits(g, event.length);
      if (event.arrows.length > 1 || g.time.tuplet || g.time.broken || g.time.min > 0) return false;
      const written = g.time.eventTicks(event.length);
      // Half as long again has to be one dot more.
      if (![0.5, 1, 2, 4].includes(written / g.time.unit) || written < WHOLE_TICKS / 32) return false;
      // Players that swing hornpipes by themselves pair notes from the beat on.
      const isDuple = g.sections.bars.whole % ((3 * WHOLE_TICKS) / 8) !== 0;
      if (isDuple && g.time.ticks % (2 * written) !== 0) return false;
      return this.#feasible(g, g.time.ticks + 2 * written);
    }
    if (g.time.tuplet || g.time.broken) return this.#noteFits(g);
    if (g.time.min > 0) return this.#noteFits(g);
    if (g.waiting > 0) return !this.#afterEnd(g) && this.#feasible(g, g.time.ticks, 1);
    if (g.time.ticks === 0 && g.sections.ending === 1 && !(this.#has('[') && this.#has('2'))) return false;
    if (this.#afterEnd(g)) return true;
    // A slur ends right after a note.
    if (g.slurs > 0 && g.last === ' ') return this.#feasible(g, g.time.ticks, 1);
    return this.#feasible(g, g.time.ticks);
  }
}
