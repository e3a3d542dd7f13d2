import { beforeAll, describe, expect, it } from 'vitest';
import { CharacterCounts } from '../../src/text/corpus/character-counts.js';
import { Spelling } from '../../src/text/corpus/spelling.js';
import { Vocabulary } from '../../src/text/corpus/vocabulary.js';

const counted = (text: string): CharacterCounts => {
  const counts = new CharacterCounts();
  counts.add(text);
  return counts;
};
const strange = 'naïve \u0000 Ж 世 😀 \u{10ffff}\ufeff';

describe('a vocabulary with bytes', () => {
  it.each([
    ['halves of bytes', new Vocabulary(['e', 'é'], { bytes: 'halves' }), 2 + 16],
    ['whole bytes', Vocabulary.ofBytes(), 256],
  ])('spells any text, and gives it back: %s', (_name, vocabulary, size) => {
    expect(vocabulary.size).toBe(size);
    for (const text of [strange, 'été', '']) expect(vocabulary.decode(vocabulary.encode(text))).toBe(text);
  });

  it('spells by UTF-8, as TextEncoder does', () => {
    const bytes = [...new TextEncoder().encode(strange)];
    expect([...Vocabulary.ofBytes().encode(strange)]).toEqual(bytes);
    const halves = new Vocabulary([], { bytes: 'halves' }).encode(strange);
    expect([...halves]).toEqual(bytes.flatMap((byte) => [byte >> 4, byte & 15]));
    // Half of a surrogate pair has no UTF-8.
    expect([...Vocabulary.ofBytes().encode('a\ud83db')]).toEqual([...new TextEncoder().encode('a\ud83db')]);
  });

  it('spells what came too rarely', () => {
    const counts = counted('aaabbbc\u{1f600}\u{1f600}');
    const rare = Vocabulary.ofCounts(counts, { minCount: 2, bytes: 'halves' });
    expect(rare.characters).toEqual(['a', 'b', '😀']);
    expect(rare.spelled).toBe(true);
    expect([...rare.encode('ac')]).toEqual([0, 3 + 6, 3 + 3]);
    expect(rare.unknownIn('cab c')).toEqual(['c', ' ']);
    const all = Vocabulary.ofCounts(counts, { minCount: 1, bytes: 'halves', always: '\n' });
    expect(all.characters).toEqual(['a', 'b', '😀', 'c', '\n']);
    expect(all.spelled).toBe(false);
  });

  it('survives JSON', () => {
    for (const vocabulary of [
      new Vocabulary(['a', 'ß'], { bytes: 'halves', spelled: false }),
      Vocabulary.ofBytes(),
      new Vocabulary(['a']),
    ]) {
      const again = Vocabulary.from(JSON.parse(JSON.stringify(vocabulary)) as readonly string[]);
      expect({ ...again }).toEqual({ ...vocabulary });
      expect(again.size).toBe(vocabulary.size);
    }
  });

  it('knows as its own what has a token', () => {
    const vocabulary = new Vocabulary(['e', '😀'], { bytes: 'halves' });
    expect(['e', '😀', 'x', 'ee', '', '\ud83d'].map((text) => vocabulary.has(text))).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
    expect(Vocabulary.ofBytes().unknownIn(strange)).toEqual([]);
  });
});

describe('Spelling', () => {
  const whole = Vocabulary.ofBytes();
  const halves = new Vocabulary(['a', 'b'], { bytes: 'halves' });

  /** Which bytes follow some others in UTF-8, by TextEncoder. */
  const following = new Map<string, Set<number>>();
  beforeAll(() => {
    const encoder = new TextEncoder();
    for (let codePoint = 0; codePoint <= 0x10ffff; codePoint++) {
      if (codePoint >= 0xd800 && codePoint <= 0xdfff) continue;
      // Beyond two bytes every last byte is looked at for one beginning alone, that of U+4E00.
      if (codePoint >= 0x800 && codePoint % 64 !== 0 && codePoint >> 6 !== 0x4e00 >> 6) continue;
      const bytes = encoder.encode(String.fromCodePoint(codePoint));
      bytes.forEach((byte, i) => {
        const start = bytes.subarray(0, i).join();
        following.set(start, (following.get(start) ?? new Set()).add(byte));
      });
    }
  });

  it.each([[[]], [[0xc3]], [[0xe0]], [[0xed]], [[0xe4]], [[0xe4, 0xb8]], [[0xf0]], [[0xf4]], [[0xf1, 0x80]]])(
    'allows after %j what well-formed UTF-8 goes on with',
    (start) => {
      const byBytes = new Spelling(whole);
      const byHalves = new Spelling(halves);
      for (const byte of start) {
        expect(byBytes.push(byte)).toBe('');
        byHalves.push(2 + (byte >> 4));
        byHalves.push(2 + (byte & 15));
      }
      const next = following.get(start.join())!;
      const expected = [...next].sort((a, b) => a - b);
      expect([...Array(256).keys()].filter((byte) => byBytes.allows(byte))).toEqual(expected);
      const uppers = [...new Set(expected.map((byte) => byte >> 4))];
      expect([...Array(16).keys()].filter((half) => byHalves.allows(2 + half))).toEqual(uppers);
      expect(byHalves.allows(0)).toBe(start.length === 0);
      byHalves.push(2 + uppers[0]);
      expect([...Array(16).keys()].filter((half) => byHalves.allows(2 + half))).toEqual(
        expected.filter((byte) => byte >> 4 === uppers[0]).map((byte) => byte & 15),
      );
      expect(byHalves.allows(0)).toBe(false);
    },
  );

  it('masks what is not allowed, and bytes at all where none were learnt', () => {
    const logits = Float32Array.from({ length: 18 }, (_, i) => i);
    const learnt = new Spelling(halves).mask(logits);
    // Bytes of continuation begin with 8 to B.
    expect([...learnt].map((logit) => Number.isFinite(logit))).toEqual(
      [...Array(18).keys()].map((token) => token < 2 || ![8, 9, 10, 11].includes(token - 2)),
    );
    const unlearnt = new Spelling(new Vocabulary(['a', 'b'], { bytes: 'halves', spelled: false }));
    expect([...unlearnt.mask(logits)]).toEqual([0, 1]);
  });

  it('makes U+FFFD of what is no character', () => {
    expect(whole.decode([0x61, 0xc3, 0x62])).toBe('a\ufffdb');
    expect(whole.decode([0x80, 0x61])).toBe('\ufffda');
    expect(whole.decode([0xe4, 0xb8])).toBe('\ufffd');
    expect(() => whole.decode([256])).toThrow('The token 256');
  });

  it('names tokens for people', () => {
    const spelling = new Spelling(halves);
    expect([0, 2 + 14].map((token) => spelling.nameOf(token))).toEqual(['a', '<E_>']);
    spelling.push(2 + 14);
    expect(spelling.nameOf(2 + 9)).toBe('<_9>');
    expect([0x41, 0xe9].map((token) => new Spelling(whole).nameOf(token))).toEqual(['A', '<E9>']);
  });
});
