import { readFileSync, statSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { DEFAULT_SETS, defaultVectorsPath } from '../../src/embeddings/keyed-vectors/default-vectors.js';
import { KeyedVectors } from '../../src/embeddings/index.js';
import { packageFile } from '../../src/base/host/package-file.js';
import { decodeSafetensors } from '../../src/base/encoding/safetensors.js';

describe('the default vectors', async () => {
  const vectors = await KeyedVectors.default();
  const path = packageFile(defaultVectorsPath(100_000));

  it.each([
    ['man', 'king', 'woman', 'queen'],
    ['france', 'paris', 'italy', 'rome'],
    ['good', 'better', 'bad', 'worse'],
    ['walk', 'walking', 'swim', 'swimming'],
    ['mouse', 'mice', 'cat', 'cats'],
  ])('know that %s is to %s as %s is to %s', (a, b, c, d) => {
    expect(vectors.mostSimilar({ positive: [b, c], negative: [a], topn: 1 })[0].word).toBe(d);
  });

  it('hold the numbers of GloVe 6B to an eighth bit', () => {
    // The first numbers of "the" and the last of "queen" in glove.6B.100d.txt.
    expectNear(vectors.get('the').slice(0, 4), [-0.038194, -0.24487, 0.72812, -0.39961]);
    const step = Math.max(...vectors.get('the').map(Math.abs)) / 127;
    expect(step).toBeCloseTo(3.0243 / 127, 6);

    function expectNear(found: Float32Array, expected: number[]): void {
      const half = 3.0243 / 127 / 2 + 1e-6;
      expected.forEach((value, i) => expect(Math.abs(found[i] - value)).toBeLessThanOrEqual(half));
    }
  });

  it('can be opened twice at once', async () => {
    const opened = await Promise.all([KeyedVectors.default(), KeyedVectors.default()]);
    const expected = vectors.mostSimilar({ positive: ['king'] });
    for (const each of opened) expect(each.mostSimilar({ positive: ['king'] })).toEqual(expected);
  });

  it('are 100,000 words, the most frequent first, each of which is found', () => {
    expect([vectors.size, vectors.vectorSize]).toEqual([100_000, 100]);
    const words = [...vectors.words()];
    expect(words.slice(0, 5)).toEqual(['the', ',', '.', 'of', 'to']);
    expect(new Set(words).size).toBe(100_000);
    expect(words.every((word) => vectors.has(word))).toBe(true);
    expect(words.some((word) => vectors.has(`${word}\u0000`))).toBe(false);
  });

  it('fit in 12 MB and say where they come from', () => {
    expect(statSync(path).size).toBeLessThanOrEqual(12_000_000);
    const { metadata } = decodeSafetensors(readFileSync(path), path);
    expect(metadata).toMatchObject({
      formatVersion: expect.stringMatching(/^[1-3]$/) as string,
      source: expect.stringContaining('GloVe 6B'),
      licence: expect.stringMatching(/PDDL.*MIT/),
    });
  });

  it('open by load too, with a limit', async () => {
    const few = await KeyedVectors.load(path, { limit: 1000 });
    expect(few.size).toBe(1000);
    expect(Array.from(few.get('the'))).toEqual(Array.from(vectors.get('the')));
    const last = [...vectors.words()][1000];
    expect(few.has(last)).toBe(false);
    expect(few.mostSimilar({ positive: ['king'], topn: 1000 }).map(({ word }) => word)).not.toContain(last);
    expect(await few.nearSpellings('quen')).not.toContain(last);
  });

  it.each([10_000, 30_000] as const)(
    'come in a set of %d words: the first, with the same numbers',
    async (words) => {
      const set = await KeyedVectors.default({ words });
      expect(set.size).toBe(words);
      const all = vectors.words()[Symbol.iterator]();
      expect([...set.words()]).toEqual(Array.from({ length: words }, () => all.next().value));
      for (const word of ['the', 'king', 'queen']) expect(set.get(word)).toEqual(vectors.get(word));
      expect(statSync(packageFile(defaultVectorsPath(words))).size).toBeLessThan(words * 122);
      expect(set.mostSimilar({ positive: ['king', 'woman'], negative: ['man'], topn: 1 })[0].word).toBe(
        'queen',
      );
    },
  );

  it.each(DEFAULT_SETS)(
    'say the address of the set of %d words as a module, which load takes',
    async (words) => {
      const file = packageFile(defaultVectorsPath(words));
      const module = pathToFileURL(file.replace('.safetensors', '.js')).href;
      const { default: url } = (await import(/* @vite-ignore */ module)) as { default: string };
      expect(url).toBe(pathToFileURL(file).href);
      expect((await KeyedVectors.load(new URL(url))).size).toBe(words);
      expect((await KeyedVectors.default({ from: new URL(url), words })).size).toBe(words);
    },
  );

  it('refuse a number of words that there is no set of, and another set than was asked for', async () => {
    await expect(KeyedVectors.default({ words: 20_000 as 10_000 })).rejects.toMatchObject({
      code: 'bad-value',
      message: 'default: words must be 10000, or 30000, or 100000, not 20000.',
    });
    await expect(
      KeyedVectors.default({ words: 30_000, from: pathToFileURL(packageFile(defaultVectorsPath(10_000))) }),
    ).rejects.toMatchObject({ code: 'bad-file', message: expect.stringContaining('holds 10000 words') });
    await expect(KeyedVectors.default({ from: 3 as never })).rejects.toMatchObject({ code: 'bad-value' });
  });

  it('suggest spellings by distance, then by frequency', async () => {
    expect((await vectors.nearSpellings('qeuen'))[0]).toBe('queen');
    expect((await vectors.nearSpellings('Kinng', 2))[0]).toBe('king');
    expect(await vectors.nearSpellings('xqzwvxqzwvxqzwv')).toEqual([]);
    expect(await vectors.nearSpellings('')).toEqual([]);
  });
});
