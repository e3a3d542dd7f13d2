import type { SynthesisSettings } from '../mixing/synthesis-settings.js';

/**
 * How examples of synthetic voices are mixed: positives and negatives go through the same recorders, rooms, telephones
 * and levels, drawn at random, so that none of these stands for the word. Phrases that sound like the word are few:
 * more of them, by the voices of the word, did not help.
 */
export const VOICE_SYNTHESIS = {
  exampleSeconds: 5,
  activateShare: 0.6,
  maxActivates: 1,
  halfWordShare: 0.12,
  speechShare: 0.5,
  lookAlikeShare: 0.02,
  splicedShare: 0.1,
  runningSpeechShare: 0.15,
  speed: [0.92, 1.09],
  speechDb: [-48, -16],
  signalToNoiseDb: [-1, 25],
  reverbShare: 0.5,
  tiltShare: 0.4,
  equalizerShare: 0.4,
  equalizerDb: 8,
  lowPassShare: 1 / 8,
  lowPassHz: [2_500, 7_000],
  highPassShare: 1 / 8,
  highPassHz: [100, 600],
  telephoneShare: 1 / 8,
} as const satisfies Partial<SynthesisSettings>;
