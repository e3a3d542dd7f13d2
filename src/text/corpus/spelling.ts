import { Utf8State } from '../../base/encoding/well-formed-utf8.js';
import {
  choice,
  fieldsOf,
  flag,
  isNumberArray,
  listOf,
  optional,
  text,
  wholeNumber,
  wrongValue,
  type Schema,
} from '../../base/schema/index.js';

/**
 * How characters without a token of their own are spelled in the bytes of their UTF-8: not at all; in
 * halves of a byte, sixteen tokens, the upper half first; or in whole bytes, 256 tokens.
 */
export type ByteTokens = 'none' | 'halves' | 'whole';

/** What tokens mean: those of characters first, then those of several, then those of bytes. */
export interface Spelled {
  readonly characters: readonly string[];
  /** The texts of words or byte pairs. @default none */
  readonly pieces?: readonly string[];
  readonly bytes: ByteTokens;
  /** Whether characters spelled in bytes stand in the text that was trained on. */
  readonly spelled: boolean;
}

/** The schema of `ByteTokens`. */
export const byteTokensName = choice(['none', 'halves', 'whole']);

const anyCharacters = listOf(text);
// A vocabulary has looked at its characters itself.
const characterList: Schema<string[]> = {
  expected: 'an array of characters',
  parse: (value, name) => (Array.isArray(value) ? value : anyCharacters.parse(value, name)) as string[],
};
const spelledTokens = fieldsOf<Spelled>('a Vocabulary', {
  characters: characterList,
  pieces: optional(characterList),
  bytes: byteTokensName,
  spelled: flag,
});

/** Tokens after those of the characters. */
export const byteTokenCounts = { none: 0, halves: 16, whole: 256 } as const satisfies Record<
  ByteTokens,
  number
>;

/** Tokens on their way to text: characters and pieces at once, bytes when they make a character. */
export class Spelling {
  readonly #bytes: ByteTokens;
  readonly #spelled: boolean;
  readonly #characters: readonly string[];
  readonly #pieces: readonly string[];
  /** The number of the first token of bytes. */
  readonly #firstByte: number;
  readonly #token;
  readonly #state = new Utf8State();
  /** Those of a character that is not whole. */
  #begun: number[] = [];
  /** The upper half of a byte that lacks the lower one. */
  #upper: number | undefined;

  /** @param vocabulary a `Vocabulary` */
  constructor(vocabulary: Spelled) {
    const {
      characters,
      pieces = [],
      bytes,
      spelled,
    } = spelledTokens.parse(vocabulary, 'Spelling: vocabulary');
    this.#bytes = bytes;
    this.#spelled = spelled;
    this.#characters = characters;
    this.#pieces = pieces;
    this.#firstByte = characters.length + pieces.length;
    this.#token = wholeNumber({ min: 0, max: this.#firstByte + byteTokenCounts[bytes] - 1 });
  }

  #textOf(token: number): string {
    const characters = this.#characters.length;
    return token < characters ? this.#characters[token] : this.#pieces[token - characters];
  }

  /** Whether a character has begun and is not whole. */
  get inside(): boolean {
    return this.#upper !== undefined || this.#state.left > 0;
  }

  /** A token for people, as the next: its character or piece, or a byte such as `<E9>`, or half of one, `<E_>` or `<_9>`. */
  nameOf(token: number): string {
    this.#token.parse(token, 'nameOf: token');
    const [firstByte, bytes] = [this.#firstByte, this.#bytes];
    if (token < firstByte) return this.#textOf(token);
    const value = token - firstByte;
    const digits = value.toString(16).toUpperCase();
    if (bytes === 'whole') return value < 0x80 ? String.fromCharCode(value) : `<${digits}>`;
    return this.#upper === undefined ? `<${digits}_>` : `<_${digits}>`;
  }

  /** Whether a token can come next, so that the text stays well-formed UTF-8. */
  allows(token: number): boolean {
    return this.#allows(this.#token.parse(token, 'allows: token'));
  }

  #allows(token: number): boolean {
    const [firstByte, bytes] = [this.#firstByte, this.#bytes];
    if (token < firstByte) return !this.inside;
    const value = token - firstByte;
    if (bytes === 'whole') return this.#state.fits(value);
    if (this.#upper !== undefined) return this.#state.fits(this.#upper * 16 + value);
    for (let lower = 0; lower < 16; lower++) if (this.#state.fits(value * 16 + lower)) return true;
    return false;
  }

  /**
   * Logits without what must not come next: bytes that make no character, and bytes at all where the
   * model was not trained on any.
   */
  mask(logits: Float32Array | Float64Array): Float32Array | Float64Array {
    const [firstByte, bytes] = [this.#firstByte, this.#bytes];
    const size = firstByte + byteTokenCounts[bytes];
    if (!isNumberArray(logits) || Array.isArray(logits) || logits.length !== size) {
      throw wrongValue('mask: logits', `a typed array of ${size} logits`, logits);
    }
    if (bytes === 'none') return logits;
    if (!this.#spelled && !this.inside) return logits.subarray(0, firstByte);
    return logits.map((logit, token) => (this.#allows(token) ? logit : -Infinity));
  }

  /** @param token one that is allowed @returns the character that it ends, the text of a piece, or nothing */
  push(token: number): string {
    if (!this.allows(token)) {
      throw wrongValue('push: token', 'one that may come next, as allows tells', token);
    }
    const [firstByte, bytes] = [this.#firstByte, this.#bytes];
    if (token < firstByte) return this.#textOf(token);
    const value = token - firstByte;
    if (bytes === 'halves' && this.#upper === undefined) {
      this.#upper = value;
      return '';
    }
    const byte = this.#upper === undefined ? value : this.#upper * 16 + value;
    this.#upper = undefined;
    if (byte < 0x80) return String.fromCharCode(byte);
    this.#state.push(byte);
    this.#begun.push(byte);
    if (this.#state.left > 0) return '';
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(this.#begun));
    this.#begun = [];
    return text;
  }

  /** Ends the text. @returns U+FFFD where a character was not whole, or nothing */
  end(): string {
    if (!this.inside) return '';
    this.#upper = undefined;
    this.#begun = [];
    this.#state.left = 0;
    return '\ufffd';
  }
}
