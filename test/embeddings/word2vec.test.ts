import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import {
  FastText,
  fileCorpus,
  KeyedVectors,
  textCorpus,
  Word2Vec,
  type CorpusLike,
} from '../../src/embeddings/index.js';
import { subwordBuckets } from '../../src/embeddings/vectors/subwords.js';
import { Random } from '../../src/base/math/random.js';
import { decodeSafetensors } from '../../src/base/encoding/safetensors.js';

const folder = mkdtempSync(join(tmpdir(), 'seqkit-word2vec-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, contents: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, contents);
  return path;
};

/** Sentences about two topics that share no words but a few frequent ones. */
function twoTopics(count: number): string[][] {
  const random = new Random(7);
  const topics = [
    ['cat', 'dog', 'horse', 'sheep', 'goat', 'hen'],
    ['bread', 'cheese', 'soup', 'apple', 'salad', 'rice'],
  ];
  return Array.from({ length: count }, () => {
    const topic = random.choice(topics);
    return Array.from({ length: 9 }, (_, i) =>
      i % 3 === 0 ? random.choice(['the', 'a', 'and']) : random.choice(topic),
    );
  });
}
const sentences = twoTopics(5_000);
const options = {
  vectorSize: 12,
  window: 4,
  sg: 1,
  minCount: 1,
  sample: 0,
  seed: 3,
  workers: 1,
  epochs: 2,
} as const;

function vectorsOf(model: Word2Vec): number[] {
  return [...model.wv.words()].flatMap((word) => Array.from(model.wv.get(word)));
}

async function trained(corpus: CorpusLike, more: object = {}): Promise<Word2Vec> {
  const model = new Word2Vec({ ...options, ...more });
  await model.fit(corpus);
  return model;
}

describe('Word2Vec', () => {
  it.each([{ sg: 1 }, { sg: 0 }] as const)('finds two topics apart, $sg', async (more) => {
    const { wv } = await trained(sentences, { ...more, epochs: 5, alpha: 0.05 });
    expect(wv.size).toBe(15);
    const animals = ['cat', 'dog', 'horse', 'sheep', 'goat', 'hen'];
    const near = wv.mostSimilar({ positive: ['cat'], topn: 5 }).map(({ word }) => word);
    expect([...near].sort()).toEqual(animals.filter((word) => word !== 'cat').sort());
    expect(wv.doesntMatch(['cat', 'soup', 'dog', 'hen'])).toBe('soup');
  });

  it('gives the same bytes for the same seed on one worker, others for another', async () => {
    const first = await trained(sentences);
    expect(vectorsOf(await trained(sentences))).toEqual(vectorsOf(first));
    expect(vectorsOf(await trained(sentences, { seed: 4 }))).not.toEqual(vectorsOf(first));
    expect(vectorsOf(first).every(Number.isFinite)).toBe(true);
  });

  it('reads the same from lines, a file, a gzipped file and a whole text', async () => {
    const lines = sentences.map((words) => words.join(' '));
    const text = `${lines.join('\n')}\n`;
    const expected = vectorsOf(await trained(textCorpus(text)));
    expect(text.length).toBeGreaterThan(3 * 65_536);
    const corpora = [
      textCorpus(lines),
      fileCorpus(file('plain.txt', text)),
      fileCorpus(file('packed.txt.gz', gzipSync(text))),
      fileCorpus(file('latin.txt', Buffer.from(text, 'utf16le')), { encoding: 'utf-16le' }),
      fileCorpus(file('cased.txt', text.replaceAll('cat', 'Cat,').replaceAll('soup', '"SOUP"')), {
        tokens: 'words',
      }),
    ];
    for (const corpus of corpora.slice(1, 4)) expect(vectorsOf(await trained(corpus))).toEqual(expected);
    // Where blocks end differs for the others, and with it the random numbers, not the words.
    for (const corpus of [corpora[0], corpora[4]]) {
      const { vocabulary } = await trained(corpus, { epochs: 1 });
      expect(vocabulary.words).toEqual((await trained(sentences, { epochs: 1 })).vocabulary.words);
    }
  });

  it('names the line of a corpus that is not valid UTF-8', async () => {
    const lines = Array.from({ length: 9_000 }, (_, i) => `the cat sat ${i % 9}`);
    lines[7_654] = 'caf\xe9';
    const path = file('latin1.txt', Buffer.from(lines.join('\n'), 'latin1'));
    for (const tokens of ['spaces', 'words'] as const) {
      await expect(trained(fileCorpus(path, { tokens }))).rejects.toThrow(
        `${path}: line 7655 is not valid UTF-8.`,
      );
    }
  });

  it('trains on several threads', async () => {
    const progress: number[] = [];
    const model = new Word2Vec({ ...options, workers: 2, epochs: 8, alpha: 0.05 });
    const report = await model.fit(sentences, { onProgress: ({ words }) => progress.push(words) });
    expect(report).toMatchObject({ workers: 2, words: 8 * 9 * 5_000, trainedWords: 8 * 9 * 5_000 });
    expect(report.loss).toBeLessThan(4);
    expect(model.wv.doesntMatch(['bread', 'rice', 'goat', 'apple'])).toBe('goat');
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
  });

  it('ends in an error that names the thread, where one is ended', async () => {
    const started: Worker[] = [];
    const listen = (worker: Worker): void => void started.push(worker);
    process.on('worker', listen);
    try {
      const model = new Word2Vec({ ...options, workers: 2, epochs: 1000 });
      const training = model.fit(sentences, { onProgress: () => void started.at(1)?.terminate() });
      await expect(training).rejects.toMatchObject({
        code: 'engine',
        message: expect.stringContaining('Thread 1 of the training, of 2 from 0 on, ended'),
        hint: expect.stringContaining('one worker'),
      });
    } finally {
      process.off('worker', listen);
    }
  });

  it.each(['file', 'store'])(
    'goes on from a checkpoint in a %s to the very weights of an unbroken run',
    async (kind) => {
      const path = join(folder, 'run.checkpoint');
      let kept: Uint8Array | undefined;
      const store = {
        read: () => Promise.resolve(kept),
        write: (bytes: Uint8Array) => Promise.resolve(void (kept = bytes)),
      };
      const checkpoint = kind === 'file' ? path : store;
      const whole = await trained(sentences, { epochs: 3 });
      const stop = new AbortController();
      const model = new Word2Vec({ ...options, epochs: 3 });
      let blocks = 0;
      const stoppable: CorpusLike = {
        name: 'sentences',
        async *blocks() {
          const { corpusOf } = await import('../../src/embeddings/training/corpus.js');
          for await (const block of corpusOf(sentences).blocks()) {
            // The vocabulary's pass is the first; stop in the second pass of training.
            if (++blocks === 10) stop.abort();
            yield block;
          }
        },
      };
      await expect(model.fit(stoppable, { signal: stop.signal, checkpoint })).rejects.toThrow(/abort/i);
      const resumed = await Word2Vec.load(kind === 'file' ? path : kept!, { workers: 1 });
      expect(resumed.position.epoch).toBe(1);
      expect(resumed.position.block).toBeGreaterThan(0);
      expect(vectorsOf(resumed)).not.toEqual(vectorsOf(whole));
      const report = await resumed.train(sentences);
      expect(report.words).toBeLessThan(2 * 9 * 5_000);
      expect(vectorsOf(resumed)).toEqual(vectorsOf(whole));
      expect(resumed.toBytes()).toEqual(whole.toBytes());
    },
  );

  it('refuses a corpus that is not the one it counted', async () => {
    const model = await trained(sentences.slice(0, 50), { epochs: 1 });
    await expect(model.train(sentences.slice(0, 40))).rejects.toMatchObject({ code: 'bad-value' });
  });

  it.each([
    [{ vectorSize: 0 }, 'bad-value', /vectorSize must be a whole number from 1 to 10000, not 0/],
    [{ negative: 0 }, 'bad-value', /negative must be/],
    [{ minAlpha: 1 }, 'bad-value', /minAlpha must be a number from 0 to 0.025/],
    [{ workers: 0 }, 'bad-value', /workers must be/],
    [{ size: 100 }, 'usage', /Word2Vec has no option "size"/],
  ])('refuses %j', (wrong, code, message) => {
    const make = () => new Word2Vec(wrong as object);
    expect(make).toThrow(message);
    expect(make).toThrow(expect.objectContaining({ code }) as Error);
  });

  it('refuses what cannot be read again, what is no sentence, and bytes that are no UTF-8', async () => {
    const once = (function* () {
      yield ['a', 'b'];
    })();
    await expect(trained(once)).rejects.toThrow(/generator can be read only once/);
    await expect(trained(['one line'] as unknown as string[][])).rejects.toThrow(/array of words/);
    await expect(trained('a path' as unknown as string[][])).rejects.toThrow(/sentences as arrays of words/);
    const broken = fileCorpus(file('broken.txt', Uint8Array.of(0x61, 0xff, 0x20, 0x62, 0x0a)));
    await expect(trained(broken)).rejects.toMatchObject({ code: 'bad-file' });
    await expect(trained(fileCorpus(file('endless.txt', 'x'.repeat(70_000))))).rejects.toThrow(
      /without a space/,
    );
    expect(() => new Word2Vec().wv).toThrow(expect.objectContaining({ code: 'usage' }) as Error);
  });

  it('opens only whole files of its own kind', async () => {
    const bytes = (await trained(sentences.slice(0, 50), { epochs: 1 })).toBytes();
    await expect(FastText.fromBytes(bytes)).rejects.toThrow(/holds a Word2Vec model/);
    await expect(Word2Vec.fromBytes(bytes.subarray(0, -8))).rejects.toMatchObject({ code: 'bad-file' });
  });
});

describe('FastText', () => {
  const subwords = { minN: 2, maxN: 4, bucket: 300 };

  it('gives vectors to words that never came, the mean of their n-grams', async () => {
    const model = new FastText({ ...options, ...subwords, epochs: 4, alpha: 0.05 });
    await model.fit(sentences);
    const cosine = (a: Float32Array, b: Float32Array): number => {
      const dot = (x: Float32Array, y: Float32Array): number =>
        x.reduce((sum, value, i) => sum + value * y[i], 0);
      return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
    };
    const unknown = model.getVector('sheeps');
    expect(model.wv.indexOf('sheeps')).toBe(-1);
    expect(cosine(unknown, model.getVector('sheep'))).toBeGreaterThan(
      cosine(unknown, model.getVector('cheese')),
    );
    expect(model.getVector('cat')).toEqual(model.wv.get('cat'));
    await expect(async () => new FastText({ ...options, minN: 4, maxN: 3 })).rejects.toThrow(/maxN must be/);
    expect(() => model.getVector('')).not.toThrow();
  });

  it('has vectors that answer for such words themselves, also after they were saved', async () => {
    const model = new FastText({ ...options, ...subwords, epochs: 4, alpha: 0.05 });
    await model.fit(sentences);
    const { wv } = model;
    // By the definition, over the rows that training changed.
    const tensors = decodeSafetensors(model.toBytes(), 'model').tensors;
    const rows = tensors.get('inputs')!.data as Float32Array;
    const buckets = subwordBuckets('sheeps', { minn: 2, maxn: 4, bucket: 300 });
    expect(buckets).toHaveLength(7 + 6 + 5);
    const expected = Array.from({ length: options.vectorSize }, (_, i) =>
      buckets.reduce((sum, b) => sum + rows[(15 + b) * options.vectorSize + i] / buckets.length, 0),
    );
    expect(wv.has('sheeps')).toBe(true);
    wv.get('sheeps').forEach((value, i) => expect(value).toBeCloseTo(expected[i], 6));
    expect(wv.similarity('sheeps', 'sheep')).toBeGreaterThan(wv.similarity('sheeps', 'cheese'));
    expect(wv.mostSimilar({ positive: ['sheeps'], topn: 1 })).toEqual([
      { word: 'sheep', score: expect.any(Number) as number },
    ]);

    const path = join(folder, 'subwords.bin');
    await wv.save(path, { format: 'fasttext-binary' });
    const opened = await KeyedVectors.load(path);
    opened.get('sheeps').forEach((value, i) => expect(value).toBeCloseTo(expected[i], 6));
    expect((await FastText.fromBytes(model.toBytes())).wv.get('sheeps')).toEqual(wv.get('sheeps'));
  });

  it('is saved and opened with its n-grams', async () => {
    const model = new FastText({ ...options, ...subwords, sg: 0, epochs: 1 });
    await model.fit(sentences.slice(0, 500));
    const path = join(folder, 'fasttext.model');
    await model.save(path);
    const opened = await FastText.load(path);
    expect(opened.getVector('unheard')).toEqual(model.getVector('unheard'));
    expect(opened.toBytes()).toEqual(Uint8Array.from(readFileSync(path)));
    await expect(Word2Vec.load(path)).rejects.toThrow(/holds a FastText model/);
  });
});
