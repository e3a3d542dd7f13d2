import { SeqkitError } from '../../base/errors.js';
import { DEFAULT_FEATURES, type FeatureSettings } from '../../audio/signal/feature-settings.js';
import { FeatureExtractor } from '../../audio/signal/features.js';
import { resample } from '../../audio/signal/resample.js';
import type { Waveform } from '../../audio/signal/wav.js';
import type { SequenceInput } from '../examples/sequence-input.js';
import { featureScale, scaleFeatures, type FeatureScale } from './number-reader.js';
import type { ReadSequence, SequenceReader } from './sequence-reader.js';

/** 40 log-mel bands of 32 ms frames, every 16 ms: half as many steps as detection needs. */
const SOUND_FEATURES: Readonly<FeatureSettings> = { ...DEFAULT_FEATURES, hopSamples: 256 };

/** Of features that come standardized by each band, neither is wanted before. */
const PLAIN = { mean: 0, deviation: 1 };

/** The features of sound at a rate: those of 16 kHz, or as far as a lower rate reaches. */
export function soundFeatures(sampleRate: number): FeatureSettings {
  if (sampleRate >= SOUND_FEATURES.sampleRate) return { ...SOUND_FEATURES, ...PLAIN };
  const half = 8_000;
  return {
    ...{ ...SOUND_FEATURES, ...PLAIN },
    ...{ sampleRate: half, frameSamples: 256, hopSamples: 128, highHz: 3_800 },
  };
}

/** Sound as log-mel spectra over time, each band brought to mean 0 and deviation 1 by the clips trained on. */
export class SoundReader implements SequenceReader {
  readonly tokens = undefined;
  readonly features: number;
  readonly #extractor: FeatureExtractor;

  constructor(
    readonly settings: FeatureSettings,
    readonly scale: FeatureScale,
    readonly maxLength: number,
  ) {
    this.features = settings.bands;
    this.#extractor = new FeatureExtractor(settings);
  }

  static fit(clips: readonly Waveform[], maxLength: number): SoundReader {
    const lowest = clips.reduce((least, { sampleRate }) => Math.min(least, sampleRate), Infinity);
    const settings = soundFeatures(lowest);
    const none = { mean: Array(settings.bands).fill(0), deviation: Array(settings.bands).fill(1) };
    const raw = new SoundReader(settings, none, maxLength);
    return new SoundReader(
      settings,
      featureScale(
        clips.map((clip) => raw.read(clip)),
        raw.features,
      ),
      maxLength,
    );
  }

  /** @throws SeqkitError `too-little-data` for less than one frame */
  read(input: SequenceInput): ReadSequence {
    const { sampleRate, frameSamples } = this.settings;
    const { samples } = resample(input as Waveform, sampleRate);
    if (samples.length < frameSamples) {
      const ms = Math.ceil((1000 * frameSamples) / sampleRate);
      throw new SeqkitError(
        `A clip of ${samples.length} samples at ${sampleRate} Hz is too short to tell anything.`,
        {
          code: 'too-little-data',
          hint: `Give clips of ${ms} ms at least.`,
        },
      );
    }
    const data = this.#extractor.extract(samples).subarray(0, this.maxLength * this.features);
    scaleFeatures(data, this.scale);
    return { data, length: data.length / this.features };
  }

  toJSON(): Record<string, unknown> {
    return { features: { ...this.settings }, scale: this.scale, maxLength: this.maxLength };
  }
}
