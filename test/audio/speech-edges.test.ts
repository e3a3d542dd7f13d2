import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readClips } from '../../src/audio/clips/read-clips.js';
import {
  findAllSpeech,
  findSpeech,
  hasSpeech,
  type SpeechEdges,
} from '../../src/audio/clips/speech-edges.js';
import { rmsOf } from '../../src/audio/signal/augmentation.js';
import { decodeWav, encodeWav } from '../../src/audio/signal/wav.js';
import { Random } from '../../src/base/math/random.js';
import { describeShared, sharedData } from '../support/shared-data.js';

const RATE = 16_000;
/** As a 16-bit file holds it. */
const quantized = (samples: Float32Array) =>
  samples.map((x) => Math.max(-32768, Math.min(32767, Math.round(32768 * x))) / 32768);

/** A "word" from 0.5 to 1.1 s, of harmonics of 120 Hz, over the noise of a room: a rise, 0.1 s of pause within. */
function word(): Float32Array {
  const random = new Random(5);
  return quantized(
    Float32Array.from({ length: 1.6 * RATE }, (_, i) => {
      const t = i / RATE;
      // Fades of 5 ms.
      const within = (from: number, to: number) => Math.min(1, (t - from) / 0.005, (to - t) / 0.005);
      const loudness = Math.max(0, within(0.5, 0.75), within(0.85, 1.1));
      let voice = 0;
      for (let h = 1; loudness > 0 && h <= 12; h++)
        voice += (loudness * Math.sin(2 * Math.PI * 120 * h * t + h)) / h;
      return 0.1 * voice + 1e-3 * random.normal();
    }),
  );
}
const WORD: SpeechEdges = { start: 0.5 * RATE, end: 1.1 * RATE };

function joined(...parts: Float32Array[]): Float32Array {
  const samples = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    samples.set(part, at);
    at += part.length;
  }
  return samples;
}
const zeros = (seconds: number) => new Float32Array(Math.round(seconds * RATE));
const added = (samples: Float32Array, of: (i: number) => number) =>
  quantized(samples.map((x, i) => x + of(i)));

describe('findSpeech', () => {
  it('finds the word where it lies', () => {
    expect(findSpeech(word(), RATE)).toEqual(WORD);
  });

  it.each([
    ['after', (clip: Float32Array) => joined(clip, zeros(0.3)), 0],
    ['before, by no whole frame', (clip: Float32Array) => joined(zeros(0.3037), clip), 0.3037],
    ['on both sides', (clip: Float32Array) => joined(zeros(1.2345), clip, zeros(2)), 1.2345],
    ['one value, not zero', (clip: Float32Array) => joined(zeros(0.5).fill(0.03), clip), 0.5],
    [
      'dither after',
      (clip: Float32Array) => {
        const random = new Random(3);
        const dither = zeros(0.5).map(() => Math.round(random.uniform() + random.uniform() - 1) / 32768);
        return joined(clip, dither);
      },
      0,
    ],
  ])('is not moved by digital silence %s', (_, pad, seconds) => {
    const { start, end } = findSpeech(pad(word()), RATE);
    const shift = Math.round(seconds * RATE);
    expect({ start: start - shift, end: end - shift }).toEqual(WORD);
  });

  it('is not moved by zeros in place of the room, nor by packets that were lost within the word', () => {
    const clip = word();
    clip.fill(0, 0.1 * RATE, 0.3 * RATE);
    for (let k = 0; k < 5; k++) clip.fill(0, (0.52 + 0.04 * k) * RATE, (0.54 + 0.04 * k) * RATE);
    expect(findSpeech(clip, RATE)).toEqual(WORD);
  });

  it('takes a long gap that cuts into the word on both sides for lost sound, not for a pause', () => {
    const clip = word();
    const at = 0.6 * RATE;
    const { start, end } = findSpeech(joined(clip.subarray(0, at), zeros(0.4), clip.subarray(at)), RATE);
    expect([start, end]).toEqual([0.5 * RATE, 1.5 * RATE]);
  });

  it('does not part a word at zeros within its pause', () => {
    // The pause is from 0.75 to 0.85 s.
    const at = 0.8 * RATE;
    const { start, end } = findSpeech(joined(word().subarray(0, at), zeros(0.24), word().subarray(at)), RATE);
    expect([start, end]).toEqual([0.5 * RATE, 1.34 * RATE]);
  });

  it.each<[string, (i: number) => number, number]>([
    ['a constant offset', () => 0.03, 0],
    ['infrasound of 7 Hz', (i) => 0.05 * Math.sin((2 * Math.PI * 7 * i) / RATE), 0],
    ['hum of 50 Hz', (i) => 0.01 * Math.sin((2 * Math.PI * 50 * i) / RATE), 0],
    ['a click at the start', (i) => (i < 20 ? 0.9 * Math.exp(-i / 5) * (-1) ** i : 0), 0],
    ['a thump across two frames', (i) => (i > 155 && i < 165 ? 0.9 * (-1) ** i : 0), 0],
  ])('is not moved by %s', (_, noise, most) => {
    const { start, end } = findSpeech(added(word(), noise), RATE);
    expect(Math.abs(start - WORD.start)).toBeLessThanOrEqual(most);
    expect(Math.abs(end - WORD.end)).toBeLessThanOrEqual(most);
  });

  it('gives what is sound, without the zeros, where nothing rises above the rest', () => {
    const random = new Random(1);
    const noise = Float32Array.from({ length: RATE }, () => 0.01 * random.normal());
    const clip = joined(zeros(0.5), noise, zeros(0.25));
    expect(hasSpeech(clip, RATE)).toBe(false);
    expect(findSpeech(clip, RATE)).toEqual({ start: 0.5 * RATE, end: 1.5 * RATE });
    expect(findAllSpeech(clip, RATE)).toEqual({ start: 0.5 * RATE, end: 1.5 * RATE });
    expect(findSpeech(zeros(1), RATE)).toEqual({ start: 0, end: RATE });
  });
});

describe('levels of clips', () => {
  const read = (samples: Float32Array) => {
    const bytes = encodeWav({ samples, sampleRate: RATE });
    const [{ samples: clip, speech }] = readClips([{ path: 'activates/a.wav', bytes }], RATE).activates;
    return { speech, level: 20 * Math.log10(rmsOf(clip.subarray(speech.start, speech.end))), clip };
  };
  const { level } = read(word());

  it.each<[string, (i: number) => number, number]>([
    ['a constant offset', () => 0.03, 0.01],
    ['a strong offset', () => -0.4, 0.01],
    ['infrasound', (i) => 0.1 * Math.sin((2 * Math.PI * 7 * i) / RATE), 0.3],
  ])('are those of the speech without %s', (_, noise, within) => {
    const off = read(added(word(), noise));
    expect(off.speech).toEqual(WORD);
    expect(Math.abs(off.level - level)).toBeLessThan(within);
  });

  it('are right where zeros were put beside a clip with an offset, which stay zeros', () => {
    const off = read(
      joined(
        zeros(0.5),
        added(word(), () => 0.03),
      ),
    );
    expect(off.speech).toEqual({ start: RATE, end: 1.6 * RATE });
    expect(Math.abs(off.level - level)).toBeLessThan(0.01);
    expect(rmsOf(off.clip.subarray(0, 0.5 * RATE))).toBe(0);
  });

  it('leave a clip that stands on zero as it is', () => {
    const clip = word().map((x) => x + 0); // No -0.
    expect(read(clip).clip).toEqual(clip);
  });
});

describeShared('recordings by people', ['wake-word'], (folder) => {
  const clips = ['computer', 'snowboy', 'smart-mirror', 'athena'].flatMap((name) =>
    readdirSync(join(folder, name))
      .filter((file) => file.endsWith('.wav'))
      .map((file) => decodeWav(readFileSync(join(folder, name, file)), file)),
  );

  it.each([
    ['before', 1, 0],
    ['after', 0, 1],
    ['around', 1, 1],
  ])('keep their edges with zeros %s', (_, before, after) => {
    const random = new Random(11);
    const moved = { most: 0, byMoreThan50Ms: 0 };
    for (const { samples, sampleRate } of clips) {
      const shift = before * (1 + random.integer(sampleRate));
      const padded = joined(
        new Float32Array(shift),
        samples,
        new Float32Array(after * random.integer(sampleRate)),
      );
      const [own, other] = [samples, padded].map((sound) => findSpeech(sound, sampleRate));
      const by = Math.max(Math.abs(own.start + shift - other.start), Math.abs(own.end + shift - other.end));
      moved.most = Math.max(moved.most, by / sampleRate);
      if (by > 0.05 * sampleRate) moved.byMoreThan50Ms++;
    }
    expect(moved.most).toBeLessThan(0.3);
    // Some begin with a few zeros, which join those before them: their frames begin elsewhere.
    expect(moved.byMoreThan50Ms).toBeLessThanOrEqual(3);
  });
});

describe.skipIf(sharedData('cases') === undefined)('cases', () => {
  it.each(['01-word.wav', '01-word-zeros-after.wav', '07-word-dc-0.03.wav', '07-word-same-level.wav'])(
    'the word of %s lies from 0.64 to 1.28 s',
    (name) => {
      const { samples, sampleRate } = decodeWav(readFileSync(sharedData('cases', name)!), name);
      const { start, end } = findSpeech(samples, sampleRate);
      expect(start / sampleRate).toBeCloseTo(0.64, 2);
      expect(end / sampleRate).toBeCloseTo(1.28, 2);
    },
  );
});
