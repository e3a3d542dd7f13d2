import type { AbortSignalLike } from '../../base/abort-signal.js';

/** How far a run has come; kept in checkpoints. */
export interface RunPosition {
  /** Whole passes that are done. */
  readonly epoch: number;
  /** Blocks of the next pass that are done. */
  readonly block: number;
}

/** How a run is going. */
export interface TrainProgress {
  /** The pass that is under way, from 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** Words that were read in this call, known or not. */
  readonly words: number;
  /** How many that will be in the end. */
  readonly totalWords: number;
  readonly wordsPerSecond: number;
  readonly secondsLeft: number;
  /** The learning rate. */
  readonly rate: number;
  /** The mean loss of a target with its noise, in nats, lately; NaN before there is one. */
  readonly loss: number;
}

/** What a run came to. */
export interface TrainReport {
  /** Words that were read in this call, known or not. */
  readonly words: number;
  /** Words that were trained on. */
  readonly trainedWords: number;
  readonly seconds: number;
  readonly wordsPerSecond: number;
  readonly workers: number;
  /** The mean loss of a target with its noise, in nats, over the last pass in which there was one; NaN after none. */
  readonly loss: number;
}

export interface TrainOptions {
  /** Stops the run after the blocks under way; the call then throws the signal's reason. */
  readonly signal?: AbortSignalLike;
  /** Is told how the run is going, ten times a second at most. */
  readonly onProgress?: (progress: TrainProgress) => void;
  /** Is called with the weights at rest every `checkpointMinutes`, and when the signal stops the run. */
  readonly onCheckpoint?: () => Promise<void>;
  /** @default 10 */
  readonly checkpointMinutes?: number;
}
