import { melFilters, type MelFilter } from '../signal/mel.js';
import { middleSpectrum, middleWindow } from '../signal/spectrogram.js';
import { EMBEDDING_BANDS } from './embedding-network.js';

/** Hz. */
export const EMBEDDING_RATE = 16_000;
export const FRAME_SAMPLES = 512;
export const HOP_SAMPLES = 160;

const WINDOW_SAMPLES = 400;
const [LOW_HZ, HIGH_HZ] = [60, 3_800];
/** Samples count in the range of 16 bits. */
const FULL_SCALE = 32_768;
/**
 * The least power of a band, 0 dB: below the noise of rounding to 16 bits. A fixed one, so that what a frame is does not
 * hang on the frames that come with it.
 */
export const LEAST_POWER = 1;

function bandFilters(): MelFilter[] {
  return melFilters({
    ...{ bands: EMBEDDING_BANDS, lowHz: LOW_HZ, highHz: HIGH_HZ, sampleRate: EMBEDDING_RATE },
    ...{ frameSamples: FRAME_SAMPLES, scale: 'slaney' },
  });
}

/** What its numbers are made with, for a program elsewhere that makes the same. */
export function embeddingMel(): { window: Float64Array; filters: MelFilter[]; fullScale: number } {
  return {
    window: middleWindow(FRAME_SAMPLES, WINDOW_SAMPLES),
    filters: bandFilters(),
    fullScale: FULL_SCALE,
  };
}

/**
 * The front end of the speech embedding: frames of 512 samples every 160, of which the middle 400 under a periodic
 * Hann window count; 32 bands of 60 to 3,800 Hz on Slaney's scale, of equal area; decibels, divided by 10, plus 2.
 */
export class MelFrames {
  readonly #spectrum = middleSpectrum(FRAME_SAMPLES, WINDOW_SAMPLES);
  readonly #filters = bandFilters();

  /** Writes (bands) features of the frame that begins at `start` of the samples. */
  frame(samples: Float32Array, start: number, out: Float32Array, at: number): void {
    const power = this.#spectrum(samples.subarray(start, start + FRAME_SAMPLES));
    for (let band = 0; band < EMBEDDING_BANDS; band++) {
      const { firstBin, weights } = this.#filters[band];
      let sum = 0;
      for (let i = 0; i < weights.length; i++) sum += weights[i] * power[firstBin + i];
      out[at + band] = Math.log10(Math.max(sum * FULL_SCALE ** 2, LEAST_POWER)) + 2;
    }
  }
}
