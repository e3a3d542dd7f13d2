import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/base/math/random.js';
import { describeChromium, openPage, type BrowserPage } from './chromium.js';
import { train, type Word2VecPage } from './word2vec-page.js';

declare const word2VecPage: Word2VecPage;

const random = new Random(5);
const topics = [
  ['cat', 'dog', 'horse', 'sheep'],
  ['bread', 'cheese', 'soup', 'apple'],
];
const text = Array.from({ length: 3_000 }, () => {
  const topic = random.choice(topics);
  return Array.from({ length: 8 }, () => random.choice(topic)).join(' ');
}).join('\n');
const wholeWords = { vectorSize: 16, window: 3, sg: 1, sample: 0, epochs: 3, seed: 2 } as const;
const subwords = { ...wholeWords, bucket: 200 };

const isBuilt = existsSync(new URL('../../dist/embeddings/index.js', import.meta.url));

describeChromium('word vectors in a page', () => {
  describe('that is not cross-origin isolated', () => {
    let browser: BrowserPage;
    beforeAll(async () => {
      browser = await openPage('./word2vec-page.ts');
    });
    afterAll(() => browser?.close());

    it.each([
      ['Word2Vec', wholeWords],
      ['Word2Vec', { ...wholeWords, sg: 0 }],
      ['FastText', subwords],
    ] as const)('%s trains to the bytes that one worker gives in Node, %o', async (kind, given) => {
      const expected = await train(kind, text, { ...given, workers: 1 });
      expect(topics[0]).toContain(expected.nearest);
      // Without a word on workers: there is one, since threads could not share its memory.
      const found = await browser.page.evaluate(
        ([name, words, rest]) => word2VecPage.train(name, words, rest),
        [kind, text, given] as const,
      );
      expect(found).toEqual(expected);
      expect(browser.complaints).toEqual([]);
    });

    it('says why there is but one worker', async () => {
      const { error } = await browser.page.evaluate(
        ([words, given]) => word2VecPage.train('Word2Vec', words, { ...given, workers: 2 }),
        [text, wholeWords] as const,
      );
      expect(error).toMatch(/2 workers .* cross-origin isolated/);
    });
  });

  it.skipIf(!isBuilt)(
    'that is isolated train on two threads (skipped without dist: npm run build)',
    async () => {
      const browser = await openPage('./word2vec-page.ts', { isolated: true });
      try {
        const found = await browser.page.evaluate(
          ([words, given]) => word2VecPage.trainOnThreads(words, given),
          [text, { ...wholeWords, epochs: 6, workers: 2 }] as const,
        );
        expect(found).toEqual({ workers: 2, near: ['dog', 'horse', 'sheep'] });
        expect(browser.complaints).toEqual([]);
      } finally {
        await browser.close();
      }
    },
  );
});
