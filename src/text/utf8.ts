import { SeqkitError } from '../rnn/errors.js';

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
    const value = bytes[offset].toString(16).toUpperCase().padStart(2, '0');
    throw new SeqkitError(`${source} is not UTF-8: byte ${offset} (0x${value}) does not fit.`, {
      code: 'bad-file',
      hint: 'Convert it first, for example with: iconv -f LATIN1 -t UTF-8 in.txt > out.txt',
      cause,
    });
  }
}

/**
 * The offset of the first byte that starts no well-formed sequence (Unicode 15, table 3-7),
 * or undefined where all are well formed.
 */
function invalidByte(bytes: Uint8Array): number | undefined {
  const continues = (at: number, low = 0x80, high = 0xbf): boolean =>
    at < bytes.length && bytes[at] >= low && bytes[at] <= high;
  for (let at = 0; at < bytes.length;) {
    const lead = bytes[at];
    if (lead < 0x80) {
      at += 1;
    } else if (lead >= 0xc2 && lead <= 0xdf && continues(at + 1)) {
      at += 2;
    } else if (lead >= 0xe0 && lead <= 0xef) {
      // Neither overlong forms nor surrogates.
      const low = lead === 0xe0 ? 0xa0 : 0x80;
      const high = lead === 0xed ? 0x9f : 0xbf;
      if (!continues(at + 1, low, high) || !continues(at + 2)) return at;
      at += 3;
    } else if (lead >= 0xf0 && lead <= 0xf4) {
      const low = lead === 0xf0 ? 0x90 : 0x80;
      const high = lead === 0xf4 ? 0x8f : 0xbf;
      if (!continues(at + 1, low, high) || !continues(at + 2) || !continues(at + 3)) return at;
      at += 4;
    } else {
      return at;
    }
  }
  return undefined;
}
