import { SeqkitError } from '../../base/errors.js';
import { fileBytes, text as anyText } from '../../base/schema/index.js';

/**
 * Text from UTF-8. A byte order mark at the start is left out.
 * @param source what to call it in the error, such as the file's path
 * @throws SeqkitError `bad-file` that names the first byte which is not UTF-8
 */
export function decodeUtf8(given: Uint8Array, source: string): string {
  const bytes = fileBytes.parse(given, 'decodeUtf8: bytes');
  anyText.parse(source, 'decodeUtf8: source');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    const offset = invalidByte(bytes);
    // Too long for one string, say: nothing that this message could explain.
    if (offset === undefined) throw cause;
    throw notUtf8(bytes[offset], offset, source, cause);
  }
}

/** Which bytes may come next in well-formed UTF-8 (Unicode 15, table 3-7): no overlong forms, no surrogates. */
export class Utf8State {
  /** Bytes that the character in hand still lacks; 0 between characters. */
  left = 0;
  #low = 0;
  #high = 0;

  fits(byte: number): boolean {
    if (this.left > 0) return byte >= this.#low && byte <= this.#high;
    return byte < 0x80 || (byte >= 0xc2 && byte <= 0xf4);
  }

  /** @param byte one that fits */
  push(byte: number): void {
    const inside = this.left > 0;
    [this.#low, this.#high] = [0x80, 0xbf];
    if (inside) this.left--;
    else if (byte >= 0xf0) this.left = 3;
    else if (byte >= 0xe0) this.left = 2;
    else if (byte >= 0xc2) this.left = 1;
    if (inside) return;
    if (byte === 0xe0) this.#low = 0xa0;
    if (byte === 0xed) this.#high = 0x9f;
    if (byte === 0xf0) this.#low = 0x90;
    if (byte === 0xf4) this.#high = 0x8f;
  }
}

/** The UTF-8 of a code point; that of U+FFFD for half of a surrogate pair, which has none. */
export function utf8Of(codePoint: number): number[] {
  if (codePoint < 0x80) return [codePoint];
  const follow = (shift: number): number => 0x80 | ((codePoint >> shift) & 0x3f);
  if (codePoint < 0x800) return [0xc0 | (codePoint >> 6), follow(0)];
  if (codePoint >= 0xd800 && codePoint <= 0xdfff) return [0xef, 0xbf, 0xbd];
  if (codePoint < 0x10000) return [0xe0 | (codePoint >> 12), follow(6), follow(0)];
  return [0xf0 | (codePoint >> 18), follow(12), follow(6), follow(0)];
}

/**
 * The offset of the first character that is not well formed, or undefined where all are.
 */
function invalidByte(bytes: Uint8Array): number | undefined {
  const state = new Utf8State();
  let start = 0;
  for (let at = 0; at < bytes.length; at++) {
    if (state.left === 0) start = at;
    if (!state.fits(bytes[at])) return start;
    state.push(bytes[at]);
  }
  return state.left > 0 ? start : undefined;
}

/** Text from UTF-8 that comes in pieces, cut anywhere. A byte order mark at the start is left out. */
export class Utf8Pieces {
  readonly #source: string;
  /** The beginning of a character that the next piece ends. */
  #rest = new Uint8Array();
  /** Where the rest begins in the whole. */
  #offset = 0;

  /** @param source what to call it in the error, such as the file's path */
  constructor(source: string) {
    this.#source = source;
  }

  /** @throws SeqkitError `bad-file` that names the first byte which is not UTF-8 */
  push(piece: Uint8Array): string {
    const bytes = new Uint8Array(this.#rest.length + piece.length);
    bytes.set(this.#rest);
    bytes.set(piece, this.#rest.length);
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

/** How many of the bytes end with a whole character: all but the last three at most. */
function wholeCharacters(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back];
    if (byte < 0x80) break;
    if (byte < 0xc0) continue;
    const size = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return back < size ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

function notUtf8(byte: number, offset: number, source: string, cause: unknown): SeqkitError {
  const value = byte.toString(16).toUpperCase().padStart(2, '0');
  return new SeqkitError(`${source} is not UTF-8: byte ${offset} (0x${value}) does not fit.`, {
    code: 'bad-file',
    hint: 'Convert it first, for example with: iconv -f LATIN1 -t UTF-8 in.txt > out.txt',
    cause,
  });
}
