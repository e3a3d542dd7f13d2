import {
  choice,
  number,
  optional,
  optionsSchema,
  schemaOf,
  wholeNumber,
  type OptionsSchema,
} from '../../base/schema/index.js';
import { SeqkitError } from '../../base/errors.js';
import { textFingerprint } from './fingerprint.js';
import { sampleRateHz } from './samples.js';
import { frameLength, MAX_FRAME_SAMPLES } from './spectrogram.js';

/** All that turns samples into features, as saved in a model file. */
export interface FeatureSettings {
  /**
   * `mfcc`: the discrete cosine transform of the log-mel bands, only with librosa's conventions.
   * `power-density`: the plain spectrum of 16-bit samples, all frameSamples / 2 + 1 of its bins, no logarithm.
   * `embedding`: what a SpeechEmbedding makes of the sound; frames and edges are those that it has.
   */
  kind: 'log-mel' | 'mfcc' | 'power-density' | 'embedding';
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
  /** Of `embedding`: the hash of the SpeechEmbedding, once it is known which. */
  embedding?: string;
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

/** What Google's speech embedding hears: a frame of 0.782 s each 80 ms, 96 numbers. */
export const EMBEDDING_FEATURES: Readonly<FeatureSettings> = {
  kind: 'embedding',
  sampleRate: 16_000,
  frameSamples: 12_512,
  hopSamples: 1_280,
  bands: 96,
  lowHz: 60,
  highHz: 3_800,
  logOffset: 1,
  mean: 0,
  // From about -60 to 60: within what packing keeps.
  deviation: 4,
};

/** The mel bands under MFCCs where the settings do not say. */
export const DEFAULT_MEL_BANDS = 40;

/** Feature settings by name. */
export const FEATURE_SETS = {
  'log-mel': DEFAULT_FEATURES,
  librosa: LIBROSA_FEATURES,
  mfcc: MFCC_FEATURES,
} as const;
export type FeatureSetName = keyof typeof FEATURE_SETS;

/** A hash as a SpeechEmbedding has it. */
export const embeddingHash = schemaOf<string>(
  'sixteen hexadecimal digits',
  (value) => typeof value === 'string' && /^[0-9a-f]{16}$/.test(value),
);
const hertz = number({ min: 0, max: 384_000 });

const single = optionsSchema<FeatureSettings>('Features', {
  kind: choice(['log-mel', 'mfcc', 'power-density', 'embedding']),
  conventions: optional(choice(['htk', 'librosa'])),
  sampleRate: sampleRateHz,
  frameSamples: frameLength,
  hopSamples: wholeNumber({ min: 1, max: MAX_FRAME_SAMPLES }),
  bands: wholeNumber({ min: 1, max: MAX_FRAME_SAMPLES / 2 + 1 }),
  melBands: optional(wholeNumber({ min: 1, max: 1024 })),
  lowHz: hertz,
  highHz: hertz,
  logOffset: number({ min: 0, max: 1e6 }),
  densityHz: optional(number({ min: 1e-3, max: 1e6 })),
  embedding: optional(embeddingHash),
  mean: number({ min: -1e9, max: 1e9 }),
  deviation: number({ min: 1e-9, max: 1e9 }),
});

/** The schema of feature settings, which must go with each other too. */
export const featureSettings: OptionsSchema<FeatureSettings> = {
  ...single,
  parse(value, where = 'Features') {
    const settings = single.parse(value, where);
    const problem = problemOf(settings);
    if (problem !== undefined) throw new SeqkitError(`${where}: ${problem}`, { code: 'bad-value' });
    return settings;
  },
};

function problemOf(settings: FeatureSettings): string | undefined {
  const { kind, conventions, sampleRate, frameSamples, bands, lowHz, highHz, logOffset } = settings;
  if (kind === 'power-density') {
    const bins = frameSamples / 2 + 1;
    return bands === bins
      ? undefined
      : `the spectrum of ${frameSamples} samples has ${bins} bins, not ${bands}.`;
  }
  if (kind === 'embedding') {
    const fixed = (['sampleRate', 'frameSamples', 'hopSamples', 'bands'] as const).find(
      (name) => settings[name] !== EMBEDDING_FEATURES[name],
    );
    if (fixed === undefined) return undefined;
    return `${fixed} of an embedding is ${EMBEDDING_FEATURES[fixed]}, not ${settings[fixed]}.`;
  }
  if (settings.embedding !== undefined) return `${kind} has no embedding.`;
  const { melBands = DEFAULT_MEL_BANDS } = settings;
  if (kind === 'mfcc' && (conventions !== 'librosa' || bands > melBands)) {
    return `MFCCs follow librosa's conventions and are ${melBands} at most, the number of mel bands.`;
  }
  if (logOffset === 0) return 'logOffset must be above 0: silence has no logarithm.';
  if (lowHz < highHz && highHz <= sampleRate / 2) return undefined;
  return `mel bands need lowHz below highHz, which is ${sampleRate / 2} at most, not ${lowHz} and ${highHz}.`;
}

/** Sixteen hexadecimal digits that tell settings apart: a model must not hear by others than it learned by. */
export function featuresHash(settings: Readonly<FeatureSettings>): string {
  const entries = Object.entries(featureSettings.parse(settings, 'featuresHash'));
  return textFingerprint(JSON.stringify(entries.sort(([a], [b]) => (a < b ? -1 : 1))));
}
