import { SeqkitError } from '../../../base/errors.js';
import { Completion } from './completion.js';
import { barTicks, unitTicks } from '../notation/meter.js';
import { TuneGrammar } from '../notation/tune-grammar.js';
import { tuneHeader, type Tune } from '../notation/tune.js';

/** What the header of a tune holds, besides its title. */
export type Heading = Pick<Tune, 'type' | 'meter' | 'unit' | 'key'>;

/** After so many characters a tune without constraint is cut off. */
const MAX_CHARACTERS = 4_000;

export interface TuneWriterOptions {
  /** Whether only what keeps the tune valid may come. */
  constrained: boolean;
  /** The headings it may have. */
  headings: readonly Heading[];
  /** Whether the heading was asked for, and so binds a tune without constraint too. */
  asked: boolean;
  maxBars: number;
  /** Whether the model can write a character. */
  has: (character: string) => boolean;
}

/** One tune in the making: first its header, then its body, then the empty line that ends it. */
export class TuneWriter {
  readonly #options: TuneWriterOptions;
  #headers: { text: string; heading: Heading }[];
  #body: { grammar: TuneGrammar; completion: Completion; heading: Heading; start: number } | undefined;
  /** What `allows` found out, for `push`. */
  readonly #ways = new Map<string, TuneGrammar>();
  text = '';

  constructor(options: TuneWriterOptions) {
    this.#options = options;
    this.#headers = options.headings.map((heading) => ({ text: tuneHeader(heading), heading }));
  }

  get ended(): boolean {
    if (this.#body && this.#options.constrained) return this.#body.grammar.ended;
    return this.text.endsWith('\n\n') || this.text.length >= MAX_CHARACTERS;
  }

  /** Whether the header is written and the notes have begun. */
  get inBody(): boolean {
    return this.#body !== undefined || (this.#free && /^K:.*\n/m.test(this.text));
  }

  /** What the tune holds so far; undefined before its header is whole. */
  get tune(): Omit<Tune, 'title'> | undefined {
    if (!this.#body) return undefined;
    const { heading, start } = this.#body;
    return { ...heading, body: `${this.text.slice(start).trimEnd()}\n` };
  }

  /** Whether nothing is masked here. */
  get #free(): boolean {
    return !this.#options.constrained && (this.#body !== undefined || !this.#options.asked);
  }

  /** Whether a character may come next. */
  allows(c: string): boolean {
    if (this.#free) return true;
    if (!this.#body) return this.#headers.some(({ text }) => text[this.text.length] === c);
    const way = this.#body.completion.next(this.#body.grammar, c);
    if (way) this.#ways.set(c, way);
    return way !== undefined;
  }

  /** @param c a character that `allows` */
  push(c: string): void {
    this.text += c;
    if (this.#body) this.#body.grammar = this.#ways.get(c) ?? this.#body.grammar;
    else if (!this.#free) {
      this.#headers = this.#headers.filter(({ text }) => text.startsWith(this.text));
      const done = this.#headers.find(({ text }) => text === this.text);
      if (done) this.#startBody(done.heading);
    }
    this.#ways.clear();
  }

  /**
   * Takes the next character of the opening bars, as asked.
   * @returns a `bad-value` where no valid tune with this heading begins so
   */
  open(bars: string, at: number): SeqkitError | undefined {
    const c = bars[at];
    if (!this.#options.has(c) || !this.allows(c)) {
      const wrong = this.#options.has(c)
        ? (this.#body?.grammar.copy().push(c) ?? 'the bars could not add up after it')
        : 'the model does not know it';
      return new SeqkitError(
        `No tune here begins with ${JSON.stringify(bars)}: at character ${at + 1}, ${JSON.stringify(c)}, ${wrong}.`,
        { code: 'bad-value', hint: 'Write the bars in ABC, in the meter and unit length of the tune.' },
      );
    }
    this.push(c);
    return undefined;
  }

  #startBody(heading: Heading): void {
    const { has, maxBars } = this.#options;
    const unit = unitTicks(heading.unit);
    this.#body = {
      grammar: new TuneGrammar({ bar: barTicks(heading.meter), unit, exact: true }),
      completion: new Completion(has, { unit, maxBars }),
      heading,
      start: this.text.length,
    };
  }
}
