import { fatalDecoder } from '../../base/encoding/text-encodings.js';

/**
 * Turns the bytes of a word in a binary file into UTF-8.
 * @param encoding a label of the Encoding Standard
 * @returns undefined where the bytes are not of that encoding
 * @throws SeqkitError `bad-value` for an unknown encoding
 */
export function wordDecoder(encoding = 'utf-8'): (bytes: Uint8Array) => Uint8Array | undefined {
  const decoder = fatalDecoder(encoding, { ignoreBOM: true });
  const encoder = new TextEncoder();
  const isUtf8 = decoder.encoding === 'utf-8';
  return (bytes) => {
    if (isUtf8 && bytes.every((byte) => byte < 0x80)) return bytes;
    try {
      return encoder.encode(decoder.decode(bytes));
    } catch {
      return undefined;
    }
  };
}
