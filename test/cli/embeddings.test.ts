import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fileCorpus, KeyedVectors, Word2Vec } from '../../src/embeddings/index.js';
import { Random } from '../../src/base/math/random.js';
import { runCli } from '../support/run-cli.js';

const folder = mkdtempSync(join(tmpdir(), 'seqkit-cli-embeddings-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);

const random = new Random(2);
const nouns = ['king', 'man', 'woman', 'queen', 'boy', 'girl', 'prince', 'cat', 'dog'];
const lines = Array.from({ length: 3_000 }, () =>
  Array.from({ length: 8 }, () => random.choice(nouns)).join(', '),
);
const corpus = at('corpus.txt');
writeFileSync(corpus, `The ${lines.join('.\nThe ')}.\n`);
const small = ['--vector-size', '10', '--epochs', '3', '--threads', '1'];

describe('train-embeddings', () => {
  it('trains vectors that analogy and KeyedVectors open', async () => {
    const out = at('vectors.safetensors');
    const { status, stdout, stderr } = await runCli(['train-embeddings', corpus, ...small, '--out', out]);
    expect({ status, stderr }).toEqual({
      status: 0,
      stderr: `27,000 words; 10 different ones come 5 times or more.\nNext: seqkit analogy king man woman --vectors ${out}\n`,
    });
    expect(stdout).toMatch(/^vectors {3}10 words of 10 numbers\nloss {6}\d\.\d{3} nats/);
    expect(stdout).toMatch(/speed {5}[\d,]+ words per second on 1 thread, [\d.]+ s\nwrote {5}/);
    const vectors = await KeyedVectors.load(out);
    expect([...vectors.words()][0]).toBe('the');
    expect((await runCli(['analogy', 'king', 'man', 'woman', '--vectors', out])).status).toBe(0);
    expect(existsSync(`${out}.checkpoint`)).toBe(false);
    expect(await runCli(['train-embeddings', corpus, ...small, '--out', out])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('is there already') as string,
    });
  });

  it('prints one JSON value where asked, and saves the model', async () => {
    const [out, model] = [at('json.safetensors'), at('json.model')];
    const { status, stdout } = await runCli([
      ...[
        'train-embeddings',
        corpus,
        ...small,
        '--out',
        out,
        '--json',
        '--model',
        'fasttext',
        '--save-model',
        model,
      ],
      ...['--algorithm', 'cbow', '--threads', '2', '--min-n', '2', '--bucket', '100'],
    ]);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ file: out, corpus, vectorSize: 10, sg: 0, minN: 2, maxN: 6, bucket: 100, words: 10, workers: 2 },
      ...{ corpusWords: 27_000, wordsRead: 81_000 },
    });
    expect(existsSync(model)).toBe(true);
  });

  it('goes on from the checkpoint of a stopped run to the same file', async () => {
    const [whole, out] = [at('whole.safetensors'), at('resumed.safetensors')];
    expect((await runCli(['train-embeddings', corpus, ...small, '--out', whole])).status).toBe(0);
    // What the command leaves behind when it is stopped in its second pass.
    const model = new Word2Vec({ vectorSize: 10, epochs: 3, workers: 1, sg: 1, seed: 1 });
    const stop = new AbortController();
    const words = { ...fileCorpus(corpus, { tokens: 'words' }) };
    let blocks = 0;
    const stopping = {
      ...words,
      async *blocks() {
        for await (const block of words.blocks()) {
          if (++blocks === 8) stop.abort();
          yield block;
        }
      },
    };
    const run = model.fit(stopping, { signal: stop.signal, checkpoint: `${out}.checkpoint` });
    await expect(run).rejects.toThrow(/abort/i);

    const wrong = await runCli(['train-embeddings', corpus, '--out', out, '--resume', '--window', '9']);
    expect(wrong).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--window 9 is not among them: there it is 5.') as string,
    });
    const anew = await runCli(['train-embeddings', corpus, '--out', out]);
    expect(anew.stderr).toContain('resumed.safetensors.checkpoint is there already');
    const { status, stderr } = await runCli([
      'train-embeddings',
      corpus,
      '--out',
      out,
      '--resume',
      // The same command: the settings of before are no obstacle.
      ...small.slice(0, 4),
      '--threads',
      '1',
    ]);
    expect({ status, stderr }).toMatchObject({
      status: 0,
      stderr: expect.stringContaining('Going on in pass 2 of 3') as string,
    });
    expect(readFileSync(out).equals(readFileSync(whole))).toBe(true);
    expect(existsSync(`${out}.checkpoint`)).toBe(false);
  });

  it.each([
    [['--model', 'bert'], 2, 'Allowed choices are word2vec, fasttext'],
    [['--window', '0'], 2, 'whole number from 1'],
    [['--bucket', '5'], 2, '--bucket is of n-grams, which word2vec has none of'],
    [['--min-alpha', '1'], 2, '--alpha 0.025 is below --min-alpha 1'],
    [['--min-count', '1000000'], 1, 'none comes 1000000 times'],
  ])('refuses %j', async (args, status, message) => {
    const result = await runCli([
      'train-embeddings',
      corpus,
      '--threads',
      '1',
      '--out',
      at('none.vec'),
      ...args,
    ]);
    expect(result).toMatchObject({ status, stdout: '', stderr: expect.stringContaining(message) as string });
  });
});

describe('debias and audit-bias', () => {
  it('take a direction out of the vectors that come with seqkit, and measure what is left', async () => {
    const out = at('debiased.safetensors');
    const args = [
      'debias',
      '--direction',
      'she:he,woman:man',
      '--neutral',
      'nurse,doctor',
      '--equalize',
      'aunt:uncle',
    ];
    const result = await runCli([...args, '--out', out]);
    expect(result).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('2 words have nothing') as string,
    });
    const mended = await KeyedVectors.load(out);
    expect(mended.similarity('nurse', 'aunt')).toBeCloseTo(mended.similarity('nurse', 'uncle'), 6);

    const sets = [
      '--x',
      'rose,tulip,daisy,lily',
      '--y',
      'ant,flea,wasp,moth',
      '--a',
      'love,peace,happy',
      '--b',
      'hatred,war,ugly',
    ];
    const { status, stdout } = await runCli(['audit-bias', ...sets, '--json']);
    expect(status).toBe(0);
    const audit = JSON.parse(stdout) as { effectSize: number; pValue: number };
    expect(audit).toMatchObject({
      exact: true,
      permutations: 70,
      targetsX: ['rose', 'tulip', 'daisy', 'lily'],
    });
    // Caliskan et al. find flowers more pleasant than insects in GloVe, with an effect size of 1.5.
    expect(audit.effectSize).toBeGreaterThan(1);
    expect(audit.pValue).toBeLessThan(0.05);
    expect((await runCli(['audit-bias', ...sets])).stdout).toMatch(
      /^effect size {2}1\.\d{3} .*\np {12}0\.0\d+ .*all of 70 partitions/,
    );
  });

  const file = at('towns.txt');
  const towns = [
    'she 1 0.2',
    'he -1 0.2',
    'nürse 0.5 1',
    'doctor -0.5 1',
    'aunt 1 1',
    'uncle -1 1',
    'last 0 1',
  ];
  writeFileSync(file, Buffer.from(`${towns.join('\n')}\n`, 'latin1'));
  const of = ['--vectors', file, '--encoding', 'latin1', '--limit', '6'];

  it('find words in lower case and name near spellings, in files of any encoding and as far as asked', async () => {
    const out = at('towns.safetensors');
    const debias = (direction: string, neutral: string) =>
      runCli([
        ...['debias', ...of, '--direction', direction, '--neutral', neutral],
        ...['--equalize', 'AUNT:uncle', '--out', out, '--force'],
      ]);
    const { status, stderr } = await debias('She:he', 'NÜRSE,doctor');
    expect(status, stderr).toBe(0);
    for (const [typed, word] of [
      ['She', 'she'],
      ['NÜRSE', 'nürse'],
      ['AUNT', 'aunt'],
    ]) {
      expect(stderr).toContain(`"${typed}" is not in the vocabulary; its lower case "${word}" was used.\n`);
    }
    const mended = await KeyedVectors.load(out);
    expect([...mended.words()]).toEqual(['she', 'he', 'nürse', 'doctor', 'aunt', 'uncle']);
    expect(Array.from(mended.get('nürse'), (value) => Math.abs(value))).toEqual([0, 1]);
    expect((await debias('she:he', 'doctr')).stderr).toMatch(
      /"doctr" is not among the 6 words .*\nNear spellings: doctor\./,
    );
    const audit = (x: string) =>
      runCli(['audit-bias', ...of, '--x', x, '--y', 'doctor', '--a', 'she', '--b', 'he']);
    expect((await audit('Nürse')).stderr).toContain('its lower case "nürse" was used.\n');
    expect((await audit('last')).stderr).toContain('"last" is not among the 6 words');
    const plot = (word: string, name: string) =>
      runCli(['plot-embeddings', 'she', 'he', 'doctor', word, ...of, '--out', at(name)]);
    expect((await plot('Nürse', 'towns.svg')).stderr).toContain('its lower case "nürse" was used.\n');
    expect(readFileSync(at('towns.svg'), 'utf8')).toContain('>nürse</text>');
    expect((await plot('nurse', 'none.svg')).stderr).toContain('Near spellings: nürse.');
  });

  it.each([
    ['debias', '--direction', 'she:he', '--out', at('x.txt')],
    ['audit-bias', '--x', 'a', '--y', 'b', '--a', 'c', '--b', 'd'],
    ['plot-embeddings', 'a', 'b', 'c', '--out', at('x.svg')],
  ])('refuse options of a file where none is given: %s', async (...args) => {
    for (const more of [
      ['--limit', '5'],
      ['--encoding', 'latin1'],
    ]) {
      expect(await runCli([...args, ...more])).toMatchObject({
        status: 2,
        stderr: expect.stringContaining(`${more[0]} is of a file of vectors, and none was given`) as string,
      });
    }
  });

  it('refuse what is no pair', async () => {
    const { status, stderr } = await runCli(['debias', '--direction', 'she,he', '--out', at('x.txt')]);
    expect({ status, stderr }).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('"she" is none') as string,
    });
  });
});

describe('plot-embeddings', () => {
  const words = ['king', 'queen', 'man', 'woman', 'paris'];

  it('draws words and arrows', async () => {
    const out = at('map.svg');
    const args = ['plot-embeddings', ...words, '--arrows', 'man:woman,france:paris', '--out', out];
    const { status, stdout } = await runCli([...args, '--json']);
    expect(status).toBe(0);
    const { points } = JSON.parse(stdout) as { points: { word: string }[] };
    expect(points.map(({ word }) => word)).toEqual([...words, 'france']);
    const svg = readFileSync(out, 'utf8');
    for (const word of [...words, 'france']) expect(svg).toContain(`>${word}</text>`);
    expect(await runCli(args)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('is there already') as string,
    });
    expect(await runCli([...args, '--force', '--method', 'umap'])).toMatchObject({ status: 0 });
    expect(readFileSync(out, 'utf8')).toContain('UMAP of 6 words');
  });

  it.each([
    [['--out', 'map.gif'], 2, 'ends in .svg or .png'],
    [['--arrows', 'man'], 2, '"man" is none'],
    [['nosuchword'], 1, '"nosuchword" is not among'],
  ])('refuses %j', async (args, status, message) => {
    const result = await runCli(['plot-embeddings', ...words, '--out', at('none.svg'), ...args]);
    expect(result).toMatchObject({ status, stdout: '', stderr: expect.stringContaining(message) as string });
  });
});
