import { readFileSync } from 'node:fs';
import { writeFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { KeyedVectors } from '../../src/embeddings/index.js';
import { needShared } from '../support/shared-data.js';

const GLOVE = 'glove.6B.50d.first9163.txt';

/** The questions whose four words are all there, lower-cased as gensim does. */
function questions(path: string, vectors: KeyedVectors): string[][] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith(':'))
    .map((line) => line.toLowerCase().split(' '))
    .filter((words) => words.every((word) => vectors.has(word)));
}

describe('files of other makers', () => {
  it("answer the analogies of questions-words.txt as often as gensim's 3CosAdd does", async (context) => {
    const vectors = await KeyedVectors.load(needShared(context, 'words', GLOVE));
    const asked = questions(needShared(context, 'words', 'questions-words.txt'), vectors);
    const right = asked.filter(
      ([a, b, c, d]) => vectors.mostSimilar({ positive: [b, c], negative: [a], topn: 1 })[0].word === d,
    );
    expect([right.length, asked.length]).toEqual([3538, 6003]);
  });

  it('are read to the last digit of each number', async (context) => {
    const path = needShared(context, 'words', GLOVE);
    const vectors = await KeyedVectors.load(path);
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(vectors.size).toBe(9163);
    for (const line of lines) {
      const [word, ...numbers] = line.split(' ');
      expect(vectors.get(word)).toEqual(Float32Array.from(numbers, Number));
    }
  });

  it("are read in fastText's and word2vec's text, and with letters of all kinds", async (context) => {
    const toy = await KeyedVectors.load(needShared(context, 'words', 'toy-model.vec'));
    expect([toy.size, toy.vectorSize]).toEqual([22, 5]);
    expect(Array.from(toy.get('the'))).toEqual(
      [0.068811, 0.26619, 0.026622, -0.2588, -0.00044401].map(Math.fround),
    );
    const precise = await KeyedVectors.load(needShared(context, 'words', 'high_precision.kv.txt'));
    expect(Array.from(precise.get('horse.n.01'))).toEqual(
      [-0.0008546282343595379, 0.0007694142576316829].map(Math.fround),
    );
    const umlaut = await KeyedVectors.load(needShared(context, 'words', 'test_glove.txt'));
    expect([umlaut.size, umlaut.vectorSize]).toEqual([76, 50]);
    expect(umlaut.get('ö')[0]).toBe(Math.fround(0.013441));
  });

  it('are read the same gzipped', async (context) => {
    const path = needShared(context, 'words', 'test_glove.txt');
    const folder = await mkdtemp(join(tmpdir(), 'seqkit-words-'));
    try {
      const packed = join(folder, 'words.gz');
      await writeFile(packed, gzipSync(readFileSync(path)));
      const [plain, unpacked] = [await KeyedVectors.load(path), await KeyedVectors.load(packed)];
      expect([...unpacked.words()]).toEqual([...plain.words()]);
      expect(unpacked.get('ö')).toEqual(plain.get('ö'));
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('that hold no vectors are refused', async (context) => {
    const path = needShared(context, 'words', 'questions-words.txt');
    await expect(KeyedVectors.load(path)).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringContaining(path),
    });
  });
});
