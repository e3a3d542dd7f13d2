import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as embeddings from '../../src/embeddings/index.js';
import { FastText, KeyedVectors, Word2Vec } from '../../src/embeddings/index.js';
import { faultsOf, methodsOf, path, whole } from '../support/wrong-calls.js';

const words = ['a', 'b', 'c', 'd', 'e', 'f'];
const numbers = Float32Array.from({ length: 18 }, (_, i) => Math.sin(i * i + 1));
const vectors = KeyedVectors.fromRows(words, numbers);
const corpus = [words, ['b', 'a', 'c', 'c', 'd']];
const settings = { vectorSize: 4, minCount: 1, workers: 1, epochs: 1, sample: 0 };
const folder = mkdtempSync(join(tmpdir(), 'seqkit-wrong-'));
const at = (name: string) => path(join(folder, name));
const direction = embeddings.biasDirection(vectors, [['a', 'b']]);
let word2vec: Word2Vec;
let fastText: FastText;

beforeAll(async () => {
  word2vec = new Word2Vec(settings);
  fastText = new FastText({ ...settings, bucket: 20 });
  await word2vec.fit(corpus);
  await fastText.fit(corpus);
  await vectors.save(join(folder, 'v.txt'));
  await word2vec.save(join(folder, 'w.safetensors'));
  await fastText.save(join(folder, 'f.safetensors'));
});

afterAll(() => rmSync(folder, { recursive: true }));

/** The right arguments of every function and constructor, all options named. */
const functions: Record<string, () => readonly unknown[]> = {
  Word2Vec: () => [
    {
      ...{ ...settings, window: 2, sg: 1, negative: 2, nsExponent: 0.5, cbowMean: 1, shrinkWindows: true },
      ...{ sample: 0, alpha: 0.1, minAlpha: 0.01, seed: 2, maxFinalVocab: 4, maxVocabSize: 10 },
    },
    { minn: 1, maxn: 2, bucket: 10 },
  ],
  FastText: () => [{ ...settings, minN: 2, maxN: 3, bucket: 10 }],
  fileCorpus: () => [at('v.txt'), { tokens: 'words', encoding: 'utf-8', name: 'x' }],
  textCorpus: () => ['a b', { tokens: 'spaces', name: 'x' }],
  cosineSimilarity: () => [
    [1, 2],
    [3, 4],
  ],
  biasDirection: () => [vectors, [['a', 'b']]],
  debias: () => [vectors, { direction, neutral: ['c'], equalize: [['a', 'b']] }],
  weat: () => [
    vectors,
    { targetsX: ['a', 'b'], targetsY: ['c', 'd'], attributesA: ['e'], attributesB: ['f'] },
    { permutations: 5, seed: 1 },
  ],
  pcaMap: () => [vectors, ['a', 'b', 'c']],
  umapMap: () => [vectors, ['a', 'b', 'c', 'd'], { seed: 1, neighbors: 3 }],
};

/** A stream that can be read again. */
const stream = () => ({
  async *[Symbol.asyncIterator]() {
    yield new TextEncoder().encode('a 1 2\nb 2 1\n');
  },
});

const query = { positive: ['a'], negative: ['b'], topn: 2, restrictVocab: 5 };
const progress = (): void => undefined;

/** The right arguments of every method. */
const keyedVectors: Record<string, () => readonly unknown[]> = {
  has: () => ['a'],
  indexOf: () => ['a'],
  wordAt: () => [1],
  get: () => ['a'],
  words: () => [],
  mostSimilar: () => [query],
  mostSimilarCosmul: () => [query],
  places: () => [['c'], query, '3cosmul'],
  similarByWord: () => ['a', 2, 5],
  similarByVector: () => [[1, 2, 3], 2, 5],
  similarity: () => ['a', 'b'],
  nSimilarity: () => [['a'], ['b', 'c']],
  distance: () => ['a', 'b', 'euclidean'],
  doesntMatch: () => [['a', 'b', 'c']],
  closerThan: () => ['a', 'b'],
  rank: () => ['a', 'b'],
  evaluateWordAnalogies: () => [
    { text: ': s\na b c d\n' },
    {
      ...{ method: '3cosadd', restrictVocab: 5, caseInsensitive: true, dummyForUnknown: true },
      onProgress: progress,
    },
  ],
  evaluateWordPairs: () => [
    { text: 'a\tb\t1\nc\td\t2\na\tc\t3\n' },
    { delimiter: '\t', restrictVocab: 5, caseInsensitive: true, dummyForUnknown: false },
  ],
  save: () => [at('out.txt'), { format: 'glove', precision: 'float32', force: true, onProgress: progress }],
  toBytes: () => ['seqkit', { precision: 'int8', onProgress: progress }],
  nearSpellings: () => ['ab', 3],
};

const fitOptions = { checkpointMinutes: 5, onProgress: progress, onCount: progress, signal: undefined };
const training: Record<string, () => readonly unknown[]> = {
  buildVocab: () => [corpus, { signal: undefined, onCount: progress }],
  fit: () => [corpus, { ...fitOptions, checkpoint: undefined }],
  train: () => [corpus, fitOptions],
  save: () => [at('again.safetensors'), { force: true }],
  toBytes: () => [],
};
const opening = { workers: 1, verify: true };

const statics: Record<string, () => readonly unknown[]> = {
  'KeyedVectors.load': () => [
    at('v.txt'),
    { limit: 2, encoding: 'utf-8', int8Search: false, threads: 1, verify: true },
  ],
  'KeyedVectors.fromBytes': () => [new TextEncoder().encode('a 1 2\nb 2 1\n'), { name: 'x', limit: 1 }],
  'KeyedVectors.fromStream': () => [
    whole(stream()),
    { name: 'x', limit: 1, encoding: 'utf-8', verify: true },
  ],
  'KeyedVectors.fromRows': () => [words, numbers, { name: 'x', subwords: undefined }],
  'KeyedVectors.default': () => [],
  'Word2Vec.load': () => [at('w.safetensors'), opening],
  'Word2Vec.fromBytes': () => [word2vec.toBytes(), { ...opening, name: 'x' }],
  'FastText.load': () => [at('f.safetensors'), opening],
  'FastText.fromBytes': () => [fastText.toBytes(), { ...opening, name: 'x' }],
};

/** The classes, each with what makes one and the methods that are driven; `dispose` takes nothing. */
const classes = {
  KeyedVectors: { make: () => vectors, methods: keyedVectors },
  Word2Vec: { make: () => word2vec, methods: training },
  FastText: { make: () => fastText, methods: { ...training, getVector: () => ['a'] } },
};

// Called by subclasses alone, and protected in TypeScript.
const inner = ['ready', 'restore', 'subwords', 'vectorOfRow', 'inputRow', 'dispose'];

describe('wrong values', () => {
  it('are tried on all that the module has', () => {
    const names = Object.keys(embeddings).filter((name) => name !== 'SeqkitError');
    expect(names.sort()).toEqual([...new Set([...Object.keys(functions), ...Object.keys(classes)])].sort());
    for (const [name, { methods }] of Object.entries(classes)) {
      const found = methodsOf(embeddings[name as keyof typeof classes]);
      expect(found.methods.filter((method) => !inner.includes(method))).toEqual(Object.keys(methods).sort());
      expect(found.statics.map((method) => `${name}.${method}`)).toEqual(
        Object.keys(statics)
          .filter((method) => method.startsWith(`${name}.`))
          .sort(),
      );
    }
  });

  it.each(Object.keys(functions))('are refused or answered by %s', async (name) => {
    const made = embeddings[name as 'Word2Vec'] as unknown as new (...given: never[]) => unknown;
    const isClass = name in classes;
    const call = (...given: never[]): unknown =>
      isClass ? new made(...given) : (made as unknown as (...all: never[]) => unknown)(...given);
    expect(await faultsOf(name, call, functions[name]())).toEqual([]);
  });

  it.each(Object.keys(statics))('are refused or answered by %s', async (name) => {
    const [kind, method] = name.split('.') as ['KeyedVectors', 'load'];
    const owner = embeddings[kind];
    const call = (...given: never[]): unknown => (owner[method] as (...all: never[]) => unknown)(...given);
    expect(await faultsOf(name, call, statics[name]())).toEqual([]);
  });

  it.each(
    Object.entries(classes).flatMap(([name, { methods }]) =>
      Object.keys(methods).map((method) => [name, method] as const),
    ),
  )('are refused or answered by %s.%s', async (name, method) => {
    const { make, methods } = classes[name as keyof typeof classes];
    const object = make() as unknown as Record<string, (...given: never[]) => unknown>;
    const given = (methods as Record<string, () => readonly unknown[]>)[method]();
    const call = (...all: never[]): unknown => object[method](...all);
    expect(await faultsOf(`${name}.${method}`, call, given)).toEqual([]);
  });

  it('are not what the right calls are refused for', async () => {
    for (const [name, args] of Object.entries(keyedVectors)) {
      const right = args().map((one) =>
        typeof one === 'object' && one !== null && 'isPath' in one ? (one as { value?: unknown }).value : one,
      );
      const method = (vectors as unknown as Record<string, (...given: unknown[]) => unknown>)[name];
      await expect((async () => method.apply(vectors, right))(), name).resolves.not.toThrow();
    }
  });
});

describe('a single word', () => {
  it('is taken for a list of one, as gensim takes it', () => {
    expect(vectors.mostSimilar({ positive: 'a' })).toEqual(vectors.mostSimilar({ positive: ['a'] }));
    expect(vectors.mostSimilarCosmul({ positive: 'a', negative: 'b' })).toEqual(
      vectors.mostSimilarCosmul({ positive: ['a'], negative: ['b'] }),
    );
    const vector = vectors.get('a');
    expect(vectors.mostSimilar({ positive: vector })).toEqual(vectors.mostSimilar({ positive: [vector] }));
  });

  it.each([
    [() => vectors.mostSimilar({ positive: [1, 2, 3] as never }), 'For one vector give [vector].'],
    [() => vectors.get(1984 as never), 'A word that is a number is text too: "1984".'],
    [() => vectors.doesntMatch('abc' as never), 'For one word give ["abc"].'],
    [() => vectors.mostSimilar({ positive: 'a', topN: 3 } as never), 'Did you mean "topn"?'],
    [() => embeddings.weat('glove.txt' as never, {} as never), 'await KeyedVectors.load(path)'],
  ])('or a mistake of its kind has a hint, %#', (call, hint) => {
    expect(call).toThrow(expect.objectContaining({ hint: expect.stringContaining(hint) as string }) as Error);
  });

  it.each([
    ['NaN among rows', () => KeyedVectors.fromRows(['a', 'b'], Float32Array.of(1, 2, NaN, 4)), '"b" (row 1)'],
    ['infinity among rows', () => KeyedVectors.fromRows(['a'], Float32Array.of(Infinity)), 'holds Infinity'],
    ['NaN in a vector', () => vectors.similarByVector([1, NaN, 3]), 'similarByVector: vector[1]'],
    ['a hole in a vector', () => vectors.similarByVector([1, , 3] as never), 'vector[1]'], // eslint-disable-line no-sparse-arrays
    ['a weight of NaN', () => vectors.mostSimilar({ positive: { term: 'a', weight: NaN } }), 'weight'],
    ['no words', () => vectors.doesntMatch([]), 'no words'],
    ['no group', () => vectors.nSimilarity([], ['a']), 'at least one word'],
    ['no direction', () => embeddings.debias(vectors, { direction: new Float64Array(3) }), 'unit vector'],
    [
      'a long direction',
      () => embeddings.debias(vectors, { direction: Float64Array.of(2, 0, 0) }),
      'unit vector',
    ],
    ['a word twice', () => KeyedVectors.fromRows(['a', 'a'], Float32Array.of(1, 2)), 'comes twice'],
  ])('is refused: %s', (_, call, message) => {
    expect(call).toThrow(message);
  });

  it('may come twice in a question', () => {
    expect(vectors.doesntMatch(['a', 'a'])).toBe('a');
    expect(vectors.mostSimilar({ positive: ['a', 'a'] })).toHaveLength(5);
  });
});
