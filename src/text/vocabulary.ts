import { SeqkitError } from '../rnn/errors.js';

/** How tokens are numbered: the most frequent character first, or by Unicode code point. */
export type VocabularyOrder = 'frequency' | 'codePoint';

/** Tokens of a text, in the narrowest array that holds every number below V. */
export type Tokens = Uint8Array | Uint16Array | Uint32Array;

/**
 * Characters and their numbers. A character is one Unicode code point: surrogate pairs stay
 * whole, combining marks stand alone, line ends are kept as they are.
 */
export class Vocabulary {
  /** The character of each token. */
  readonly characters: readonly string[];
  readonly #tokens: ReadonlyMap<string, number>;

  /** @throws SeqkitError `bad-value` where a character comes twice, or is not one code point */
  constructor(characters: readonly string[]) {
    const tokens = new Map<string, number>();
    characters.forEach((character, token) => {
      if (typeof character !== 'string' || [...character].length !== 1 || tokens.has(character)) {
        throw new SeqkitError(
          `A vocabulary holds single characters, each once; entry ${token} is ${JSON.stringify(character)}.`,
          { code: 'bad-value' },
        );
      }
      tokens.set(character, token);
    });
    this.characters = [...characters];
    this.#tokens = tokens;
  }

  /**
   * The characters of a text.
   * @param options.order @default 'frequency'; equally frequent ones go by code point
   */
  static of(text: string, options: { order?: VocabularyOrder } = {}): Vocabulary {
    const counts = new Map<string, number>();
    for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
    const byCodePoint = (a: string, b: string): number => a.codePointAt(0)! - b.codePointAt(0)!;
    const characters = [...counts.keys()].sort(byCodePoint);
    if ((options.order ?? 'frequency') === 'frequency') {
      characters.sort((a, b) => counts.get(b)! - counts.get(a)! || byCodePoint(a, b));
    }
    return new Vocabulary(characters);
  }

  /** V, how many characters there are. */
  get size(): number {
    return this.characters.length;
  }

  has(character: string): boolean {
    return this.#tokens.has(character);
  }

  /**
   * One token for each character.
   * @throws SeqkitError `unknown-word` for a character that is not in the vocabulary
   */
  encode(text: string): Tokens {
    // A text has at most as many code points as UTF-16 units.
    const tokens = this.#room(text.length);
    let length = 0;
    for (const character of text) {
      const token = this.#tokens.get(character);
      if (token === undefined) throw unknownCharacter(character, length);
      tokens[length++] = token;
    }
    return length === tokens.length ? tokens : tokens.slice(0, length);
  }

  /** @throws SeqkitError `bad-value` for a token that is no whole number from 0 to V - 1 */
  decode(tokens: ArrayLike<number>): string {
    return Array.from(tokens, (token) => {
      const character = this.characters[token];
      if (character === undefined) {
        throw new SeqkitError(`The token ${token} is not a whole number from 0 to ${this.size - 1}.`, {
          code: 'bad-value',
        });
      }
      return character;
    }).join('');
  }

  /** What `JSON.stringify` keeps; `new Vocabulary` takes it. */
  toJSON(): readonly string[] {
    return this.characters;
  }

  #room(length: number): Tokens {
    if (this.size <= 2 ** 8) return new Uint8Array(length);
    return this.size <= 2 ** 16 ? new Uint16Array(length) : new Uint32Array(length);
  }
}

function unknownCharacter(character: string, position: number): SeqkitError {
  const codePoint = character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
  return new SeqkitError(
    `The character ${JSON.stringify(character)} (U+${codePoint}), number ${position + 1} of the text, is not in the vocabulary.`,
    {
      code: 'unknown-word',
      hint: 'The model knows the characters of the text it was trained on: leave this one out, or train on a text that has it.',
    },
  );
}
