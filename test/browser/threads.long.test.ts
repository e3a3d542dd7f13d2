import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeChromium, openPage, type BrowserPage } from './chromium.js';
// @ts-expect-error It is not typed: it runs on dist, in the page and here.
import { trainThreaded } from './threaded-job.mjs';

interface ThreadsPage {
  isolated(): boolean;
  trainKilled(job: string): Promise<object>;
  train(threads: number | undefined): Promise<{ workers: number; bytes: number[] }>;
}

declare const threadsPage: ThreadsPage;

const inNode = async (threads: number): Promise<number[]> =>
  Array.from(
    (await (trainThreaded as (threads: number) => Promise<Uint8Array>)(threads)) as Iterable<number>,
  );

describeChromium('the wasm engine in a page that is cross-origin isolated', () => {
  let browser: BrowserPage;
  beforeAll(async () => {
    browser = await openPage('./threads-page.mjs', { isolated: true });
  });
  afterAll(() => browser?.close());

  it.each([1, 2, 3])('gives the bytes of one thread in Node on %d threads', async (threads) => {
    expect(await browser.page.evaluate(() => threadsPage.isolated())).toBe(true);
    const found = await browser.page.evaluate((count) => threadsPage.train(count), threads);
    expect(found.workers).toBe(threads - 1);
    expect(found.bytes).toEqual(await inNode(1));
    expect(browser.complaints).toEqual([]);
  });

  it.each([
    ['network', 'Thread 1 of the wasm engine, of 2 from 0 on, ended: it was ended from outside.'],
    ['words', 'Thread 0 of the training, of 2 from 0 on, ended: it was ended from outside.'],
  ])(
    'ends a training of %s in an error where a worker ends without a word',
    async (job, message) => {
      const found = await browser.page.evaluate((name) => threadsPage.trainKilled(name), job);
      expect(found).toMatchObject({ name: 'SeqkitError', code: 'engine', message });
    },
    60_000,
  );
});

describeChromium('the wasm engine in a page that is not', () => {
  let browser: BrowserPage;
  beforeAll(async () => {
    browser = await openPage('./threads-page.mjs');
  });
  afterAll(() => browser?.close());

  it('takes one thread unasked, with the same bytes, and refuses two', async () => {
    expect(await browser.page.evaluate(() => threadsPage.isolated())).toBe(false);
    const found = await browser.page.evaluate(() => threadsPage.train(undefined));
    expect(found.workers).toBe(0);
    expect(found.bytes).toEqual(await inNode(1));
    await expect(browser.page.evaluate(() => threadsPage.train(2))).rejects.toThrow(
      'The wasm engine cannot run on 2 threads here.',
    );
  });
});
