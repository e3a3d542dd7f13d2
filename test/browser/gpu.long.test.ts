import { afterAll, beforeAll, expect, it } from 'vitest';
import { createReferenceSession } from '../../src/rnn/engine/reference/reference-engine.js';
import { relativeError } from '../../src/rnn/gradient-check/gradient-check.js';
import { expectSameNumbers } from '../rnn/engine/expect-same-numbers.js';
import { kernelProgram } from '../rnn/engine/gpu-comparison.js';
import { jobNames, runJob } from '../rnn/engine/gpu-jobs.js';
import { kernelCases } from '../rnn/engine/gpu-kernel-cases.js';
import { describeChromium, openPage, type BrowserPage } from './chromium.js';
import type { GpuPage } from './gpu-page.js';

declare const gpuPage: GpuPage;

describeChromium('Chromium', () => {
  let browser: BrowserPage;
  beforeAll(async () => {
    browser = await openPage('./gpu-page.ts');
  });
  afterAll(() => browser?.close());

  // Most of the time goes into making shaders: every kernel is in the comparison below, and the other jobs run on gpu:webgpu.
  const jobs = jobNames.filter((name) => /LSTM|convolution/.test(name));
  it.each(jobs)('trains on gpu:webgl2 as on wasm in Node: %s', async (name) => {
    const run = browser.page.evaluate((job) => gpuPage.runJob(job, 'gpu:webgl2'), name);
    expectSameNumbers(await run, await runJob(name, 'wasm'));
  });

  it.each([
    ['gpu:webgpu', kernelCases],
    // Half a second a shader: the last case of each kernel.
    ['gpu:webgl2', lastOfEach(kernelCases)],
  ] as const)('%s runs every kernel as the reference', async (engine, cases) => {
    for (const [title, test] of cases) {
      const { program, values } = kernelProgram(test, 5);
      const reference = createReferenceSession();
      // What a kernel keeps for itself alone begins with nothing.
      for (const { name } of program.buffers) if (name in values) reference.write(name, values[name]);
      reference.compile(program).run();
      const numbers = Object.fromEntries(Object.entries(values).map(([name, v]) => [name, Array.from(v)]));
      const made = await browser.page.evaluate(([on, steps, given]) => gpuPage.runProgram(on, steps, given), [
        engine,
        program,
        numbers,
      ] as const);
      for (const [name, result] of Object.entries(made)) {
        expect(relativeError([result], [reference.read(name)]), `${title}: ${name}`).toBeLessThanOrEqual(
          1e-5,
        );
      }
    }
  });
});

function lastOfEach(cases: typeof kernelCases): typeof kernelCases {
  return [...new Map(cases.map((one) => [one[1].kernel, one])).values()];
}
