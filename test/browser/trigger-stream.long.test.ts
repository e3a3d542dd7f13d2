import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FeatureExtractor } from '../../src/audio/features.js';
import { resample } from '../../src/audio/resample.js';
import type { TriggerModel } from '../../src/audio/trigger-model.js';
import { decodeWav } from '../../src/audio/wav.js';
import { repositoryFile } from '../support/clip-files.js';
import { tinyModel } from '../support/tiny-model.js';
import { describeChromium, openPage, type BrowserPage } from './chromium.js';
import type { TriggerPage } from './trigger-page.js';

declare const triggerPage: TriggerPage;

const recording = decodeWav(readFileSync(repositoryFile('data/demo/recording.wav')), 'recording.wav');
const sixSeconds = { ...recording, samples: recording.samples.subarray(0, 6 * 16_000) };

describeChromium('a trigger stream in a worker of Chromium', () => {
  let browser: BrowserPage;
  let model: TriggerModel;
  beforeAll(async () => {
    model = await tinyModel();
    browser = await openPage('./trigger-page.ts');
  });
  afterAll(() => browser?.close());

  // 128 samples are what an AudioWorklet is called with.
  it.each([
    [16_000, [128]],
    [16_000, [1, 777, 5000]],
    [48_000, [128]],
    [44_100, [4096, 3]],
  ])('hears at %d Hz in pieces of %j what Node hears in the whole', async (sampleRate, pieces) => {
    const sound = resample(sixSeconds, sampleRate);
    const request = {
      ...{ sampleRate, pieces, threshold: 0.02 },
      model: Array.from(model.toBytes()),
      samples: Array.from(sound.samples),
    };
    const { scores, events } = await browser.page.evaluate((given) => triggerPage.listen(given), request);
    const { samples } = resample(sound, 16_000);
    const features = new FeatureExtractor(model.settings.features).extract(samples);
    const logits = await model.logits(features, features.length / 40);
    expect(scores.length).toBe(logits.length);
    scores.forEach((score, i) => {
      expect(Math.abs(score - 1 / (1 + Math.exp(-logits[i])))).toBeLessThan(1e-5);
    });
    const expected = await model.detect(sound, { threshold: 0.02 });
    expect(expected.length).toBeGreaterThan(0);
    expect(events.map(({ word, timeSeconds }) => [word, timeSeconds])).toEqual(
      expected.map(({ word, timeSeconds }) => [word, timeSeconds]),
    );
    expect(browser.complaints).toEqual([]);
  });
});
