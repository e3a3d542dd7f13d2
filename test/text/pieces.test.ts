import { describe, expect, it } from 'vitest';
import { Random } from '../../src/base/math/random.js';
import { learnMerges } from '../../src/text/corpus/learn-merges.js';
import { countedCharacters } from '../../src/text/corpus/counted-characters.js';
import { encodeText, storeOf } from '../../src/text/corpus/token-store.js';
import { unitsOf } from '../../src/text/corpus/units.js';
import { Vocabulary, type StoredPieces } from '../../src/text/corpus/vocabulary.js';
import { learnVocabulary } from '../../src/text/model/learn-vocabulary.js';

const reading = { minCount: 2, vocabularySize: 200, byteFallback: true, lines: false };
const learnt = (text: string, tokens: 'words' | 'bpe', more: object = {}): Promise<Vocabulary> =>
  learnVocabulary([text], { ...reading, tokens, ...more });

/** Byte pairs as the paper has them: all pairs are counted anew for each merge, texts are the tokens. */
function naiveMerges(words: ReadonlyMap<string, number>, order: readonly string[], most: number): string[][] {
  const tokens = [...order];
  let split = [...words].map(([word, count]) => ({ parts: [...word], count }));
  const merges: string[][] = [];
  while (tokens.length < most) {
    const counts = new Map<string, { pair: string[]; count: number }>();
    for (const { parts, count } of split) {
      for (let i = 1; i < parts.length; i++) {
        const pair = parts.slice(i - 1, i + 1);
        const key = JSON.stringify(pair);
        counts.set(key, { pair, count: (counts.get(key)?.count ?? 0) + count });
      }
    }
    const place = (pair: string[]): number[] => pair.map((part) => tokens.indexOf(part));
    const [best] = [...counts.values()].sort(
      (a, b) =>
        b.count - a.count || place(a.pair)[0] - place(b.pair)[0] || place(a.pair)[1] - place(b.pair)[1],
    );
    if (best === undefined || best.count < 2) break;
    merges.push(best.pair);
    if (!tokens.includes(best.pair.join(''))) tokens.push(best.pair.join(''));
    split = split.map(({ parts, count }) => ({ parts: join(parts, best.pair), count }));
  }
  return merges;
}

function join(parts: readonly string[], [first, second]: readonly string[]): string[] {
  const joined: string[] = [];
  for (let i = 0; i < parts.length; i++) {
    if (parts[i] === first && parts[i + 1] === second) joined.push(first + parts[++i]);
    else joined.push(parts[i]);
  }
  return joined;
}

describe('byte pairs', () => {
  const merged = (words: ReadonlyMap<string, number>, most: number): string[][] => {
    const characters = [...new Set([...words.keys()].join(''))].sort();
    const units = [...words].map(([word, count]) => ({
      tokens: [...word].map((character) => characters.indexOf(character)),
      count,
    }));
    const texts = [...characters];
    return learnMerges(units, characters, { most, minCount: 2 }).map(([a, b]) => {
      const pair = [texts[a], texts[b]];
      if (!texts.includes(pair.join(''))) texts.push(pair.join(''));
      return pair;
    });
  };

  it('are those of the example of Sennrich et al. (2016), without its marks for ends of words', () => {
    const words = new Map(Object.entries({ low: 5, lower: 2, newest: 6, widest: 3 }));
    const four = merged(words, 10 + 4).map((pair) => pair.join(' '));
    expect(four).toEqual(['e s', 'es t', 'l o', 'lo w']);
  });

  it('are those of counting all pairs again for each merge', () => {
    const random = new Random(5);
    for (let round = 0; round < 30; round++) {
      const words = new Map<string, number>();
      for (let i = 0; i < 12; i++) {
        const letters = Array.from({ length: 1 + random.integer(9) }, () => 'abc'[random.integer(3)]);
        words.set(letters.join(''), 1 + random.integer(6));
      }
      const characters = [...new Set([...words.keys()].join(''))].sort();
      const most = characters.length + 1 + random.integer(25);
      expect(merged(words, most)).toEqual(naiveMerges(words, characters, most));
    }
  });

  it('encode as their merges one after the other do', async () => {
    const text =
      'the tide comes in, the tide goes out, and gulls go wheeling all about. aaaaaaa banana '.repeat(3);
    const vocabulary = await learnt(text, 'bpe', { vocabularySize: 70 });
    const stored = vocabulary.toJSON() as { pieces: Extract<StoredPieces, { kind: 'bpe' }> };
    const texts = [...vocabulary.characters, ...vocabulary.pieces];
    for (const unseen of [text, 'tides ate the weathered banana, aaaaa; gulling', 'o']) {
      const wanted = unitsOf(unseen, 'bpe').flatMap((unit) =>
        stored.pieces.merges.reduce((parts, [a, b]) => join(parts, [texts[a], texts[b]]), [...unit]),
      );
      const spelled = [...vocabulary.encode(unseen)].flatMap((token) => texts[token] ?? []);
      expect(spelled).toEqual(wanted.filter((part) => texts.includes(part)));
    }
  });
});

const hard = [
  ['plain text', 'To be, or not to be: that is the question.'],
  ['white space of all kinds', ' a  b\t\tc \n\n  d\r\n\u00a0e\u2028f \n'],
  ['apostrophes', "rock'n'roll, 'tis don’t ''quoted''"],
  ['emoji with joiners and skin tones', '👩‍👩‍👧 👍🏽 👍'],
  ['combining marks', 'e\u0301 \u00e9 n\u0303'],
  ['several scripts and numbers', 'Привет, 世界世界! שלום 𝔘𝔫𝔦 ٣٤٥ 12345678'],
  ['a lone surrogate', 'a\ud83db'],
  ['runs longer than a unit', `${'a'.repeat(300)}${' '.repeat(200)}${'?'.repeat(100)}`],
  ['nothing', ''],
] as const;

describe.each(['words', 'bpe'] as const)('a vocabulary of %s', (tokens) => {
  it.each(hard)('gives back %s, learnt from it or not', async (_what, text) => {
    expect(unitsOf(text, tokens).join('')).toBe(text);
    const own = await learnt(`${text}\n`.repeat(3), tokens, { vocabularySize: 2_000 });
    expect(own.decode(own.encode(text))).toBe(text);
    const other = await learnt('the cat sat on the mat. '.repeat(4), tokens);
    const known = text.replace('\ud83d', '\ufffd');
    expect(other.decode(other.encode(text))).toBe(/^[^]*\ud83db/.test(text) ? known : text);
  });

  it('reads the same tokens in whatever chunks the text comes', async () => {
    const text = hard.map(([, each]) => each).join('\n');
    const whole = await learnt(text.repeat(2), tokens, { vocabularySize: 1_000 });
    for (const size of [1, 2, 7, 50]) {
      const characters = [...text];
      const chunks = Array.from({ length: Math.ceil(characters.length / size) }, (_, i) =>
        characters.slice(i * size, (i + 1) * size).join(''),
      );
      const encoded = await encodeText(chunks, whole);
      expect([...encoded.read(0, encoded.length)]).toEqual([...whole.encode(text)]);
      const again = await learnVocabulary([...chunks, ...chunks], {
        ...{ ...reading, tokens, vocabularySize: 1_000 },
      });
      expect(JSON.stringify(again)).toBe(JSON.stringify(whole));
    }
  });

  it('survives JSON', async () => {
    const vocabulary = await learnt('the cat sat on the mat. '.repeat(4), tokens);
    const again = Vocabulary.from(JSON.parse(JSON.stringify(vocabulary)) as never);
    expect(again.pieces).toEqual(vocabulary.pieces);
    expect(again.tokens).toBe(tokens);
    expect([...again.encode('the mat')]).toEqual([...vocabulary.encode('the mat')]);
    expect(JSON.stringify(again.withSpelled(true))).toContain('"spelled":true');
  });

  it('counts the characters that tokens are of', async () => {
    const vocabulary = await learnt('the cat sat on the mat. '.repeat(4), tokens);
    const text = 'the 世界 cat é sat 👍 on';
    const store = storeOf(vocabulary.encode(text));
    const { length } = store;
    expect(countedCharacters(store, { start: 0, end: length }, vocabulary)).toBe([...text].length);
    for (let at = 0; at <= length; at++) {
      const parts = [
        { start: 0, end: at },
        { start: at, end: length },
      ].map((part) => countedCharacters(store, part, vocabulary));
      expect(parts[0] + parts[1]).toBe([...text].length);
    }
  });

  it('has no room for less than the characters', async () => {
    await expect(learnt('abcabc', tokens, { vocabularySize: 3 })).rejects.toThrow(
      'vocabularySize: 3 has no room for more than characters: the text has 3 different ones.',
    );
  });
});

describe('words', () => {
  it('that are rare are spelled in characters, and characters that are new in bytes', async () => {
    const vocabulary = await learnt('the cat and the hat and a bat', 'words');
    expect(vocabulary.pieces).toEqual(['and', 'the']);
    const texts = [...vocabulary.characters, ...vocabulary.pieces];
    const read = (text: string): (string | undefined)[] =>
      [...vocabulary.encode(text)].map((token) => texts[token] as string | undefined);
    expect(read('the cat')).toEqual(['the', ' ', 'c', 'a', 't']);
    // U+00E9 is 0xC3 0xA9: halves 12, 3, 10, 9.
    expect(read('and é')).toEqual(['and', ' ', ...new Array<undefined>(4).fill(undefined)]);
    expect([...vocabulary.encode('é')].map((token) => token - texts.length)).toEqual([12, 3, 10, 9]);
  });

  it.each<[string, StoredPieces, string]>([
    ['twice', { kind: 'words', words: ['ab', 'ab'] }, 'holds the word "ab" twice'],
    ['of one character', { kind: 'words', words: ['a'] }, 'has "a" for a token of several characters'],
    ['that join what there is not', { kind: 'bpe', merges: [[0, 9]] }, 'joins a token in pair 0'],
    [
      'that grow without end',
      { kind: 'bpe', merges: Array.from({ length: 9 }, (_, i) => [i && i + 1, i && i + 1] as const) },
      'for a token of several characters, which are 2 to 130',
    ],
  ])('%s in a file are refused', (_what, pieces, message) => {
    expect(() => new Vocabulary(['a', 'b'], { pieces })).toThrow(message);
  });
});
