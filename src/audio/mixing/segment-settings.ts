/** A number drawn evenly between two bounds. */
export type Range = readonly [low: number, high: number];

/** What is said in an example; shares are probabilities from 0 to 1. */
export interface PieceSettings {
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
  /** Share of the pieces whose pitch is moved by itself, and how far. @default 0 */
  pitchShare?: number;
  pitchSemitones?: Range;
}

/** What a piece of an example is. */
export type PieceKind =
  'activate' | 'half-activate' | 'negative' | 'spliced' | 'speech' | 'look-alike' | 'alarm' | 'room-tone';
