/** The bar lines a tune is written with here. */
export type BarLine = '|' | '||' | '|]' | '|:' | ':|' | '::';

/** Bar lines that end a section: those that repeat, and the double ones. */
const sectionEnds: ReadonlySet<string> = new Set(['||', '|]', '|:', ':|', '::']);

/**
 * Bar lengths of one tune, in ticks, as bar lines come by.
 *
 * A section (from one repeat or double bar to the next) may begin with a pickup, a bar that is short.
 * Its last bar is then short by as much, so that played again, or followed by the next section and
 * its pickup, the beats go on evenly. `exact` demands that. Without it, first and last bars of
 * sections may be short as they like, and a short bar in between has to be made up for by the next:
 * much that people wrote down is like that. But they stay the exception (`doubt`): a tune whose bars are all half of
 * its meter has another one, or another unit length.
 */
export class TuneBars {
  /** Ticks of a whole bar. */
  whole: number;
  readonly #exact: boolean;
  /** Bars closed so far, short ones counted. */
  count = 0;
  /** Whether the bar in hand is the first of its section. */
  first = true;
  /** How long the section's pickup was; 0 where there was none. */
  pickup = 0;
  /**
   * What the bar in hand has to be: after the end of a section, its pickup (0: none); elsewhere, what
   * makes up for a short bar before it. Undefined where that is open.
   */
  owed: number | undefined;
  /** Bars that are whole, and short ones that the one before made up for. */
  #wholes = 0;
  #madeUp = 0;

  constructor(whole: number, options: { exact: boolean }) {
    this.whole = whole;
    this.#exact = options.exact;
  }

  copy(): TuneBars {
    const bars = Object.assign(new TuneBars(this.whole, { exact: this.#exact }), this);
    bars.#wholes = this.#wholes;
    bars.#madeUp = this.#madeUp;
    return bars;
  }

  /** Ends a bar of so many ticks. @returns what is wrong with it, if anything */
  close(ticks: number, line: BarLine): string | undefined {
    const { whole, first } = this;
    const ends = sectionEnds.has(line);
    if (!(this.#exact ? this.#closesExactly(ticks, ends, line) : this.#closes(ticks, ends))) {
      return `bar ${this.count + 1} is ${+(ticks / whole).toFixed(3)} of the meter's length`;
    }
    this.count += 1;
    if (ticks === whole) this.#wholes += 1;
    else if (!first && !ends && ticks === this.owed) this.#madeUp += 1;
    if (ends) {
      // A pickup before the first repeat stands alone: the repeat comes back to what is after it.
      const opening = first && line === '|:' && ticks < whole;
      this.startSection(opening || !this.#exact ? undefined : this.pickup);
      return undefined;
    }
    if (first) this.pickup = ticks === whole ? 0 : ticks;
    this.owed = first || ticks === whole || ticks === this.owed ? undefined : whole - ticks;
    this.first = false;
    return undefined;
  }

  /** What speaks against the meter, if anything: how many of all bars are short. */
  get doubt(): string | undefined {
    const short = this.count - this.#wholes;
    const isException = short <= 2 + 2 * this.#wholes && this.#madeUp <= 1 + this.#wholes / 8;
    return this.#exact || isException ? undefined : `${short} of ${this.count} bars are short of the meter`;
  }

  /** @param owed what its pickup has to be; undefined where any will do */
  startSection(owed: number | undefined): void {
    this.first = true;
    this.pickup = 0;
    this.owed = owed;
  }

  /**
   * The lengths at which the bar in hand may end, in `exact` tunes.
   * @param last whether the section has to end with it
   */
  goals(last: boolean): readonly number[] | 'any' {
    const { whole, pickup } = this;
    if (this.first) {
      if (this.owed === undefined) return last ? [whole] : 'any';
      return [this.owed === 0 ? whole : this.owed];
    }
    if (pickup === 0) return [whole];
    return last ? [whole - pickup] : [whole - pickup, whole];
  }

  #closes(ticks: number, ends: boolean): boolean {
    if (ticks > this.whole) return false;
    return ends || this.first || this.owed === undefined || ticks === this.owed;
  }

  #closesExactly(ticks: number, ends: boolean, line: BarLine): boolean {
    const { whole, first, pickup, owed } = this;
    if (!first) return ticks === (ends ? whole - pickup : whole);
    if (ticks === whole) return !owed;
    return owed === undefined ? ticks < whole && (!ends || line === '|:') : ticks === owed && !ends;
  }
}
