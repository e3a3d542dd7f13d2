import { describe, expect, it } from 'vitest';
import { KeyedVectors } from '../../src/embeddings/index.js';
import golden from '../golden/keyed-vectors.json' with { type: 'json' };
import { vectorsFrom } from '../support/vectors-text.js';

const pairs = (answers: readonly { word: string; score: number }[]) =>
  answers.map(({ word, score }) => [word, score]);

function expectAnswers(found: [string, number][], expected: [string, number][]): void {
  expect(found.map(([word]) => word)).toEqual(expected.map(([word]) => word));
  // Norms are kept as 32-bit floats, whose rounding is 6e-8.
  found.forEach(([, score], i) => expect(Math.abs(score - expected[i][1])).toBeLessThan(3e-7));
}

describe('KeyedVectors against numpy', async () => {
  const vectors = await vectorsFrom(golden.words.map((word, row) => [word, golden.vectors[row]]));

  it.each(golden.queries)('answers +$positive -$negative', ({ positive, negative, cosadd, cosmul }) => {
    expectAnswers(
      pairs(vectors.mostSimilar({ positive, negative, topn: 4 })) as [string, number][],
      cosadd as [string, number][],
    );
    expectAnswers(
      pairs(vectors.mostSimilarCosmul({ positive, negative, topn: 4 })) as [string, number][],
      cosmul as [string, number][],
    );
  });

  it('measures similarity', () => {
    for (const [a, b, expected] of golden.similarities as [string, string, number][]) {
      expect(vectors.similarity(a, b)).toBeCloseTo(expected, 12);
    }
  });

  it.each(golden.oddOnesOut)('finds the odd one of $group', ({ group, odd }) => {
    expect(vectors.doesntMatch(group)).toBe(odd);
  });

  it('searches by a vector', () => {
    const answers = vectors.similarByVector(golden.byVector.vector, 4);
    expectAnswers(pairs(answers) as [string, number][], golden.byVector.answers as [string, number][]);
  });

  it('gives the vectors as they were, in memory of their own', () => {
    const cedar = vectors.get('cedar');
    expect(Array.from(cedar)).toEqual(golden.vectors[2]);
    cedar.fill(0);
    expect(Array.from(vectors.get('cedar'))).toEqual(golden.vectors[2]);
  });
});

describe('KeyedVectors by hand', () => {
  const rows: [string, number[]][] = [
    ['east', [2, 0]],
    ['north', [0, 5]],
    ['northeast', [3, 3]],
    ['west', [-1, 0]],
    ['nowhere', [0, 0]],
  ];

  it('orders by cosine, not by length, and leaves the query out', async () => {
    const vectors = await vectorsFrom(rows);
    expect(vectors.mostSimilar({ positive: ['east'] })).toEqual([
      { word: 'northeast', score: expect.closeTo(Math.SQRT1_2, 7) },
      { word: 'north', score: 0 },
      { word: 'nowhere', score: 0 },
      { word: 'west', score: -1 },
    ]);
  });

  it('gives a vector of zeros the similarity 0', async () => {
    const vectors = await vectorsFrom(rows);
    expect(vectors.similarity('nowhere', 'east')).toBe(0);
    expect(vectors.mostSimilar({ positive: ['nowhere'], topn: 1 })).toEqual([{ word: 'east', score: 0 }]);
  });

  it('adds and takes away unit vectors', async () => {
    const vectors = await vectorsFrom(rows);
    // (1, 1)/sqrt 2 - (1, 0) points to (-0.29, 0.71): north has cosine cos(22.5 degrees).
    const [first] = vectors.mostSimilar({ positive: ['northeast'], negative: ['east'], topn: 1 });
    expect(first).toEqual({ word: 'north', score: expect.closeTo(Math.cos(Math.PI / 8), 7) });
  });

  it('counts upper and lower case apart, and knows what it holds', async () => {
    const vectors = await vectorsFrom([
      ['Bath', [1, 0]],
      ['bath', [0, 1]],
      ['ба́ня', [1, 1]],
      ['浴', [1, 2]],
    ]);
    expect([vectors.size, vectors.vectorSize]).toEqual([4, 2]);
    expect([...vectors.words()]).toEqual(['Bath', 'bath', 'ба́ня', '浴']);
    expect(Array.from(vectors.get('浴'))).toEqual([1, 2]);
    expect(vectors.has('BATH')).toBe(false);
    expect(vectors.has('')).toBe(false);
  });

  it('looks only among the first words where that is asked', async () => {
    const vectors = await vectorsFrom(rows);
    expect(vectors.mostSimilar({ positive: ['east'], restrictVocab: 2 })).toEqual([
      { word: 'north', score: 0 },
    ]);
    expect(vectors.mostSimilarCosmul({ positive: ['east'], restrictVocab: 2, topn: 9 })).toHaveLength(1);
    expect(vectors.similarByWord('east', 9, 3).map(({ word }) => word)).toEqual(['northeast', 'north']);
    expect(vectors.similarByVector([1, 0], 1, 2)).toEqual([{ word: 'east', score: 1 }]);
    expect(() => vectors.similarByVector([1, 0], 1, 0)).toThrow(/restrictVocab must be a whole number/);
  });

  it('takes weights and vectors among the words', async () => {
    const vectors = await vectorsFrom(rows);
    // 3 east - 3 north - 3 north points to (1, -2), a vector as it is.
    const [, second] = vectors.mostSimilar({
      positive: [{ term: 'east', weight: 3 }],
      negative: [{ term: 'north', weight: -3 }, [0, 3]],
      topn: 2,
    });
    expect(second).toEqual({ word: 'northeast', score: expect.closeTo(-1 / Math.sqrt(10), 7) });
    const weighted = { positive: [{ term: 'east', weight: 3 }] };
    expect(() => vectors.mostSimilarCosmul(weighted)).toThrow(/no use for weights/);
    expect(() => vectors.mostSimilar({ positive: [[1, 2, 3]] })).toThrow(/3 numbers, and these vectors 2/);
    expect(() => vectors.mostSimilar({ positive: [[1, NaN]] })).toThrow(
      'mostSimilar: positive[0][1] must be a finite number, not NaN.',
    );
    expect(() => vectors.mostSimilar({ positive: [{ term: 'east', weight: NaN }] })).toThrow(/weight/);
  });

  it('is made of words and rows, and says where a word would stand', () => {
    const vectors = KeyedVectors.fromRows(['a', 'b', 'c'], Float32Array.of(1, 0, 1, 1, 0, 1));
    expect(vectors.places(['a', 'b', 'c'], { positive: ['a'] })).toEqual([1, 2, 3]);
    expect(vectors.places(['a', 'c'], { positive: ['c'], negative: ['a'] }, '3cosmul')).toEqual([3, 1]);
    expect([vectors.rank('a', 'c'), vectors.closerThan('a', 'c')]).toEqual([2, ['b']]);
    expect(vectors.distance('a', 'c', 'euclidean')).toBeCloseTo(Math.SQRT2, 12);
    expect(() => KeyedVectors.fromRows(['a', 'b', 'a'], new Float32Array(6))).toThrow(/"a" comes twice/);
    // A row may be longer than a float can say, of numbers that are finite.
    expect(KeyedVectors.fromRows(['a'], Float32Array.of(3e38, 3e38)).size).toBe(1);
    expect(() => KeyedVectors.fromRows(['a', 'b'], Float32Array.of(3e38, 3e38, 1, NaN))).toThrow(
      'the vector of "b" (row 1) holds NaN at place 1',
    );
    expect(() => KeyedVectors.fromRows(['a', 'b'], new Float32Array(5))).toThrow(/5 numbers do not make/);
    expect(() => vectors.nSimilarity([], ['a'])).toThrow(/at least one word/);
  });

  it('refuses what makes no question', async () => {
    const vectors = await vectorsFrom(rows);
    expect(() => vectors.get('up')).toThrow(
      expect.objectContaining({ code: 'unknown-word', message: expect.stringContaining('"up"') }),
    );
    expect(() => vectors.mostSimilar({})).toThrow(expect.objectContaining({ code: 'bad-value' }));
    expect(() => vectors.doesntMatch([])).toThrow(expect.objectContaining({ code: 'bad-value' }));
    for (const topn of [0, -1, 1.5, NaN]) {
      expect(() => vectors.mostSimilar({ positive: ['east'], topn })).toThrow(/topn/);
    }
    expect(() => vectors.similarByVector([1, 2, 3])).toThrow(expect.objectContaining({ code: 'bad-shape' }));
    expect(() => vectors.similarByVector([1, NaN])).toThrow(expect.objectContaining({ code: 'bad-value' }));
  });

  it('gives no more answers than there are words', async () => {
    const vectors = await vectorsFrom(rows);
    expect(vectors.mostSimilar({ positive: ['east'], topn: 50 })).toHaveLength(4);
  });

  it('keeps the most frequent words with a limit', async () => {
    const vectors = await vectorsFrom(rows, { limit: 2 });
    expect([...vectors.words()]).toEqual(['east', 'north']);
    expect(await KeyedVectors.fromBytes(new TextEncoder().encode('a 1\nb 2'), { limit: 9 })).toHaveProperty(
      'size',
      2,
    );
    await expect(vectorsFrom(rows, { limit: 0 })).rejects.toThrow(/limit/);
  });
});
