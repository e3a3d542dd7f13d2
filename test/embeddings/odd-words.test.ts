import { describe, expect, it } from 'vitest';
import { KeyedVectors } from '../../src/embeddings/index.js';
import { vectorsFromText } from '../support/vectors-text.js';

const table = (vectors: KeyedVectors) => [...vectors.words()].map((word) => [word, ...vectors.get(word)]);

/** Words and vectors in word2vec's binary format, whatever the words hold. */
function binary(rows: readonly (readonly [string, readonly number[]])[], end = '\n'): Uint8Array {
  const parts: Buffer[] = [Buffer.from(`${rows.length} ${rows[0][1].length}\n`)];
  for (const [word, numbers] of rows) {
    parts.push(Buffer.from(`${word} `), Buffer.from(Float32Array.from(numbers).buffer), Buffer.from(end));
  }
  return new Uint8Array(Buffer.concat(parts));
}

/** Vectors of odd bytes, as trained ones have. */
const numbers = (seed: number, width = 6) =>
  Array.from({ length: width }, (_, i) => Math.fround(Math.sin(seed * 7.3 + i * 1.7)));

describe('words that are odd, in text', () => {
  it('may be white space, which is all but the space before the numbers', async () => {
    const expected = [
      ['a', 1, 2],
      ['b', 1, 3],
      ['c', 1, 4],
      ['d', 1, 5],
      [' ', 3, 4],
      ['  ', 5, 6],
      ['\t', 7, 8],
    ];
    const text = 'a 1 2\nb 1 3\nc 1 4\nd 1 5\n  3 4\n   5 6\n\t 7 8\n';
    const vectors = await vectorsFromText(text);
    expect(table(vectors)).toEqual(expected);
    expect(table(await vectorsFromText(`7 2\n${text}`))).toEqual(expected);
    const written = await vectors.toBytes('word2vec');
    expect(table(await KeyedVectors.fromBytes(written))).toEqual(expected);
  });

  it('are passed over by their line where they are empty', async () => {
    const vectors = await vectorsFromText('4 2\na 1 2\n 3 4\nb 5 6\n 7 8\n');
    expect(table(vectors)).toEqual([
      ['a', 1, 2],
      ['b', 5, 6],
    ]);
    expect(vectors.notes).toEqual(['test.txt: line 3 has an empty word, and so has 1 other; passed over.']);
  });

  it.each([
    ['', "GloVe's"],
    ['3 2\n', "word2vec's"],
  ])('may hold control bytes, after the first line %j (%s)', async (header) => {
    const vectors = await vectorsFromText(`${header}a\u0001b 1 2\n\u0007 3 4\nnul\0 5 6\n`);
    expect(table(vectors)).toEqual([
      ['a\u0001b', 1, 2],
      ['\u0007', 3, 4],
      ['nul\0', 5, 6],
    ]);
  });
});

describe("words that are odd, in word2vec's binary format", () => {
  const cases = [
    ['in the midst', ['king', 'new york', 'queen'], 1],
    ['at the end', ['king', 'queen', 'new york'], 2],
    ['of three parts', ['king', 'new york city', 'queen'], 1],
    ['at the start', ['vitamin c', 'queen', 'king'], 0],
    ['of a whole number of floats', ['king', 'abc xyz', 'queen'], 1],
  ] as const;
  for (const encoding of ['utf-8', 'latin1'])
    for (const end of ['\n', '']) {
      it.each(cases)(
        `a phrase %s is refused by name (${encoding}, line end ${JSON.stringify(end)})`,
        async (_, words, row) => {
          const bytes = binary(
            words.map((word, i) => [word, numbers(i)]),
            end,
          );
          await expect(KeyedVectors.fromBytes(bytes, { encoding })).rejects.toMatchObject({
            code: 'bad-file',
            message: `the vectors: word ${row + 1}, ${JSON.stringify(words[row])}, holds a space, which ends a word in word2vec's binary format.`,
            hint: expect.stringContaining('as text') as string,
          });
        },
      );
    }

  it('are read where they hold control bytes, and vectors where they begin like words', async () => {
    // The float 1.6e-19 is the bytes of "abc ", and 3e-20 those of "ab  ".
    const likeWord = new Float32Array(Uint8Array.from([0x61, 0x62, 0x63, 0x20, 0, 0, 0x80, 0x3f]).buffer);
    const rows = [
      ['\u0001', [1, 2]],
      ['plain', [...likeWord]],
      ['last', [...likeWord]],
    ] as const;
    const vectors = await KeyedVectors.fromBytes(binary(rows));
    expect(table(vectors)).toEqual(rows.map(([word, numbers]) => [word, ...numbers]));
  });

  it('a space alone is refused as such', async () => {
    const bytes = binary([
      ['a', numbers(1)],
      [' ', numbers(2)],
    ]);
    await expect(KeyedVectors.fromBytes(bytes)).rejects.toMatchObject({
      message: expect.stringContaining('word 2 is empty, or begins with a space') as string,
    });
  });
});
