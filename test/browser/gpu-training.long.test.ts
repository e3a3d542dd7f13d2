import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectSameNumbers } from '../rnn/engine/expect-same-numbers.js';
import { jobNames, runJob, type JobName } from '../rnn/engine/gpu-jobs.js';
import { describeChromium, openPage, type BrowserPage } from './chromium.js';
import type { GpuPage } from './gpu-page.js';

declare const gpuPage: GpuPage;

/** A driver in software, on a machine that does other things too, may take its time. */
const patienceMs = 180_000;

describeChromium('Chromium', () => {
  let browser: BrowserPage;
  beforeAll(async () => {
    browser = await openPage('./gpu-page.ts');
  });
  afterAll(() => browser?.close());

  // On gpu:webgl2: gpu.long.test.ts.
  it.each(jobNames)(
    'trains on gpu:webgpu as on wasm in Node: %s',
    async (name) => {
      const run = browser.page.evaluate((job) => gpuPage.runJob(job, 'gpu:webgpu'), name);
      expectSameNumbers(await run, await runJob(name, 'wasm'));
      expect(browser.complaints).toEqual([]);
    },
    patienceMs,
  );

  it('trains on wasm as in Node, to the last bit', async () => {
    const name: JobName = 'two LSTM layers over an embedding, state carried, dropout';
    expect(await browser.page.evaluate((job) => gpuPage.runJob(job, 'wasm'), name)).toEqual(
      await runJob(name, 'wasm'),
    );
  });

  it.each(['gpu:webgpu', 'gpu:webgl2'] as const)('names the device behind %s', async (engine) => {
    const device = await browser.page.evaluate((on) => gpuPage.describe(on), engine);
    expect(device).toEqual({ name: expect.stringMatching(/swiftshader/i), isSoftware: true });
  });
});
