import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { pearson, spearman } from '../../src/embeddings/evaluation/correlation.js';
import { KeyedVectors } from '../../src/embeddings/index.js';
import golden from '../golden/gensim-files.json' with { type: 'json' };

const path = (name: string) => new URL(`../golden/gensim-files/${name}`, import.meta.url).pathname;
const all = ['words.txt', 'words.vec', 'words.bin', 'model.bin', 'old-model.bin'];
const binary = ['words.bin', 'model.bin', 'old-model.bin'];

/** The output layer of a model, which is not read: its flag, two sizes, and numbers for each word. */
const outputBytes = 1 + 16 + golden.words.length * 6 * 4;

const numbers = (vectors: KeyedVectors) => [...vectors.words()].map((word) => Array.from(vectors.get(word)));

describe('files that gensim wrote', () => {
  it.each(all)('are read as gensim reads them, plain and packed: %s', async (name) => {
    const plain = await KeyedVectors.load(path(name));
    const packed = await KeyedVectors.fromBytes(gzipSync(readFileSync(path(name))));
    for (const vectors of [plain, packed]) {
      expect([...vectors.words()]).toEqual(golden.words);
      expect(numbers(vectors)).toEqual(golden.vectors);
      expect(vectors.notes).toEqual([]);
    }
  });

  it.each(['model.bin', 'old-model.bin'])('give vectors to unknown words: %s', async (name) => {
    const vectors = await KeyedVectors.load(path(name));
    for (const [word, expected] of Object.entries(golden.unknown)) {
      expect([vectors.has(word), vectors.indexOf(word)]).toEqual([true, -1]);
      expect(Array.from(vectors.get(word))).toEqual(expected);
    }
    expect(vectors.mostSimilar({ positive: ['walkers'], topn: 1 })[0].word).toMatch(/^walk/);
    expect((await KeyedVectors.load(path('words.bin'))).has('walkers')).toBe(false);
  });

  it('stop at a limit, and still know all pieces', async () => {
    for (const name of all) {
      const vectors = await KeyedVectors.load(path(name), { limit: 3 });
      expect([...vectors.words()]).toEqual(golden.words.slice(0, 3));
      expect(numbers(vectors)).toEqual(golden.vectors.slice(0, 3));
    }
    const model = await KeyedVectors.load(path('model.bin'), { limit: 3 });
    expect(Array.from(model.get('walkers'))).toEqual(golden.unknown.walkers);
  });

  it.each(binary)('are refused wherever they are cut short, by the byte: %s', async (name) => {
    const bytes = readFileSync(path(name));
    const needed = name === 'words.bin' ? bytes.length : bytes.length - outputBytes;
    for (let length = 64; length < needed; length += 97) {
      await expect(
        KeyedVectors.fromBytes(bytes.subarray(0, length)),
        `${length} bytes`,
      ).rejects.toMatchObject({
        code: 'bad-file',
        message: expect.stringMatching(/byte \d+/),
      });
    }
  });

  it.each(binary)('are refused with a number that is none: %s', async (name) => {
    const bytes = Uint8Array.from(readFileSync(path(name)));
    const behind = { 'words.bin': 0, 'model.bin': outputBytes, 'old-model.bin': outputBytes - 1 }[name]!;
    const at = bytes.length - behind - 4;
    bytes.set([0, 0, 0xc0, 0x7f], at);
    await expect(KeyedVectors.fromBytes(bytes)).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringMatching(new RegExp(`byte ${at}: .* NaN`)),
    });
  });

  it('are refused with more vectors than promised', async () => {
    const bytes = Buffer.concat([readFileSync(path('words.bin')), Buffer.from('more')]);
    await expect(KeyedVectors.fromBytes(bytes)).rejects.toThrow(/bytes follow the \d+ words/);
  });

  it('are answered about as gensim does', async () => {
    const vectors = await KeyedVectors.load(path('words.vec'));
    for (const { positive, negative, answers } of golden.queries) {
      expect(vectors.mostSimilar({ positive, negative, topn: 4 })).toEqual(
        answers.map(([word, score]) => ({ word, score: expect.closeTo(score as number, 5) })),
      );
    }
    const [near, far, closer] = golden.closerThan as [string, string, string[]];
    expect(vectors.closerThan(near, far)).toEqual(closer);
    expect(vectors.rank(near, far)).toBe(closer.length + 1);
    const [a, b, similarity] = golden.nSimilarity as [string[], string[], number];
    expect(vectors.nSimilarity(a, b)).toBeCloseTo(similarity, 6);
    const [from, to, length] = golden.euclidean as [string, string, number];
    expect(vectors.distance(from, to, 'euclidean')).toBeCloseTo(length, 6);
    expect(vectors.distance(from, to)).toBeCloseTo(1 - vectors.similarity(from, to), 12);
  });
});

describe('correlation', () => {
  const { x, y, ...expected } = golden.correlation;
  it.each([
    ['pearson', pearson],
    ['spearman', spearman],
  ] as const)("by %s is scipy's, with equal numbers among them", (name, correlate) => {
    const { statistic, pvalue } = correlate(x, y);
    expect(statistic).toBeCloseTo(expected[name][0], 12);
    expect(pvalue).toBeCloseTo(expected[name][1], 10);
  });

  it('of numbers that do not vary is none', () => {
    expect(pearson([1, 1, 1], [1, 2, 3]).statistic).toBeNaN();
    expect(pearson([1, 2, 3], [2, 4, 6])).toEqual({ statistic: 1, pvalue: 0 });
  });
});
