import {
  number,
  optional,
  optionsSchema,
  type OptionalSchema,
  type OptionTable,
  type Schema,
} from '../../base/schema/index.js';
import { segmentTable, rangeOf, share, type SegmentSettings, type Range } from './segment-settings.js';

/** How training examples are mixed; shares are probabilities from 0 to 1. */
export interface SynthesisSettings extends SegmentSettings {
  /** Level of the speech, dB of full scale. */
  speechDb: Range;
  /** Speech over background, dB. */
  signalToNoiseDb: Range;
  /** Share of the words with reverberation, and the time in which it dies away. */
  reverbShare: number;
  rt60Seconds: Range;
  /** Share of the examples with white, pink or brown noise on top. */
  noiseShare: number;
  /** Share of the examples with babble: other clips talking over each other. */
  babbleShare: number;
  /** Share of the examples whose spectrum is tilted, as microphones do, and how steeply. */
  tiltShare: number;
  tilt: Range;
  /** Share of the examples with up to three peaks and dips in their spectrum, and how high. @default 0 */
  equalizerShare?: number;
  equalizerDb?: number;
  /** Share of the examples with nothing above a frequency, half of them in the speech alone, and which. @default 0 */
  lowPassShare?: number;
  lowPassHz?: Range;
  /** Share of the examples with nothing below a frequency, as a small loudspeaker or microphone has it, and which. @default 0 */
  highPassShare?: number;
  highPassHz?: Range;
  /** Share of the examples that went through a telephone: its band, 8 bits on the mu-law curve. @default 0 */
  telephoneShare?: number;
}

export const DEFAULT_SYNTHESIS: Readonly<SynthesisSettings> = {
  exampleSeconds: 6,
  activateShare: 0.8,
  maxNegatives: 4,
  halfWordShare: 1 / 11,
  speechShare: 0.35,
  lookAlikeShare: 0.08,
  splicedShare: 0.4,
  runningSpeechShare: 0.15,
  speed: [0.85, 1.15],
  // Some recorders are turned down so far that speech is at -65 dB; without these it would not be heard.
  speechDb: [-66, -14],
  signalToNoiseDb: [-3, 25],
  reverbShare: 0.5,
  rt60Seconds: [0.1, 0.7],
  noiseShare: 0.3,
  babbleShare: 0.2,
  tiltShare: 0.4,
  tilt: [-0.5, 0.5],
};

const table: OptionTable<SynthesisSettings> = {
  ...segmentTable,
  speechDb: rangeOf({ min: -150, max: 40 }),
  signalToNoiseDb: rangeOf({ min: -100, max: 150 }),
  reverbShare: share,
  rt60Seconds: rangeOf({ min: 0.001, max: 20 }),
  noiseShare: share,
  babbleShare: share,
  tiltShare: share,
  tilt: rangeOf({ min: -1, max: 1 }),
  equalizerShare: optional(share),
  equalizerDb: optional(number({ min: 0, max: 60 })),
  lowPassShare: optional(share),
  lowPassHz: optional(rangeOf({ min: 1, max: 384_000 })),
  highPassShare: optional(share),
  highPassHz: optional(rangeOf({ min: 1, max: 4_000 })),
  telephoneShare: optional(share),
};

/** The schema of all settings. */
export const synthesisSettings = optionsSchema<SynthesisSettings>('The synthesis', table);

/** The schema of those that differ from others. */
export const someSynthesisSettings = optionsSchema<Partial<SynthesisSettings>>(
  'synthesis',
  allOptional(table),
);

/** The schema of those in a file: the first release had fewer. */
export const storedSynthesis = optionsSchema<
  Omit<SynthesisSettings, 'speechShare' | 'lookAlikeShare'> & Partial<SynthesisSettings>
>('synthesis', {
  ...table,
  speechShare: optional(table.speechShare),
  lookAlikeShare: optional(table.lookAlikeShare),
});

function allOptional<Options>(all: OptionTable<Options>): {
  [Key in keyof Options]-?: OptionalSchema<Exclude<Options[Key], undefined>>;
} {
  const entries = Object.entries<Schema<unknown>>(all as never).map(([key, schema]) => [
    key,
    optional(schema),
  ]);
  return Object.fromEntries(entries) as never;
}
