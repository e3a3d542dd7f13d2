import { TuneBars, type BarLine } from './tune-bars.js';

const barLines: readonly BarLine[] = ['|', '||', '|]', '|:', ':|', '::'];

/** The bar lines that begin with what stands there. */
export function barLinesFrom(text: string): BarLine[] {
  return barLines.filter((line) => line.startsWith(text));
}

/** @returns the bar line, or undefined where it is none that a tune is written with here */
export function barLine(text: string): BarLine | undefined {
  return barLines.find((line) => line === text);
}

/** Sections, repeats and endings of a tune, as bar lines come by. */
export class TuneSections {
  readonly #exact: boolean;
  bars: TuneBars;
  /** 1 within a first ending, 2 where the second has to follow, 3 within that. */
  ending = 0;
  /** Whether the tune may end after the bar line just before. */
  ended = false;
  /** Whether a section has begun with the sign of a repeat, and nothing more. */
  #opened = false;
  /** The bar line that the section began with. */
  begun: BarLine | undefined;
  /** Whether a repeat has ended in the tune so far, and one with endings. */
  repeated = false;
  hadEndings = false;

  /** @param bar ticks of a whole bar */
  constructor(bar: number, options: { exact: boolean }) {
    this.#exact = options.exact;
    this.bars = new TuneBars(bar, options);
  }

  copy(): TuneSections {
    const copy = Object.assign(new TuneSections(this.bars.whole, { exact: this.#exact }), this);
    copy.bars = this.bars.copy();
    copy.#opened = this.#opened;
    return copy;
  }

  /** Whether a second ending has to follow. */
  get owesEnding(): boolean {
    return this.#exact && this.ending === 2;
  }

  /**
   * An ending begins after so many ticks of a bar.
   * @param passes when it is played: `1`, `2`, or several such as `1,3`
   * @returns what is wrong with it
   */
  startEnding(passes: string, ticks: number): string | undefined {
    if (this.#exact && ticks > 0) return 'an ending within a bar';
    const isFirst = passes.startsWith('1');
    if (this.#exact && this.ending !== (isFirst ? 0 : 2)) return 'endings out of order';
    if (this.#exact && isFirst && this.bars.first) return 'a first ending with nothing before it';
    // Players go back to the repeat's beginning, and after another repeat they know of none.
    if (this.#exact && isFirst && this.repeated && !this.#isOpen) return 'a first ending of no repeat';
    this.ending = isFirst ? 1 : 3;
    // An ending holds bars: one that is empty keeps players from ending the tune.
    if (this.#exact) this.ended = false;
    this.hadEndings = true;
    return undefined;
  }

  /** A bar line comes after so many ticks. @returns what is wrong with it */
  close(ticks: number, line: BarLine): string | undefined {
    const ends = line !== '|';
    const misplaced = this.#exact && ends ? this.#misplaced(line) : undefined;
    if (misplaced !== undefined) return misplaced;
    if (ends) this.begun = line;
    if (line === ':|' || line === '::') this.repeated = true;
    if (ticks === 0) {
      // A line may begin with the sign of a repeat, or with one bar line more.
      if (this.#exact && !(line === '|:' && this.bars.first && !this.#opened)) return 'an empty bar';
      this.#opened = true;
      this.ended &&= !this.#exact;
      if (!this.#exact && ends) this.bars.startSection(undefined);
      return undefined;
    }
    const wrong = this.bars.close(ticks, line);
    this.ended = ends && line !== '|:' && !(this.#exact && line === '::');
    this.#opened = line.endsWith(':');
    if (this.#exact && ends && this.ending === 1 && line !== ':|') {
      return 'a first ending that does not repeat';
    }
    if (ends) this.ending = this.ending === 1 ? 2 : 0;
    return wrong;
  }

  get #isOpen(): boolean {
    return this.begun === '|:' || this.begun === '::';
  }

  /**
   * What keeps a line from ending the section in hand: repeats end before others begin. Those that nothing began are
   * left to the tune's first, and to such as players make out: after endings, or before another repeat, they go astray.
   */
  #misplaced(line: BarLine): string | undefined {
    const closes = line === ':|' || line === '::';
    if (this.ending === 3) return closes ? 'a second ending that repeats' : undefined;
    if (this.#isOpen) return closes ? undefined : 'a repeat without an end';
    const isAstray = closes && this.repeated && (line === '::' || this.hadEndings);
    return isAstray ? 'a repeat without a beginning' : undefined;
  }

  /** What keeps the tune from being over here, if anything. */
  get unfinished(): string | undefined {
    if (this.bars.count === 0) return 'no bars';
    if (this.#exact && !this.ended) return 'no end';
    return this.owesEnding ? 'a first ending without a second' : this.bars.doubt;
  }
}
