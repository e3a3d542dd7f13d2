import { afterAll, beforeAll, expect, it } from 'vitest';
import { TextModel } from '../../src/text/model/text-model.js';
import { describeChromium, openPage, type BrowserPage } from './chromium.js';
import { runTextJob, type TextJob, type TextPage } from './text-page.js';

declare const textPage: TextPage;

const base: TextJob = {
  model: { cell: 'lstm', units: 24, layers: 2, dropout: 0.1, seed: 3 },
  text: 'Ähren im Wind, Ähren im Regen. '.repeat(60),
  fit: { batchSize: 8, seqLength: 16, steps: 12 },
  generate: { prime: 'Ä€', length: 40, count: 3 },
};

describeChromium('Chromium', () => {
  let browser: BrowserPage;
  beforeAll(async () => {
    browser = await openPage('./text-page.ts');
  });
  afterAll(() => browser?.close());

  it.each<[string, Partial<TextJob['model'] & object>]>([
    ['characters', {}],
    ['bytes', { tokens: 'bytes', cell: 'gru' }],
    ['lines, tied embeddings, residual layers', { lines: true, tied: true, residual: true }],
  ])('trains and writes in a worker as in Node, to the last bit: %s', async (_what, more) => {
    const lines = base.text.replaceAll(' ', '\n');
    const job = { ...base, model: { ...base.model, ...more }, text: more.lines ? lines : base.text };
    const made = await browser.page.evaluate((asked) => textPage.runInWorker(asked), job);
    expect(made).toEqual(await runTextJob(job));
    expect(made.texts).toEqual(made.streamed);
    expect(new Set(made.texts).size).toBe(3);
    // Its file opens here.
    const opened = await TextModel.fromBytes(Uint8Array.from(made.bytes), { engine: 'wasm' });
    expect(opened.generateSamples(job.generate)).toEqual(made.texts);
    expect(browser.complaints).toEqual([]);
  });
});
