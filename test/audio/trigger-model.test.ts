import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { metadataOf, withMetadata } from '../support/model-metadata.js';
import type { ClipSet } from '../../src/audio/clips/clips.js';
import { readClips } from '../../src/audio/clips/read-clips.js';
import { ExamplePool } from '../../src/audio/examples/example-pool.js';
import { FeatureExtractor } from '../../src/audio/signal/features.js';
import { resample } from '../../src/audio/signal/resample.js';
import { TriggerModel } from '../../src/audio/trigger-model.js';
import { labelSettings, stepTiming, triggerPreset } from '../../src/audio/detection/trigger-settings.js';
import { decodeWav } from '../../src/audio/signal/wav.js';
import { Dense } from '../../src/rnn/layers/dense.js';
import { Random } from '../../src/base/math/random.js';
import { Sequential } from '../../src/rnn/model/sequential.js';
import { repositoryFile, shippedClips } from '../support/clip-files.js';

const folder = mkdtempSync(path.join(tmpdir(), 'seqkit-trigger-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const recording = decodeWav(readFileSync(repositoryFile('data/demo/recording.wav')), 'recording.wav');
const fourSeconds = { ...recording, samples: recording.samples.subarray(0, 4 * 16_000) };
let clips: ClipSet;
let model: TriggerModel;

beforeAll(async () => {
  clips = readClips(shippedClips(12), 16_000);
  model = new TriggerModel({ seed: 3, word: 'activate' });
  await model.fit(clips, { examples: 16, epochs: 1 });
});

/** Every score of a stream that is fed in pieces of the given lengths, over and over. */
function scoresOf(
  from: TriggerModel,
  samples: Float32Array,
  pieces: number[],
  sampleRate = 16_000,
): number[] {
  const stream = from.stream({ spectrum: 'fast', sampleRate });
  const scores: number[] = [];
  stream.on('score', ({ score }) => void scores.push(score));
  for (let at = 0, k = 0; at < samples.length; at += pieces[k++ % pieces.length]) {
    stream.push(samples.subarray(at, at + pieces[k % pieces.length]));
  }
  stream.flush();
  stream.dispose();
  return scores;
}

describe('the standard preset', () => {
  const preset = triggerPreset('standard');

  it('makes a step of 30 ms that has heard 132 ms at first', () => {
    const timing = stepTiming(preset, 597);
    expect(timing.steps).toBe(196);
    expect(timing.stepsPerSecond).toBeCloseTo(100 / 3, 10);
    expect(timing.firstStepMs).toBe(132);
    expect(labelSettings(preset)).toEqual({
      labelSteps: 12,
      positiveWeight: 3,
      silentBeforeMs: 150,
      silentAfterMs: 200,
    });
  });

  it('refuses a name that is none', () => {
    expect(() => new TriggerModel({ preset: 'fancy' })).toThrow('There is no preset "fancy".');
  });
});

describe('ExamplePool', () => {
  it('gives labels that start where the speech has ended', () => {
    const preset = triggerPreset('standard');
    const pool = new ExamplePool(clips, preset, 4, 5);
    for (let n = 0; n < 4; n++) pool.mix(n);
    const { x, y, sampleWeight } = pool.batch(Int32Array.of(0, 1, 2, 3), new Random(1));
    expect(x.shape).toEqual([4, 597, 40]);
    expect(y.shape).toEqual([4, 196, 1]);
    expect(sampleWeight.shape).toEqual([4, 196]);
    const labelled = Array.from(y.data.keys()).filter((i) => y.data[i] === 1);
    expect(labelled.length).toBeGreaterThanOrEqual(12);
    for (const i of labelled) expect(sampleWeight.data[i]).toBe(3);
    const weights = new Set(Array.from(sampleWeight.data));
    expect([...weights].sort()).toEqual([0, 1, 3]);
  });
});

describe('TriggerModel', () => {
  it('has 78,000 parameters, as the recipe says', () => {
    const kernel = 11 * 40 * 64 + 2 * 64;
    const gru = 64 * 192 + 64 * 192 + 2 * 192;
    expect(kernel + 2 * gru + 65).toBe(78_273);
    const { weights } = describeFile(model.toBytes());
    expect(weights).toBe(78_273 + 2 * 64);
  });

  it('steps to the same outputs as the whole sequence at once, however the sound is cut', async () => {
    const { samples } = resample(fourSeconds, 16_000);
    const extractor = new FeatureExtractor(model.settings.features, 'fast');
    const features = extractor.extract(samples);
    const logits = await model.logits(features, features.length / 40);
    const expected = Array.from(logits, (x) => 1 / (1 + Math.exp(-x)));
    for (const pieces of [[samples.length], [128], [1, 777, 5000], [160, 3]]) {
      const scores = scoresOf(model, samples, pieces);
      expect(scores.length).toBe(expected.length);
      scores.forEach((score, i) => expect(Math.abs(score - expected[i])).toBeLessThan(1e-5));
    }
  });

  it.each([8000, 44_100, 48_000])('hears sound at %d Hz as when it is resampled whole', async (rate) => {
    const there = resample(fourSeconds, rate);
    const { samples } = resample(there, 16_000);
    const extractor = new FeatureExtractor(model.settings.features, 'fast');
    const features = extractor.extract(samples);
    const logits = await model.logits(features, features.length / 40);
    for (const pieces of [[there.samples.length], [128], [1, 777, 5000]]) {
      const scores = scoresOf(model, there.samples, pieces, rate);
      expect(scores.length).toBe(logits.length);
      scores.forEach((score, i) => {
        expect(Math.abs(score - 1 / (1 + Math.exp(-logits[i])))).toBeLessThan(1e-5);
      });
    }
  });

  it('tells its listeners what it gives back', () => {
    const stream = model.stream({ threshold: 0.02, sampleRate: recording.sampleRate });
    const heard: unknown[] = [];
    stream.on('trigger', (event) => void heard.push(event));
    const events = stream.push(recording.samples);
    expect(events.length).toBeGreaterThan(0);
    expect(heard).toEqual(events);
    stream.dispose();
  });

  it('gives the same bytes for the same seed, others for another', async () => {
    const train = async (seed: number) => {
      const other = new TriggerModel({ seed, word: 'activate' });
      await other.fit(clips, { examples: 16, epochs: 1 });
      return Buffer.from(other.toBytes()).toString('base64');
    };
    const bytes = Buffer.from(model.toBytes()).toString('base64');
    expect((await train(3)) === bytes).toBe(true);
    expect((await train(4)) === bytes).toBe(false);
  });

  it('hears the same after saving and loading', async () => {
    const file = path.join(folder, 'model.safetensors');
    await model.save(file);
    const loaded = await TriggerModel.load(file);
    expect(loaded.word).toBe('activate');
    expect(loaded.settings).toEqual(model.settings);
    expect(loaded.trainedOn).toEqual(model.trainedOn);
    const samples = fourSeconds.samples.subarray(0, 32_000);
    expect(scoresOf(loaded, samples, [4000])).toEqual(scoresOf(model, samples, [4000]));
    await expect(model.save(file)).rejects.toThrow(/there already|exists/);
  });

  it('refuses a model whose feature settings were changed', async () => {
    const bytes = model.toBytes();
    const metadata = Object.entries(metadataOf(bytes)).map(([key, text]) => [
      key,
      text.replace('7600', '7500'),
    ]);
    const changed = Object.fromEntries(metadata) as Record<string, string>;
    expect(changed).not.toEqual(metadataOf(bytes));
    await expect(TriggerModel.load(withMetadata(bytes, changed))).rejects.toThrow('other feature settings');
  });

  it("trains on librosa's features and MFCCs too", async () => {
    for (const features of ['librosa', 'mfcc'] as const) {
      const other = new TriggerModel({ features });
      await other.fit(clips, { examples: 8, epochs: 1 });
      const loaded = await TriggerModel.load(other.toBytes());
      expect(loaded.settings.features.bands).toBe(features === 'mfcc' ? 20 : 40);
      const scores = scoresOf(loaded, fourSeconds.samples, [1000]);
      expect(scores).toEqual(scoresOf(other, fourSeconds.samples, [1000]));
    }
  });

  it('refuses a model of another kind', async () => {
    const file = path.join(folder, 'other.safetensors');
    const other = new Sequential([new Dense({ units: 1 })]);
    await other.build([1, 3]);
    await other.save(file);
    await expect(TriggerModel.load(file)).rejects.toThrow('holds a Sequential, not a TriggerModel');
  });

  it('refuses clips of several words, of no word, or at another rate', async () => {
    const named = clips.activates.map((clip, i) => ({ ...clip, word: ['on', 'off'][i % 2] }));
    const fresh = new TriggerModel();
    await expect(fresh.fit({ ...clips, activates: named })).rejects.toThrow(/activates\/ holds on, off/);
    await expect(fresh.fit({ ...clips, activates: [] })).rejects.toThrow(/no clips of the word/);
    await expect(fresh.fit({ ...clips, sampleRate: 8000 })).rejects.toThrow(/8000 Hz, expected 16000/);
  });

  it('needs training before it can listen', async () => {
    await expect(new TriggerModel().detect(fourSeconds)).rejects.toThrow('has not learned anything yet');
  });

  it('has no weights to save before, and then those of the settings that it was made with', async () => {
    const [model, other] = [1, 1].map((seed) => new TriggerModel({ seed, engine: 'wasm', threads: 1 }));
    expect(() => model.toBytes()).toThrow('The model has no weights yet.');
    await expect(model.save('/nowhere/model')).rejects.toThrow('The model has no weights yet.');
    model.settings.network.units = 3;
    const { bands } = model.settings.features;
    const features = Float32Array.from({ length: 40 * bands }, (_, i) => Math.sin(i));
    expect(await model.logits(features, 40)).toEqual(await other.logits(features, 40));
    await model.dispose();
    await expect(model.logits(features, 40)).rejects.toThrow('disposed');
    await other.dispose();
  });

  it('keeps a threshold for each word', () => {
    const model = new TriggerModel({ words: ['yes', 'no', 'stop'] });
    const { yes } = model.thresholds;
    model.setThreshold({ no: 0.25, stop: 0.75 });
    expect(model.thresholds).toEqual({ yes, no: 0.25, stop: 0.75 });
    model.setThreshold(0.5);
    expect(model.thresholds).toEqual({ yes: 0.5, no: 0.5, stop: 0.5 });
    expect(() => model.setThreshold({ maybe: 0.5 })).toThrow('There is no word "maybe"');
  });

  it('reports how far it is', async () => {
    const phases: string[] = [];
    await new TriggerModel().fit(clips, {
      examples: 20,
      epochs: 1,
      onProgress: ({ phase, done, total }) => phases.push(`${phase} ${done}/${total}`),
    });
    expect(phases).toEqual(['mixing 8/20', 'mixing 16/20', 'mixing 20/20', 'training 20/20']);
  });
});

/** How many numbers a model file holds, from its own header. */
function describeFile(bytes: Uint8Array): { weights: number } {
  const size = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + size))) as Record<
    string,
    { shape?: number[] }
  >;
  const shapes = Object.values(header).flatMap(({ shape }) => (shape === undefined ? [] : [shape]));
  return { weights: shapes.reduce((total, shape) => total + shape.reduce((a, b) => a * b, 1), 0) };
}

describe('options that a trigger model does not have', () => {
  it('are refused by their names', async () => {
    const noClips = { sampleRate: 16000 } as never;
    const wrong = { treshold: 0.5 } as never;
    const message = (where: string): string => `${where} has no option "treshold".`;
    expect(() => new TriggerModel(wrong)).toThrow(message('TriggerModel'));
    const model = new TriggerModel({ word: 'yes', preset: 'standard', seed: 2, engine: 'wasm' });
    await expect(model.fit(noClips, wrong)).rejects.toThrow(message('fit'));
    expect(() => model.stream(wrong)).toThrow(message('stream'));
    await expect(model.save('/nowhere/at-all', wrong)).rejects.toThrow(message('save'));
    await expect(TriggerModel.load(new Uint8Array(), wrong)).rejects.toThrow(message('load'));
  });
});
