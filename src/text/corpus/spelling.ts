import { Utf8State } from '../../base/encoding/well-formed-utf8.js';

/**
 * How characters without a token of their own are spelled in the bytes of their UTF-8: not at all; in
 * halves of a byte, sixteen tokens, the upper half first; or in whole bytes, 256 tokens.
 */
export type ByteTokens = 'none' | 'halves' | 'whole';

/** What tokens mean: those of characters first, then those of bytes. */
export interface Spelled {
  readonly characters: readonly string[];
  readonly bytes: ByteTokens;
  /** Whether characters spelled in bytes stand in the text that was trained on. */
  readonly spelled: boolean;
}

/** Tokens on their way to text: characters at once, bytes when they make one. */
export class Spelling {
  readonly #vocabulary: Spelled;
  readonly #state = new Utf8State();
  #bytes: number[] = [];
  /** The upper half of a byte that lacks the lower one. */
  #upper: number | undefined;

  /** @param vocabulary a `Vocabulary` */
  constructor(vocabulary: Spelled) {
    this.#vocabulary = vocabulary;
  }

  /** Whether a character has begun and is not whole. */
  get inside(): boolean {
    return this.#upper !== undefined || this.#state.left > 0;
  }

  /** A token for people, as the next: its character, or a byte such as `<E9>`, or half of one, `<E_>` or `<_9>`. */
  nameOf(token: number): string {
    const { characters, bytes } = this.#vocabulary;
    if (token < characters.length) return characters[token];
    const value = token - characters.length;
    const digits = value.toString(16).toUpperCase();
    if (bytes === 'whole') return value < 0x80 ? String.fromCharCode(value) : `<${digits}>`;
    return this.#upper === undefined ? `<${digits}_>` : `<_${digits}>`;
  }

  /** Whether a token can come next, so that the text stays well-formed UTF-8. */
  allows(token: number): boolean {
    const { characters, bytes } = this.#vocabulary;
    if (token < characters.length) return !this.inside;
    const value = token - characters.length;
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
    const { characters, bytes, spelled } = this.#vocabulary;
    if (bytes === 'none') return logits;
    if (!spelled && !this.inside) return logits.subarray(0, characters.length);
    return logits.map((logit, token) => (this.allows(token) ? logit : -Infinity));
  }

  /** @param token one that is allowed @returns the character that it ends, or nothing */
  push(token: number): string {
    const { characters, bytes } = this.#vocabulary;
    if (token < characters.length) return characters[token];
    const value = token - characters.length;
    if (bytes === 'halves' && this.#upper === undefined) {
      this.#upper = value;
      return '';
    }
    const byte = this.#upper === undefined ? value : this.#upper * 16 + value;
    this.#upper = undefined;
    if (byte < 0x80) return String.fromCharCode(byte);
    this.#state.push(byte);
    this.#bytes.push(byte);
    if (this.#state.left > 0) return '';
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(this.#bytes));
    this.#bytes = [];
    return text;
  }

  /** Ends the text. @returns U+FFFD where a character was not whole, or nothing */
  end(): string {
    if (!this.inside) return '';
    this.#upper = undefined;
    this.#bytes = [];
    this.#state.left = 0;
    return '\ufffd';
  }
}
