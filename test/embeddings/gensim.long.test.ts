import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { FastText, KeyedVectors } from '../../src/embeddings/index.js';
import { gensim, needGensim, unpackFloats, type GensimResult } from '../support/gensim.js';
import { needShared } from '../support/shared-data.js';

const folder = mkdtempSync(join(tmpdir(), 'seqkit-gensim-'));
afterAll(() => rmSync(folder, { recursive: true }));

const floats = (vectors: KeyedVectors) =>
  Float32Array.from([...vectors.words()].flatMap((word) => [...vectors.get(word)]));

async function expectSame(vectors: KeyedVectors, result: GensimResult): Promise<void> {
  expect([...vectors.words()]).toEqual(result.words);
  expect(floats(vectors)).toEqual(unpackFloats(result.vectors));
}

const files = [
  { name: 'glove.6B.50d.first9163.txt', format: 'glove' },
  { name: 'test_glove.txt', format: 'glove' },
  { name: 'toy-model.vec', format: 'word2vec' },
  { name: 'high_precision.kv.txt', format: 'word2vec' },
  { name: 'high_precision.kv.bin', format: 'word2vec-binary' },
  { name: 'euclidean_vectors.bin', format: 'word2vec-binary' },
] as const;

describe('files of other makers equal what gensim reads from them', () => {
  it('GloVe, word2vec text and word2vec binary, to the last bit', async (context) => {
    needGensim(context);
    const tasks = files.map(({ name, format }) => ({
      file: needShared(context, 'words', name),
      format,
      vectors: true,
    }));
    const results = await gensim(tasks);
    for (const [i, { file }] of tasks.entries()) await expectSame(await KeyedVectors.load(file), results[i]);
  });

  it("fastText's models, old and new, and unknown words by their pieces", async (context) => {
    needGensim(context);
    const models = [
      { name: 'toy-model.bin', unknown: ['anarchy', 'xy', 'éclair', 'societies', '浴浴'] },
      { name: 'non_ascii_fasttext.bin', unknown: ['přese', 'kterouk', 'žž'] },
    ].map((model) => ({ ...model, file: needShared(context, 'words', model.name) }));
    const results = await gensim(
      models.map(({ file, unknown }) => ({ file, format: 'fasttext-binary', vectors: true, unknown })),
    );
    for (const [i, { file, unknown }] of models.entries()) {
      const vectors = await KeyedVectors.load(file);
      const result = results[i];
      expect([...vectors.words()]).toEqual(result.words);
      // gensim cuts up the mark of a sentence's end, which fastText itself leaves whole.
      const found = unpackFloats(result.vectors);
      result.words.forEach((word, row) => {
        if (word === '</s>') return;
        const expected = found.subarray(row * vectors.vectorSize, (row + 1) * vectors.vectorSize);
        expect(vectors.get(word), word).toEqual(expected);
      });
      unknown.forEach((word, j) => {
        expect(vectors.indexOf(word)).toBe(-1);
        expect(vectors.get(word), word).toEqual(unpackFloats(result.unknown[j]));
      });
    }
  });

  it("fastText's model, as fastText prints it", async (context) => {
    if (spawnSync('fasttext').error !== undefined) context.skip('fasttext is not there');
    const file = needShared(context, 'words', 'toy-model.bin');
    const vectors = await KeyedVectors.load(file);
    const words = [...vectors.words(), 'anarchy', 'societies'];
    await expectPrinted(file, vectors, words);
  });
});

/** Holds vectors against the digits that the program fastText prints of a model. */
async function expectPrinted(file: string, vectors: KeyedVectors, words: string[]): Promise<void> {
  const { stdout } = spawnSync('fasttext', ['print-word-vectors', file], {
    input: `${words.join('\n')}\n`,
    encoding: 'utf8',
  });
  const lines = stdout.trimEnd().split('\n');
  expect(lines).toHaveLength(words.length);
  lines.forEach((line, i) => {
    const [word, ...numbers] = line.trim().split(' ');
    expect(word).toBe(words[i]);
    // Five digits are printed.
    numbers.forEach((number, j) => {
      const value = vectors.get(word)[j];
      expect(Math.abs(value - Number(number)), word).toBeLessThanOrEqual(Math.abs(value) * 1e-4 + 1e-9);
    });
  });
}

describe('files of ours are read by gensim', () => {
  it('text and binary, plain and packed', async (context) => {
    needGensim(context);
    const vectors = await KeyedVectors.load(needShared(context, 'words', 'test_glove.txt'));
    const written = [
      ['word2vec', 'toy.vec'],
      ['glove', 'toy.txt'],
      ['word2vec-binary', 'toy.bin'],
      ['word2vec', 'toy.vec.gz'],
      ['word2vec-binary', 'toy.bin.gz'],
    ] as const;
    const tasks = written.map(([format, name]) => ({ file: join(folder, name), format, vectors: true }));
    for (const { file } of tasks) await vectors.save(file);
    const results = await gensim(tasks);
    for (const [i, { file }] of tasks.entries()) {
      await expectSame(vectors, results[i]);
      await expectSame(await KeyedVectors.load(file), results[i]);
    }
  });

  it('and by fastText, with the pieces of unknown words', async (context) => {
    needGensim(context);
    if (spawnSync('fasttext').error !== undefined) context.skip('fasttext is not there');
    for (const name of ['toy-model.bin', 'test_glove.txt']) {
      const vectors = await KeyedVectors.load(needShared(context, 'words', name));
      const file = join(folder, `${name}.fasttext`);
      await vectors.save(file, { format: 'fasttext-binary' });
      const again = await KeyedVectors.load(file);
      expect([...again.words()]).toEqual([...vectors.words()]);
      const words = [...vectors.words(), ...(vectors.subwords ? ['anarchy'] : [])];
      for (const word of words) {
        vectors.get(word).forEach((value, i) => expect(again.get(word)[i]).toBeCloseTo(value, 6));
      }
      await expectPrinted(file, again, words);
      const [result] = await gensim([{ file, format: 'fasttext-binary', vectors: true }]);
      expect(result.words).toEqual([...vectors.words()]);
    }
  });
});

it('a FastText of ours gives unknown words the vectors that gensim makes of its n-grams', async (context) => {
  needGensim(context);
  const model = new FastText({ vectorSize: 10, minN: 2, maxN: 5, bucket: 500, minCount: 1, workers: 1 });
  const words = ['river', 'rivers', 'rivière', 'harbour', '港', 'pier'];
  await model.fit(Array.from({ length: 50 }, (_, i) => words.slice(i % 3)));
  const file = join(folder, 'ours.bin');
  await model.wv.save(file, { format: 'fasttext-binary' });
  const unknown = ['riverbank', 'harbours', '港口', 'é'];
  const [result] = await gensim([{ file, format: 'fasttext-binary', vectors: true, unknown }]);
  expect(result.words).toEqual([...model.wv.words()]);
  const near = (found: string, expected: Float32Array) =>
    unpackFloats(found).forEach((value, i) => expect(value).toBeCloseTo(expected[i], 6));
  unknown.forEach((word, i) => near(result.unknown[i], model.wv.get(word)));
  near(result.vectors, floats(model.wv));
});

describe('questions are answered as gensim does', () => {
  const near = (value: number) => expect.closeTo(value, 5);
  const scored = (answers: { word: string; score: number }[]) =>
    answers.map(({ word, score }) => ({ word, score: near(score) }));
  const random = Array.from({ length: 50 }, (_, i) => Math.sin(i * i));

  it('and analogies and pairs of words are counted as it does', async (context) => {
    needGensim(context);
    const file = needShared(context, 'words', 'glove.6B.50d.first9163.txt');
    const vectors = await KeyedVectors.load(file);
    const query = (name: string, args: unknown) => ({ name, arguments: args });
    const [{ answers, analogies, pairs }] = await gensim([
      {
        file,
        format: 'glove',
        analogies: needShared(context, 'words', 'questions-words.txt'),
        pairs: needShared(context, 'words', 'wordsim353.tsv'),
        queries: [
          query('most_similar', { positive: ['king', 'woman'], negative: ['man'], topn: 12 }),
          query('most_similar', { positive: [['king', 0.5], 'woman'], negative: [['man', -2]], topn: 5 }),
          query('most_similar', { positive: ['river'], restrict_vocab: 2000, topn: 5 }),
          query('most_similar', { negative: ['river'], topn: 5 }),
          query('most_similar_cosmul', { positive: ['paris', 'germany'], negative: ['france'], topn: 8 }),
          query('similar_by_vector', { vector: random, topn: 6 }),
          query('similarity', ['tea', 'coffee']),
          query('n_similarity', [
            ['tea', 'coffee'],
            ['war', 'peace', 'army'],
          ]),
          query('distance', ['tea', 'coffee']),
          query('doesnt_match', [['tea', 'coffee', 'army', 'wine']]),
          query('closer_than', ['tea', 'coffee']),
          query('closer_than', ['tea', 'water']),
          query('rank', ['tea', 'water']),
        ],
      },
    ]);
    expect([
      vectors.mostSimilar({ positive: ['king', 'woman'], negative: ['man'], topn: 12 }),
      vectors.mostSimilar({
        positive: [{ term: 'king', weight: 0.5 }, 'woman'],
        negative: [{ term: 'man', weight: -2 }],
        topn: 5,
      }),
      vectors.mostSimilar({ positive: ['river'], restrictVocab: 2000, topn: 5 }),
      vectors.mostSimilar({ negative: ['river'], topn: 5 }),
      vectors.mostSimilarCosmul({ positive: ['paris', 'germany'], negative: ['france'], topn: 8 }),
      vectors.similarByVector(random, 6),
    ]).toEqual(answers.slice(0, 6).map(scored));
    expect(vectors.similarByWord('river', 5, 2000)).toEqual(scored(answers[2]));
    expect([
      vectors.similarity('tea', 'coffee'),
      vectors.nSimilarity(['tea', 'coffee'], ['war', 'peace', 'army']),
      vectors.distance('tea', 'coffee'),
    ]).toEqual(answers.slice(6, 9).map(near));
    expect([
      vectors.doesntMatch(['tea', 'coffee', 'army', 'wine']),
      vectors.closerThan('tea', 'coffee'),
      vectors.closerThan('tea', 'water'),
      vectors.rank('tea', 'water'),
    ]).toEqual(answers.slice(9));

    const asked = await vectors.evaluateWordAnalogies(needShared(context, 'words', 'questions-words.txt'));
    const counts = asked.sections.map(({ section, correct, total }) => [section, correct, total]);
    expect([...counts, ['Total accuracy', asked.correct, asked.total]]).toEqual(analogies);
    expect([asked.correct, asked.total]).toEqual([3538, 6003]);
    const compared = await vectors.evaluateWordPairs(needShared(context, 'words', 'wordsim353.tsv'));
    const { pearson, spearman, oovRatio } = compared;
    expect(pearson.statistic).toBeCloseTo(pairs.pearson[0], 6);
    // gensim's similarities are rounded to single precision, which can make two of them trade ranks.
    expect(spearman.statistic).toBeCloseTo(pairs.spearman[0], 4);
    expect(oovRatio).toBeCloseTo(pairs.oovRatio, 12);
    expect(pearson.pvalue / pairs.pearson[1]).toBeCloseTo(1, 3);
    expect(spearman.pvalue / pairs.spearman[1]).toBeCloseTo(1, 2);
  });

  it('and so where case matters and where unknown words count', async (context) => {
    needGensim(context);
    const file = needShared(context, 'words', 'glove.6B.50d.first9163.txt');
    const analogies = needShared(context, 'words', 'questions-words.txt');
    const pairs = join(folder, 'pairs.csv');
    const judged = readFileSync(needShared(context, 'words', 'wordsim353.tsv'), 'utf8');
    writeFileSync(pairs, judged.replaceAll('\t', ','));
    const options = { dummy4unknown: true, case_insensitive: false };
    const pairOptions = { ...options, delimiter: ',' };
    const [result] = await gensim([{ file, format: 'glove', analogies, options, pairs, pairOptions }]);
    const vectors = await KeyedVectors.load(file);
    const ours = { dummyForUnknown: true, caseInsensitive: false };
    const asked = await vectors.evaluateWordAnalogies(analogies, ours);
    const counts = asked.sections.map(({ section, correct, total }) => [section, correct, total]);
    expect([...counts, ['Total accuracy', asked.correct, asked.total]]).toEqual(result.analogies);
    const compared = await vectors.evaluateWordPairs(pairs, { ...ours, delimiter: ',' });
    expect(compared.pearson.statistic).toBeCloseTo(result.pairs.pearson[0], 6);
    expect(compared.oovRatio).toBeCloseTo(result.pairs.oovRatio, 12);
    expect(compared.oovRatio).toBeGreaterThan(0);
  });

  it('and counts of analogies by 3CosMul are its own', async (context) => {
    needGensim(context);
    const file = needShared(context, 'words', 'glove.6B.50d.first9163.txt');
    const analogies = needShared(context, 'words', 'questions-words.txt');
    const [result] = await gensim([{ file, format: 'glove', analogies, method: '3cosmul' }]);
    const vectors = await KeyedVectors.load(file);
    const asked = await vectors.evaluateWordAnalogies(analogies, { method: '3cosmul' });
    const counts = asked.sections.map(({ section, correct, total }) => [section, correct, total]);
    expect([...counts, ['Total accuracy', asked.correct, asked.total]]).toEqual(result.analogies);
    // Not what 3CosAdd answers.
    expect(asked.correct).not.toBe(3538);
  });
});
