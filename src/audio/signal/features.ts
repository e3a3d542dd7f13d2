import { SeqkitError } from '../../base/errors.js';
import { typedArray, wholeNumber } from '../../base/schema/index.js';
import {
  DEFAULT_FEATURES,
  DEFAULT_MEL_BANDS,
  featureSettings,
  type FeatureSettings,
} from './feature-settings.js';
import { soundSamples } from './samples.js';
import { melFilters, type MelFilter } from './mel.js';
import {
  powerDensity,
  powerSpectrum,
  spectrumSource,
  type PowerSpectrum,
  type SpectrumSource,
} from './spectrogram.js';

const count = wholeNumber({ min: 0 });
const floats = typedArray('Float32Array');

/** Full scale of 16-bit samples. */
export const FULL_SCALE = 32_768;

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

  /**
   * @param source who computes the power spectra; the numbers agree to 1e-4
   * @throws SeqkitError `bad-value` or `usage` for settings that no features can be made by
   */
  constructor(settings: Readonly<FeatureSettings> = DEFAULT_FEATURES, source: SpectrumSource = 'meyda') {
    this.settings = featureSettings.parse(settings, 'FeatureExtractor');
    const { kind, conventions, sampleRate, frameSamples, melBands = DEFAULT_MEL_BANDS } = this.settings;
    if (kind === 'embedding') {
      throw new SeqkitError('Embeddings are no features of a frame of sound by itself.', {
        code: 'usage',
        hint: 'Call embed of a SpeechEmbedding.',
      });
    }
    if (kind === 'power-density') {
      spectrumSource.parse(source, 'FeatureExtractor: source');
      const { densityHz = sampleRate } = this.settings;
      // Samples of full scale 1 come, and those of 16 bits have so much more power.
      this.#spectrum = powerDensity(frameSamples, densityHz / FULL_SCALE ** 2);
      this.#filters = [];
      this.#levels = new Float64Array(0);
      return;
    }
    const librosa = conventions === 'librosa';
    this.#spectrum = powerSpectrum(source, frameSamples, librosa ? 'periodic' : 'symmetric');
    const { bands, lowHz, highHz } = this.settings;
    const filters = kind === 'mfcc' ? melBands : bands;
    const scale = librosa ? 'slaney' : 'htk';
    this.#filters = melFilters({ bands: filters, lowHz, highHz, sampleRate, frameSamples, scale });
    this.#levels = new Float64Array(filters);
    this.#cosines = kind === 'mfcc' ? cosineTransform(bands, filters) : undefined;
  }

  /** How many whole frames fit into a number of samples. */
  frameCount(samples: number): number {
    count.parse(samples, 'frameCount: samples');
    const { frameSamples, hopSamples } = this.settings;
    return samples < frameSamples ? 0 : Math.floor((samples - frameSamples) / hopSamples) + 1;
  }

  /**
   * @param samples shape (samples) at `settings.sampleRate`
   * @returns shape (frameCount, bands), row by row
   * @throws SeqkitError `too-little-data` where there is not one whole frame; `bad-value` where a sample is no
   *   number, or no sound
   */
  extract(samples: Float32Array): Float32Array {
    soundSamples.parse(samples, 'extract: samples');
    const { frameSamples, hopSamples, bands } = this.settings;
    const frames = this.frameCount(samples.length);
    if (frames === 0) {
      throw new SeqkitError(`${samples.length} samples are less than one frame of ${frameSamples}.`, {
        code: 'too-little-data',
      });
    }
    const out = new Float32Array(frames * bands);
    for (let k = 0; k < frames; k++) {
      this.#frame(samples.subarray(k * hopSamples, k * hopSamples + frameSamples), out, k * bands);
    }
    return out;
  }

  /**
   * The features of one frame of (frameSamples) samples, written to `out` from `at` on.
   * @throws SeqkitError `bad-shape` where the frame is of another length, or `out` ends before its features do
   */
  frame(samples: Float32Array, out: Float32Array, at = 0): void {
    floats.parse(out, 'frame: out');
    count.parse(at, 'frame: at');
    const { bands } = this.settings;
    if (at + bands > out.length) {
      throw new SeqkitError(`${bands} features do not fit into ${out.length} from ${at} on.`, {
        code: 'bad-shape',
      });
    }
    this.#frame(samples, out, at);
  }

  #frame(samples: Float32Array, out: Float32Array, at: number): void {
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
export function cosineTransform(coefficients: number, bands: number): Float64Array {
  return Float64Array.from({ length: coefficients * bands }, (_, i) => {
    const [k, band] = [Math.floor(i / bands), i % bands];
    const scale = Math.sqrt((k === 0 ? 1 : 2) / bands);
    return scale * Math.cos((Math.PI * k * (2 * band + 1)) / (2 * bands));
  });
}
