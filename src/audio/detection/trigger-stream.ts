import type { Stepper } from '../../rnn/model/stepper.js';
import { appendSamples } from '../signal/append-samples.js';
import { FeatureExtractor } from '../signal/features.js';
import { StreamResampler } from '../signal/resample.js';
import type { SpectrumSource } from '../signal/spectrogram.js';
import { detectorSettings, stepsPerSecond, stepTiming, type TriggerPreset } from './trigger-settings.js';
import { WordDetectors, type WordFiring } from './word-detectors.js';

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
  /** Of each word, in the order of the model's; overwritten by the next step. */
  scores: Float32Array;
  /** The time up to which it has heard, in seconds from the start. */
  timeSeconds: number;
}

/** What a stream tells its listeners. */
export interface StreamEvents {
  trigger: TriggerEvent;
  score: ScoreEvent;
}

/** What a stream needs of a model. */
export interface StreamParts {
  words: readonly string[];
  /** Of the sound that comes, Hz; another rate than the features' is resampled. */
  sampleRate: number;
  preset: Pick<TriggerPreset, 'features' | 'network' | 'firing'>;
  /** Steps the network that `steppingNetwork` made. */
  stepper: Stepper;
  spectrum: SpectrumSource;
}

/** Listens to sound as it comes, in pieces of any length; the state is carried from piece to piece. */
export class TriggerStream {
  readonly #parts: StreamParts;
  readonly #extractor: FeatureExtractor;
  readonly #detectors: WordDetectors;
  readonly #scores: Float32Array;
  readonly #firstStepSeconds: number;
  /** The frames that the next step sees, (kernelFrames, bands), the oldest first. */
  readonly #window: Float32Array;
  /** Samples of the frames to come. */
  #pending: Float32Array = new Float32Array(0);
  #frames = 0;
  #steps = 0;

  readonly #resampler: StreamResampler | undefined;
  readonly #listeners: { [Name in keyof StreamEvents]: ((event: StreamEvents[Name]) => void)[] } = {
    trigger: [],
    score: [],
  };

  constructor(parts: StreamParts) {
    const { words, preset } = parts;
    const { features, network, firing } = preset;
    this.#parts = parts;
    this.#extractor = new FeatureExtractor(features, parts.spectrum);
    this.#detectors = new WordDetectors(
      words.length,
      detectorSettings(firing, stepsPerSecond(preset), words),
    );
    this.#scores = new Float32Array(words.length);
    this.#firstStepSeconds = stepTiming(preset, network.kernelFrames).firstStepMs / 1000;
    this.#window = new Float32Array(network.kernelFrames * features.bands);
    if (parts.sampleRate !== features.sampleRate) {
      this.#resampler = new StreamResampler(parts.sampleRate, features.sampleRate);
    }
  }

  /** Calls `listener`, within `push`, each time the word is heard (`trigger`) or a step is done (`score`). */
  on<Name extends keyof StreamEvents>(name: Name, listener: (event: StreamEvents[Name]) => void): this {
    this.#listeners[name].push(listener);
    return this;
  }

  /**
   * @param samples shape (any), at the stream's sample rate; kept by nobody
   * @returns what was heard within them
   */
  push(samples: Float32Array): TriggerEvent[] {
    return this.#listen(this.#resampler?.push(samples) ?? samples);
  }

  /** Ends the sound: gives what was heard in the little that a resampler still held back, or waited for a rival. */
  flush(): TriggerEvent[] {
    const events = this.#resampler === undefined ? [] : this.#listen(this.#resampler.flush());
    const last = this.#tell(this.#detectors.flush());
    return last === undefined ? events : [...events, last];
  }

  #listen(sound: Float32Array): TriggerEvent[] {
    const { frameSamples, hopSamples } = this.#parts.preset.features;
    const held = appendSamples(this.#pending, sound);
    const events: TriggerEvent[] = [];
    let at = 0;
    for (; at + frameSamples <= held.length; at += hopSamples) {
      const event = this.#frame(held.subarray(at, at + frameSamples));
      if (event !== undefined) events.push(event);
    }
    this.#pending = held.slice(at);
    return events;
  }

  /** Frees the memory of the network. */
  dispose(): void {
    this.#parts.stepper.dispose();
  }

  /** Takes one frame in; every strideFrames-th completes a step. */
  #frame(samples: Float32Array): TriggerEvent | undefined {
    const { preset, stepper } = this.#parts;
    const { bands } = preset.features;
    const { kernelFrames, strideFrames } = preset.network;
    this.#window.copyWithin(0, bands);
    this.#extractor.frame(samples, this.#window, this.#window.length - bands);
    this.#frames++;
    if (this.#frames < kernelFrames || (this.#frames - kernelFrames) % strideFrames !== 0) return undefined;
    const logits = stepper.step(this.#window);
    const scores = this.#scores;
    let score = 0;
    for (let word = 0; word < scores.length; word++) {
      scores[word] = 1 / (1 + Math.exp(-logits[word]));
      score = Math.max(score, scores[word]);
    }
    const timeSeconds = this.#timeOf(this.#steps++);
    for (const listener of this.#listeners.score) listener({ score, scores, timeSeconds });
    return this.#tell(this.#detectors.push(scores));
  }

  /** The time up to which a step has heard. */
  #timeOf(step: number): number {
    return this.#firstStepSeconds + step / stepsPerSecond(this.#parts.preset);
  }

  #tell(fired: WordFiring | undefined): TriggerEvent | undefined {
    if (fired === undefined) return undefined;
    const word = this.#parts.words[fired.word];
    const event = { word, timeSeconds: this.#timeOf(this.#steps - 1 - fired.stepsAgo), score: fired.score };
    for (const listener of this.#listeners.trigger) listener(event);
    return event;
  }
}
