import type { SeqkitError } from '../../base/errors.js';
import {
  anything,
  callback,
  flag,
  isPlainObject,
  optional,
  optionsSchema,
  schemaOf,
  wrongValue,
  type Schema,
} from '../../base/schema/index.js';
import type { FileSource } from '../../base/source/file-source.js';
import { thresholdsByWord } from '../detection/trigger-settings.js';
import type { SpeechEmbedding } from '../embedding/speech-embedding.js';
import type { TriggerEvent } from '../detection/stream-events.js';
import type { TriggerModel } from '../trigger-model.js';

/** A model, or where its file is. */
export type ListeningModel = TriggerModel | FileSource;

/** A word was heard by one of the models. */
export interface ListenEvent extends TriggerEvent {
  /** Which of them, from 0. */
  model: number;
}

/** How loud it is: of the sound since the last of these, full scale 1. */
export interface SoundLevel {
  /** Root mean square. */
  rms: number;
  /** The highest sample. */
  peak: number;
}

/** Sound that was heard. */
export interface HeardSound {
  /** Shape (n), about 30 ms of them; yours to keep. */
  samples: Float32Array;
  /** Hz */
  sampleRate: number;
  /** Seconds from the start to the first of them, on the clock of the events. */
  timeSeconds: number;
}

/** What a model thinks of a moment. */
export interface ListenScore {
  /** 0 to 1, before smoothing; of several words the highest. */
  score: number;
  /** The mean of the last scores, which the threshold is compared with; of several words the highest. */
  smoothed: number;
  /** The time up to which it has heard, in seconds from the start. */
  timeSeconds: number;
  /** Which of the models, from 0. */
  model: number;
}

/** `paused` while the page is hidden, where that is asked for; `lost` until the microphone comes back. */
export type ListeningState = 'listening' | 'paused' | 'lost' | 'stopped';

export interface ListenInPageOptions {
  /** What to listen for. Several models hear the same sound; those that are loaded here end with `stop`. */
  model: ListeningModel | readonly ListeningModel[];
  /**
   * The speech embedding that models need which are loaded here and hear through one: loaded, or where its file is.
   * @default none
   */
  embedding?: SpeechEmbedding | FileSource;
  /** Each time a word is heard. */
  onTrigger?: (event: ListenEvent) => void;
  /** The score of each step, about every 30 ms; do little in it. */
  onScore?: (score: ListenScore) => void;
  /**
   * The sound itself as it comes, before the models hear it, such as to keep what set one off; do little in it.
   */
  onSound?: (sound: HeardSound) => void;
  /** How loud it is, once a frame at most. */
  onLevel?: (level: SoundLevel) => void;
  /** What goes wrong once it listens, such as a microphone that is taken away. @default thrown on, for the console */
  onError?: (error: SeqkitError) => void;
  onState?: (state: ListeningState) => void;
  /** Smoothed score at which it fires, above 0, 1 at most; of all words, or by word. @default the models' */
  threshold?: number | Readonly<Record<string, number>>;
  /** Wishes besides, such as `{ deviceId }` or `{ echoCancellation: true }`. @default sound that nobody cleaned */
  microphone?: Readonly<Record<string, unknown>>;
  /** Whether to hear nothing while the page is hidden. @default false: it goes on as long as the browser lets it */
  pauseWhenHidden?: boolean;
  /**
   * Whether the network of a speech embedding rests while nothing rises above the noise of the room. Other models are
   * small and never rest. @default true
   */
  voiceActivity?: boolean;
}

const SOURCE = 'a TriggerModel, or the address, URL, Blob or bytes of one';

/** What else they are, `TriggerModel.load` says. */
const listeningModel: Schema<ListeningModel> = schemaOf(
  SOURCE,
  (value) => (typeof value === 'string' && value !== '') || (typeof value === 'object' && value !== null),
);

const models: Schema<ListenInPageOptions['model']> = {
  expected: `${SOURCE}, or an array of them`,
  parse(value, name) {
    if (!Array.isArray(value)) return listeningModel.parse(value, name);
    if (value.length === 0) throw wrongValue(name, 'an array of at least one model', value);
    return value.map((one, i) => listeningModel.parse(one, `${name}[${i}]`));
  },
};

export const microphoneWishes: Schema<Readonly<Record<string, unknown>>> = schemaOf(
  'an object of constraints, such as { deviceId }',
  isPlainObject,
);

export const listenInPageOptions = optionsSchema<ListenInPageOptions>('listen', {
  model: models,
  embedding: optional(anything<SpeechEmbedding | FileSource>()),
  onTrigger: optional(callback<(event: ListenEvent) => void>()),
  onScore: optional(callback<(score: ListenScore) => void>()),
  onSound: optional(callback<(sound: HeardSound) => void>()),
  onLevel: optional(callback<(level: SoundLevel) => void>()),
  onError: optional(callback<(error: SeqkitError) => void>()),
  onState: optional(callback<(state: ListeningState) => void>()),
  threshold: optional(thresholdsByWord),
  microphone: optional(microphoneWishes),
  pauseWhenHidden: optional(flag),
  voiceActivity: optional(flag),
});
