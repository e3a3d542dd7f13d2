import { SeqkitError } from '../../base/errors.js';
import { melFilters, type MelFilter } from './mel.js';
import { powerDensity, powerSpectrum, type PowerSpectrum, type SpectrumSource } from './spectrogram.js';
import { textHash } from '../../base/encoding/text-hash.js';

/** All that turns samples into features, as saved in a model file. */
export interface FeatureSettings {
  /**
   * `mfcc`: the discrete cosine transform of the log-mel bands, only with librosa's conventions.
   * `power-density`: the plain spectrum of 16-bit samples, all frameSamples / 2 + 1 of its bins, no logarithm.
   */
  kind: 'log-mel' | 'mfcc' | 'power-density';
  /**
   * `librosa`: a periodic window, Slaney's scale with filters of equal area, and decibels, that is
   * `power_to_db(melspectrogram(center=False), top_db=None)`. Otherwise the scale of HTK with
   * filters of equal height, and the natural logarithm.
   * @default 'htk'
   */
  conventions?: 'htk' | 'librosa';
  /** Hz; sound at another rate is resampled first. */
  sampleRate: number;
  /** Samples of one frame: a power of two, of `power-density` any even number. */
  frameSamples: number;
  /** Samples from one frame to the next. */
  hopSamples: number;
  /** The features of a frame: mel bands or, for `mfcc`, coefficients. */
  bands: number;
  /** Mel bands under the coefficients of `mfcc`. @default 40 */
  melBands?: number;
  /** Lower edge of the first band, Hz. */
  lowHz: number;
  /** Upper edge of the last band, Hz. */
  highHz: number;
  /** Added to a band's power before the natural logarithm; the least power where decibels are taken. */
  logOffset: number;
  /** Of `power-density`: the sample rate that it is divided by, Hz. @default the sample rate */
  densityHz?: number;
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

/** librosa's log-mel spectrogram at the frames of the default; mean and deviation bring it to the same range. */
export const LIBROSA_FEATURES: Readonly<FeatureSettings> = {
  ...DEFAULT_FEATURES,
  conventions: 'librosa',
  lowHz: 0,
  highHz: 8_000,
  logOffset: 1e-10,
  mean: -35,
  deviation: 15,
};

/** librosa's first twenty MFCCs, likewise. */
export const MFCC_FEATURES: Readonly<FeatureSettings> = {
  ...LIBROSA_FEATURES,
  kind: 'mfcc',
  bands: 20,
  melBands: 40,
  mean: 0,
  deviation: 50,
};

/**
 * The spectrogram of a well-known exercise, 5511 frames of 101 bins for ten seconds: matplotlib's
 * `specgram(samples, 200, 8000, noverlap=120)` of 16-bit samples, though they come at 44,100 Hz.
 */
export const COURSERA_FEATURES: Readonly<FeatureSettings> = {
  kind: 'power-density',
  sampleRate: 44_100,
  frameSamples: 200,
  hopSamples: 80,
  bands: 101,
  lowHz: 0,
  highHz: 22_050,
  logOffset: 0,
  densityHz: 8_000,
  mean: 0,
  deviation: 1,
};

/** Full scale of 16-bit samples. */
const FULL_SCALE = 32_768;

/** Feature settings by name. */
export const FEATURE_SETS = {
  'log-mel': DEFAULT_FEATURES,
  librosa: LIBROSA_FEATURES,
  mfcc: MFCC_FEATURES,
} as const;
export type FeatureSetName = keyof typeof FEATURE_SETS;

/** Sixteen hexadecimal digits that tell settings apart: a model must not hear by others than it learned by. */
export function featuresHash(settings: Readonly<FeatureSettings>): string {
  return textHash(JSON.stringify(Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1))));
}

/**
 * Normalized log-mel spectrograms, (log(mel power + logOffset) - mean) / deviation, or what else the settings
 * ask for. Frame k covers samples k * hopSamples to k * hopSamples + frameSamples - 1: no padding,
 * nothing from the future.
 */
export class FeatureExtractor {
  readonly settings: Readonly<FeatureSettings>;
  readonly #spectrum: PowerSpectrum;
  readonly #filters: MelFilter[];
  readonly #levels: Float64Array;
  /** Of `mfcc`: (bands, melBands), the orthonormal discrete cosine transform of type 2. */
  readonly #cosines: Float64Array | undefined;

  /** @param source who computes the power spectra; the numbers agree to 1e-4 */
  constructor(settings: Readonly<FeatureSettings> = DEFAULT_FEATURES, source: SpectrumSource = 'meyda') {
    const librosa = settings.conventions === 'librosa';
    const { melBands = 40 } = settings;
    if (settings.kind === 'mfcc' && (!librosa || settings.bands > melBands)) {
      throw new SeqkitError(
        `MFCCs follow librosa's conventions and are ${melBands} at most, the number of mel bands.`,
        { code: 'bad-value' },
      );
    }
    this.settings = settings;
    if (settings.kind === 'power-density') {
      const { frameSamples, densityHz = settings.sampleRate, bands } = settings;
      if (bands !== frameSamples / 2 + 1) {
        throw new SeqkitError(
          `The spectrum of ${frameSamples} samples has ${frameSamples / 2 + 1} bins, not ${bands}.`,
          { code: 'bad-value' },
        );
      }
      // Samples of full scale 1 come, and those of 16 bits have so much more power.
      this.#spectrum = powerDensity(frameSamples, densityHz / FULL_SCALE ** 2);
      this.#filters = [];
      this.#levels = new Float64Array(0);
      return;
    }
    this.#spectrum = powerSpectrum(source, settings.frameSamples, librosa ? 'periodic' : 'symmetric');
    const bands = settings.kind === 'mfcc' ? melBands : settings.bands;
    this.#filters = melFilters({ ...settings, bands, scale: librosa ? 'slaney' : 'htk' });
    this.#levels = new Float64Array(bands);
    this.#cosines = settings.kind === 'mfcc' ? cosineTransform(settings.bands, bands) : undefined;
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
    const { logOffset, mean, deviation, conventions, kind, bands } = this.settings;
    const power = this.#spectrum(samples);
    if (kind === 'power-density') {
      for (let k = 0; k < bands; k++) out[at + k] = (power[k] - mean) / deviation;
      return;
    }
    const decibels = conventions === 'librosa';
    const levels = this.#levels;
    for (let band = 0; band < this.#filters.length; band++) {
      const { firstBin, weights } = this.#filters[band];
      let sum = decibels ? 0 : logOffset;
      for (let i = 0; i < weights.length; i++) sum += weights[i] * power[firstBin + i];
      levels[band] = decibels ? 10 * Math.log10(Math.max(logOffset, sum)) : Math.log(sum);
    }
    for (let k = 0; k < bands; k++) {
      out[at + k] = ((this.#cosines === undefined ? levels[k] : this.#coefficient(k)) - mean) / deviation;
    }
  }

  #coefficient(k: number): number {
    const width = this.#levels.length;
    let sum = 0;
    for (let band = 0; band < width; band++) sum += this.#cosines![k * width + band] * this.#levels[band];
    return sum;
  }
}

/** DCT-II, orthonormal (Ahmed, Natarajan and Rao 1974), as a matrix of (coefficients, bands). */
function cosineTransform(coefficients: number, bands: number): Float64Array {
  return Float64Array.from({ length: coefficients * bands }, (_, i) => {
    const [k, band] = [Math.floor(i / bands), i % bands];
    const scale = Math.sqrt((k === 0 ? 1 : 2) / bands);
    return scale * Math.cos((Math.PI * k * (2 * band + 1)) / (2 * bands));
  });
}
