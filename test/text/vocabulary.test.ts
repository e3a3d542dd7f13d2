import { describe, expect, it } from 'vitest';
import { SeqkitError } from '../../src/base/errors.js';
import { Vocabulary } from '../../src/text/corpus/vocabulary.js';

describe('Vocabulary', () => {
  it('goes by frequency, then by code point', () => {
    expect(Vocabulary.of('abcbcc zz').characters).toEqual(['c', 'b', 'z', ' ', 'a']);
  });

  it('goes by code point alone where asked, beyond the first plane too', () => {
    const order = 'codePoint';
    // By UTF-16 units the emoji (0xD83D) would stand before the fullwidth letter (0xFF21).
    expect(Vocabulary.of('😀Ａbba', { order }).characters).toEqual(['a', 'b', 'Ａ', '😀']);
  });

  it.each([
    ['plain text', 'To be, or not to be.'],
    ['line ends of all kinds', 'one\r\ntwo\nthree\rfour\r\n'],
    ['emoji with joiners and skin tones', '👩‍👩‍👧 👍🏽 👍'],
    ['combining marks, apart from composed letters', 'e\u0301 \u00e9 n\u0303'],
    ['several scripts', 'Привет, 世界! שלום 𝔘𝔫𝔦𝔠𝔬𝔡𝔢'],
    ['a lone surrogate', 'a\ud83db'],
    ['nothing', ''],
  ])('gives back %s', (_what, text) => {
    const vocabulary = Vocabulary.of(text);
    const tokens = vocabulary.encode(text);
    expect(tokens).toHaveLength([...text].length);
    expect(vocabulary.decode(tokens)).toBe(text);
  });

  it('survives JSON', () => {
    const text = 'a\ud83db "quoted" \\ 😀\r\n\u2028';
    const vocabulary = Vocabulary.of(text);
    const again = new Vocabulary(JSON.parse(JSON.stringify(vocabulary)) as string[]);
    expect(again.characters).toEqual(vocabulary.characters);
    expect(again.decode(vocabulary.encode(text))).toBe(text);
  });

  it('counts a surrogate pair as one character', () => {
    expect([...Vocabulary.of('😀😀a').encode('a😀')]).toEqual([1, 0]);
  });

  it('takes the narrowest array that holds every token', () => {
    const characters = (count: number): string[] =>
      Array.from({ length: count }, (_, i) => String.fromCodePoint(0x10000 + i));
    expect(new Vocabulary(characters(256)).encode('')).toBeInstanceOf(Uint8Array);
    expect(new Vocabulary(characters(257)).encode('')).toBeInstanceOf(Uint16Array);
    expect(new Vocabulary(characters(65_537)).encode('')).toBeInstanceOf(Uint32Array);
    const many = new Vocabulary(characters(300));
    expect([...many.encode(many.characters[299])]).toEqual([299]);
  });

  it('names a character it does not know, with its code point and place', () => {
    const error = thrown(() => Vocabulary.of('abc').encode('ab😀c'));
    expect(error.code).toBe('unknown-word');
    expect(error.message).toBe(
      'The character "😀" (U+1F600), number 3 of the text, is not in the vocabulary.',
    );
    expect(thrown(() => Vocabulary.of('abc').encode('\n')).message).toContain('"\\n" (U+000A), number 1');
  });

  it('refuses a token beyond its size', () => {
    expect(thrown(() => Vocabulary.of('abc').decode([0, 3])).message).toBe(
      'The token 3 is not a whole number from 0 to 2.',
    );
  });

  it.each([[['a', 'b', 'a']], [['ab']], [['']]])('refuses to be made of %j', (characters) => {
    expect(thrown(() => new Vocabulary(characters)).code).toBe('bad-value');
  });
});

function thrown(action: () => unknown): SeqkitError {
  try {
    action();
  } catch (error) {
    if (error instanceof SeqkitError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
