import { statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { triggerPreset } from '../../../src/audio/detection/trigger-settings.js';
import {
  decodeNegatives,
  encodeNegatives,
  type EmbeddedNegatives,
} from '../../../src/audio/embedding/embedded-negatives.js';
import { negativesFile, shippedNegatives } from '../../../src/audio/embedding/shipped-negatives.js';
import type { SpeechEmbedding } from '../../../src/audio/embedding/speech-embedding.js';
import { recordedNegatives } from '../../../src/audio/training/recorded-negatives.js';
import { encodeSafetensors } from '../../../src/base/encoding/safetensors.js';
import { Random } from '../../../src/base/math/random.js';
import { repositoryFile } from '../../support/clip-files.js';

/** Of Google's embedding as `add-embedding` writes it. */
const HASH = '733db574364f13fc';
const [EXAMPLES, FRAMES, SIZE] = [7, 11, 5];

function made(): EmbeddedNegatives {
  const random = new Random(4);
  const data = new Float32Array(EXAMPLES * FRAMES * SIZE);
  // Each number has a mean and a spread of its own.
  for (let i = 0; i < data.length; i++) data[i] = 10 * (i % SIZE) + (1 + (i % SIZE)) * random.normal(0, 1);
  return {
    ...{ hash: 'abc', exampleSeconds: 5, frames: FRAMES, size: SIZE, data, notice: 'by nobody' },
    speakers: [
      { name: 'a', language: 'en' },
      { name: 'b', language: 'fr' },
    ],
    speaker: Uint8Array.from({ length: EXAMPLES }, (_, n) => n % 2),
  };
}

describe('embedded negatives', () => {
  it('come back as they were, each number within half a step of 0.35 deviations', () => {
    const before = made();
    const after = decodeNegatives(encodeNegatives(before), 'test');
    expect({ ...after, data: undefined }).toEqual({ ...before, data: undefined });
    for (let band = 0; band < SIZE; band++) {
      const column = (data: Float32Array) => [...data].filter((_, i) => i % SIZE === band);
      const values = column(before.data);
      const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
      const deviation = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length);
      const errors = column(after.data).map((x, i) => Math.abs(x - values[i]));
      expect(Math.max(...errors)).toBeLessThanOrEqual(0.5 * 0.35 * deviation * 1.0001);
      expect(Math.max(...errors)).toBeGreaterThan(0);
    }
  });

  it('of another kind of file are refused', () => {
    const other = encodeSafetensors({ x: { dtype: 'F32', shape: [1], data: Float32Array.of(1) } });
    expect(() => decodeNegatives(other, 'other.safetensors')).toThrow(
      expect.objectContaining({ code: 'bad-file', message: expect.stringContaining('other.safetensors') }),
    );
  });
});

describe('those that come with seqkit', () => {
  it('are more than an hour in five languages, six speakers of more than a hundred examples, in less than 3 MB', async () => {
    expect(statSync(repositoryFile(negativesFile(HASH))).size).toBeLessThan(3e6);
    const shipped = (await shippedNegatives(HASH))!;
    const { speaker, speakers, frames, size, data, exampleSeconds, notice } = shipped;
    expect([frames, size, exampleSeconds]).toEqual([
      53,
      96,
      triggerPreset('embedding').synthesis.exampleSeconds,
    ]);
    expect([...new Set(speakers.map(({ language }) => language))]).toEqual(['en', 'es', 'fr', 'it', 'ru']);
    expect(speakers).toHaveLength(6);
    for (const n of speakers.keys()) {
      expect([...speaker].filter((who) => who === n).length).toBeGreaterThan(100);
    }
    expect((speaker.length * exampleSeconds) / 3600).toBeGreaterThan(1);
    expect(data.every(Number.isFinite)).toBe(true);
    expect(notice).toContain('CC BY-SA 3.0');
  });

  it('are not given for another embedding', async () => {
    await expect(shippedNegatives('0123456789abcdef')).resolves.toBeUndefined();
  });
});

describe('what training takes of them', () => {
  const embedding = { hash: HASH } as SpeechEmbedding;
  const preset = triggerPreset('embedding');

  it('is seven tenths of each speaker, the rest for the threshold, in the range of the features', async () => {
    const shipped = (await shippedNegatives(HASH))!;
    const { count, features, held } = (await recordedNegatives(preset, embedding, undefined))!;
    expect(count + held.length).toBe(shipped.speaker.length);
    expect(count / shipped.speaker.length).toBeCloseTo(0.7, 2);
    const [first, stride] = [features(0), shipped.frames * shipped.size];
    expect([...first.subarray(0, 96)]).toEqual(
      [...shipped.data.subarray(0, 96)].map((x) => Math.fround(x / 4)),
    );
    // The first speaker's first seven tenths are followed by the second's first.
    const theirs = [...shipped.speaker].filter((who) => who === 0).length;
    const next = features(Math.round(0.7 * theirs));
    expect(next[5]).toBe(Math.fround(shipped.data[theirs * stride + 5] / 4));
    expect(held[0][5]).toBe(Math.fround(shipped.data[Math.round(0.7 * theirs) * stride + 5] / 4));
  });

  it('is not in the language of the word, which may be said in it', async () => {
    const shipped = (await shippedNegatives(HASH))!;
    for (const [tag, own] of [
      ['en-US', [0]],
      ['it', [3, 4]],
      ['de', []],
    ] as const) {
      const { count, held } = (await recordedNegatives(preset, embedding, tag))!;
      const others = [...shipped.speaker].filter((who) => !(own as readonly number[]).includes(who));
      expect(count + held.length).toBe(others.length);
    }
  });

  it('is nothing for other features, another embedding, and examples of another length', async () => {
    const other = { hash: '0123456789abcdef' } as SpeechEmbedding;
    const longer = { ...preset, synthesis: { ...preset.synthesis, exampleSeconds: 6 } };
    await expect(recordedNegatives(triggerPreset('standard'), embedding, undefined)).resolves.toBeUndefined();
    await expect(recordedNegatives(preset, undefined, undefined)).resolves.toBeUndefined();
    await expect(recordedNegatives(preset, other, undefined)).resolves.toBeUndefined();
    await expect(recordedNegatives(longer, embedding, undefined)).resolves.toBeUndefined();
  });
});
