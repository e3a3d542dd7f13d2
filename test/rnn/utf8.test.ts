import { afterEach, describe, expect, it, vi } from 'vitest';
import { decodeUtf8, encodeUtf8 } from '../../src/base/encoding/utf8.js';

describe('UTF-8 where the host has no TextDecoder, as in an AudioWorklet', () => {
  afterEach(() => vi.unstubAllGlobals());
  const texts = ['', 'plain', '\ufeffä ß € 𝄞 %41 "\\', 'half \ud834 pair \udd1e'];

  it.each(texts)('writes and reads %j as Node does', (text) => {
    const bytes = encodeUtf8(text);
    expect(Buffer.from(bytes).equals(Buffer.from(text))).toBe(true);
    const read = decodeUtf8(bytes);
    vi.stubGlobal('TextDecoder', undefined);
    vi.stubGlobal('TextEncoder', undefined);
    expect(Array.from(encodeUtf8(text))).toEqual(Array.from(bytes));
    expect(decodeUtf8(bytes)).toBe(read);
  });

  // Cut short, overlong, half of a surrogate pair, beyond U+10FFFF, a byte that is none.
  it.each([[[0xe2, 0x82]], [[0xc0, 0x80]], [[0xed, 0xa0, 0x80]], [[0xf4, 0x90, 0x80, 0x80]], [[0xff]]])(
    'refuses %j',
    (bytes) => {
      const view = Uint8Array.from(bytes);
      expect(() => decodeUtf8(view)).toThrow();
      vi.stubGlobal('TextDecoder', undefined);
      expect(() => decodeUtf8(view)).toThrow();
    },
  );
});
