import { describe, expect, it } from 'vitest';
import { Tokenizer } from '../../../src/text/index.js';

const fitted = (texts: readonly string[], options = {}): Tokenizer => {
  const tokenizer = new Tokenizer(options);
  tokenizer.fitOnTexts(texts);
  return tokenizer;
};
const cats = ['The cat sat on the mat.', 'The dog sat; the dog slept!'];

describe('indices', () => {
  it('go by frequency, then by first appearance, from 1 on', () => {
    // the 4, sat 2, dog 2, then cat, on, mat and slept once each.
    const { wordIndex } = fitted(cats);
    expect([...wordIndex]).toEqual([
      ...[
        ['the', 1],
        ['sat', 2],
        ['dog', 3],
        ['cat', 4],
        ['on', 5],
        ['mat', 6],
        ['slept', 7],
      ],
    ]);
  });

  it('begin with the oovToken, where there is one', () => {
    const tokenizer = fitted(cats, { oovToken: '<OOV>' });
    expect(tokenizer.wordIndex.get('<OOV>')).toBe(1);
    expect(tokenizer.wordIndex.get('the')).toBe(2);
    expect(tokenizer.textsToSequences(['the purple cat'])).toEqual([[2, 1, 5]]);
    expect([0, 1, 2, 9].map((index) => tokenizer.wordOf(index))).toEqual([
      undefined,
      '<OOV>',
      'the',
      undefined,
    ]);
  });

  it('count on from call to call', () => {
    const tokenizer = fitted(['a b']);
    tokenizer.fitOnTexts(['b c c c']);
    expect([...tokenizer.wordIndex.keys()]).toEqual(['c', 'b', 'a']);
    expect([...tokenizer.wordCounts]).toEqual([
      ['a', 1],
      ['b', 2],
      ['c', 3],
    ]);
    expect([...tokenizer.wordDocs]).toEqual([
      ['a', 1],
      ['b', 2],
      ['c', 1],
    ]);
    expect(tokenizer.documentCount).toBe(2);
  });

  it('of an oovToken that is a word of the texts too are one', () => {
    const tokenizer = fitted(['a unknown b'], { oovToken: 'unknown' });
    expect([...tokenizer.wordIndex.keys()]).toEqual(['unknown', 'a', 'b']);
    expect(tokenizer.size).toBe(4);
  });
});

describe('numWords', () => {
  it('keeps the indices below it, without an oovToken leaving the others out', () => {
    const tokenizer = fitted(cats, { numWords: 3 });
    expect(tokenizer.textsToSequences(['the cat sat'])).toEqual([[1, 2]]);
    expect(tokenizer.sequencesToTexts([[1, 4, 2]])).toEqual(['the sat']);
    expect(tokenizer.wordIndex.size).toBe(7);
    expect(tokenizer.size).toBe(3);
  });

  it('turns the others into the oovToken', () => {
    const tokenizer = fitted(cats, { numWords: 3, oovToken: '?' });
    expect(tokenizer.textsToSequences(['the cat sat', 'a bird'])).toEqual([
      [2, 1, 1],
      [1, 1],
    ]);
    expect(tokenizer.sequencesToTexts([[2, 5, 1, 77]])).toEqual(['the ? ? ?']);
  });

  it('larger than what there is changes nothing', () => {
    expect(fitted(cats, { numWords: 100 }).size).toBe(8);
  });
});

describe('words', () => {
  const words = (text: string, options = {}): string[] => [...fitted([text], options).wordIndex.keys()];

  it('are parted by Keras’s filters, which leave apostrophes', () => {
    expect(words("Don't stop: it's 3.5%, isn't_it?")).toEqual([
      ...["don't", 'stop', "it's", '3', '5', "isn't", 'it'],
    ]);
    expect(Tokenizer.defaultFilters).toBe('!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n');
  });

  it('are parted by white space of any kind', () => {
    expect(words('one\r\ntwo\u00a0three\u3000four\tfive')).toEqual(['one', 'two', 'three', 'four', 'five']);
  });

  it('are parted by split alone where it is another', () => {
    expect(words('big cat|small dog', { split: '|', filters: '' })).toEqual(['big cat', 'small dog']);
    // What is filtered becomes the split.
    expect(words('a!b|c', { split: '|', filters: '!' })).toEqual(['a', 'b', 'c']);
  });

  it('keep their letters large where lower is false', () => {
    expect(words('The the', { lower: false })).toEqual(['The', 'the']);
  });

  it('written with a mark of its own or in one letter are one word', () => {
    expect(words('caf\u00e9 cafe\u0301 CAFE\u0301')).toEqual(['caf\u00e9']);
    expect(fitted(['caf\u00e9']).textsToSequences(['cafe\u0301'])).toEqual([[1]]);
  });

  it('of other scripts stay whole, marks and pairs of surrogates too', () => {
    expect(words('नमस्ते दुनिया, 𝒳𝒴 👍🏽!')).toEqual(['नमस्ते', 'दुनिया', '𝒳𝒴', '👍🏽']);
    expect(words('a👍b', { filters: '👍' })).toEqual(['a', 'b']);
  });

  it('that name what objects have are words', () => {
    const tokenizer = fitted(['constructor __proto__x toString']);
    expect(tokenizer.textsToSequences(['toString constructor hasOwnProperty'])).toEqual([[4, 1]]);
  });

  it('may be given apart', () => {
    const tokenizer = fitted([['New York', 'is'], ['New York']] as never);
    expect(tokenizer.textsToSequences([['new york', 'is'], 'is'])).toEqual([[1, 2], [2]]);
  });
});

describe('charLevel', () => {
  it('makes a word of every character, spaces and filtered ones too', () => {
    const tokenizer = fitted(['Aab! a'], { charLevel: true });
    expect([...tokenizer.wordIndex]).toEqual([
      ['a', 1],
      ['b', 2],
      ['!', 3],
      [' ', 4],
    ]);
    expect(tokenizer.textsToSequences(['ab ba'])).toEqual([[1, 2, 4, 2, 1]]);
    expect(tokenizer.sequencesToTexts([[1, 2, 4, 2, 1, 0]])).toEqual(['ab ba']);
  });

  it('keeps marks with their letters', () => {
    expect([...fitted(['q\u0301q'], { charLevel: true }).wordIndex.keys()]).toEqual(['q\u0301', 'q']);
  });

  it('is refused with filters or split', () => {
    expect(() => new Tokenizer({ charLevel: true, filters: '' })).toThrow('neither filters nor split');
  });
});

describe('there and back', () => {
  it('leaves padding out', () => {
    const tokenizer = fitted(cats);
    expect(tokenizer.sequencesToTexts([[0, 0, 1, 4], Int32Array.of(2, 99)])).toEqual(['the cat', 'sat']);
    expect(tokenizer.textsToSequences([''])).toEqual([[]]);
  });

  it('by JSON gives the same indices, and counts on', () => {
    const tokenizer = fitted(cats, { numWords: 5, oovToken: '<OOV>', lower: false });
    const again = Tokenizer.from(JSON.parse(JSON.stringify(tokenizer)) as never);
    expect([...again.wordIndex]).toEqual([...tokenizer.wordIndex]);
    expect(again.textsToSequences(cats)).toEqual(tokenizer.textsToSequences(cats));
    again.fitOnTexts(['mat mat mat mat mat']);
    tokenizer.fitOnTexts(['mat mat mat mat mat']);
    expect(JSON.stringify(again)).toBe(JSON.stringify(tokenizer));
    expect(again.wordIndex.get('mat')).toBe(2);
  });
});

describe('refused', () => {
  it.each([
    ['a text in the place of texts', (t: Tokenizer) => t.fitOnTexts('the cat' as never), 'must be an array'],
    ['a number for a text', (t: Tokenizer) => t.fitOnTexts([3] as never), 'texts[0] must be text'],
    [
      'a half index',
      (t: Tokenizer) => t.sequencesToTexts([[0.5]]),
      'sequences[0] must be an array of indices',
    ],
    ['use before fitOnTexts', () => new Tokenizer().textsToSequences(['a']), 'not seen any text'],
    ['no words', () => new Tokenizer({ numWords: 0 }), 'numWords must be a whole number of at least 1'],
    ['a file of another version', () => Tokenizer.from({ formatVersion: 2 } as never), 'formatVersion'],
    [
      'a word twice in a file',
      () =>
        Tokenizer.from({
          ...{ formatVersion: 1, options: {}, documentCount: 1 },
          words: [
            ['a', 1, 1],
            ['a', 2, 1],
          ],
        }),
      'each word once',
    ],
  ] as [string, (t: Tokenizer) => unknown, string][])('%s', (_, use, message) => {
    expect(() => use(fitted(cats))).toThrow(message);
  });
});
