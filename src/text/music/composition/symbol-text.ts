import { SeqkitError } from '../../../base/errors.js';

/** Where the characters that stand for symbols begin: Unicode leaves 6,400 from here to everyone's own use. */
const FIRST = 0xe000;
const MOST = 6_400;

/** Symbols as a text, one character each, which a text model reads and writes. */
export class SymbolText {
  /** Symbol i is the character U+E000 + i. */
  readonly symbols: readonly string[];
  readonly #numbers: ReadonlyMap<string, number>;

  /** @throws SeqkitError `bad-value` for more than 6,400 symbols */
  constructor(symbols: readonly string[]) {
    if (symbols.length > MOST) {
      throw new SeqkitError(`The tunes have ${symbols.length} different symbols; ${MOST} is the most.`, {
        code: 'bad-value',
        hint: 'Give fewer tunes, or such as have fewer rhythms.',
      });
    }
    this.symbols = [...symbols];
    this.#numbers = new Map(symbols.map((symbol, i) => [symbol, i]));
  }

  /** The symbols of some texts, each once, in the order in which they first come. */
  static of(texts: readonly (readonly string[])[]): SymbolText {
    return new SymbolText([...new Set(texts.flat())]);
  }

  has(symbol: string): boolean {
    return this.#numbers.has(symbol);
  }

  /** The character of a symbol that it has. */
  character(symbol: string): string {
    return String.fromCodePoint(FIRST + this.#numbers.get(symbol)!);
  }

  /** The text of symbols, all of which it has. */
  write(symbols: readonly string[]): string {
    return symbols.map((symbol) => this.character(symbol)).join('');
  }

  /** The symbol of a character; undefined for one that stands for none. */
  read(character: string): string | undefined {
    return this.symbols[(character.codePointAt(0) ?? 0) - FIRST];
  }
}
