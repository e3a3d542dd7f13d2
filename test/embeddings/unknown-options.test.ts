import { describe, expect, it } from 'vitest';
import {
  debias,
  FastText,
  fileCorpus,
  KeyedVectors,
  type SeqkitError,
  textCorpus,
  Word2Vec,
} from '../../src/embeddings/index.js';

const vectors = KeyedVectors.fromRows(['a', 'b', 'c'], Float32Array.of(1, 0, 0, 1, 1, 1));
const extra = { topN: 3 } as never;
const lines = 'a b c a b c';

/** Each call with an option that it does not have, beside what it needs. */
const calls: Record<string, () => unknown> = {
  mostSimilar: () => vectors.mostSimilar({ positive: ['a'], ...(extra as object) }),
  mostSimilarCosmul: () => vectors.mostSimilarCosmul({ positive: ['a'], ...(extra as object) }),
  places: () => vectors.places(['b'], { positive: ['a'], ...(extra as object) }),
  evaluateWordAnalogies: () => vectors.evaluateWordAnalogies({ text: ': s\na b c a\n' }, extra),
  evaluateWordPairs: () => vectors.evaluateWordPairs({ text: 'a\tb\t1\nb\tc\t2\n' }, extra),
  save: () => vectors.save('/nowhere/at-all.txt', extra),
  toBytes: () => vectors.toBytes('glove', extra),
  load: () => KeyedVectors.load('/nowhere/at-all.txt', extra),
  fromBytes: () => KeyedVectors.fromBytes(new TextEncoder().encode('a 1 2\nb 2 1\n'), extra),
  fromRows: () => KeyedVectors.fromRows(['a'], Float32Array.of(1), extra),
  debias: () => debias(vectors, { direction: Float64Array.of(1, 0), ...(extra as object) }),
  fileCorpus: () => fileCorpus('/nowhere/at-all.txt', extra),
  textCorpus: () => textCorpus(lines, extra),
  fit: () => new Word2Vec({ minCount: 1, workers: 1 }).fit(textCorpus(lines), extra),
  buildVocab: () => new FastText({ minCount: 1, workers: 1 }).buildVocab(textCorpus(lines), extra),
  train: () => new Word2Vec({ minCount: 1, workers: 1 }).train(textCorpus(lines), extra),
};

describe('an option that there is not', () => {
  it.each(Object.keys(calls))('is refused by its name by %s', async (name) => {
    await expect((async () => calls[name]())()).rejects.toMatchObject({
      code: 'usage',
      message: `${name} has no option "topN".`,
      hint: expect.stringMatching(/^The options are \w/) as string,
    });
  });

  it.each([Word2Vec, FastText])('is refused by %o, and where it opens a file', async (Kind) => {
    expect(() => new Kind({ dimensions: 3 } as never)).toThrow(`${Kind.name} has no option "dimensions".`);
    // The settings are the file's: a new one would be of no effect.
    await expect(Kind.load('/nowhere/at-all', { epochs: 3 } as never)).rejects.toThrow(
      'load has no option "epochs"',
    );
    await expect(Kind.fromBytes(new Uint8Array(), { epochs: 3 } as never)).rejects.toThrow(
      'fromBytes has no option "epochs"',
    );
  });

  it('is answered with all that there are, for FastText its own too', () => {
    const hintOf = (make: () => unknown): string | undefined => {
      try {
        make();
      } catch (error) {
        return (error as SeqkitError).hint;
      }
      return undefined;
    };
    const training =
      'vectorSize, window, minCount, sg, negative, nsExponent, cbowMean, shrinkWindows, sample, alpha, ' +
      'minAlpha, epochs, seed, maxFinalVocab, maxVocabSize, workers';
    expect(hintOf(() => new Word2Vec({ minN: 3 } as never))).toBe(`The options are ${training}.`);
    expect(hintOf(() => new FastText({ buckets: 3 } as never))).toBe(
      `The options are ${training}, minN, maxN, bucket.`,
    );
  });

  it('is none of those that there are', async () => {
    const model = new FastText({
      ...{ vectorSize: 4, minCount: 1, sample: 0, workers: 1, bucket: 10, minN: 2, maxN: 3 },
    });
    await model.fit(textCorpus(lines, { tokens: 'words', name: 'abc' }), { checkpointMinutes: 5 });
    const opened = await FastText.fromBytes(model.toBytes(), { workers: 1, name: 'mine' });
    expect(opened.wv.mostSimilar({ positive: ['a'], negative: [], topn: 1, restrictVocab: 3 })).toHaveLength(
      1,
    );
  });
});
