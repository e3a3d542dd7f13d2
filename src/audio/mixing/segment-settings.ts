import {
  choice,
  number,
  optional,
  schemaOf,
  wholeNumber,
  type OptionTable,
  type Schema,
} from '../../base/schema/index.js';

/** A number drawn evenly between two bounds. */
export type Range = readonly [low: number, high: number];

/** What is said in an example; shares are probabilities from 0 to 1. */
export interface SegmentSettings {
  /** Length of an example. */
  exampleSeconds: number;
  /** Share of the examples that hold the word. */
  activateShare: number;
  /** Most times that such an example holds it. @default 2 */
  maxActivates?: number;
  /** Most other words in an example. */
  maxNegatives: number;
  /** Share of the words that are cut in half and count as another word. */
  halfWordShare: number;
  /** Share of the negatives that are running speech, where the clips hold any. */
  speechShare: number;
  /** Share of the negatives that sound like the word, where the clips hold any. */
  lookAlikeShare: number;
  /**
   * Share of the remaining negatives that are made up: fragments of clips in a row, among them halves of
   * the word in the wrong order. Without them a model learns from a few short commands that
   * whatever is as long as the word must be the word.
   */
  splicedShare: number;
  /** Share of the words that follow other speech without a pause. */
  runningSpeechShare: number;
  /**
   * Share of the whole words that bring more of their recording with them, before and after, and how much at most.
   * Without it a model learns the noise of the recorder that the word was recorded with for the word. @default 0
   */
  surroundingsShare?: number;
  surroundingsSeconds?: number;
  /**
   * Share of the negatives that are what is before or after the word in its recordings, without the word: otherwise
   * the noise of its recorders would always foretell it. @default 0
   */
  roomToneShare?: number;
  /**
   * Where a word ends: with its speech, or with its clip, all of which is then played, as the exercise of the
   * `coursera` preset has it. @default 'speech'
   */
  wordEnd?: 'speech' | 'clip';
  /** Playing speed of a clip; its pitch changes with it. */
  speed: Range;
  /** Share of the segments whose pitch is moved by itself, and how far. @default 0 */
  pitchShare?: number;
  pitchSemitones?: Range;
}

/** A probability. */
export const share: Schema<number> = number({ min: 0, max: 1 });

/** Two numbers between bounds, the lower first. */
export function rangeOf({ min, max }: { min: number; max: number }): Schema<Range> {
  const expected = `two numbers from ${min} to ${max}, the lower first`;
  return schemaOf(
    expected,
    (value) =>
      Array.isArray(value) &&
      value.length === 2 &&
      value.every((bound) => Number.isFinite(bound)) &&
      (value[0] as number) >= min &&
      (value[1] as number) <= max &&
      (value[0] as number) <= (value[1] as number),
  );
}

/** A schema for each of the settings. */
export const segmentTable: OptionTable<SegmentSettings> = {
  exampleSeconds: number({ min: 0.1, max: 600 }),
  activateShare: share,
  maxActivates: optional(wholeNumber({ min: 1, max: 1000 })),
  maxNegatives: wholeNumber({ min: 0, max: 1000 }),
  halfWordShare: share,
  speechShare: share,
  lookAlikeShare: share,
  splicedShare: share,
  runningSpeechShare: share,
  surroundingsShare: optional(share),
  surroundingsSeconds: optional(number({ min: 0, max: 600 })),
  roomToneShare: optional(share),
  speed: rangeOf({ min: 0.1, max: 10 }),
  pitchShare: optional(share),
  pitchSemitones: optional(rangeOf({ min: -48, max: 48 })),
  wordEnd: optional(choice(['speech', 'clip'])),
};

/** What a segment of an example is. */
export type SegmentKind =
  'activate' | 'half-activate' | 'negative' | 'spliced' | 'speech' | 'look-alike' | 'alarm' | 'room-tone';
