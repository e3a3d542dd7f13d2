import { expect, it } from 'vitest';
import { randomWarp, warpVoice } from '../../../src/audio/voices/warp.js';
import { Random } from '../../../src/base/math/random.js';

const RATE = 16_000;
const tone = Float32Array.from({ length: RATE }, (_, i) => Math.sin((2 * Math.PI * 400 * i) / RATE));

/** Of a tone, by its upward zero crossings, away from the ends. */
function hertz(samples: Float32Array): number {
  let [first, last, count] = [0, 0, -1];
  for (let i = 2_000; i < samples.length - 2_000; i++) {
    if (samples[i - 1] >= 0 || samples[i] < 0) continue;
    if (count < 0) first = i;
    last = i;
    count++;
  }
  return (count * RATE) / (last - first);
}

it('a shorter tract moves the spectrum and keeps the time; a pace does the other', () => {
  const smaller = warpVoice(tone, RATE, { vocalTract: 1.2 });
  expect(Math.abs(smaller.length - RATE)).toBeLessThan(10);
  expect(Math.abs(hertz(smaller) - 480)).toBeLessThan(5);
  const faster = warpVoice(tone, RATE, { tempo: 1.25 });
  expect(Math.abs(faster.length - RATE / 1.25)).toBeLessThan(10);
  expect(Math.abs(hertz(faster) - 400)).toBeLessThan(5);
  expect(warpVoice(tone, RATE, {})).toEqual(tone);
});

it('draws within the range, and leaves some as they are', () => {
  const random = new Random(1);
  const drawn = Array.from({ length: 400 }, () => randomWarp(random).vocalTract!);
  expect([Math.min(...drawn) >= 0.82, Math.max(...drawn) <= 1.24]).toEqual([true, true]);
  const kept = drawn.filter((factor) => factor === 1).length;
  // A fifth of 400: a standard deviation is 8.
  expect(Math.abs(kept - 80)).toBeLessThan(32);
});

it('refuses what is no factor', () => {
  expect(() => warpVoice(tone, RATE, { tempo: 3 })).toThrow(expect.objectContaining({ code: 'bad-value' }));
  expect(() => warpVoice(new Float32Array([NaN]), RATE, {})).toThrow(
    expect.objectContaining({ code: 'bad-value' }),
  );
});
