import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ClipSet } from '../../src/audio/clips/clips.js';
import { readClips } from '../../src/audio/clips/read-clips.js';
import { ExamplePool } from '../../src/audio/examples/example-pool.js';
import { COURSERA_FEATURES } from '../../src/audio/signal/feature-settings.js';
import { FeatureExtractor } from '../../src/audio/signal/features.js';
import { featurePacking } from '../../src/audio/signal/packed-features.js';
import { trainable } from '../../src/rnn/model/trainable.js';
import { triggerNetwork } from '../../src/audio/trigger-network.js';
import { labelSettings, labelTiming, triggerPreset } from '../../src/audio/detection/trigger-settings.js';
import type { Sequential } from '../../src/rnn/model/sequential.js';
import { Random } from '../../src/base/math/random.js';
import { shippedClips } from '../support/clip-files.js';

const preset = triggerPreset('coursera');

describe('the spectrogram of the coursera preset', () => {
  const golden = JSON.parse(readFileSync(new URL('../golden/specgram.json', import.meta.url), 'utf8')) as {
    samples: number[];
    shape: [number, number];
    density: number[];
  };

  it("holds scipy's numbers", () => {
    const samples = Float32Array.from(golden.samples, (x) => x / 32_768);
    const density = new FeatureExtractor(COURSERA_FEATURES).extract(samples);
    expect(density.length / 101).toBe(golden.shape[0]);
    const largest = Math.max(...golden.density);
    density.forEach((x, i) => {
      const expected = golden.density[i];
      // Quiet bins stand beside ones ten orders of magnitude louder, under a window of float64.
      expect(Math.abs(x - expected)).toBeLessThan(1e-6 * expected + 1e-12 * largest);
    });
  });

  it('is 5511 by 101 for ten seconds at 44.1 kHz', () => {
    const extractor = new FeatureExtractor(COURSERA_FEATURES);
    expect(extractor.extract(new Float32Array(10 * 44_100)).length).toBe(5511 * 101);
    expect(extractor.frameCount(10 * 44_100)).toBe(5511);
  });

  it('is packed into 16 bits within 0.03%, from silence to full scale', () => {
    const packing = featurePacking(COURSERA_FEATURES);
    const { unpacked } = packing;
    expect(unpacked[packing.pack(0) + 32_768]).toBe(0);
    for (let x = 1e-5; x < 1e9; x *= 1.37) {
      expect(Math.abs(unpacked[packing.pack(x) + 32_768] / x - 1)).toBeLessThan(3e-4);
    }
  });
});

describe('the network of the coursera preset', () => {
  let network: Sequential;
  beforeAll(async () => {
    network = trainable(triggerNetwork(preset.network, { seed: 1, engine: 'wasm', threads: 1 }));
    await network.build([5511, 101]);
  });

  it('has the layers of the exercise, one by one', () => {
    expect(network.layers.map(({ kind }) => kind)).toEqual([
      'Conv1D',
      'BatchNormalization',
      'Activation',
      'Dropout',
      'GRU',
      'Dropout',
      'BatchNormalization',
      'GRU',
      'Dropout',
      'BatchNormalization',
      'Dropout',
      'Dense',
    ]);
  });

  it('has 522,561 parameters, of which 904 are not trained', () => {
    const sizes = network.layers.map((layer) =>
      layer.getWeights().reduce((sum, { data }) => sum + data.length, 0),
    );
    expect(sizes).toEqual([297_136, 784, 0, 0, 124_800, 0, 512, 98_688, 0, 512, 0, 129]);
    const all = sizes.reduce((a, b) => a + b);
    expect(all).toBe(522_561);
    expect(all - network.countParameters()).toBe(904);
  });

  it('gives 1375 outputs', () => {
    expect(labelTiming(preset, 5511)).toEqual({ steps: 1375, stepsPerSecond: 137.5, firstStepMs: 0 });
  });
});

describe('the labels of the coursera preset', () => {
  let clips: ClipSet;
  beforeAll(() => {
    clips = readClips(shippedClips(20), COURSERA_FEATURES.sampleRate);
  });

  it('are the 50 steps after floor(endMs * 1375 / 10000), every step counted once', () => {
    expect(labelSettings(preset)).toMatchObject({ labelSteps: 50, positiveWeight: 1 });
    const pool = new ExamplePool(clips, preset, 2, 4);
    const mixtures = [pool.mix(0), pool.mix(1)];
    const { x, y, sampleWeight } = pool.batch(Int32Array.of(0, 1), new Random(1));
    expect(x.shape).toEqual([2, 5511, 101]);
    expect(y.shape).toEqual([2, 1375, 1]);
    expect(new Set(sampleWeight.data)).toEqual(new Set([1]));
    let words = 0;
    mixtures.forEach(({ placed }, n) => {
      const expected = new Uint8Array(1375);
      for (const { kind, speechEndSeconds } of placed) {
        if (kind !== 'activate') continue;
        words++;
        const end = Math.floor((speechEndSeconds * 1000 * 1375) / 10_000);
        for (let step = end + 1; step <= Math.min(1374, end + 50); step++) expected[step] = 1;
      }
      expect(Array.from(y.data.subarray(n * 1375, (n + 1) * 1375))).toEqual(Array.from(expected));
    });
    expect(words).toBeGreaterThan(1);
  });

  it('are as many as are asked for', () => {
    expect(labelSettings({ ...preset, labels: { ...preset.labels, labelSteps: 7 } }).labelSteps).toBe(7);
  });
});
