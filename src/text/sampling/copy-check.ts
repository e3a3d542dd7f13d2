import { text } from '../../base/schema/index.js';

/** How much of a text stands word for word in another. */
export interface CopyReport {
  /** The longest stretch that stands in both. */
  readonly longest: string;
  /** Its length in characters. */
  readonly longestLength: number;
  /** How many different stretches of eight characters the text has. */
  readonly distinctEightGrams: number;
  /** The share of its stretches of eight characters that stand in the other; 0 where it has none. */
  readonly seenEightGrams: number;
}

interface State {
  readonly next: Map<string, number>;
  link: number;
  readonly length: number;
  /** Where in the text its stretches end. */
  readonly end: number;
}

/**
 * Finds what a made text has copied from a training text, which is read chunk by chunk: the suffix
 * automaton of the made text (Blumer et al. 1985) walks along the training text, so that time grows
 * with both lengths and memory with the made one alone.
 *
 * @example
 * const check = new CopyCheck(poem);
 * check.read(trainingText);
 * check.report().longest;
 */
export class CopyCheck {
  readonly #characters: string[];
  readonly #states: State[] = [{ next: new Map(), link: -1, length: 0, end: -1 }];
  /** Stretches of eight characters, and whether they were met. */
  readonly #grams = new Map<string, boolean>();
  #at = 0;
  #matched = 0;
  #best = { length: 0, end: -1 };
  #window: string[] = [];

  /** @param made the text that may hold copies */
  constructor(made: string) {
    this.#characters = [...text.parse(made, 'CopyCheck: made')];
    let last = 0;
    this.#characters.forEach((character, i) => (last = this.#extend(last, character, i)));
    for (let i = 0; i + 8 <= this.#characters.length; i++) this.#grams.set(this.#gramAt(i), false);
  }

  /** Reads the next chunk of the training text. */
  read(chunk: string): void {
    text.parse(chunk, 'read: chunk');
    for (const character of chunk) {
      this.#follow(character);
      this.#window.push(character);
      if (this.#window.length > 8) this.#window.shift();
      if (this.#window.length === 8) {
        const gram = this.#window.join('');
        if (this.#grams.has(gram)) this.#grams.set(gram, true);
      }
    }
  }

  /** Begins anew, as after the end of one training text: no copy goes on into the next. */
  break(): void {
    this.#at = 0;
    this.#matched = 0;
    this.#window = [];
  }

  report(): CopyReport {
    const { length, end } = this.#best;
    let seen = 0;
    const count = Math.max(0, this.#characters.length - 7);
    for (let i = 0; i < count; i++) if (this.#grams.get(this.#gramAt(i))) seen++;
    return {
      longest: this.#characters.slice(end - length + 1, end + 1).join(''),
      longestLength: length,
      distinctEightGrams: this.#grams.size,
      seenEightGrams: count === 0 ? 0 : seen / count,
    };
  }

  #gramAt(start: number): string {
    return this.#characters.slice(start, start + 8).join('');
  }

  #follow(character: string): void {
    const states = this.#states;
    while (this.#at > 0 && !states[this.#at].next.has(character)) {
      this.#at = states[this.#at].link;
      this.#matched = states[this.#at].length;
    }
    const next = states[this.#at].next.get(character);
    if (next === undefined) return;
    this.#at = next;
    this.#matched += 1;
    if (this.#matched > this.#best.length) this.#best = { length: this.#matched, end: states[next].end };
  }

  /** Adds a character to the automaton. @returns the state of the whole text so far */
  #extend(last: number, character: string, end: number): number {
    const states = this.#states;
    const current = states.push({ next: new Map(), link: 0, length: states[last].length + 1, end }) - 1;
    let at = last;
    while (at >= 0 && !states[at].next.has(character)) {
      states[at].next.set(character, current);
      at = states[at].link;
    }
    if (at < 0) return current;
    const target = states[at].next.get(character)!;
    if (states[at].length + 1 === states[target].length) {
      states[current].link = target;
      return current;
    }
    const { next, link, end: copiedEnd } = states[target];
    const copy =
      states.push({ next: new Map(next), link, length: states[at].length + 1, end: copiedEnd }) - 1;
    while (at >= 0 && states[at].next.get(character) === target) {
      states[at].next.set(character, copy);
      at = states[at].link;
    }
    states[target].link = copy;
    states[current].link = copy;
    return current;
  }
}
