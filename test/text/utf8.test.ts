import { describe, expect, it } from 'vitest';
import { decodeUtf8 } from '../../src/base/encoding/well-formed-utf8.js';

const bytes = (...parts: (string | number)[]): Uint8Array =>
  Uint8Array.from(
    parts.flatMap((part) => (typeof part === 'string' ? [...new TextEncoder().encode(part)] : [part])),
  );

describe('decodeUtf8', () => {
  it('gives text of one to four bytes a character, line ends kept', () => {
    expect(decodeUtf8(bytes('a é 世 😀\r\n'), 'x')).toBe('a é 世 😀\r\n');
  });

  it('leaves out a byte order mark at the start alone', () => {
    expect(decodeUtf8(bytes('\ufeffab\ufeff'), 'x')).toBe('ab\ufeff');
  });

  it.each([
    ['Latin-1', bytes('caf', 0xe9, ' au lait'), 3, 'E9'],
    ['a stray continuation byte', bytes('世', 0x80), 3, '80'],
    ['an overlong form', bytes('a', 0xc0, 0x80), 1, 'C0'],
    ['an overlong form of three bytes', bytes(0xe0, 0x80, 0x80), 0, 'E0'],
    ['an overlong form of four bytes', bytes(0xf0, 0x80, 0x80, 0x80), 0, 'F0'],
    ['a surrogate', bytes('😀', 0xed, 0xa0, 0x80), 4, 'ED'],
    ['a code point above U+10FFFF', bytes('é', 0xf4, 0x90, 0x80, 0x80), 2, 'F4'],
    ['a sequence cut off at the end', bytes('ab', 0xe4, 0xb8), 2, 'E4'],
    ['UTF-16 with its mark', bytes(0xff, 0xfe, 'a', 0), 0, 'FF'],
  ])('names the first byte of %s', (_what, input, offset, value) => {
    expect(() => decodeUtf8(input, 'poems.txt')).toThrow(
      `poems.txt is not UTF-8: byte ${offset} (0x${value}) does not fit.`,
    );
  });
});
