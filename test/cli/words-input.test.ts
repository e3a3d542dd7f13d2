import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { FastText, KeyedVectors } from '../../src/embeddings/index.js';
import { runCli } from '../support/run-cli.js';
import { withStdin } from '../support/with-stdin.js';

const folder = mkdtempSync(join(tmpdir(), 'seqkit-cli-words-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);
const file = (name: string, content: string | Uint8Array): string => {
  writeFileSync(at(name), content);
  return at(name);
};

const glove = 'king 1 0\nqueen 0.6 0.8\nman 0 1\n';
const sentences = 'the cat sat on the mat while kings and queens walked\n'.repeat(100);
const small = ['--vector-size', '8', '--epochs', '2', '--threads', '1'];

describe('standard input, for -,', () => {
  it('is taken for vectors by each command that opens them', async () => {
    const commands: [string[], string][] = [
      [['similarity', 'king', 'queen', '--vectors', '-'], '0.6000\n'],
      [['neighbors', 'king', '--vectors', '-', '--topn', '1'], 'queen  0.6000\n'],
      [['convert-vectors', '-', at('converted.vec')], `${at('converted.vec')}: 3 words of 2 numbers\n`],
    ];
    for (const [args, stdout] of commands) {
      expect(await withStdin(glove, () => runCli(args))).toMatchObject({ status: 0, stdout });
    }
    expect(readFileSync(at('converted.vec'), 'utf8')).toBe('3 2\nking 1 0\nqueen 0.6 0.8\nman 0 1\n');
  });

  it('is called so in errors, and cannot hold vectors and queries at once', async () => {
    expect(await withStdin('', () => runCli(['neighbors', 'king', '--vectors', '-']))).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('standard input is empty') as string,
    });
    expect(await withStdin(glove, () => runCli(['neighbors', '--vectors', '-']))).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('no queries can be read from it') as string,
    });
  });

  it('is taken for questions and for pairs, with another delimiter where that is given', async () => {
    const vectors = file('glove.txt', glove);
    const pairs = 'king,queen,9\nking,man,1\nqueen,man,8\n';
    const evaluate =
      (...args: string[]) =>
      () =>
        runCli(['eval-embeddings', vectors, '--json', ...args]);
    const { status, stdout } = await withStdin(pairs, evaluate('--pairs', '-', '--delimiter', ','));
    expect(status).toBe(0);
    // By hand: cosines 0.6, 0, 0.8 against 9, 1, 8 rank 2, 1, 3 against 3, 1, 2.
    expect((JSON.parse(stdout) as { pairs: unknown }).pairs).toMatchObject({
      pairs: 3,
      spearman: { statistic: 0.5 },
    });
    const refused = await withStdin(pairs, evaluate('--pairs', '-'));
    expect(JSON.parse(refused.stderr)).toMatchObject({
      error: {
        message:
          'standard input: line 1 should be two words and a number, with "\\t" between: "king,queen,9".',
        hint: 'Mend the line, or give another delimiter, such as "," here.',
      },
    });
    const asked = await withStdin(': all\nking man king queen\n', evaluate('--analogies', '-'));
    expect(JSON.parse(asked.stdout)).toMatchObject({ analogies: { total: 1 } });
  });

  it('is taken for a corpus, which is read several times', async () => {
    const [out, same] = [at('piped.safetensors'), at('read.safetensors')];
    const trained = await withStdin(sentences, () =>
      runCli(['train-embeddings', '-', ...small, '--out', out, '--json']),
    );
    expect(JSON.parse(trained.stdout)).toMatchObject({ corpus: 'standard input', corpusWords: 1100 });
    expect(
      (await runCli(['train-embeddings', file('sentences.txt', sentences), ...small, '--out', same])).status,
    ).toBe(0);
    expect(readFileSync(out).equals(readFileSync(same))).toBe(true);
  });

  it('is taken for a text to train on and to measure by', async () => {
    const model = at('text.safetensors');
    const text = 'the quick brown fox '.repeat(60);
    const train = [
      'train-text',
      '-',
      '--units',
      '8',
      '--layers',
      '1',
      '--epochs',
      '1',
      '--batch',
      '2',
      '--seq-length',
      '16',
    ];
    // 16 letters and the halves of bytes.
    const trained = await withStdin(text, () => runCli([...train, '--out', model, '--json']));
    expect(JSON.parse(trained.stdout)).toMatchObject({ text: 'standard input', vocabulary: 32 });
    const measured = await withStdin(text, () => runCli(['eval-text', model, '-', '--json']));
    expect(JSON.parse(measured.stdout)).toMatchObject({
      text: 'standard input',
      characters: text.length - 1,
    });
  });

  it('is taken for tunes', async () => {
    const tune = 'X:1\nT:One\nM:4/4\nL:1/8\nK:C\nCDEF GABc|cBAG FEDC|\n\n';
    const args = ['train-music', '-', '--out', at('tunes.safetensors'), '--epochs', '1'];
    const { stderr } = await withStdin('no tune', () => runCli(args));
    expect(stderr).not.toContain('no such file');
    expect((await withStdin(tune, () => runCli(args))).stderr).toContain('1 tune understood, 0 left out.');
  });
});

describe('a FastText model that the command line made', () => {
  const corpus = file('fasttext.txt', sentences);
  const train = ['train-embeddings', corpus, ...small, '--model', 'fasttext', '--bucket', '500', '--force'];

  it.each(['model.safetensors', 'model.bin', 'model.bin.gz'])(
    'as %s gives vectors to words that never came',
    async (name) => {
      const model = at(name);
      expect((await runCli([...train, '--out', at('ft.safetensors'), '--save-model', model])).status).toBe(0);
      // The judge: the class that trained it, from the training of the same seed.
      const training = at('judge.safetensors');
      await runCli([...train, '--out', at('ft.safetensors'), '--save-model', training]);
      const judge = (await FastText.load(training)).wv;
      const vectors = await KeyedVectors.load(model);
      for (const word of ['kings', 'kingly', 'matter']) {
        const expected = judge.get(word);
        vectors.get(word).forEach((value, i) => expect(value).toBeCloseTo(expected[i], 6));
      }
      const { status, stdout } = await runCli([
        'neighbors',
        'kingly',
        '--vectors',
        model,
        '--topn',
        '1',
        '--json',
      ]);
      expect(status).toBe(0);
      const [{ word, score }] = (JSON.parse(stdout) as { answers: { word: string; score: number }[] })
        .answers;
      expect(word).toBe(judge.mostSimilar({ positive: ['kingly'], topn: 1 })[0].word);
      expect(score).toBeCloseTo(judge.similarity('kingly', word), 5);
      for (const command of [
        ['similarity', 'kingly', 'queenly'],
        ['analogy', 'kingly', 'kings', 'queens'],
        ['odd-one-out', 'kingly', 'queenly', 'mat'],
      ])
        expect((await runCli([...command, '--vectors', model])).status).toBe(0);
    },
  );

  it('without n-grams is opened too', async () => {
    const model = at('word2vec.safetensors');
    const out = at('plain.safetensors');
    await runCli(['train-embeddings', corpus, ...small, '--force', '--out', out, '--save-model', model]);
    const [whole, words] = [await KeyedVectors.load(model), await KeyedVectors.load(out)];
    expect([...whole.words()]).toEqual([...words.words()]);
    for (const word of words.words()) expect(whole.get(word)).toEqual(words.get(word));
    expect(whole.has('kingly')).toBe(false);
  });
});

describe('train-embeddings', () => {
  it('refuses a corpus of which no word is trained, and trains one of two words', async () => {
    const two = file('two.txt', 'a b\n'.repeat(10));
    const args = [
      'train-embeddings',
      two,
      ...small,
      '--min-count',
      '1',
      '--out',
      at('two.safetensors'),
      '--json',
    ];
    const refused = await runCli(args);
    expect(refused.status).toBe(1);
    expect(JSON.parse(refused.stderr.trimEnd().split('\n').at(-1)!)).toMatchObject({
      error: { code: 'too-little-data', message: expect.stringContaining('trained no word') as string },
    });
    expect(existsSync(at('two.safetensors'))).toBe(false);
    const trained = await runCli([...args, '--sample', '0']);
    expect(trained.status).toBe(0);
    expect((JSON.parse(trained.stdout) as { loss: number }).loss).toBeGreaterThan(0);
  });

  it('says what stands in its way before it trains', async () => {
    const corpus = file('before.txt', sentences);
    const train = (...args: string[]) => runCli(['train-embeddings', corpus, ...small, ...args]);
    const same = at('same.safetensors');
    const said: [string[], number, string][] = [
      [['--out', same, '--save-model', same], 2, '--out and --save-model name the same file'],
      [['--out', at('a.xyz')], 2, '--out takes a name that ends in .safetensors, .txt, .vec or .bin'],
      [['--out', file('there.vec', '')], 1, 'is there already'],
    ];
    for (const [args, status, message] of said) {
      const result = await train(...args);
      expect(result).toMatchObject({
        status,
        stdout: '',
        stderr: expect.stringContaining(message) as string,
      });
      expect(result.stderr).not.toContain('different ones');
    }
  });

  it('begins anew where --resume finds no checkpoint, and clears what a killed run left', async () => {
    const corpus = file('anew.txt', sentences);
    const out = at('anew.safetensors');
    // A process of a number that Linux does not give, in the middle of its writing.
    const left = `.anew.safetensors.checkpoint.99999999.00000000-0000-4000-8000-000000000000.tmp`;
    file(left, 'half a checkpoint');
    const { status, stderr } = await runCli(['train-embeddings', corpus, ...small, '--out', out, '--resume']);
    expect({ status, stderr }).toEqual({
      status: 0,
      stderr: expect.stringContaining(
        `${out}.checkpoint is not there yet: the training begins anew.\n`,
      ) as string,
    });
    expect(readdirSync(folder).filter((name) => name.includes('anew.safetensors'))).toEqual([
      'anew.safetensors',
    ]);
  });

  it('leaves a checkpoint alone that another run has', async () => {
    const corpus = file('locked.txt', sentences);
    const out = at('locked.safetensors');
    const holder = { pid: process.ppid, host: hostname(), since: '2026-01-01T00:00:00.000Z' };
    file('.locked.safetensors.checkpoint.lock', JSON.stringify(holder));
    const { status, stderr } = await runCli(['train-embeddings', corpus, ...small, '--out', out]);
    expect(status).toBe(1);
    expect(stderr).toContain(
      `error: ${out}.checkpoint is in use by another run: process ${process.ppid}, since 2026-01-01T00:00:00.000Z.`,
    );
  });

  it('says that words without spaces between them count as one, and finds them by dictionary', async () => {
    const phrase = '今天天气很好我们一起去公园散步，';
    const corpus = file('running.txt', `${phrase.repeat(2)}\n`.repeat(20));
    const args = [
      'train-embeddings',
      corpus,
      ...small,
      '--sample',
      '0',
      '--out',
      at('running.safetensors'),
      '--force',
    ];
    const { status, stderr } = await runCli(args);
    expect(status).toBe(0);
    expect(stderr).toContain(
      'count as one: they are 15.0 characters long on average. Take the tokens "segments"',
    );
    const segmented = await runCli([...args, '--tokens', 'segments']);
    expect(segmented.stderr).not.toContain('count as one');
    const words = [...(await KeyedVectors.load(at('running.safetensors'))).words()];
    // Whatever the dictionary holds, these are words of it.
    expect(words).toEqual(expect.arrayContaining(['今天', '公园', '散步']));
    expect(Math.max(...words.map((word) => word.length))).toBeLessThanOrEqual(4);
  });

  it('reads UTF-16 and carriage returns as what they are', async () => {
    const expected = at('utf8.safetensors');
    await runCli(['train-embeddings', file('utf8.txt', sentences), ...small, '--out', expected]);
    const others = {
      utf16: new Uint8Array(Buffer.from(`\ufeff${sentences}`, 'utf16le')),
      unmarked: new Uint8Array(Buffer.from(sentences, 'utf16le').swap16()),
      returns: sentences.replaceAll('\n', '\r'),
    };
    for (const [name, content] of Object.entries(others)) {
      const out = at(`${name}.safetensors`);
      expect(
        (await runCli(['train-embeddings', file(`${name}.txt`, content), ...small, '--out', out])).status,
      ).toBe(0);
      expect([name, readFileSync(out).equals(readFileSync(expected))]).toEqual([name, true]);
    }
  });
});
