import { mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { SeqkitError } from '../../src/base/errors.js';
import { FastText, fileCorpus, KeyedVectors, Word2Vec } from '../../src/embeddings/index.js';
import { methodsOf } from '../support/wrong-calls.js';

const folder = mkdtempSync(join(tmpdir(), 'seqkit-lifetime-'));
afterAll(() => rmSync(folder, { recursive: true }));

const settings = { vectorSize: 4, minCount: 1, workers: 1, epochs: 1, sample: 0 };
const corpus = [
  ['a', 'b', 'c'],
  ['c', 'b', 'a'],
];

/** Every method that does not end it, and every getter, called on what was disposed of. */
async function answersOf(
  object: object,
  Class: { prototype: object },
  but: readonly string[] = [],
): Promise<string[]> {
  const answers: string[] = [];
  const getters: string[] = [];
  for (
    let at: object | null = Class.prototype;
    at && at !== Object.prototype;
    at = Object.getPrototypeOf(at) as object
  ) {
    for (const [name, about] of Object.entries(Object.getOwnPropertyDescriptors(at)))
      if ('get' in about) getters.push(name);
  }
  const methods = methodsOf(Class).methods.filter((name) => name !== 'dispose' && !but.includes(name));
  for (const name of [...methods, ...getters]) {
    try {
      const member = (object as Record<string, unknown>)[name];
      if (typeof member === 'function') {
        // What it would be given first: a corpus, a word, an index, options or words.
        const given = rightArguments[name] ?? ['a', 'b'];
        const made: unknown = await (member as (...args: unknown[]) => unknown).apply(object, given);
        if (Object.prototype.toString.call(made) === '[object Generator]')
          Array.from(made as Iterable<unknown>);
      }
      answers.push(name);
    } catch (error) {
      if (!(error instanceof SeqkitError && /was disposed/.test(error.message)))
        answers.push(`${name}: ${String(error)}`);
    }
  }
  return answers;
}

const rightArguments: Record<string, unknown[]> = {
  ...{ wordAt: [0], mostSimilar: [{ positive: 'a' }], mostSimilarCosmul: [{ positive: 'a' }], words: [] },
  ...{
    places: [['a'], { positive: 'b' }],
    similarByWord: ['a'],
    similarByVector: [[1, 2]],
    toBytes: ['glove'],
  },
  ...{
    nSimilarity: [['a'], ['b']],
    doesntMatch: [['a', 'b']],
    nearSpellings: ['a'],
    fit: [corpus],
    train: [corpus],
  },
  ...{ buildVocab: [corpus], save: [join(folder, 'x.txt')], evaluateWordAnalogies: [{ text: ': s\n' }] },
  ...{ evaluateWordPairs: [{ text: '' }] },
};

describe('after dispose', () => {
  it('vectors answer nothing', async () => {
    const vectors = KeyedVectors.fromRows(['a', 'b'], Float32Array.of(1, 2, 3, 4));
    vectors.dispose();
    vectors.dispose();
    expect(await answersOf(vectors, KeyedVectors)).toEqual([]);
    expect([vectors.size, vectors.vectorSize, vectors.source]).toEqual([2, 2, 'the vectors']);
  });

  it.each([Word2Vec, FastText])('%o trains and answers nothing; its vectors stay', async (Kind) => {
    const model = new Kind({ ...settings, ...(Kind === FastText && { bucket: 10 }) });
    await model.fit(corpus);
    const { wv } = model;
    await model.dispose();
    await model.dispose();
    const inner = ['ready', 'restore', 'subwords', 'vectorOfRow', 'inputRow'];
    expect(await answersOf(model, Kind, inner)).toEqual([]);
    expect(wv.get('a')).toHaveLength(4);
  });

  it('is what `using` calls, where there is such a symbol', async () => {
    const vectors = KeyedVectors.fromRows(['a'], Float32Array.of(1));
    vectors[Symbol.dispose]();
    expect(() => vectors.get('a')).toThrow('was disposed');
    const model = new Word2Vec(settings);
    await model[Symbol.asyncDispose]();
    await expect(model.fit(corpus)).rejects.toMatchObject({ code: 'usage' });
  });
});

describe('a model of words', () => {
  it('trains once at a time', async () => {
    const model = new Word2Vec(settings);
    const first = model.fit(corpus);
    await expect(model.fit(corpus)).rejects.toThrow('The model is busy: fit was called while fit goes on.');
    await expect(model.buildVocab(corpus)).rejects.toMatchObject({ code: 'usage' });
    await first;
    const again = new Word2Vec(settings);
    await again.fit(corpus);
    expect(model.wv.get('a')).toEqual(again.wv.get('a'));
    await expect(model.train(corpus)).resolves.toMatchObject({ workers: 1 });
  });

  it('ends a training when it is disposed of, and says so', async () => {
    const model = new Word2Vec({ ...settings, epochs: 100_000 });
    const training = model.fit(corpus);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const refused = expect(training).rejects.toMatchObject({ code: 'stopped' });
    await model.dispose();
    await refused;
  });
});

describe('the default vectors', () => {
  it('are read once a process, each call with an object of its own over them', async () => {
    const [first, second] = await Promise.all([KeyedVectors.default(), KeyedVectors.default()]);
    expect(second.rows).toBe(first.rows);
    first.dispose();
    expect(() => first.get('king')).toThrow('was disposed');
    expect(second.mostSimilar({ positive: 'king', topn: 1 })).toHaveLength(1);
    second.dispose();
    const third = await KeyedVectors.default();
    expect(third.has('queen')).toBe(true);
  });

  it('cost no memory a call', async () => {
    await KeyedVectors.default();
    const before = process.memoryUsage();
    for (let i = 0; i < 50; i++) (await KeyedVectors.default()).mostSimilar({ positive: 'king', topn: 1 });
    const after = process.memoryUsage();
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(10_000_000);
    expect(after.external - before.external).toBeLessThan(10_000_000);
  });
});

describe('a file that cannot be read', () => {
  /** What this process has open below the folder; the threads of a pool have handles of their own. */
  const openFiles = (): string[] =>
    readdirSync('/proc/self/fd').flatMap((descriptor) => {
      try {
        const target = readlinkSync(`/proc/self/fd/${descriptor}`);
        return target.startsWith(folder) ? [target.slice(folder.length + 1)] : [];
      } catch {
        // Closed meanwhile.
        return [];
      }
    });

  const bad: Record<string, [contents: Uint8Array | string, options?: object]> = {
    'empty.txt': [''],
    'binary.bin': [Uint8Array.of(1, 2, 3, 0, 0, 7, 200, 100, 3, 4)],
    'ragged.txt': ['a 1 2\nb 1\n'],
    'gone.txt.gz': [gzipSync('a 1 2\nb 2 3\n'.repeat(5000)).subarray(0, 60)],
    'thrice.gz': [gzipSync(gzipSync(gzipSync('a 1 2\n')))],
    'words.txt': ['a 1 2\n', { encoding: 'klingon' }],
    'few.txt': ['a 1 2\n'.repeat(100_000), { limit: -1 }],
    'limited.txt': [`${'word 1 2\n'.repeat(10)}x y\n`.repeat(20_000)],
    'cut.safetensors': [Uint8Array.of(16, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x7d)],
    'short.bin': ['3 2\na \0\0\0\0'],
  };

  it('leaves no file open', { timeout: 20_000 }, async () => {
    for (const [name, [contents]] of Object.entries(bad)) writeFileSync(join(folder, name), contents);
    const attempt = async (): Promise<void> => {
      for (const [name, [, options]] of Object.entries(bad)) {
        await expect(KeyedVectors.load(join(folder, name), options), name).rejects.toBeInstanceOf(
          SeqkitError,
        );
      }
      const model = new Word2Vec(settings);
      for (const encoding of ['klingon', 'nonsense']) {
        const corpus = fileCorpus(join(folder, 'binary.bin'), { encoding });
        await expect(model.fit(corpus)).rejects.toBeInstanceOf(SeqkitError);
      }
      await expect(model.fit(fileCorpus(join(folder, 'gone.txt.gz')))).rejects.toBeInstanceOf(SeqkitError);
      await expect(Word2Vec.load(join(folder, 'cut.safetensors'))).rejects.toBeInstanceOf(SeqkitError);
    };
    for (let i = 0; i < 5; i++) await attempt();
    // A stream that unpacks closes its file a moment after it has failed.
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(openFiles()).toEqual([]);
  });

  it('packed within itself is refused in time', async () => {
    await expect(KeyedVectors.load(join(folder, 'thrice.gz'))).rejects.toThrow('is gzipped twice over');
    writeFileSync(join(folder, 'twice.gz'), gzipSync(gzipSync('a 1 2\nb 2 3\n')));
    await expect(KeyedVectors.load(join(folder, 'twice.gz'))).rejects.toThrow('is gzipped twice over');
  });
});
