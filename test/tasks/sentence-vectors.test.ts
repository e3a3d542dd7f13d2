import { describe, expect, it } from 'vitest';
import { KeyedVectors } from '../../src/embeddings/index.js';
import { SentenceVectors } from '../../src/tasks/average/sentence-vectors.js';
import golden from '../golden/sentence-vectors.json' with { type: 'json' };

const { words, texts, asked, cases } = golden;
const own = () => KeyedVectors.fromRows(words, Float32Array.from(golden.vectors.flat()));
const cosine = (a: Float32Array, b: Float32Array) => {
  const dot = (x: Float32Array, y: Float32Array) => x.reduce((sum, value, i) => sum + value * y[i], 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
};

describe('SentenceVectors', () => {
  it.each(cases)("are numpy's by the definition, a $a", async ({ a, plain, removed }) => {
    for (const [removeCommon, expected] of [
      [false, plain],
      [true, removed],
    ] as const) {
      const sentences = await SentenceVectors.fit(texts, {
        vectors: own(),
        a,
        removeCommon,
        unknown: 'skip',
      });
      for (const [i, text] of [...texts, ...asked].entries()) {
        const found = sentences.transform(text);
        expect(found.length).toBe(7);
        found.forEach((value, k) => expect(value).toBeCloseTo(expected[i][k], 6));
      }
    }
  });

  it('knows contractions and words spelled like one that is known', async () => {
    const sentences = await SentenceVectors.fit(['hello there'], { removeCommon: false });
    const alike = (a: string, b: string) => cosine(sentences.transform(a), sentences.transform(b));
    expect(alike('weahter', 'weather')).toBeGreaterThan(0.8);
    expect(alike('tommorow', 'tomorrow')).toBeGreaterThan(0.8);
    expect(alike('restaraunt', 'restaurant')).toBeGreaterThan(0.8);
    expect(alike("can't", 'can not')).toBeCloseTo(1, 6);
    expect(alike('Won\u2019t', 'will not')).toBeCloseTo(1, 6);
    expect(alike("what's", 'what')).toBeCloseTo(1, 6);
    expect(sentences.describe('qqzzxx 🙂')).toMatchObject({ words: 2, known: 0 });
    expect(sentences.transform('qqzzxx').every((x) => x === 0)).toBe(true);
    const skipping = await SentenceVectors.fit(['hello there'], { unknown: 'skip' });
    expect(skipping.describe('wheather forecast')).toMatchObject({ words: 2, known: 1 });
  });

  it('lose the directions in which words vary most', async () => {
    const vectors = KeyedVectors.fromRows(
      ['the', 'cat', 'sat'],
      Float32Array.from([10, 0, 0, 10, 1, 0, 10, 0, 1]),
    );
    const options = { vectors, removeCommon: false, removeDirections: 1, a: 1e6 };
    const sentences = await SentenceVectors.fit(['the cat'], options);
    const plain = await SentenceVectors.fit(['the cat'], { ...options, removeDirections: 0 });
    expect(plain.transform('cat')[0]).toBeGreaterThan(9);
    expect(Math.abs(sentences.transform('cat')[0])).toBeLessThan(0.1);
    expect(cosine(sentences.transform('cat'), sentences.transform('sat'))).toBeLessThan(0.1);
    const again = await SentenceVectors.from(sentences.toState());
    expect(again.transform('the cat sat')).toEqual(sentences.transform('the cat sat'));
    // More than there are leave nothing.
    const none = await SentenceVectors.fit(['cat'], { ...options, removeDirections: 99 });
    none.transform('cat sat').forEach((x) => expect(x).toBeCloseTo(0, 5));
    await expect(SentenceVectors.fit(['cat'], { ...options, removeDirections: -1 })).rejects.toThrow(
      'removeDirections must be',
    );
  });

  it('come back from their state, with vectors of their own or the default ones', async () => {
    for (const options of [{ vectors: own() }, {}, { includeVectors: false }]) {
      const sentences = await SentenceVectors.fit(texts, options);
      const { settings, arrays } = sentences.toState();
      expect(arrays.vectors === undefined).toBe(!('vectors' in options));
      const again = await SentenceVectors.from({ settings: JSON.parse(JSON.stringify(settings)), arrays });
      for (const text of [...texts, ...asked])
        expect(again.transform(text)).toEqual(sentences.transform(text));
    }
  });

  it('refuse what makes none', async () => {
    await expect(SentenceVectors.fit([])).rejects.toThrow('at least 1');
    await expect(SentenceVectors.fit(texts, { vectors: {} as KeyedVectors })).rejects.toThrow(
      'must be KeyedVectors',
    );
    const both = { vectors: own(), includeVectors: false };
    await expect(SentenceVectors.fit(texts, both)).rejects.toThrow('always held');
    const { settings, arrays } = (await SentenceVectors.fit(texts, { vectors: own() })).toState();
    const from = (changes: object, own: object = {}) =>
      SentenceVectors.from(
        { settings: { ...settings, ...changes }, arrays: { ...arrays, ...own } },
        'the file',
      );
    await expect(from({}, { common: new Float32Array(3) })).rejects.toThrow('3 numbers for vectors of 7');
    await expect(from({ a: -1 })).rejects.toThrow('the file: its sentence vectors');
    await expect(from({}, { vectors: arrays.vectors!.slice(0, 50) })).rejects.toMatchObject({
      code: 'bad-file',
    });
    const rest = { common: arrays.common };
    const missing = { settings: { ...settings, defaultVectors: 'others' }, arrays: rest };
    await expect(SentenceVectors.from(missing)).rejects.toThrow('needs the vectors "others"');
  });
});
