import { describe, expect, it } from 'vitest';
import { SpeechEmbedding, TriggerModel } from '../../../src/audio/index.js';
import { describeTrigger } from '../../../src/audio/trigger-description.js';
import { triggerNetwork } from '../../../src/audio/trigger-network.js';
import { triggerPreset } from '../../../src/audio/detection/trigger-settings.js';
import { FEATURE_SETS } from '../../../src/audio/signal/feature-settings.js';
import { checkOnnx, fromOnnx, toOnnx, type OnnxRuntime } from '../../../src/exchange/index.js';
import { Dense, Random, Sequential } from '../../../src/index.js';
import { differenceTable } from '../support/difference-table.js';
import { largestDifference, ort, runtimeOf } from '../support/onnx-runtime.js';
import { randomized } from '../support/random-weights.js';
import { wakeWordDetector } from '../support/wake-word-model.js';

const runtime = ort as unknown as OnnxRuntime;
const tell = differenceTable('features inside');

/** Scores of the runtime and of the model, both from 0 to 1. */
function compare(name: string, found: ArrayLike<number>, expected: ArrayLike<number>): void {
  const difference = largestDifference(found, expected);
  tell(name, difference);
  expect(difference).toBeLessThan(1e-4);
}

/** The file of a detector of two words whose weights are drawn at random. */
async function detector(kind: keyof typeof FEATURE_SETS | 'coursera'): Promise<Uint8Array> {
  const preset = structuredClone(triggerPreset(kind === 'coursera' ? kind : 'standard'));
  const features = kind === 'coursera' ? preset.features : FEATURE_SETS[kind];
  const network = { ...preset.network, filters: 10, units: 8, words: 2 };
  const settings = { ...preset, features, network };
  const made = triggerNetwork(network, { engine: 'wasm', threads: 1, seed: 2 });
  await made.build([network.kernelFrames, features.bands]);
  randomized(made, 7);
  const bytes = made.toBytes(describeTrigger({ words: ['hey', 'stop'], settings, trainedOn: undefined }));
  await made.dispose();
  return bytes;
}

/** What a model itself says of sound, (steps, words). */
function scoresOf(model: TriggerModel, samples: Float32Array): number[] {
  const stream = model.stream({ spectrum: model.settings.features.kind === 'log-mel' ? 'meyda' : 'fast' });
  const all: number[] = [];
  stream.on('score', ({ scores }) => all.push(...scores));
  stream.push(samples);
  stream.dispose();
  return all;
}

/** Noise, tones that glide, clicks, and silence between them. */
function sound(length: number, rate: number): Float32Array {
  const random = new Random(length);
  let phase = 0;
  return Float32Array.from({ length }, (_, i) => {
    phase += (2 * Math.PI * (300 + 250 * Math.sin((7 * i) / rate))) / rate;
    const part = Math.floor((8 * i) / rate) % 4;
    if (part === 3) return 0;
    return 0.4 * Math.sin(phase * (part + 1)) + 0.05 * random.normal() + (i % 1999 === 0 ? 0.5 : 0);
  });
}

const SOUNDS: Readonly<Record<string, (length: number, rate: number) => Float32Array>> = {
  silence: (length) => new Float32Array(length),
  'sound that clips': (length, rate) =>
    sound(length, rate).map((x) => Math.max(-1, Math.min(1, 40 * (x + 1e-3)))),
  sound,
};

describe('a detector as ONNX with its features inside', () => {
  it.each(['log-mel', 'librosa', 'mfcc', 'coursera'] as const)(
    'gives the scores of the model: %s',
    async (kind) => {
      const bytes = await detector(kind);
      const model = await TriggerModel.load(bytes);
      const { bytes: file, description } = await toOnnx(model, { withFeatures: true });
      const { sampleRate, firstScoreSamples, scoreSamples } = description.sound!;
      const run = await runtimeOf(file);
      const lengths = [
        firstScoreSamples,
        firstScoreSamples + 3 * scoreSamples - 1,
        Math.round(1.37 * sampleRate),
      ];
      for (const [name, make] of Object.entries(SOUNDS)) {
        for (const length of lengths) {
          const samples = make(length, sampleRate);
          const { scores } = await run({ samples: { data: samples, shape: [1, length] } });
          const expected = scoresOf(model, samples);
          const steps = Math.floor((length - firstScoreSamples) / scoreSamples) + 1;
          expect([name, scores.shape, expected.length]).toEqual([name, [1, steps, 2], 2 * steps]);
          compare(`${kind}, ${name}`, scores.data, expected);
        }
      }
      // A step at a call.
      const step = await toOnnx(model, { withFeatures: true, step: true });
      expect(step.description.states[0].dims).toEqual(['N', firstScoreSamples - scoreSamples]);
      const difference = await checkOnnx(runtime, model, step);
      expect(difference.numbers).toBe(128);
      tell(`${kind}, steps`, difference.largest);
      expect(difference.largest).toBeLessThan(1e-4);
      await model.dispose();
    },
  );

  it('takes several sounds at once, and weights in 8 bits', async () => {
    const bytes = await detector('log-mel');
    const { bytes: file } = await toOnnx(bytes, { withFeatures: true });
    const [one, other] = [sound(8_000, 16_000), SOUNDS['sound that clips'](8_000, 16_000)];
    const data = Float32Array.from([...one, ...other]);
    const { scores } = await (await runtimeOf(file))({ samples: { data, shape: [2, 8_000] } });
    const model = await TriggerModel.load(bytes);
    compare('log-mel, two sounds', scores.data, [...scoresOf(model, one), ...scoresOf(model, other)]);
    const small = await toOnnx(bytes, { withFeatures: true, int8: true });
    expect(small.bytes.length).toBeLessThan(file.length);
    expect((await checkOnnx(runtime, model, small)).largest).toBeLessThan(0.1);
    await model.dispose();
  });

  it('says what sound it takes', async () => {
    const { description } = await toOnnx(await detector('log-mel'), { withFeatures: true });
    expect(description).toMatchObject({
      inputs: [{ name: 'samples', type: 'float32', dims: ['N', 'samples'] }],
      outputs: [{ name: 'scores', type: 'float32', dims: ['N', 'T_front', 2] }],
      sound: {
        ...{ sampleRate: 16_000, range: [-1, 1], frameSamples: 512, hopSamples: 160 },
        ...{ firstScoreSamples: 2_112, scoreSamples: 480 },
      },
      settings: { words: ['hey', 'stop'] },
    });
    const plain = await toOnnx(await detector('log-mel'));
    expect([plain.description.sound, plain.description.inputs[0].name]).toEqual([undefined, 'input']);
  });

  it('holds the speech embedding too, and the head over it', async () => {
    const embedding = await SpeechEmbedding.default();
    const { bytes } = await wakeWordDetector(['computer', 'stop'], 3, undefined, embedding.hash);
    const { bytes: file, description } = await toOnnx(bytes, { withFeatures: true, embedding });
    expect(description.sound).toMatchObject({ firstScoreSamples: 12_512, scoreSamples: 1_280 });
    const model = await TriggerModel.load(bytes, { embedding });
    const run = await runtimeOf(file);
    for (const samples of [new Float32Array(12_512), sound(21_000, 16_000)]) {
      const { scores } = await run({ samples: { data: samples, shape: [1, samples.length] } });
      const expected = scoresOf(model, samples);
      expect(scores.shape[1]).toBe(Math.floor((samples.length - 12_512) / 1_280) + 1);
      compare('embedding', scores.data, expected);
    }
    await expect(toOnnx(bytes, { withFeatures: true, step: true, embedding })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(
        /hears through a speech embedding, which is written for whole/,
      ) as string,
    });
    const another = (await wakeWordDetector(['computer'], 3, undefined, '0123456789abcdef')).bytes;
    await expect(toOnnx(another, { withFeatures: true, embedding })).rejects.toMatchObject({
      code: 'bad-value',
    });
    await Promise.all([model.dispose(), embedding.dispose()]);
  });

  it('refuses what has no features, and is not read back', async () => {
    const plain = new Sequential([new Dense({ units: 2 })]);
    await plain.build([3]);
    await expect(toOnnx(plain, { withFeatures: true })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(/holds a Sequential, whose input is not made of sound/) as string,
    });
    const bytes = await detector('log-mel');
    await expect(toOnnx(bytes, { withFeatures: true, lengths: true })).rejects.toMatchObject({
      code: 'usage',
    });
    await expect(toOnnx(bytes, { embedding: 'a.safetensors' })).rejects.toThrow('with withFeatures alone');
    const { bytes: file } = await toOnnx(bytes, { withFeatures: true });
    await expect(fromOnnx(file)).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringContaining('makes its features in the file') as string,
    });
  });
});
