import { SeqkitError } from '../errors.js';
import { conversion } from './text-encodings.js';

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

/** The offset of the first character that is not well formed, or undefined where all are. */
export function invalidByte(bytes: Uint8Array): number | undefined {
  const state = new Utf8State();
  let start = 0;
  for (let at = 0; at < bytes.length; at++) {
    if (state.left === 0) start = at;
    if (!state.fits(bytes[at])) return start;
    state.push(bytes[at]);
  }
  return state.left > 0 ? start : undefined;
}

/** How many of the bytes end with a whole character: all but the last three at most. */
export function wholeCharacters(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back];
    if (byte < 0x80) break;
    if (byte < 0xc0) continue;
    const size = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return back < size ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

/** The error of a text that is not UTF-8. @param offset of the byte in the file */
export function notUtf8(byte: number, offset: number, source: string, cause?: unknown): SeqkitError {
  const value = byte.toString(16).toUpperCase().padStart(2, '0');
  return new SeqkitError(`${source} is not UTF-8: byte ${offset} (0x${value}) does not fit.`, {
    code: 'bad-file',
    hint: `Convert it from the encoding that it is in; text of Windows in Western Europe, for example, with: ${conversion('windows-1252')}`,
    cause,
  });
}

/**
 * Text from UTF-8. A byte order mark at the start is left out.
 * @param source what to call it in the error, such as the file's path
 * @throws SeqkitError `bad-file` that names the first byte which is not UTF-8
 */
export function decodeUtf8(bytes: Uint8Array, source: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    const offset = invalidByte(bytes);
    // Too long for one string, say: nothing that this message could explain.
    if (offset === undefined) throw cause;
    throw notUtf8(bytes[offset], offset, source, cause);
  }
}
