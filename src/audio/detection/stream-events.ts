import { MAX_AMPLITUDE } from '../signal/samples.js';

/** The word was heard. */
export interface TriggerEvent {
  word: string;
  /** Seconds from the start of the sound to the moment the detector fired. */
  timeSeconds: number;
  /** Smoothed score, 0 to 1. */
  score: number;
}

/** The score of one step. */
export interface ScoreEvent {
  /** 0 to 1, before smoothing; of several words the highest. */
  score: number;
  /** The mean of the last scores, which the threshold is compared with; of several words the highest. */
  smoothed: number;
  /** Of each word, in the order of the model's; overwritten by the next step. */
  scores: Float32Array;
  /** The time up to which it has heard, in seconds from the start. */
  timeSeconds: number;
}

/** Samples came that are no sound: no numbers, infinite, or more than 60 dB over full scale. */
export interface WarningEvent {
  /** How many of the samples that came with it; `silencedSamples` of the stream counts those that follow. */
  count: number;
  /** Seconds from the start of the sound to the samples that came with it. */
  timeSeconds: number;
  /** What was found and done, in a sentence. */
  message: string;
  /** What to do about it. */
  hint: string;
}

/** What a stream tells its listeners. */
export interface StreamEvents {
  trigger: TriggerEvent;
  score: ScoreEvent;
  /** Once, however often it happens. */
  warning: WarningEvent;
}

/** The warning of so many samples that are no sound. */
export function silencedWarning(count: number, timeSeconds: number): WarningEvent {
  const [are, those] = count === 1 ? ['sample is', 'it'] : ['samples are', 'them'];
  return {
    ...{ count, timeSeconds },
    message: `${count} ${are} no sound: NaN, infinite, or beyond ${MAX_AMPLITUDE} where full scale is 1. Silence is heard in place of ${those}.`,
    hint: 'Look where the samples come from; those of 16 bits go into an Int16Array, or are divided by 32768.',
  };
}
