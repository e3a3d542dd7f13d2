import type { FileSource } from '../base/source/file-source.js';
import { disposedError, endByUsing } from '../base/disposal.js';
import { SeqkitError } from '../base/errors.js';
import { someText, wholeNumber } from '../base/schema/index.js';
import type { Network } from '../rnn/model/network.js';
import type { ClipSet } from './clips/clips.js';
import { finiteSamples, signal, soundSamples } from './signal/samples.js';
import { ComingNetwork } from './coming-network.js';
import { EmbeddingUse } from './embedding/embedding-use.js';
import { presetFor, wordsOf } from './trigger-choices.js';
import { describeTrigger } from './trigger-description.js';
import {
  thresholdOf,
  triggerPreset,
  withThreshold,
  type TriggerPreset,
} from './detection/trigger-settings.js';
import type { TriggerEvent } from './detection/stream-events.js';
import { TriggerStream } from './detection/trigger-stream.js';
import {
  detectOptions,
  transferOptions,
  triggerLoadOptions,
  triggerModelOptions,
  triggerSaveOptions,
  type TransferOptions,
  type TriggerLoadOptions,
  type TriggerModelOptions,
} from './trigger-options.js';
import {
  listenOptions,
  streamOptions,
  type ListenOptions,
  type StreamOptions,
} from './listening/listen-options.js';
import type { WebTransformStream } from '../base/host/web-streams.js';
import {
  checkSound,
  SoundListener,
  type SoundStream,
  type TriggerTransform,
} from './listening/sound-listener.js';
import { triggerSettings } from './detection/trigger-schema.js';
import type { TriggerFitOptions } from './training/training-plan.js';
import type { TrainingRecord } from './training/training-record.js';
import type { Waveform } from './signal/wav.js';

const frameCount = wholeNumber({ min: 1 });

/** What a model is made of where it is not new. */
class Parts {
  constructor(
    readonly settings: TriggerPreset,
    readonly network: Network,
  ) {}
}

/** Hears a word, or several: trained on clips, it finds the times at which they are said. */
export class TriggerModel {
  static {
    endByUsing(this);
  }

  /** Where the platform has the symbol. */
  declare readonly [Symbol.dispose]: () => void;
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;
  readonly words: readonly string[];
  readonly seed: number;
  /** Features, network and firing settings, all of which are saved. */
  readonly settings: TriggerPreset;
  trainedOn: TrainingRecord | undefined;
  /** What makes and runs one is loaded where it is asked for: a page opens before that. */
  readonly #network: ComingNetwork;
  /** That training mixes examples on, where it was said how many. */
  readonly #threads: number | undefined;
  /** Where features are those of an embedding. */
  readonly #embedding: EmbeddingUse;
  /** Made where training or loading ends, so that `stream` need not wait. */
  #stepping: Network | undefined;
  /** Under way. */
  #training: Promise<unknown> | undefined;
  #disposed = false;

  /** @param parts for `load` and `from` alone */
  constructor(options: TriggerModelOptions = {}, parts?: unknown) {
    const known = triggerModelOptions.parse(options);
    const { preset = 'standard', seed = 1, engine = 'auto', threads, onEngine } = known;
    const made = parts instanceof Parts ? parts : undefined;
    if (parts !== made) {
      throw new SeqkitError('TriggerModel takes one argument, its options.', { code: 'usage' });
    }
    this.words = wordsOf(known);
    this.seed = seed;
    this.#threads = threads;
    this.#embedding = new EmbeddingUse(known.embedding);
    this.settings = made?.settings ?? presetFor(triggerPreset(preset), this.words, known);
    // The settings are there for all to change. An audio thread has no structuredClone.
    const network = { ...this.settings.network };
    this.#network = new ComingNetwork(made?.network, async () => {
      const { triggerNetwork } = await import('./trigger-network.js');
      return triggerNetwork(network, { ...{ seed, engine, threads }, ...(onEngine && { onEngine }) });
    });
  }

  /** What the user should know about the file it came from. */
  get notes(): readonly string[] {
    return this.#network.notes;
  }

  /** What it listens for, or the first of several. */
  get word(): string {
    return this.words[0];
  }

  /**
   * Mixes examples from clips and trains on them.
   *
   * @param clips what `readClips` gave or, in Node, the path of a folder, which `readClipFolder` reads
   * @throws SeqkitError `too-little-data` without clips of the word; `bad-value` where clips
   *   were read for another sample rate; `usage` while another `fit` is under way; `stopped` where the model is
   *   disposed meanwhile
   */
  async fit(clips: ClipSet | string, options: TriggerFitOptions = {}): Promise<TrainingRecord> {
    this.#needAlive();
    if (this.#training !== undefined) {
      throw new SeqkitError('The model is being trained already.', {
        code: 'usage',
        hint: 'Wait for the first fit before the second.',
      });
    }
    if (typeof clips === 'string') {
      const { triggerFitOptions } = await import('./training/trigger-training.js');
      const { onNote } = triggerFitOptions.parse(options);
      const { readClipFolder } = await import('./clips/clip-folder.js');
      const { sampleRate } = this.settings.features;
      const read = await readClipFolder(clips, sampleRate, { words: this.words });
      for (const line of read.notes) onNote?.(line);
      return this.fit(read.clips, options);
    }
    const training = this.#train(clips, options);
    this.#training = training;
    try {
      const record = await training;
      if (this.#disposed) {
        throw new SeqkitError('The model was disposed while it was being trained.', { code: 'stopped' });
      }
      this.trainedOn = record;
      // Stopped before its first epoch was over, it has nothing to listen with.
      if (record.epochs > 0) await this.#prepareStepping();
      return record;
    } finally {
      this.#training = undefined;
    }
  }

  /** What trains is loaded here: a page that only listens goes without. */
  async #train(clips: ClipSet, options: TriggerFitOptions): Promise<TrainingRecord> {
    const { trainTrigger } = await import('./training/trigger-training.js');
    const { words, settings, seed } = this;
    const isDisposed = () => this.#disposed;
    const embedding = await this.#embedding.for(settings.features, 'The model');
    const network = await this.#network.get();
    const own = { network, threads: this.#threads, embedding, isDisposed };
    return trainTrigger({ words, settings, seed, ...own }, clips, options);
  }

  /**
   * Finds the word in a whole recording.
   *
   * @throws SeqkitError `usage` before the model is trained or loaded; `bad-value` where a sample is no sound
   */
  async detect(
    waveform: Waveform,
    options: Omit<StreamOptions, 'sampleRate' | 'voiceActivity'> = {},
  ): Promise<TriggerEvent[]> {
    this.#needAlive();
    const { samples, sampleRate } = signal.parse(waveform, 'detect: waveform');
    soundSamples.parse(samples, 'detect: waveform.samples');
    const stream = this.stream({ ...detectOptions.parse(options), sampleRate });
    try {
      return [...stream.push(samples), ...stream.flush()];
    } finally {
      stream.dispose();
    }
  }

  /**
   * A detector for sound as it comes. Several may listen at once; each holds a copy of the weights, and listens on
   * where the model is trained further or disposed.
   *
   * @example
   * const detector = trigger.stream({ sampleRate: audioContext.sampleRate });
   * detector.on('trigger', ({ word, timeSeconds, score }) => chime());
   * detector.push(samples);
   * @throws SeqkitError `usage` before the model is trained or loaded, and after `dispose`
   */
  stream(options: StreamOptions = {}): TriggerStream {
    this.#needAlive();
    const known = streamOptions.parse(options);
    if (this.#stepping === undefined) {
      throw new SeqkitError('The model has not learned anything yet.', {
        code: 'usage',
        hint: 'Train it with fit(clips), or open one with TriggerModel.load(file).',
      });
    }
    // The settings are there for all to change.
    const { features, network, firing } = triggerSettings.parse(this.settings, 'settings');
    const { threshold, spectrum = 'meyda', sampleRate = features.sampleRate, voiceActivity } = known;
    const chosen = threshold === undefined ? firing : withThreshold(firing, this.words, threshold);
    const preset = { features, network, firing: chosen };
    const stepper = this.#stepping.stepper();
    try {
      const embedding = this.#embedding.stream(features, voiceActivity);
      const own = embedding ? { embedding } : {};
      return new TriggerStream({ words: this.words, sampleRate, preset, stepper, spectrum, ...own });
    } catch (error) {
      stepper.dispose();
      throw error;
    }
  }

  /**
   * Hears the word in a stream of sound: a Readable of Node, a ReadableStream, or an iterable of chunks. A chunk is read
   * when the events of the one before have been taken; leaving the loop ends the stream. What is left of a sample at
   * the end is dropped.
   *
   * @example
   * for await (const { word, timeSeconds } of trigger.listen(process.stdin, { sampleRate: 16_000 })) wake(word);
   * @throws SeqkitError as `stream`; in the loop `bad-value` for chunks that are no sound
   */
  listen(sound: SoundStream, options: ListenOptions = {}): AsyncGenerator<TriggerEvent, void, void> {
    const checked = checkSound(sound);
    return this.#listener(options, 'listen').through(checked);
  }

  /**
   * A Transform of Node: sound goes in, as samples or as their bytes, and events come out.
   * @example microphone.pipe(trigger.toTransform({ channels: 2 })).on('data', ({ word }) => wake(word));
   * @throws SeqkitError as `stream`; `engine` in a page
   */
  toTransform(options: ListenOptions = {}): TriggerTransform {
    return this.#listener(options, 'toTransform').toTransform();
  }

  /** As `toTransform`, a TransformStream as pages have it too: of SoundChunk to TriggerEvent. */
  toTransformStream(options: ListenOptions = {}): WebTransformStream {
    return this.#listener(options, 'toTransformStream').toTransformStream();
  }

  #listener(options: ListenOptions, where: string): SoundListener {
    this.#needAlive();
    const { format, channels, ...rest } = listenOptions.parse(options, where);
    const stream = this.stream(rest);
    return new SoundListener(stream, { ...(format && { format }), ...(channels && { channels }) });
  }

  /**
   * Sets the smoothed score at which the model fires, above 0 and 1 at most; `save` stores it.
   * @param threshold of all words, or by word; words that are not named keep theirs
   * @throws SeqkitError `bad-value` for one out of range, `usage` for a word that it does not listen for
   */
  setThreshold(threshold: number | Readonly<Record<string, number>>): void {
    this.#needAlive();
    this.settings.firing = withThreshold(this.settings.firing, this.words, threshold);
  }

  /** The smoothed score at which each word fires. */
  get thresholds(): Record<string, number> {
    return Object.fromEntries(this.words.map((word) => [word, thresholdOf(this.settings.firing, word)]));
  }

  async #prepareStepping(): Promise<void> {
    const { network, features } = this.settings;
    const { steppingNetwork } = await import('./trigger-network.js');
    const stepping = await steppingNetwork(await this.#network.get(), network, features.bands);
    const before = this.#stepping;
    // Disposed while it was made, it is wanted no more.
    if (this.#disposed) return stepping.dispose();
    this.#stepping = stepping;
    await before?.dispose();
  }

  /**
   * Frees the memory and the threads of the model; a training under way stops after its batch, its `fit` throws
   * `stopped`. Streams listen on until they are disposed themselves. Every other method throws after it; a second
   * time does nothing.
   */
  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    // Its own caller hears what came of it.
    await this.#training?.catch(() => undefined);
    await this.#stepping?.dispose();
    this.#stepping = undefined;
    await this.#network.dispose();
    await this.#embedding.dispose();
  }

  /** That it can be gone on from. */
  #needTrained(): void {
    this.#needAlive();
    if (this.#stepping !== undefined) return;
    throw new SeqkitError('The model to go on from has not learned anything yet.', {
      code: 'usage',
      hint: 'Train it with fit(clips) first, or give a file.',
    });
  }

  #needAlive(): void {
    if (this.#disposed) throw disposedError('The model');
  }

  /**
   * The logits of whole feature sequences, (N, frames, bands) to (N, steps, words), all steps at once.
   * @throws SeqkitError `bad-shape` where the features are not whole sequences of so many frames
   */
  async logits(features: Float32Array, frames: number): Promise<Float32Array> {
    this.#needAlive();
    finiteSamples.parse(features, 'logits: features');
    frameCount.parse(frames, 'logits: frames');
    const { bands } = this.settings.features;
    if (features.length === 0 || features.length % (frames * bands) !== 0) {
      throw new SeqkitError(
        `${features.length} features are no sequences of ${frames} frames with ${bands} bands each.`,
        { code: 'bad-shape' },
      );
    }
    const input = { data: features, shape: [features.length / (frames * bands), frames, bands] };
    const network = await this.#network.get();
    const output = await network.predict(await this.#windows(input));
    return Float32Array.from(output.data);
  }

  /** Of a network over windows those that end at each step. What makes them is loaded here: few models need it. */
  async #windows(input: { data: Float32Array; shape: number[] }): Promise<typeof input> {
    if (this.settings.network.windowFrames === undefined) return input;
    const { windowsOf } = await import('./window-network.js');
    const embedding = await this.#embedding.need('The model', this.settings.features.embedding);
    return windowsOf(input, this.settings, embedding);
  }

  /** The model as the bytes of one safetensors file. */
  toBytes(): Uint8Array {
    this.#needAlive();
    return this.#network.made.toBytes(describeTrigger(this));
  }

  /** Writes one safetensors file. @throws SeqkitError `file-exists` without `force` */
  async save(path: string, options: { force?: boolean } = {}): Promise<void> {
    this.#needAlive();
    someText.parse(path, 'save: path');
    const { force = false } = triggerSaveOptions.parse(options);
    await this.#network.made.save(path, { ...describeTrigger(this), force });
  }

  /**
   * Opens a model.
   * @param from its file's path, a URL, a Blob, or its bytes
   * @throws SeqkitError `file-access`, or `bad-file` where it holds something else; `file-access` too where it hears
   *   through a speech embedding that is not there, `bad-value` where another one is
   */
  static async load(from: FileSource, options: TriggerLoadOptions = {}): Promise<TriggerModel> {
    const { embedding, ...known } = triggerLoadOptions.parse(options);
    const { readTrigger } = await import('./trigger-file.js');
    const { words, seed, settings, trainedOn, network } = await readTrigger(from, known);
    const { threads } = known;
    const model = new TriggerModel(
      { words, seed, ...(threads && { threads }), ...(embedding !== undefined && { embedding }) },
      new Parts(settings, network),
    );
    model.trainedOn = trainedOn;
    try {
      await model.#embedding.for(settings.features, 'The model');
      await model.#prepareStepping();
    } catch (error) {
      await model.dispose();
      throw error;
    }
    return model;
  }

  /**
   * A model to train that goes on from a trained one, with its features, its network and its threshold: for
   * another word from a handful of clips, or the same word once more with what was wrong among the negatives.
   *
   * @param from a model, or where its file is, as for `load`
   * @param options without `word` or `words` it learns the words of the model it goes on from
   * @throws SeqkitError as `load`
   */
  static async from(from: TriggerModel | FileSource, options: TransferOptions = {}): Promise<TriggerModel> {
    const known = transferOptions.parse(options);
    const { seed = 1, engine = 'auto', threads, onEngine, train = 'head' } = known;
    const isNamed = known.word !== undefined || known.words !== undefined;
    const named = isNamed ? wordsOf(known) : undefined;
    const isModel = from instanceof TriggerModel;
    if (isModel) from.#needTrained();
    const { readTrigger } = await import('./trigger-file.js');
    const base = isModel
      ? { words: from.words, settings: from.settings, network: await from.#network.get() }
      : await readTrigger(from, { engine });
    const words = named ?? base.words;
    try {
      const { transferred } = await import('./trigger-transfer.js');
      const { settings, network } = await transferred(base, words, train, {
        ...{ seed, engine, threads },
        ...(onEngine && { onEngine }),
      });
      Object.assign(settings.synthesis, known.synthesis);
      const embedding = known.embedding ?? (isModel ? from.#embedding.given : undefined);
      return new TriggerModel(
        { words, seed, ...(threads && { threads }), ...(embedding && { embedding }) },
        new Parts(settings, network),
      );
    } finally {
      if (!isModel) await base.network.dispose();
    }
  }
}
