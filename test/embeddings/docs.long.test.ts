import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { FastText, KeyedVectors } from '../../src/embeddings/index.js';
import { Random } from '../../src/base/math/random.js';
import { commandsOf, fencesOf } from '../support/readme-fences.js';
import { runCli } from '../support/run-cli.js';
import { withStdin } from '../support/with-stdin.js';

const folder = mkdtempSync(path.join(tmpdir(), 'seqkit-docs-'));
const home = process.cwd();

// The pages name files of the reader's, by their names alone.
beforeAll(async () => {
  process.chdir(folder);
  const random = new Random(6);
  const nouns = ['king', 'queen', 'man', 'woman', 'tea', 'coffee', 'river', 'city'];
  const sentences = Array.from({ length: 1_000 }, () =>
    Array.from({ length: 8 }, () => random.choice(nouns)),
  );
  writeFileSync('corpus.txt', `${sentences.map((words) => words.join(' ')).join('.\n')}.\n`);
  const model = new FastText({ vectorSize: 6, minCount: 1, bucket: 50, workers: 1, epochs: 1 });
  await model.fit(sentences);
  for (const name of ['glove.6B.50d.txt', 'glove.6B.300d.txt']) await model.wv.save(name);
  await model.wv.save('model.bin', { format: 'fasttext-binary' });
  writeFileSync('queries.txt', 'king man woman\nparis france italy\n');
  writeFileSync('questions-words.txt', ': royals\nman king woman queen\nwoman queen man king\n');
  writeFileSync('wordsim353.tsv', '# word\tword\tscore\ntea\tcoffee\t8\nking\tqueen\t7\nking\triver\t1\n');
});

afterAll(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true, force: true });
});

describe.each(['docs/embeddings.md', 'docs/train-embeddings.md'])('%s', (page) => {
  const fences = fencesOf(page);

  it.each(commandsOf(fences).map((args) => [args.join(' '), args] as const))(
    'seqkit %s',
    async (_line, args) => {
      const input = args.indexOf('<');
      const { status, stdout, stderr } =
        input < 0
          ? await runCli(args)
          : await withStdin(readFileSync(args[input + 1], 'utf8'), () => runCli(args.slice(0, input)));
      expect(stderr).not.toContain('error:');
      expect({ status, printed: stdout !== '' }).toEqual({ status: 0, printed: true });
    },
  );

  it.each(fences.filter(({ language }) => language === 'ts').map(({ code }, i) => [i + 1, code]))(
    'snippet %i',
    async (index, code) => {
      // What the commands above wrote is in the way of none.
      rmSync('vectors.safetensors', { force: true });
      const file = path.resolve(`snippet-${index}.ts`);
      writeFileSync(file, code);
      const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
      await import(/* @vite-ignore */ file);
      expect(log).toHaveBeenCalledWith(expect.any(Number));
      log.mockRestore();
      expect((await KeyedVectors.load('vectors.safetensors')).has('queen')).toBe(true);
    },
  );
});

it('the files that the pages make can be read', async () => {
  expect((await KeyedVectors.load('words.vec.gz')).vectorSize).toBe(6);
  expect((await KeyedVectors.load('glove.safetensors')).vectorSize).toBe(6);
  expect(Array.from(readFileSync('words.png').subarray(1, 4))).toEqual([...Buffer.from('PNG')]);
});
