import { choice, flag, optional, optionsSchema, wholeNumber } from '../../base/schema/index.js';
import { thresholdsByWord } from '../detection/trigger-settings.js';
import { sampleRateHz } from '../signal/samples.js';
import { spectrumSource, type SpectrumSource } from '../signal/spectrogram.js';

/** How a model listens. */
export interface StreamOptions {
  /** Of the sound, Hz. @default that of the model's features */
  sampleRate?: number;
  /** Smoothed score at which it fires, above 0, 1 at most. @default the model's */
  threshold?: number | Readonly<Record<string, number>>;
  /** Who computes the power spectra; the scores agree to 1e-5. @default 'meyda' */
  spectrum?: SpectrumSource;
  /**
   * Whether the network of a speech embedding rests while nothing rises above the noise of the room, for a fraction of
   * the processor time. Other models are small and never rest. @default false
   */
  voiceActivity?: boolean;
}

/** How samples lie in bytes: signed whole numbers of 16 bits or floats of 32, little-endian both. */
export type SampleFormat = 'pcm16' | 'float32';

/** How the sound of a stream comes. */
export interface SoundFormat {
  /** Of bytes; an Int16Array is PCM and a Float32Array floats by itself. @default 'pcm16' */
  format?: SampleFormat;
  /** Interleaved: the mean of them is heard. @default 1 */
  channels?: number;
}

/** How a model listens to a stream of sound. */
export interface ListenOptions extends StreamOptions, SoundFormat {}

const streamTable = {
  sampleRate: optional(sampleRateHz),
  threshold: optional(thresholdsByWord),
  spectrum: optional(spectrumSource),
  voiceActivity: optional(flag),
};

export const streamOptions = optionsSchema<StreamOptions>('stream', streamTable);

export const listenOptions = optionsSchema<ListenOptions>('listen', {
  ...streamTable,
  format: optional(choice<SampleFormat>(['pcm16', 'float32'])),
  channels: optional(wholeNumber({ min: 1, max: 256 })),
});
