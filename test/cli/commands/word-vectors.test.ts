import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FastText, KeyedVectors } from '../../../src/embeddings/index.js';
import { runCli } from '../../support/run-cli.js';

let folder: string;
const file = (name: string) => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'seqkit-vectors-'));
  // Singular and plural apart by (0, 0, 1); of "mouse" the offset points elsewhere.
  const lines = [
    ['cat', 1, 0, 0],
    ['cats', 1, 0, 1],
    ['dog', 0.6, 0.8, 0],
    ['dogs', 0.6, 0.8, 1],
    ['Mouse', 0, 1, 0],
    ['mice', 0, 1, -1],
    ['far', -1, -1, 0],
  ];
  writeFileSync(file('words.txt'), lines.map((line) => `${line.join(' ')}\n`).join(''));
  writeFileSync(
    file('questions.txt'),
    ': plural\ncat cats dog dogs\ndog dogs cat cats\ncat cats mouse mice\ncat cats unicorn unicorns\n: none\n',
  );
  writeFileSync(file('pairs.tsv'), '# remarks\ncat\tcats\t3\ncat\tdog\t2.5\ncat\tfar\t0\ncat\tunicorn\t1\n');
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('seqkit eval-embeddings', () => {
  it('counts right answers by section, and what it left out', async () => {
    const args = ['eval-embeddings', file('words.txt'), '--analogies', file('questions.txt')];
    const { status, stdout, stderr } = await runCli(args);
    expect(status).toBe(0);
    expect(stdout.split('\n').map((line) => line.trim().split(/\s{2,}/))).toEqual([
      ['plural', '66.7%', '2/3'],
      ['none', '-', '0/0'],
      ['all, by 3cosadd', '66.7%', '2/3'],
      [''],
    ]);
    expect(stderr).toContain('25.0% of the questions hold a word without a vector');
    const json = JSON.parse((await runCli([...args, '--json', '--pairs', file('pairs.tsv')])).stdout);
    expect(json).toMatchObject({
      analogies: { method: '3cosadd', correct: 2, total: 3, oovRatio: 0.25 },
      // The cosines 0.71, 0.6 and -0.71 are in the order of the judgements.
      pairs: { spearman: { statistic: expect.closeTo(1, 12) }, pairs: 3, oovRatio: 0.25 },
    });
    const byPairs = await runCli([...args, '--method', 'pairs', '--json']);
    expect(JSON.parse(byPairs.stdout)).toMatchObject({ analogies: { method: 'pairs', total: 3 } });
  });

  it('answers by 3CosMul, and with the first words alone', async () => {
    // East, its opposite and what lies between; the last word is nearer to the sum than the one before it.
    const lines = ['a 1 0.2', 'b 0.1 1', 'c 0.9 0.7', 'd -0.6 1', 'e 0.1 0.9'];
    writeFileSync(file('five.txt'), lines.map((line) => `${line}\n`).join(''));
    writeFileSync(file('five.questions'), ': s\na b c d\na b c e\n');
    const vectors = await KeyedVectors.load(file('five.txt'));
    const args = ['eval-embeddings', file('five.txt'), '--analogies', file('five.questions'), '--json'];
    const counted = async (...more: string[]) =>
      (JSON.parse((await runCli([...args, ...more])).stdout) as { analogies: object }).analogies;
    const best = (restrictVocab: number) => {
      const near = (x: string, y: string) => (1 + vectors.similarity(x, y)) / 2;
      const score = (x: string) => (near(x, 'b') * near(x, 'c')) / (near(x, 'a') + 1e-6);
      const others = ['d', 'e'].slice(0, restrictVocab - 3);
      return others.reduce((one, other) => (score(other) > score(one) ? other : one));
    };
    const added = vectors.mostSimilar({ positive: ['b', 'c'], negative: ['a'], topn: 1 })[0].word;
    // The methods differ here.
    expect([added, best(5)]).toEqual(['e', 'd']);
    const right = (answer: string) => ({
      correct: 1,
      total: 2,
      method: answer === 'e' ? '3cosadd' : '3cosmul',
    });
    expect(await counted()).toMatchObject(right('e'));
    expect(await counted('--method', '3cosmul')).toMatchObject(right('d'));
    // Without "e" its question does not count, and the other is answered "d".
    for (const method of ['3cosadd', '3cosmul']) {
      const restricted = await counted('--restrict-vocab', '4', '--method', method);
      expect(restricted).toMatchObject({ correct: 1, total: 1, oovRatio: 0.5 });
    }
  });

  it('refuses files that are none of questions, by the line', async () => {
    const evaluate = (option: string, name: string) =>
      runCli(['eval-embeddings', file('words.txt'), option, file(name)]);
    expect((await evaluate('--analogies', 'pairs.tsv')).stderr).toMatch(/line 1 comes before any section/);
    expect((await evaluate('--pairs', 'questions.txt')).stderr).toMatch(/line 1 should be two words and/);
    writeFileSync(file('short.txt'), ': one\ncat cats dog\n');
    expect((await evaluate('--analogies', 'short.txt')).stderr).toMatch(/line 2 has 3 words, not four/);
    const whole = await runCli(['eval-embeddings', '--pairs', file('pairs.tsv'), '--limit', '9']);
    expect(whole).toMatchObject({ status: 2, stderr: expect.stringContaining('--limit is of a file') });
    expect(await runCli(['eval-embeddings'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('give --analogies or --pairs'),
    });
  });
});

describe('seqkit convert-vectors', () => {
  it('goes round all formats and comes back with the same numbers', async () => {
    const plain = ['a.vec', 'b.bin', 'c.safetensors', 'd.txt', 'e.fasttext'];
    const names = [...plain, ...plain.map((name) => `${name}.gz`), 'f.txt'];
    let from = file('words.txt');
    for (const name of names) {
      const format = name.includes('fasttext') ? ['--format', 'fasttext-binary'] : [];
      const { status, stdout } = await runCli(['convert-vectors', from, file(name), ...format]);
      expect([status, stdout]).toEqual([0, `${file(name)}: 7 words of 3 numbers\n`]);
      from = file(name);
    }
    expect(readFileSync(from, 'utf8')).toBe(readFileSync(file('words.txt'), 'utf8'));
  });

  it('says where the pieces of words are lost that a model of fastText has', async () => {
    const model = new FastText({ vectorSize: 3, minCount: 1, bucket: 20, workers: 1, epochs: 1, sample: 0 });
    await model.fit(Array.from({ length: 20 }, () => ['cat', 'cats', 'dog', 'dogs']));
    await model.wv.save(file('model.bin'), { format: 'fasttext-binary' });
    const lost = `${file('words-only.vec')} keeps the words alone`;
    const convert = (...args: string[]) => runCli(['convert-vectors', file('model.bin'), ...args]);
    expect((await convert(file('words-only.vec'))).stderr).toContain(lost);
    expect(JSON.parse((await convert(file('words-only.vec'), '--force', '--json')).stdout)).toMatchObject({
      notes: [expect.stringContaining(lost) as string],
    });
    expect((await convert(file('again.bin'), '--format', 'fasttext-binary')).stderr).toBe('');
    expect((await KeyedVectors.load(file('again.bin'))).get('catch')).toEqual(model.wv.get('catch'));
    expect((await KeyedVectors.load(file('words-only.vec'))).has('catch')).toBe(false);
  });

  it('keeps fewer bits where that is asked', async () => {
    const errors: number[] = [];
    for (const precision of ['float16', 'int8']) {
      const out = file(`${precision}.safetensors`);
      await runCli(['convert-vectors', file('words.txt'), out, '--precision', precision]);
      const dog = (await KeyedVectors.load(out)).get('dog');
      errors.push(Math.abs(dog[0] - 0.6));
    }
    // 0.6 in 16 bits is 2458 / 4096; of 127 steps to 0.8, it is 95.25.
    expect(errors[0]).toBeCloseTo(2458 / 4096 - 0.6, 8);
    expect(errors[1]).toBeCloseTo(0.6 - (95 / 127) * 0.8, 7);
  });

  it('overwrites nothing, and knows what it cannot write', async () => {
    const out = file('words.txt');
    const convert = (...args: string[]) => runCli(['convert-vectors', file('words.txt'), ...args]);
    expect((await convert(out)).stderr).toMatch(/is there already/);
    expect((await convert(file('x.doc'))).stderr).toMatch(/tells no format of vectors/);
    expect((await convert(file('x.txt'), '--precision', 'int8')).stderr).toMatch(/keeps 32-bit floats/);
    writeFileSync(file('spaces.txt'), 'new york 1 2\na 3 4\nb 5 6\n');
    const spaces = await runCli(['convert-vectors', file('spaces.txt'), file('spaces.bin')]);
    expect(spaces.stderr).toMatch(/"new york" cannot be written in word2vec's binary format/);
  });
});
