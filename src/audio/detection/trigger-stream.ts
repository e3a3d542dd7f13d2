import { disposedError, endByUsing } from '../../base/disposal.js';
import { SeqkitError } from '../../base/errors.js';
import { callback, choice, listOf, objectWith, optional, schemaOf, text } from '../../base/schema/index.js';
import { knownSteppers } from '../../rnn/model/known-models.js';
import type { Stepper } from '../../rnn/model/stepper.js';
import { normalized, silentEmbeddings } from '../embedding/embedding-features.js';
import type { EmbeddingStream } from '../embedding/embedding-stream.js';
import { embeddingStream } from '../embedding/embedding-streams.js';
import { appendSamples } from '../signal/append-samples.js';
import { featureSettings } from '../signal/feature-settings.js';
import { FeatureExtractor } from '../signal/features.js';
import { StreamResampler } from '../signal/resample.js';
import { sampleRateHz } from '../signal/samples.js';
import { spectrumSource, type SpectrumSource } from '../signal/spectrogram.js';
import { SoundIntake } from '../signal/sound-intake.js';
import { networkSettings } from './trigger-schema.js';
import {
  detectorSettings,
  firingSettings,
  stepsPerSecond,
  stepTiming,
  thresholdOf,
  withThreshold,
  type FiringSettings,
  type TriggerPreset,
} from './trigger-settings.js';
import { silencedWarning, type StreamEvents, type TriggerEvent } from './stream-events.js';
import { WordDetectors, type WordFiring } from './word-detectors.js';

/** What a stream needs of a model. */
export interface StreamParts {
  words: readonly string[];
  /** Of the sound that comes, Hz; another rate than the features' is resampled. */
  sampleRate: number;
  preset: Pick<TriggerPreset, 'features' | 'network' | 'firing'>;
  /** Steps the network that `steppingNetwork` made. */
  stepper: Stepper;
  spectrum: SpectrumSource;
  /** Of features of kind `embedding`: makes them, at the features' sample rate, and belongs to the stream. */
  embedding?: EmbeddingStream;
}

const eventName = choice<keyof StreamEvents>(['trigger', 'score', 'warning']);
const listenerShape = callback<(event: never) => void>();
const partsShape = objectWith<StreamParts>('the parts of a stream', {
  words: listOf(text, { min: 1 }),
  sampleRate: sampleRateHz,
  preset: objectWith('settings', {
    features: featureSettings,
    network: networkSettings,
    firing: firingSettings,
  }),
  stepper: schemaOf<Stepper>('a Stepper', (value) => knownSteppers.has(value as object)),
  spectrum: spectrumSource,
  embedding: optional(embeddingStream),
});

type Listeners = { readonly [Name in keyof StreamEvents]: readonly ((event: StreamEvents[Name]) => void)[] };
const noListeners: Listeners = { trigger: [], score: [], warning: [] };

/**
 * Listens to sound as it comes, in chunks of any length; the state is carried from chunk to chunk. Many streams of
 * one model may listen side by side. `using stream = model.stream()` disposes it at the end of its block, where the
 * platform has `Symbol.dispose`.
 */
export class TriggerStream {
  static {
    endByUsing(this);
  }

  /** Where the platform has the symbol. */
  declare readonly [Symbol.dispose]: () => void;

  readonly #parts: StreamParts;
  readonly #intake = new SoundIntake();
  readonly #extractor: FeatureExtractor | undefined;
  readonly #detectors: WordDetectors;
  #firing: FiringSettings;
  readonly #scores: Float32Array;
  readonly #firstStepSeconds: number;
  /** The frames that the next step sees, (kernelFrames or windowFrames, bands), the oldest first. */
  readonly #window: Float32Array;
  /** What it begins with. */
  readonly #firstWindow: Float32Array;
  /** Samples of the frames to come. */
  #pending: Float32Array = new Float32Array(0);
  /** Embeddings to come, where a listener threw amid them. */
  #embeddings: Float32Array = new Float32Array(0);
  /** Samples that came. */
  #heard = 0;
  #frames = 0;
  #steps = 0;
  #warned = false;
  #disposed = false;
  /** Whether a chunk is being listened to: a listener may dispose the stream or reset it, but not push. */
  #listening = false;
  /** How often it was reset. */
  #resets = 0;

  readonly #resampler: StreamResampler | undefined;
  /** Replaced, not changed, so that a listener that takes itself off disturbs no other. */
  #listeners = noListeners;

  /** Use `model.stream()`. @throws SeqkitError `bad-value` or `usage` for parts that are none */
  constructor(parts: StreamParts) {
    const { words, preset } = partsShape.parse(parts, 'TriggerStream: parts');
    const { features, network, firing } = preset;
    if (parts.stepper.outputFeatures !== words.length) {
      throw new SeqkitError(
        `The network has ${parts.stepper.outputFeatures} outputs, expected one for each of ${words.length} words.`,
        { code: 'bad-shape' },
      );
    }
    this.#parts = { ...parts };
    if (features.kind !== 'embedding') this.#extractor = new FeatureExtractor(features, parts.spectrum);
    else if (parts.embedding === undefined) {
      throw new SeqkitError('A stream over embeddings needs the part embedding.', {
        code: 'usage',
        hint: 'Use model.stream().',
      });
    }
    this.#firing = firing;
    this.#detectors = new WordDetectors(
      words.length,
      detectorSettings(firing, stepsPerSecond(preset), words),
    );
    this.#scores = new Float32Array(words.length);
    this.#firstStepSeconds = stepTiming(preset, network.kernelFrames).firstStepMs / 1000;
    this.#firstWindow = firstWindow(parts);
    this.#window = this.#firstWindow.slice();
    if (parts.sampleRate !== features.sampleRate) {
      this.#resampler = new StreamResampler(parts.sampleRate, features.sampleRate);
    }
  }

  /**
   * How many of the samples that came were no sound (NaN, infinite, or beyond 1000 where full scale is 1); silence
   * was heard in their place.
   */
  get silencedSamples(): number {
    return this.#intake.silenced;
  }

  /** What it listens for, in the order of the scores. */
  get words(): readonly string[] {
    return this.#parts.words;
  }

  /**
   * Fires at another smoothed score from the next step on; the model keeps its own.
   * @param threshold of all words, or by word; words that are not named keep theirs
   * @throws SeqkitError `bad-value` for one out of range, `usage` for a word that it does not listen for, and after
   *   `dispose`
   */
  setThreshold(threshold: number | Readonly<Record<string, number>>): void {
    this.#needAlive();
    this.#firing = withThreshold(this.#firing, this.words, threshold);
    this.#detectors.setThresholds(this.words.map((word) => thresholdOf(this.#firing, word)));
  }

  /**
   * Calls `listener`, within `push`, each time the word is heard (`trigger`), a step is done (`score`), or, once,
   * when samples come that are no sound (`warning`).
   */
  on<Name extends keyof StreamEvents>(name: Name, listener: (event: StreamEvents[Name]) => void): this {
    this.#needAlive();
    const event = eventName.parse(name, 'on: name');
    listenerShape.parse(listener, 'on: listener');
    this.#listeners = { ...this.#listeners, [event]: [...this.#listeners[event], listener] };
    return this;
  }

  /** Calls a listener no more; one that was added twice is still called once. */
  off<Name extends keyof StreamEvents>(name: Name, listener: (event: StreamEvents[Name]) => void): this {
    this.#needAlive();
    const event = eventName.parse(name, 'off: name');
    listenerShape.parse(listener, 'off: listener');
    const those: readonly unknown[] = this.#listeners[event];
    const at = those.lastIndexOf(listener);
    this.#listeners = { ...this.#listeners, [event]: those.filter((_, i) => i !== at) };
    return this;
  }

  /**
   * @param samples shape (any), at the stream's sample rate; floats, full scale -1 to 1, or an Int16Array of PCM; kept
   *   by nobody. Those that are no sound count as silence ({@link silencedSamples}).
   * @returns what was heard within them
   * @throws SeqkitError `bad-value` for samples of another kind, such as a Buffer; `usage` after `dispose`, or from
   *   within a listener
   */
  push(samples: Float32Array | Int16Array): TriggerEvent[] {
    return this.#alone('push', () => {
      const sound = this.#take(samples);
      return this.#listen(this.#resampler?.push(sound) ?? sound);
    });
  }

  /**
   * Ends the sound: gives what was heard in the little that a resampler still held back, or waited for a rival. Call
   * `reset` before other sound follows.
   */
  flush(): TriggerEvent[] {
    return this.#alone('flush', () => {
      const events = this.#resampler === undefined ? [] : this.#listen(this.#resampler.flush());
      const last = this.#tell(this.#detectors.flush());
      return last === undefined ? events : [...events, last];
    });
  }

  /** Forgets all that it has heard, as if it had just been made; its listeners stay. */
  reset(): void {
    this.#needAlive();
    this.#resets++;
    this.#resampler?.reset();
    this.#intake.reset();
    this.#detectors.reset();
    this.#parts.stepper.reset();
    this.#parts.embedding?.reset();
    this.#embeddings = new Float32Array(0);
    this.#window.set(this.#firstWindow);
    this.#pending = new Float32Array(0);
    this.#heard = this.#frames = this.#steps = 0;
    this.#warned = false;
  }

  /** Frees the memory of the network. Every other method throws after it; a second time does nothing. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#listeners = noListeners;
    this.#pending = new Float32Array(0);
    this.#parts.stepper.dispose();
    this.#parts.embedding?.dispose();
  }

  /** The samples as sound; says so once where some are none. */
  #take(samples: Float32Array | Int16Array): Float32Array {
    const before = this.#intake.silenced;
    const sound = this.#intake.take(samples);
    const count = this.#intake.silenced - before;
    const timeSeconds = this.#heard / this.#parts.sampleRate;
    this.#heard += sound.length;
    if (count > 0 && !this.#warned) {
      this.#warned = true;
      this.#call('warning', silencedWarning(count, timeSeconds));
    }
    return sound;
  }

  #listen(sound: Float32Array): TriggerEvent[] {
    // A listener that was warned may have disposed it.
    if (this.#disposed) return [];
    if (this.#parts.embedding) return this.#listenBy(this.#parts.embedding, sound);
    const { frameSamples, hopSamples } = this.#parts.preset.features;
    const held = appendSamples(this.#pending, sound);
    const events: TriggerEvent[] = [];
    const resets = this.#resets;
    let at = 0;
    try {
      while (at + frameSamples <= held.length && this.#isOn(resets)) {
        const from = at;
        at += hopSamples;
        const event = this.#frame(held.subarray(from, from + frameSamples));
        if (event !== undefined) events.push(event);
      }
    } finally {
      // Where a listener throws, the rest is heard with the next chunk; where one resets, it is dropped.
      if (this.#isOn(resets)) this.#pending = held.slice(at);
    }
    return events;
  }

  /** The same where a step is an embedding. */
  #listenBy(embedding: EmbeddingStream, sound: Float32Array): TriggerEvent[] {
    const { features } = this.#parts.preset;
    const { bands } = features;
    const fresh = normalized(embedding.push(sound), features);
    const held = appendSamples(this.#embeddings, fresh);
    const events: TriggerEvent[] = [];
    const resets = this.#resets;
    let at = 0;
    try {
      while (at < held.length && this.#isOn(resets)) {
        this.#window.copyWithin(0, bands);
        this.#window.set(held.subarray(at, (at += bands)), this.#window.length - bands);
        const event = this.#step();
        if (event !== undefined) events.push(event);
      }
    } finally {
      if (this.#isOn(resets)) this.#embeddings = held.slice(at);
    }
    return events;
  }

  /** Takes one frame in; every strideFrames-th completes a step. */
  #frame(samples: Float32Array): TriggerEvent | undefined {
    const { bands } = this.#parts.preset.features;
    const { kernelFrames, strideFrames } = this.#parts.preset.network;
    this.#window.copyWithin(0, bands);
    this.#extractor!.frame(samples, this.#window, this.#window.length - bands);
    this.#frames++;
    if (this.#frames < kernelFrames || (this.#frames - kernelFrames) % strideFrames !== 0) return undefined;
    return this.#step();
  }

  #step(): TriggerEvent | undefined {
    const resets = this.#resets;
    const logits = this.#parts.stepper.step(this.#window);
    if (Number.isNaN(logits[0])) throw damagedWeights();
    const scores = this.#scores;
    let score = 0;
    for (let word = 0; word < scores.length; word++) {
      scores[word] = 1 / (1 + Math.exp(-logits[word]));
      score = Math.max(score, scores[word]);
    }
    const timeSeconds = this.#timeOf(this.#steps++);
    const fired = this.#detectors.push(scores);
    this.#call('score', { score, smoothed: this.#detectors.smoothed, scores, timeSeconds });
    return this.#isOn(resets) ? this.#tell(fired) : undefined;
  }

  /** The time up to which a step has heard. */
  #timeOf(step: number): number {
    return this.#firstStepSeconds + step / stepsPerSecond(this.#parts.preset);
  }

  #tell(fired: WordFiring | undefined): TriggerEvent | undefined {
    if (fired === undefined) return undefined;
    const word = this.#parts.words[fired.word];
    const event = { word, timeSeconds: this.#timeOf(this.#steps - 1 - fired.stepsAgo), score: fired.score };
    this.#call('trigger', event);
    return event;
  }

  #call<Name extends keyof StreamEvents>(name: Name, event: StreamEvents[Name]): void {
    for (const listener of this.#listeners[name]) listener(event);
  }

  #needAlive(): void {
    if (this.#disposed) throw disposedError('The stream');
  }

  /** Whether it was neither disposed nor reset in the meantime, by a listener. */
  #isOn(resets: number): boolean {
    return !this.#disposed && this.#resets === resets;
  }

  /** Does what listeners may not do meanwhile. */
  #alone<Result>(method: string, work: () => Result): Result {
    this.#needAlive();
    if (this.#listening) throw this.#busy(method);
    this.#listening = true;
    try {
      return work();
    } finally {
      this.#listening = false;
    }
  }

  #busy(method: string): SeqkitError {
    return new SeqkitError(`${method} was called by a listener, while another chunk is being listened to.`, {
      code: 'usage',
      hint: 'Call it when push has returned.',
    });
  }
}

/** What came before the sound: zeros, and in a window of embeddings those of silence. */
function firstWindow({ preset: { features, network }, embedding }: StreamParts): Float32Array {
  const { kernelFrames, windowFrames = 1 } = network;
  const frames = kernelFrames * windowFrames;
  if (windowFrames === 1 || embedding === undefined) return new Float32Array(frames * features.bands);
  const window = silentEmbeddings(frames, features, (samples) => embedding.push(samples));
  embedding.reset();
  return window;
}

function damagedWeights(): SeqkitError {
  return new SeqkitError("The model's score is no number: its weights are damaged.", {
    code: 'bad-value',
    hint: 'Take another copy of its file, or train it anew.',
  });
}
