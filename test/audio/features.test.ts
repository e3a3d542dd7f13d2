import { describe, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import {
  DEFAULT_FEATURES,
  featuresHash,
  LIBROSA_FEATURES,
  MFCC_FEATURES,
} from '../../src/audio/signal/feature-settings.js';
import { FeatureExtractor } from '../../src/audio/signal/features.js';
import { hzFromMel, melFilters, melFromHz } from '../../src/audio/signal/mel.js';
import { powerSpectrum } from '../../src/audio/signal/spectrogram.js';
import { Random } from '../../src/base/math/random.js';

const noise = (length: number, seed: number) => {
  const random = new Random(seed);
  return Float32Array.from({ length }, (_, i) => 0.3 * Math.sin(0.2 * i) + 0.1 * random.normal());
};

/** The definition, term by term, in float64. */
function naivePower(frame: Float32Array): number[] {
  const size = frame.length;
  return Array.from({ length: size / 2 }, (_, k) => {
    let [real, imaginary] = [0, 0];
    for (let n = 0; n < size; n++) {
      const x = frame[n] * (0.5 - 0.5 * Math.cos((2 * Math.PI * n) / (size - 1)));
      real += x * Math.cos((2 * Math.PI * k * n) / size);
      imaginary -= x * Math.sin((2 * Math.PI * k * n) / size);
    }
    return real * real + imaginary * imaginary;
  });
}

/** One band of one frame, straight from the formulas of HTK and of a triangle. */
function naiveFeature(frame: Float32Array, band: number): number {
  const mel = (f: number) => 2595 * Math.log10(1 + f / 700);
  const point = (i: number) => 700 * (10 ** ((mel(60) + (i * (mel(7600) - mel(60))) / 41) / 2595) - 1);
  const [left, peak, right] = [point(band), point(band + 1), point(band + 2)];
  const sum = naivePower(frame).reduce((total, power, k) => {
    const hertz = (k * 16_000) / 512;
    return (
      total + power * Math.max(0, Math.min((hertz - left) / (peak - left), (right - hertz) / (right - peak)))
    );
  }, 0);
  return (Math.log(sum + 1e-6) - DEFAULT_FEATURES.mean) / DEFAULT_FEATURES.deviation;
}

describe.each(['meyda', 'fast'] as const)('power spectra by %s', (source) => {
  it.each([512, 64])('follow the definition for %d samples', (size) => {
    const frame = noise(size, 3);
    const expected = naivePower(frame);
    const scale = Math.max(...expected);
    const power = powerSpectrum(source, size)(frame);
    expect(power.length).toBe(size / 2);
    power.forEach((p, k) => expect(Math.abs(p - expected[k]) / scale).toBeLessThan(1e-6));
  });

  it('refuses a frame of an odd number of samples', () => {
    expect(() => powerSpectrum(source, 201)).toThrow(/even number of samples/);
  });

  it('give the features of the definition', () => {
    const samples = noise(2000, 5);
    const features = new FeatureExtractor(DEFAULT_FEATURES, source).extract(samples);
    expect(features.length).toBe(10 * 40);
    for (const [frame, band] of [[0, 0], [0, 17], [3, 39], [9, 5]] as const) {
      const expected = naiveFeature(samples.subarray(frame * 160, frame * 160 + 512), band);
      expect(features[frame * 40 + band]).toBeCloseTo(expected, 4);
    } // prettier-ignore
  });
});

describe('the fast path', () => {
  it.each([200, 2 * 3 * 5 * 7, 22])('takes %d samples too, which meyda refuses', (size) => {
    expect(() => powerSpectrum('meyda', size)).toThrow(/power of two/);
    const frame = noise(size, 3);
    const expected = naivePower(frame);
    const scale = Math.max(...expected);
    powerSpectrum(
      'fast',
      size,
    )(frame).forEach((p, k) => {
      expect(Math.abs(p - expected[k]) / scale).toBeLessThan(1e-6);
    });
  });

  it('stays within 1e-4 of meyda, in silence and in loud noise', () => {
    const samples = noise(16_000, 7);
    samples.fill(0, 4000, 6000);
    for (let i = 8000; i < 12_000; i++) samples[i] *= 3;
    const [meyda, fast] = (['meyda', 'fast'] as const).map((source) =>
      new FeatureExtractor(DEFAULT_FEATURES, source).extract(samples),
    ) as [Float32Array, Float32Array];
    let worst = 0;
    meyda.forEach((x, i) => (worst = Math.max(worst, Math.abs(x - fast[i]))));
    expect(worst).toBeLessThan(1e-4);
  });

  it("does not touch meyda's shared settings", async () => {
    const { default: meyda } = (await import('meyda')) as unknown as { default: { bufferSize: number } };
    const before = meyda.bufferSize;
    powerSpectrum('meyda', 64)(new Float32Array(64));
    expect(meyda.bufferSize).toBe(before);
  });
});

describe('mel filters', () => {
  it('follow HTK: 1000 Hz is about 1000 mel', () => {
    expect(melFromHz(1000)).toBeCloseTo(999.99, 1);
    expect(melFromHz(60)).toBeCloseTo(92.65, 1);
    expect(hzFromMel(melFromHz(4321))).toBeCloseTo(4321, 8);
  });

  it('refuse bands without a bin', () => {
    expect(() => melFilters({ ...DEFAULT_FEATURES, bands: 400 })).toThrow(/holds no frequency bin/);
  });

  it('refuse edges beyond half the rate', () => {
    expect(() => melFilters({ ...DEFAULT_FEATURES, highHz: 9000 })).toThrow(/60 to 9000/);
  });
});

describe('FeatureExtractor', () => {
  it('counts whole frames only', () => {
    const extractor = new FeatureExtractor();
    expect([511, 512, 671, 672, 96_000].map((n) => extractor.frameCount(n))).toEqual([0, 1, 1, 2, 597]);
    expect(() => extractor.extract(new Float32Array(511))).toThrow(/less than one frame of 512/);
  });

  it('hears nothing of the future', () => {
    const extractor = new FeatureExtractor(DEFAULT_FEATURES, 'fast');
    const samples = noise(4000, 9);
    const whole = extractor.extract(samples).slice();
    const part = extractor.extract(samples.subarray(0, 2000));
    expect(Array.from(part)).toEqual(Array.from(whole.subarray(0, part.length)));
  });
});

describe("librosa's conventions", () => {
  const golden = JSON.parse(
    readFileSync(new URL('../golden/librosa-features.json', import.meta.url), 'utf8'),
  ) as { samples: number[]; logMel: number[]; mfcc: number[] };
  const samples = Float32Array.from(golden.samples);

  it.each([
    ['log-mel', LIBROSA_FEATURES, golden.logMel],
    ['mfcc', MFCC_FEATURES, golden.mfcc],
  ])('hold for %s', (_, settings, expected) => {
    const features = new FeatureExtractor({ ...settings, mean: 0, deviation: 1 }).extract(samples);
    expect(features.length).toBe(expected.length);
    // Decibels of -100 to 30, whose powers and answers are float32.
    features.forEach((x, i) => expect(Math.abs(x - expected[i])).toBeLessThan(1e-3));
  });

  it('refuse MFCCs by other conventions, or more of them than bands', () => {
    expect(() => new FeatureExtractor({ ...MFCC_FEATURES, conventions: 'htk' })).toThrow(/librosa's/);
    expect(() => new FeatureExtractor({ ...MFCC_FEATURES, bands: 41 })).toThrow(/40 at most/);
  });
});

describe('featuresHash', () => {
  it('tells settings apart, whatever the order of their keys', () => {
    const { bands, ...rest } = DEFAULT_FEATURES;
    expect(featuresHash({ ...rest, bands })).toBe(featuresHash(DEFAULT_FEATURES));
    expect(featuresHash(DEFAULT_FEATURES)).toMatch(/^[0-9a-f]{16}$/);
    for (const change of [{ bands: 41 }, { mean: -2.5 }, { conventions: 'librosa' as const }]) {
      expect(featuresHash({ ...DEFAULT_FEATURES, ...change })).not.toBe(featuresHash(DEFAULT_FEATURES));
    }
  });
});
