import { listOf, someText } from '../../base/schema/index.js';
import { splitCharacters, splitWords } from '../../text/words/split-words.js';

/** What a text is made of: its characters, or its words, as white space parts them. */
export type TokenKind = 'characters' | 'words';

/** Tokens that stand for no text. Those of a table begin after them. */
export const [PADDING, UNKNOWN, START, END, FIRST] = [0, 1, 2, 3, 4] as const;

/** What `unknown` stands as in a text. */
export const UNKNOWN_TEXT = '\u{fffd}';

/** A list of tokens as a file keeps it. */
export const storedTokens = listOf(someText, { max: 2 ** 24 });

/** The tokens of one side, source or target, numbered. */
export class TokenTable {
  readonly #numbers: ReadonlyMap<string, number>;

  /** @param tokens each once; the first has the number 4 */
  constructor(
    readonly tokens: readonly string[],
    readonly kind: TokenKind,
    readonly lower: boolean,
  ) {
    this.#numbers = new Map(tokens.map((token, i) => [token, i + FIRST]));
  }

  /** The tokens that come at least `minCount` times in some texts, the more frequent ones first. */
  static of(texts: readonly string[], kind: TokenKind, lower: boolean, minCount: number): TokenTable {
    const counts = new Map<string, number>();
    for (const text of texts) {
      for (const token of tokensOf(text, kind, lower)) counts.set(token, (counts.get(token) ?? 0) + 1);
    }
    const kept = [...counts].filter(([, count]) => count >= minCount).sort(([, a], [, b]) => b - a);
    return new TokenTable(
      kept.map(([token]) => token),
      kind,
      lower,
    );
  }

  /** How many numbers there are: `inputDim` of an Embedding. */
  get size(): number {
    return FIRST + this.tokens.length;
  }

  /** A text as its tokens. */
  split(text: string): string[] {
    return tokensOf(text, this.kind, this.lower);
  }

  /** The numbers of tokens; those that the table does not have are `UNKNOWN`. */
  encode(tokens: readonly string[]): number[] {
    return tokens.map((token) => this.#numbers.get(token) ?? UNKNOWN);
  }

  /** The token of a number. */
  tokenOf(number: number): string {
    return number >= FIRST ? this.tokens[number - FIRST] : UNKNOWN_TEXT;
  }

  /** Tokens as one text. */
  join(tokens: readonly string[]): string {
    return tokens.join(this.kind === 'words' ? ' ' : '');
  }
}

function tokensOf(text: string, kind: TokenKind, lower: boolean): string[] {
  return kind === 'words'
    ? splitWords(text, { filters: '', lower, split: ' ' })
    : splitCharacters(text, lower);
}
