import type { AutoReport, EngineChoice } from '../rnn/engine/choose.js';
import { SeqkitError } from '../rnn/errors.js';
import { checkKnownOptions } from '../rnn/known-options.js';
import type { Sequential } from '../rnn/sequential.js';
import type { ClipSet } from './clips.js';
import { Detector } from './detector.js';
import { FEATURE_SETS, type FeatureSetName } from './features.js';
import type { SpectrumSource } from './spectrogram.js';
import { describeTrigger, readTrigger } from './trigger-file.js';
import { steppingNetwork, triggerNetwork } from './trigger-network.js';
import { triggerPreset, type TriggerPreset } from './trigger-settings.js';
import { TriggerStream, type TriggerEvent } from './trigger-stream.js';
import { trainTrigger, type TrainingRecord, type TriggerFitOptions } from './trigger-training.js';
import type { Waveform } from './wav.js';

export interface TriggerModelOptions {
  /** What events are called. @default 'activate' */
  word?: string;
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
  /** Smoothed score at which it fires, above 0, 1 at most. @default the model's */
  threshold?: number;
  /** Who computes the power spectra; the scores agree to 1e-5. @default 'meyda' */
  spectrum?: SpectrumSource;
}

const modelKeys: Record<keyof TriggerModelOptions, true> = {
  word: true,
  preset: true,
  features: true,
  seed: true,
  engine: true,
  onEngine: true,
  threads: true,
};

const streamKeys: Record<keyof StreamOptions, true> = { sampleRate: true, threshold: true, spectrum: true };

/** Hears one word: trained on clips, it finds the times at which the word is said. */
export class TriggerModel {
  readonly word: string;
  readonly seed: number;
  /** Features, network and firing settings, all of which are saved. */
  readonly settings: TriggerPreset;
  trainedOn: TrainingRecord | undefined;
  readonly #network: Sequential;
  /** Made where training or loading ends, so that `stream` need not wait. */
  #stepping: Sequential | undefined;

  constructor(options: TriggerModelOptions = {}, loaded?: { settings: TriggerPreset; network: Sequential }) {
    checkKnownOptions(options, modelKeys, 'TriggerModel');
    const { word = 'activate', preset = 'standard', seed = 1, engine = 'auto', threads, onEngine } = options;
    this.word = word;
    this.seed = seed;
    this.settings = loaded?.settings ?? structuredClone(triggerPreset(preset));
    if (options.features !== undefined) this.settings.features = { ...FEATURE_SETS[options.features] };
    this.#network =
      loaded?.network ??
      triggerNetwork(this.settings.network, {
        ...{ seed, engine, threads },
        ...(onEngine && { onEngine }),
      });
  }

  /**
   * Mixes examples from clips and trains on them.
   *
   * @throws SeqkitError `too-little-data` without clips of the word; `bad-value` where clips
   *   were read for another sample rate
   */
  async fit(clips: ClipSet, options: TriggerFitOptions = {}): Promise<TrainingRecord> {
    const { settings, seed } = this;
    this.trainedOn = await trainTrigger({ network: this.#network, settings, seed }, clips, options);
    await this.#prepareStepping();
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
    const { threshold = firing.threshold, spectrum = 'meyda', sampleRate = features.sampleRate } = options;
    const preset = { ...this.settings, firing: { ...firing, threshold } };
    return new TriggerStream({
      word: this.word,
      sampleRate,
      preset,
      stepper: this.#stepping.stepper(),
      spectrum,
    });
  }

  /** Sets the smoothed score at which the model fires, above 0 and 1 at most; `save` stores it. */
  setThreshold(threshold: number): void {
    // The detector knows what a threshold may be.
    new Detector({ threshold, smoothSteps: 1, refractorySteps: 0 });
    this.settings.firing.threshold = threshold;
  }

  async #prepareStepping(): Promise<void> {
    const { network, features } = this.settings;
    this.#stepping = await steppingNetwork(this.#network, network, features.bands);
  }

  /** The logits of whole feature sequences, (N, frames, bands) to (N, steps, 1), all steps at once. */
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
    const { word, seed, settings, trainedOn, network } = await readTrigger(from, options);
    const model = new TriggerModel({ word, seed }, { settings, network });
    model.trainedOn = trainedOn;
    await model.#prepareStepping();
    return model;
  }
}
