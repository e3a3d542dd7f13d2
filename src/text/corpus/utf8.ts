import { invalidByte, notUtf8, wholeCharacters } from '../../base/encoding/well-formed-utf8.js';

/** The UTF-8 of a code point; that of U+FFFD for half of a surrogate pair, which has none. */
export function utf8Of(codePoint: number): number[] {
  if (codePoint < 0x80) return [codePoint];
  const follow = (shift: number): number => 0x80 | ((codePoint >> shift) & 0x3f);
  if (codePoint < 0x800) return [0xc0 | (codePoint >> 6), follow(0)];
  if (codePoint >= 0xd800 && codePoint <= 0xdfff) return [0xef, 0xbf, 0xbd];
  if (codePoint < 0x10000) return [0xe0 | (codePoint >> 12), follow(6), follow(0)];
  return [0xf0 | (codePoint >> 18), follow(12), follow(6), follow(0)];
}

/** Text from UTF-8 that comes in chunks, cut anywhere. A byte order mark at the start is left out. */
export class Utf8Chunks {
  readonly #source: string;
  /** The beginning of a character that the next chunk ends. */
  #rest = new Uint8Array();
  /** Where the rest begins in the whole. */
  #offset = 0;

  /** @param source what to call it in the error, such as the file's path */
  constructor(source: string) {
    this.#source = source;
  }

  /** @throws SeqkitError `bad-file` that names the first byte which is not UTF-8 */
  push(chunk: Uint8Array): string {
    const bytes = new Uint8Array(this.#rest.length + chunk.length);
    bytes.set(this.#rest);
    bytes.set(chunk, this.#rest.length);
    const whole = wholeCharacters(bytes);
    const text = this.#decode(bytes.subarray(0, whole));
    this.#rest = bytes.slice(whole);
    this.#offset += whole;
    return text;
  }

  /** @throws SeqkitError `bad-file` where the last character is not whole */
  end(): void {
    if (this.#rest.length > 0) this.#decode(this.#rest);
  }

  #decode(bytes: Uint8Array): string {
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: this.#offset > 0 }).decode(bytes);
    } catch (cause) {
      const offset = invalidByte(bytes);
      if (offset === undefined) throw cause;
      throw notUtf8(bytes[offset], this.#offset + offset, this.#source, cause);
    }
  }
}
