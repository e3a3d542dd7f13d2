/** Two tokens that become one, by their numbers. */
export type Merge = readonly [first: number, second: number];

/** More tokens than any vocabulary has: a pair of them is one whole number. */
const TOKENS = 2 ** 21;

/** A pair of tokens as a number, and back. */
export const keyOf = (first: number, second: number): number => first * TOKENS + second;
export const pairOf = (key: number): Merge => [Math.floor(key / TOKENS), key % TOKENS];

/** The texts of tokens as merges make them: one text is one token. */
export class MergedTexts {
  readonly #texts: string[];
  readonly #tokens: Map<string, number>;

  constructor(characters: readonly string[]) {
    this.#texts = [...characters];
    this.#tokens = new Map(characters.map((text, token) => [text, token]));
  }

  get length(): number {
    return this.#texts.length;
  }

  get texts(): readonly string[] {
    return this.#texts;
  }

  /** @returns the token that two become */
  merge(first: number, second: number): number {
    const text = this.#texts[first] + this.#texts[second];
    const known = this.#tokens.get(text);
    if (known !== undefined) return known;
    this.#tokens.set(text, this.#texts.length);
    return this.#texts.push(text) - 1;
  }
}

/** What pairs of tokens become, those learnt first before others. */
export class MergeTable {
  readonly #made = new Map<number, { rank: number; token: number }>();

  /** @param tokens what each merge makes */
  constructor(merges: readonly Merge[], tokens: readonly number[]) {
    merges.forEach(([first, second], rank) => {
      const key = keyOf(first, second);
      if (!this.#made.has(key)) this.#made.set(key, { rank, token: tokens[rank] });
    });
  }

  /** Merges the tokens of a unit as far as it goes. */
  apply(unit: readonly number[]): readonly number[] {
    let tokens = unit;
    for (;;) {
      let best: { rank: number; token: number } | undefined;
      let at = 0;
      for (let i = 1; i < tokens.length; i++) {
        const made = this.#made.get(keyOf(tokens[i - 1], tokens[i]));
        if (made && (!best || made.rank < best.rank)) [best, at] = [made, i];
      }
      if (!best) return tokens;
      tokens = merged(tokens, tokens[at - 1], tokens[at], best.token);
    }
  }
}

/** A pair of tokens as one, from left to right. */
export function merged(tokens: readonly number[], first: number, second: number, token: number): number[] {
  const made: number[] = [];
  for (let i = 0; i < tokens.length; i++) {
    if (tokens[i] === first && tokens[i + 1] === second) {
      made.push(token);
      i++;
    } else made.push(tokens[i]);
  }
  return made;
}
