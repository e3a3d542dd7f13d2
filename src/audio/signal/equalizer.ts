import type { Random } from '../../base/math/random.js';
import { listOf, number, objectWith } from '../../base/schema/index.js';
import { finiteSamples, sampleRateHz } from './samples.js';

/** A peak or a dip of the spectrum. */
export interface EqualizerBand {
  hz: number;
  gainDb: number;
  /** How narrow: centre frequency over bandwidth. */
  q: number;
}

const equalizerBands = listOf(
  objectWith<EqualizerBand>('a band', {
    hz: number({ min: 1, max: 384_000 }),
    gainDb: number({ min: -120, max: 120 }),
    q: number({ min: 0.01, max: 1000 }),
  }),
);

/** Between these centres, evenly in octaves. */
const [LOWEST_HZ, HIGHEST_HZ] = [100, 6_000];
const MAX_BANDS = 3;

/** One to three bands at random, each at most `mostDb` up or down. */
export function randomBands(maxDb: number, random: Random): EqualizerBand[] {
  return Array.from({ length: 1 + random.integer(MAX_BANDS) }, () => ({
    hz: LOWEST_HZ * (HIGHEST_HZ / LOWEST_HZ) ** random.uniform(),
    gainDb: random.uniform(-maxDb, maxDb),
    q: random.uniform(0.5, 2),
  }));
}

/**
 * Peaking filters one after the other, in place (Bristow-Johnson, "Audio EQ Cookbook", peakingEQ). Bands at half
 * the sample rate or above are passed over: there is no sound there.
 *
 * @param sampleRate Hz
 * @throws SeqkitError `bad-value` where a sample or a number of a band is out of range
 */
export function equalize(samples: Float32Array, bands: readonly EqualizerBand[], sampleRate: number): void {
  finiteSamples.parse(samples, 'equalize: samples');
  equalizerBands.parse(bands, 'equalize: bands');
  sampleRateHz.parse(sampleRate, 'equalize: sampleRate');
  for (const { hz, gainDb, q } of bands) {
    if (hz >= sampleRate / 2) continue;
    const gain = 10 ** (gainDb / 40);
    const angle = (2 * Math.PI * hz) / sampleRate;
    const alpha = Math.sin(angle) / (2 * q);
    const norm = 1 + alpha / gain;
    const [b0, b1, b2] = [1 + alpha * gain, -2 * Math.cos(angle), 1 - alpha * gain].map((x) => x / norm);
    const [a1, a2] = [-2 * Math.cos(angle), 1 - alpha / gain].map((x) => x / norm);
    let [x1, x2, y1, y2] = [0, 0, 0, 0];
    for (let i = 0; i < samples.length; i++) {
      const x = samples[i];
      const y = b0 * x + b1 * x1 + b2 * x2 - a1 * y1 - a2 * y2;
      [x2, x1, y2, y1] = [x1, x, y1, y];
      samples[i] = y;
    }
  }
}
