import type { AutoReport, EngineChoice } from '../rnn/engine/choose.js';
import { SeqkitError } from '../base/errors.js';
import { checkKnownOptions } from '../base/options.js';
import { wholeNumber } from '../rnn/layers/layer.js';
import type { Sequential } from '../rnn/model/sequential.js';
import type { ClipSet } from './clips/clips.js';
import { FEATURE_SETS, type FeatureSetName } from './signal/features.js';
import type { SpectrumSource } from './signal/spectrogram.js';
import type { SynthesisSettings } from './mixing/synthesis.js';
import { describeTrigger, readTrigger } from './trigger-file.js';
import { steppingNetwork, triggerNetwork } from './trigger-network.js';
import {
  thresholdOf,
  triggerPreset,
  withThreshold,
  type TriggerPreset,
} from './detection/trigger-settings.js';
import { TriggerStream, type TriggerEvent } from './detection/trigger-stream.js';
import { transferred, type TransferPart } from './trigger-transfer.js';
import type { TriggerFitOptions } from './training/training-plan.js';
import { trainTrigger, type TrainingRecord } from './training/trigger-training.js';
import type { Waveform } from './signal/wav.js';

export interface TriggerModelOptions {
  /** What events are called. @default 'activate' */
  word?: string;
  /** In place of `word`: several to tell apart, each the name of its folder in `activates/`. */
  words?: readonly string[];
  /** How examples are mixed, where it differs from the preset's. */
  synthesis?: Partial<SynthesisSettings>;
  /** Steps labelled 1 after each word, in place of the preset's. */
  labelSteps?: number;
  /** A preset by name. @default 'standard' */
  preset?: string;
  /** Features by name, in place of the preset's. */
  features?: FeatureSetName;
  /** Seeds the weights, the mixing and the order of training. @default 1 */
  seed?: number;
  /** @default 'auto' */
  engine?: EngineChoice;
  /** Called once under 'auto', at the first training step: what it chose, and why. */
  onEngine?: (report: AutoReport) => void;
  /** Threads of the wasm engine; the numbers do not depend on it. @default what suits the machine */
  threads?: number;
}

/** How a model listens. */
export interface StreamOptions {
  /** Of the sound, Hz. @default that of the model's features */
  sampleRate?: number;
  /** Smoothed score at which it fires, above 0, 1 at most: of all words, or by word. @default the model's */
  threshold?: number | Readonly<Record<string, number>>;
  /** Who computes the power spectra; the scores agree to 1e-5. @default 'meyda' */
  spectrum?: SpectrumSource;
}

const modelKeys: Record<keyof TriggerModelOptions, true> = {
  word: true,
  words: true,
  synthesis: true,
  labelSteps: true,
  preset: true,
  features: true,
  seed: true,
  engine: true,
  onEngine: true,
  threads: true,
};

const transferKeys: Record<keyof TransferOptions, true> = {
  word: true,
  words: true,
  synthesis: true,
  seed: true,
  engine: true,
  onEngine: true,
  threads: true,
  train: true,
};

const streamKeys: Record<keyof StreamOptions, true> = { sampleRate: true, threshold: true, spectrum: true };

/** How a model goes on from another. */
export type TransferOptions = Pick<
  TriggerModelOptions,
  'word' | 'words' | 'synthesis' | 'seed' | 'engine' | 'threads' | 'onEngine'
> & {
  /**
   * `head`: the convolution and its normalization stay as they are; `all`: they are trained too, all at a low
   * rate. @default 'head'
   */
  train?: TransferPart;
};

/** Hears a word, or several: trained on clips, it finds the times at which they are said. */
export class TriggerModel {
  readonly words: readonly string[];
  readonly seed: number;
  /** Features, network and firing settings, all of which are saved. */
  readonly settings: TriggerPreset;
  trainedOn: TrainingRecord | undefined;
  readonly #network: Sequential;
  /** That training mixes examples on, where it was said how many. */
  readonly #threads: number | undefined;
  /** Made where training or loading ends, so that `stream` need not wait. */
  #stepping: Sequential | undefined;

  constructor(options: TriggerModelOptions = {}, loaded?: { settings: TriggerPreset; network: Sequential }) {
    checkKnownOptions(options, modelKeys, 'TriggerModel');
    const { preset = 'standard', seed = 1, engine = 'auto', threads, onEngine } = options;
    this.words = wordsOf(options);
    this.seed = seed;
    this.#threads = threads;
    this.settings = loaded?.settings ?? presetFor(triggerPreset(preset), this.words, options);
    this.#network =
      loaded?.network ??
      triggerNetwork(this.settings.network, {
        ...{ seed, engine, threads },
        ...(onEngine && { onEngine }),
      });
  }

  /** What it listens for, or the first of several. */
  get word(): string {
    return this.words[0];
  }

  /**
   * Mixes examples from clips and trains on them.
   *
   * @throws SeqkitError `too-little-data` without clips of the word; `bad-value` where clips
   *   were read for another sample rate
   */
  async fit(clips: ClipSet, options: TriggerFitOptions = {}): Promise<TrainingRecord> {
    const { words, settings, seed } = this;
    const trainee = { words, network: this.#network, settings, seed, threads: this.#threads };
    this.trainedOn = await trainTrigger(trainee, clips, options);
    // Stopped before its first epoch was over, it has nothing to listen with.
    if (this.trainedOn.epochs > 0) await this.#prepareStepping();
    return this.trainedOn;
  }

  /**
   * Finds the word in a whole recording.
   *
   * @throws SeqkitError `usage` before the model is trained or loaded
   */
  async detect(
    { samples, sampleRate }: Waveform,
    options: Omit<StreamOptions, 'sampleRate'> = {},
  ): Promise<TriggerEvent[]> {
    const stream = this.stream({ ...options, sampleRate });
    try {
      return [...stream.push(samples), ...stream.flush()];
    } finally {
      stream.dispose();
    }
  }

  /**
   * A detector for sound as it comes.
   *
   * @example
   * const detector = trigger.stream({ sampleRate: audioContext.sampleRate });
   * detector.on('trigger', ({ word, timeSeconds, score }) => chime());
   * detector.push(samples);
   * @throws SeqkitError `usage` before the model is trained or loaded
   */
  stream(options: StreamOptions = {}): TriggerStream {
    checkKnownOptions(options, streamKeys, 'stream');
    if (this.#stepping === undefined) {
      throw new SeqkitError('The model has not learned anything yet.', {
        code: 'usage',
        hint: 'Train it with fit(clips), or open one with TriggerModel.load(file).',
      });
    }
    const { features, firing } = this.settings;
    const { threshold, spectrum = 'meyda', sampleRate = features.sampleRate } = options;
    const chosen = threshold === undefined ? firing : withThreshold(firing, this.words, threshold);
    const preset = { ...this.settings, firing: chosen };
    return new TriggerStream({
      words: this.words,
      sampleRate,
      preset,
      stepper: this.#stepping.stepper(),
      spectrum,
    });
  }

  /**
   * Sets the smoothed score at which the model fires, above 0 and 1 at most; `save` stores it.
   * @param threshold of all words, or by word; words that are not named keep theirs
   * @throws SeqkitError `bad-value` for one out of range, `usage` for a word that it does not listen for
   */
  setThreshold(threshold: number | Readonly<Record<string, number>>): void {
    this.settings.firing = withThreshold(this.settings.firing, this.words, threshold);
  }

  /** The smoothed score at which each word fires. */
  get thresholds(): Record<string, number> {
    return Object.fromEntries(this.words.map((word) => [word, thresholdOf(this.settings.firing, word)]));
  }

  async #prepareStepping(): Promise<void> {
    const { network, features } = this.settings;
    this.#stepping = await steppingNetwork(this.#network, network, features.bands);
  }

  /** The logits of whole feature sequences, (N, frames, bands) to (N, steps, words), all steps at once. */
  async logits(features: Float32Array, frames: number): Promise<Float32Array> {
    const { bands } = this.settings.features;
    const output = await this.#network.predict({
      data: features,
      shape: [features.length / (frames * bands), frames, bands],
    });
    return Float32Array.from(output.data);
  }

  /** The model as the bytes of one safetensors file. */
  toBytes(): Uint8Array {
    return this.#network.toBytes(describeTrigger(this));
  }

  /** Writes one safetensors file. @throws SeqkitError `file-exists` without `force` */
  async save(path: string, options: { force?: boolean } = {}): Promise<void> {
    checkKnownOptions(options, { force: true }, 'save');
    await this.#network.save(path, { ...describeTrigger(this), force: options.force ?? false });
  }

  /**
   * Opens a model.
   * @param from a file's path, or its bytes
   * @throws SeqkitError `file-access`, or `bad-file` where it holds something else
   */
  static async load(
    from: string | Uint8Array,
    options: Pick<TriggerModelOptions, 'engine' | 'threads' | 'onEngine'> = {},
  ): Promise<TriggerModel> {
    const { words, seed, settings, trainedOn, network } = await readTrigger(from, options);
    const { threads } = options;
    const model = new TriggerModel({ words, seed, ...(threads && { threads }) }, { settings, network });
    model.trainedOn = trainedOn;
    await model.#prepareStepping();
    return model;
  }

  /**
   * A model to train that goes on from a trained one, with its features, its network and its threshold: for
   * another word from a handful of clips, or the same word once more with what was wrong among the negatives.
   *
   * @param from a model, a file's path, or its bytes
   * @param options.word @default the words of the model it goes on from
   * @throws SeqkitError as `load`
   */
  static async from(
    from: TriggerModel | string | Uint8Array,
    options: TransferOptions = {},
  ): Promise<TriggerModel> {
    checkKnownOptions(options, transferKeys, 'from');
    const { seed = 1, engine = 'auto', threads, onEngine, train = 'head' } = options;
    const {
      words: theirs,
      settings: old,
      network: trained,
    } = from instanceof TriggerModel
      ? { words: from.words, settings: from.settings, network: from.#network }
      : await readTrigger(from, { engine });
    const isNamed = options.word !== undefined || options.words !== undefined;
    const words = isNamed ? wordsOf(options) : theirs;
    const base = { words: theirs, settings: old, network: trained };
    const { settings, network } = await transferred(base, words, train, {
      ...{ seed, engine, threads },
      ...(onEngine && { onEngine }),
    });
    Object.assign(settings.synthesis, options.synthesis);
    return new TriggerModel({ words, seed, ...(threads && { threads }) }, { settings, network });
  }
}

function wordsOf({ word, words }: TriggerModelOptions): readonly string[] {
  if (words === undefined) return [word ?? 'activate'];
  if (word !== undefined || words.length === 0 || new Set(words).size < words.length) {
    throw new SeqkitError(
      word === undefined
        ? `The words of a model are different ones, at least one, not ${JSON.stringify(words)}.`
        : 'A model takes word or words, not both.',
      { code: 'usage' },
    );
  }
  return [...words];
}

/** A copy of the preset with what the options change. */
function presetFor(
  preset: TriggerPreset,
  words: readonly string[],
  { features, labelSteps, synthesis }: TriggerModelOptions,
): TriggerPreset {
  const settings = structuredClone(preset);
  if (features !== undefined) settings.features = { ...FEATURE_SETS[features] };
  Object.assign(settings.synthesis, synthesis);
  if (labelSteps !== undefined) settings.labels.labelSteps = wholeNumber(labelSteps, 'labelSteps', 1);
  if (words.length > 1) settings.network.words = words.length;
  return settings;
}
