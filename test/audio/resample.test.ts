import { describe, expect, it } from 'vitest';
import { resample, StreamResampler } from '../../src/audio/signal/resample.js';
import { Random } from '../../src/base/math/random.js';

const sine = (hertz: number, sampleRate: number, seconds: number) =>
  Float32Array.from({ length: sampleRate * seconds }, (_, i) =>
    Math.sin((2 * Math.PI * hertz * i) / sampleRate),
  );

/** RMS of a - b over the middle, relative to a full-scale sine, in dB. */
function differenceDb(a: Float32Array, b: (n: number) => number): number {
  let sum = 0;
  let count = 0;
  for (let n = 2000; n < a.length - 2000; n++, count++) sum += (a[n] - b(n)) ** 2;
  return 10 * Math.log10((2 * sum) / count + 1e-30);
}

describe('resample to 16 kHz', () => {
  it.each([8000, 11_025, 22_050, 44_100, 44_101, 48_000, 96_000])(
    'keeps a tone at %d Hz in place and level',
    (from) => {
      for (const hertz of [200, 1000, 3000, 7000].filter((f) => f < 0.45 * from)) {
        const { samples } = resample({ samples: sine(hertz, from, 1), sampleRate: from }, 16_000);
        expect(samples.length).toBe(16_000);
        expect(differenceDb(samples, (n) => Math.sin((2 * Math.PI * hertz * n) / 16_000))).toBeLessThan(-75);
      }
    },
  );

  it.each([22_050, 24_000, 32_000, 44_100, 48_000, 96_000])(
    'holds what lies above 8 kHz of %d Hz down by 75 dB',
    (from) => {
      const tones = [8000, 8100, 8500, 9000, 10_000, 12_000, 15_900, 20_000, 31_900, 40_000];
      for (const hertz of tones.filter((f) => f < 0.49 * from)) {
        const { samples } = resample({ samples: sine(hertz, from, 1), sampleRate: from }, 16_000);
        expect(differenceDb(samples, () => 0)).toBeLessThan(-75);
      }
    },
  );

  it.each([8000, 11_025])('adds nothing above half of %d Hz', (from) => {
    // The tone's images, at from - hertz and so on, would make it differ from the tone.
    for (const hertz of [0.05, 0.2, 0.35, 0.45].map((share) => Math.round(share * from))) {
      const { samples } = resample({ samples: sine(hertz, from, 1), sampleRate: from }, 16_000);
      expect(differenceDb(samples, (n) => Math.sin((2 * Math.PI * hertz * n) / 16_000))).toBeLessThan(-75);
    }
  });

  // A drift of one in a million would be a sixth of a sample by then; a thousandth of one at 7 kHz is 51 dB down.
  it.each([11_025, 44_100, 44_101, 48_000])('is still in time after 10 s of %d Hz', (from) => {
    const hertz = Math.round(Math.min(7000, 0.43 * from));
    const { samples } = resample({ samples: sine(hertz, from, 10), sampleRate: from }, 16_000);
    expect(samples.length).toBe(160_000);
    const start = 140_000;
    const tone = (n: number) => Math.sin((2 * Math.PI * hertz * (n + start)) / 16_000);
    expect(differenceDb(samples.subarray(start), tone)).toBeLessThan(-70);
  });

  it('keeps a constant, without ripple', () => {
    const { samples } = resample({ samples: new Float32Array(4410).fill(0.5), sampleRate: 44_100 }, 16_000);
    for (let n = 400; n < samples.length - 400; n++) expect(samples[n]).toBeCloseTo(0.5, 6);
  });

  it('gives samples at the same rate back', () => {
    const samples = Float32Array.of(1, 2, 3);
    expect(resample({ samples, sampleRate: 16_000 }, 16_000).samples).toBe(samples);
  });

  it.each([0, -1, 44_100.5, NaN])('refuses a rate of %d', (rate) => {
    expect(() => resample({ samples: new Float32Array(10), sampleRate: 16_000 }, rate)).toThrow(
      /whole number of hertz/,
    );
  });
});

describe('StreamResampler', () => {
  const noise = (length: number) => Float32Array.from({ length }, (_, i) => Math.sin(i * i * 0.013));

  it.each([
    [44_100, 16_000],
    [48_000, 16_000],
    [8000, 16_000],
    [44_101, 16_000],
    [16_000, 44_100],
  ])('gives from %d to %d Hz the very samples of the whole, however it is cut', (from, to) => {
    const samples = noise(5000);
    const whole = resample({ samples, sampleRate: from }, to).samples;
    const resampler = new StreamResampler(from, to);
    for (const pieces of [[5000], [1], [7, 333, 64]]) {
      const out: number[] = [];
      for (let at = 0, k = 0; at < samples.length; k++) {
        const length = pieces[k % pieces.length];
        out.push(...resampler.push(samples.subarray(at, at + length)));
        at += length;
      }
      out.push(...resampler.flush());
      expect(out).toEqual(Array.from(whole));
    }
  });

  it.each([8000, 11_025, 12_000, 22_050, 24_000, 32_000, 44_100, 48_000, 88_200, 96_000, 176_400, 192_000])(
    'gives at %d Hz the very samples of the whole in pieces of 1 to 4096',
    (from) => {
      const random = new Random(from);
      const samples = Float32Array.from({ length: 12_000 }, () => random.normal());
      const whole = resample({ samples, sampleRate: from }, 16_000).samples;
      const resampler = new StreamResampler(from, 16_000);
      const always = [1, 2, 3, 127, 128, 129, 441, 1024, 4095, 4096].map((length) => () => length);
      for (const next of [...always, () => 1 + random.integer(4096)]) {
        const out = new Float32Array(whole.length);
        let given = 0;
        const keep = (piece: Float32Array) => {
          out.set(piece, given);
          given += piece.length;
        };
        for (let at = 0; at < samples.length;) {
          const length = next();
          keep(resampler.push(samples.subarray(at, at + length)));
          at += length;
        }
        keep(resampler.flush());
        expect(given).toBe(whole.length);
        expect(Buffer.from(out.buffer).equals(Buffer.from(whole.buffer))).toBe(true);
      }
    },
  );

  it('gives the very input at equal rates, as resample does, in copies of its own', () => {
    const resampler = new StreamResampler(16_000, 16_000);
    const samples = noise(500);
    const [first, last] = [resampler.push(samples.subarray(0, 7)), resampler.push(samples.subarray(7))];
    expect([...first, ...last]).toEqual([...samples]);
    first[0] = 9;
    expect(samples[0]).not.toBe(9);
    expect(resampler.flush()).toEqual(new Float32Array(0));
  });

  it('does not drift within a minute, and holds no more than its filter needs', () => {
    const resampler = new StreamResampler(44_100, 16_000);
    const second = new Float32Array(44_100);
    let given = 0;
    for (let s = 0; s < 60; s++) given += resampler.push(s === 0 || s === 59 ? noise(44_100) : second).length;
    given += resampler.flush().length;
    expect(given).toBe(60 * 16_000);
  });
});
