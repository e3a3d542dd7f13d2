import { SeqkitError } from '../rnn/errors.js';
import { melFilters, type MelFilter } from './mel.js';
import { powerSpectrum, type PowerSpectrum, type SpectrumSource } from './spectrogram.js';

/** All that turns samples into features, as saved in a model file. */
export interface FeatureSettings {
  kind: 'log-mel';
  /** Hz; sound at another rate is resampled first. */
  sampleRate: number;
  /** Samples of one frame, a power of two. */
  frameSamples: number;
  /** Samples from one frame to the next. */
  hopSamples: number;
  /** Mel bands, the features of a frame. */
  bands: number;
  /** Lower edge of the first band, Hz. */
  lowHz: number;
  /** Upper edge of the last band, Hz. */
  highHz: number;
  /** Added to a band's power before the natural logarithm. */
  logOffset: number;
  /** Taken from every logarithm ... */
  mean: number;
  /** ... which is then divided by this. Fixed numbers: a running mean hurts detection. */
  deviation: number;
}

/** 40 bands of 32 ms frames every 10 ms. Mean and deviation are rounded from mixed training examples. */
export const DEFAULT_FEATURES: Readonly<FeatureSettings> = {
  kind: 'log-mel',
  sampleRate: 16_000,
  frameSamples: 512,
  hopSamples: 160,
  bands: 40,
  lowHz: 60,
  highHz: 7_600,
  logOffset: 1e-6,
  mean: -2,
  deviation: 3,
};

/**
 * Normalized log-mel spectrograms: (log(mel power + logOffset) - mean) / deviation.
 * Frame k covers samples k * hopSamples to k * hopSamples + frameSamples - 1: no padding,
 * nothing from the future.
 */
export class FeatureExtractor {
  readonly settings: Readonly<FeatureSettings>;
  readonly #spectrum: PowerSpectrum;
  readonly #filters: MelFilter[];

  /** @param source who computes the power spectra; the numbers agree to 1e-4 */
  constructor(settings: Readonly<FeatureSettings> = DEFAULT_FEATURES, source: SpectrumSource = 'meyda') {
    this.settings = settings;
    this.#spectrum = powerSpectrum(source, settings.frameSamples);
    this.#filters = melFilters(settings);
  }

  /** How many whole frames fit into a number of samples. */
  frameCount(samples: number): number {
    const { frameSamples, hopSamples } = this.settings;
    return samples < frameSamples ? 0 : Math.floor((samples - frameSamples) / hopSamples) + 1;
  }

  /**
   * @param samples shape (samples) at `settings.sampleRate`
   * @returns shape (frameCount, bands), row by row
   * @throws SeqkitError `too-little-data` where there is not one whole frame
   */
  extract(samples: Float32Array): Float32Array {
    const { frameSamples, hopSamples, bands } = this.settings;
    const frames = this.frameCount(samples.length);
    if (frames === 0) {
      throw new SeqkitError(`${samples.length} samples are less than one frame of ${frameSamples}.`, {
        code: 'too-little-data',
      });
    }
    const out = new Float32Array(frames * bands);
    for (let k = 0; k < frames; k++) {
      this.frame(samples.subarray(k * hopSamples, k * hopSamples + frameSamples), out, k * bands);
    }
    return out;
  }

  /** The features of one frame of (frameSamples) samples, written to `out` from `at` on. */
  frame(samples: Float32Array, out: Float32Array, at = 0): void {
    const { logOffset, mean, deviation } = this.settings;
    const power = this.#spectrum(samples);
    for (let band = 0; band < this.#filters.length; band++) {
      const { firstBin, weights } = this.#filters[band];
      let sum = logOffset;
      for (let i = 0; i < weights.length; i++) sum += weights[i] * power[firstBin + i];
      out[at + band] = (Math.log(sum) - mean) / deviation;
    }
  }
}
