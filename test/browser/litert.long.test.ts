import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { toOpenWakeWord } from '../../src/exchange/index.js';
import { Random } from '../../src/index.js';
import { wakeWordDetector } from '../exchange/support/wake-word-model.js';
import { describeChromium, openPage, type BrowserPage } from './chromium.js';

interface LiteRtPage {
  run(
    model: string,
    inputs: readonly (readonly number[])[],
  ): Promise<{ inputShape: number[]; outputShape: number[]; outputs: number[][] }>;
}

declare const liteRtPage: LiteRtPage;

const require = createRequire(import.meta.url);
const runtime = path.join(path.dirname(require.resolve('@litertjs/core/package.json')), 'wasm');
const words = ['hey robot', 'lights off'];

describeChromium('wake words for Home Assistant, run by LiteRT', () => {
  let browser: BrowserPage;
  beforeAll(async () => {
    const files = readdirSync(runtime).filter((name) => /^litert_wasm_(compat_)?internal/.test(name));
    browser = await openPage('./litert-page.mjs', {
      files: Object.fromEntries(
        files.map((name) => [`/litert/${name}`, readFileSync(path.join(runtime, name))]),
      ),
    });
  });
  afterAll(() => browser?.close());

  it.each([
    [16, undefined],
    [22, 0.5],
  ])('give the scores of the model after %i embeddings, with the threshold %j', async (frames, threshold) => {
    const detector = await wakeWordDetector(words, 3);
    const models = await toOpenWakeWord(new Blob([detector.bytes as BlobPart]), {
      frames,
      ...(threshold !== undefined && { threshold }),
    });
    const random = new Random(7);
    const inputs = Array.from({ length: 6 }, () => detector.embeddings(frames, random));
    const expected = inputs.map((raw) => detector.scores(raw));
    // Scores that are all alike would say little.
    expect(Math.max(...expected.flat()) - Math.min(...expected.flat())).toBeGreaterThan(0.2);
    let largest = 0;
    for (const [output, { tflite }] of models.entries()) {
      const answer = await browser.page.evaluate(([model, given]) => liteRtPage.run(model, given), [
        Buffer.from(tflite).toString('base64'),
        inputs.map((raw) => Array.from(raw)),
      ] as const);
      expect(answer).toMatchObject({ inputShape: [1, frames, 96], outputShape: [1, 1] });
      answer.outputs.forEach(([score, ...more], i) => {
        expect(more).toEqual([]);
        const own = expected[i][output];
        const wanted =
          threshold === undefined ? own : moved(own, detector.thresholds[words[output]], threshold);
        largest = Math.max(largest, Math.abs(score - wanted));
      });
    }
    expect(largest).toBeLessThan(1e-5);
    if (process.env['SEQKIT_EXCHANGE_TABLE'])
      console.log(`${frames}: ${models[0].tflite.length} bytes, ${largest.toExponential(1)}`);
  });
});

/** The score at which odds are to `to` as they were to `from`. */
function moved(score: number, from: number, to: number): number {
  const odds = ((score / (1 - score)) * (to / (1 - to))) / (from / (1 - from));
  return odds / (1 + odds);
}
