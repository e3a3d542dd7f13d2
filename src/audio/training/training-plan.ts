import type { AbortSignalLike } from '../../base/abort-signal.js';
import {
  abortSignal,
  anything,
  callback,
  either,
  flag,
  optional,
  optionsSchema,
  someText,
  wholeNumber,
} from '../../base/schema/index.js';
import { checkpointStore, type CheckpointStore } from '../../base/training/checkpoint-store.js';
import type { SpeechEmbedding } from '../embedding/speech-embedding.js';
import type { Sequential } from '../../rnn/model/sequential.js';
import type { TailThreshold } from '../detection/tail-threshold.js';
import type { Validation } from './model-selection.js';
import type { RecordedNegatives } from './recorded-negatives.js';
import type { ClipSet } from '../clips/clips.js';
import type { HeldOutFigures } from '../detection/trigger-evaluation.js';
import type { ExampleRecord } from '../examples/example-record.js';
import type { TriggerPreset } from '../detection/trigger-settings.js';

/** How far `fit` is. */
export interface TriggerProgress {
  phase: 'loading' | 'mixing' | 'training' | 'mining';
  done: number;
  /** Clips that are made beforehand, examples to mix, or examples to train on over all epochs. */
  total: number;
  /** Of the last batch, while training. */
  loss?: number;
}

/** What an epoch has come to. */
export interface TriggerEpochReport {
  /** From 1. */
  epoch: number;
  /** Mean of the batches. */
  loss: number;
  /** Of a candidate, where clips were held back to judge by. */
  validation?: Validation;
  /**
   * How the network does as it is now on held-out clips, where there are some, at the thresholds that the model has so
   * far. Of many clips a part is listened to: `words` and `hours` say of how much.
   */
  heldOut?: HeldOutFigures;
}

export interface TriggerFitOptions {
  /** Times through the examples. @default the preset's */
  epochs?: number;
  /** Examples to mix. @default so many for each clip of the word, as the preset says */
  examples?: number;
  /**
   * Early stopping: ends where the clips held back have not been judged better for so many epochs. Each epoch
   * is judged then. Needs 60 clips of the word. @default none: the learning rate falls to the last epoch, and the
   * last are the best
   */
  patience?: number;
  /**
   * Whether the recorded speech that comes with seqkit, in embeddings, serves as further negatives and for the
   * threshold, where features are those of the embedding that it was made by; not in a page. @default true
   */
  recordedNegatives?: boolean;
  /**
   * Of the words, a tag such as `en`: recorded speech that comes with seqkit is left out where it is in this language,
   * since the words may be said in it. @default none is left out
   */
  language?: string;
  /** Called as it goes on; in a page, once a frame. */
  onProgress?: (progress: TriggerProgress) => void;
  /** Called with how each example was mixed. */
  onExample?: (record: ExampleRecord) => void;
  /**
   * Clips that are not trained on, for `onEpoch` to tell misses and false alarms of. Nothing is chosen by them.
   * @default those that the preset holds back to choose weights by, where there are 60 clips of the word
   */
  heldOut?: ClipSet;
  /** Called after each time through the examples. */
  onEpoch?: (report: TriggerEpochReport) => void;
  /**
   * Where the training is kept after each epoch, so that it can go on from there: a file, which needs Node, or a store,
   * such as IndexedDB in a page.
   */
  checkpoint?: string | CheckpointStore;
  /** Goes on from the checkpoint, or begins where there is none. @default false */
  resume?: boolean;
  /** Is told what there is to know of a folder's clips, such as which sound odd, a line each. */
  onNote?: (line: string) => void;
  /** Stops after the batch in hand. */
  signal?: AbortSignalLike;
  /** Computes in a worker, as in `Model.fit`; examples are mixed as before. @default false */
  worker?: boolean;
}

export const triggerFitOptions = optionsSchema<TriggerFitOptions>('fit', {
  epochs: optional(wholeNumber({ min: 1, max: 1_000_000 })),
  examples: optional(wholeNumber({ min: 1, max: 10_000_000 })),
  patience: optional(wholeNumber({ min: 1 })),
  recordedNegatives: optional(flag),
  language: optional(someText),
  onProgress: optional(callback<(progress: TriggerProgress) => void>()),
  onExample: optional(callback<(record: ExampleRecord) => void>()),
  onNote: optional(callback<(line: string) => void>()),
  onEpoch: optional(callback<(report: TriggerEpochReport) => void>()),
  // Looked at with the others.
  heldOut: optional(anything<ClipSet>()),
  checkpoint: optional(either(someText, checkpointStore)),
  resume: optional(flag),
  signal: optional(abortSignal),
  worker: optional(flag),
});

/** What a run of training is given. */
export interface TrainingPlan extends Omit<TriggerFitOptions, 'recordedNegatives' | 'language'> {
  network: Sequential;
  clips: ClipSet;
  /** The trigger words, one output each. */
  words: readonly string[];
  preset: TriggerPreset;
  /** That features of kind `embedding` are made by. */
  embedding?: SpeechEmbedding | undefined;
  /** Recorded speech in embeddings, beside the examples. */
  negatives?: RecordedNegatives;
  seed: number;
  examples: number;
  epochs: number;
  /** Threads to mix examples on. */
  threads: number;
  /** Whether the network is wanted no more. */
  isDisposed: () => boolean;
}

/** What came of it. */
export interface TrainingOutcome {
  /** Mean loss of the last epoch. */
  finalLoss: number;
  epochs: number;
  hardNegatives: number;
  /** Of the weights that were chosen. */
  validation: Validation | undefined;
  /** That keeps to the rate of false alarms that the preset asks for, where there was something to judge by. */
  threshold: number | Record<string, number> | undefined;
  /** How sure the thresholds are, where they were set by the tail. */
  tails: Readonly<Record<string, TailThreshold>> | undefined;
}
