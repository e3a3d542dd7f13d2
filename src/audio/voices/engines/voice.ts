import { number, objectWith, optional, someText, text } from '../../../base/schema/index.js';
import type { Waveform } from '../../signal/wav.js';

/** A voice of an engine. */
export interface Voice {
  /** Of the engine, such as `flite`. */
  engine: string;
  /** As the engine calls it, such as `en-us+f3`. */
  name: string;
  /** A language tag in lower case, such as `en-us`. */
  language: string;
}

/** How something is said. */
export interface Manner {
  /** How fast, as a factor of the voice's own pace: 0.5 to 2. @default 1 */
  tempo?: number;
  /** How high, as a factor of the voice's own pitch: 0.5 to 2. @default 1 */
  pitch?: number;
}

/** What is to be said by whom. */
export interface SpeechRequest {
  voice: Voice;
  /** What is said, with its punctuation: `. ! ? ,` change the melody. */
  text: string;
  /** How `text` is pronounced, in the International Phonetic Alphabet, in its place. */
  ipa?: string;
  manner?: Manner;
}

/** Something that speaks: a program, or a package. */
export interface VoiceEngine {
  readonly name: string;
  /** SPDX identifier of the engine's own licence; what it says is not covered by it. */
  readonly licence: string;
  /** Every voice that is there. */
  voices(): Promise<readonly Voice[]>;
  /**
   * Says one thing; shape of the samples (samples), at the engine's own rate.
   * @throws SeqkitError `engine` where it fails, `bad-value` where it lacks a sound of the pronunciation
   */
  speak(request: SpeechRequest): Promise<Waveform>;
  /** Several at once, in order, by an engine that is slow to start. */
  speakAll?(requests: readonly SpeechRequest[]): Promise<Waveform[]>;
}

/** Paces and pitches that are asked of an engine. */
export const MANNER_RANGE = { min: 0.5, max: 2 } as const;

const manner = objectWith<Manner>('a manner of speaking', {
  tempo: optional(number(MANNER_RANGE)),
  pitch: optional(number(MANNER_RANGE)),
});

export const voice = objectWith<Voice>('a voice', { engine: someText, name: someText, language: text });

/** A request that a user made. */
export const speechRequest = objectWith<SpeechRequest>('what is to be said', {
  voice,
  text: someText,
  ipa: optional(someText),
  manner: optional(manner),
});

/** Text that no program takes for anything but words: without control characters, in one line. */
export function sayable(words: string): string {
  return words
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

/** The mark that ends a text, and with it shapes its melody. */
export function endingOf(words: string): string {
  return /[.!?,]$/.exec(words.trim())?.[0] ?? '';
}
