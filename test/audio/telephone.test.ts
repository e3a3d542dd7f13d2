import { describe, expect, it } from 'vitest';
import { DEFAULT_SYNTHESIS } from '../../src/audio/mixing/synthesis-settings.js';
import { mixExample } from '../../src/audio/mixing/synthesis.js';
import { madeBackgrounds } from '../../src/audio/mixing/made-backgrounds.js';
import { telephone } from '../../src/audio/signal/telephone.js';
import { Random } from '../../src/base/math/random.js';

const RATE = 16_000;
const tone = (hz: number, level: number) =>
  Float32Array.from({ length: RATE }, (_, i) => level * Math.sin((2 * Math.PI * hz * i) / RATE));
const rms = (x: Float32Array) =>
  Math.sqrt(x.slice(4_000).reduce((sum, v) => sum + v * v, 0) / (x.length - 4_000));

describe('telephone', () => {
  it.each([
    [1_000, 0, 0.5],
    // A Butterworth filter of second order an octave and a half below its corner, of order 8 above.
    [100, -19.1, 0.7],
    [6_000, -39, 60],
  ])('leaves of %i Hz %f dB', (hz, decibels, tolerance) => {
    const sound = tone(hz, 0.5);
    const before = rms(sound);
    telephone(sound, RATE);
    const change = 20 * Math.log10(Math.max(rms(sound), 1e-9) / before);
    expect(hz === 6_000 ? change < decibels : Math.abs(change - decibels) < tolerance).toBe(true);
  });

  it('keeps 255 levels, finer where it is quiet, each side of zero alike', () => {
    const sound = tone(1_000, 0.9);
    telephone(sound, RATE);
    const levels = [...new Set(sound)].map(Math.abs).sort((a, b) => a - b);
    expect(new Set(levels).size).toBeLessThanOrEqual(128);
    // Level n of 127 is (256^(n/127) - 1) / 255.
    for (const level of levels) {
      const n = (127 * Math.log(1 + 255 * level)) / Math.log(256);
      expect(Math.abs(n - Math.round(n))).toBeLessThan(1e-3);
    }
  });
});

it('an example goes through the recorders that are asked for, and says so', () => {
  const noise = madeBackgrounds(4, 1, RATE, new Random(1));
  const clip = (name: string) => ({ ...noise[0], name, speech: { start: 2_000, end: 9_000 } });
  const clips = { sampleRate: RATE, activates: [clip('a')], negatives: [clip('n')], backgrounds: noise };
  const mix = (settings: object) => mixExample(clips, { ...DEFAULT_SYNTHESIS, ...settings }, new Random(3));
  const plain = mix({});
  expect([plain.telephone, plain.highPassHz]).toEqual([undefined, undefined]);
  const called = mix({ telephoneShare: 1 });
  const expected = plain.samples.slice();
  telephone(expected, RATE);
  expect(called.telephone).toBe(true);
  expect(called.samples.every((x, i) => x === expected[i])).toBe(true);
  const { highPassHz } = mix({ highPassShare: 1, highPassHz: [200, 300] });
  expect(highPassHz! >= 200 && highPassHz! <= 300).toBe(true);
});

it('made-up backgrounds are of one level, of four kinds, and the same each time', () => {
  const made = madeBackgrounds(8, 2, RATE, new Random(5));
  expect(made.map(({ name }) => name.split('-')[1])).toEqual(
    [...Array(2)].flatMap(() => ['music', 'hum', 'swell', 'clatter']),
  );
  for (const { samples } of made) {
    const level = Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length);
    expect(level > 0.08 && level <= 0.1001).toBe(true);
  }
  expect(madeBackgrounds(8, 2, RATE, new Random(5))).toEqual(made);
});
