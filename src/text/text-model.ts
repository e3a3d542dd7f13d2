import type { AutoReport, EngineChoice } from '../rnn/engine/choose.js';
import { SeqkitError } from '../rnn/errors.js';
import { checkKnownOptions } from '../rnn/known-options.js';
import { wholeNumber } from '../rnn/layers/layer.js';
import { Sequential } from '../rnn/sequential.js';
import type { Stepper } from '../rnn/stepper.js';
import { Adam } from '../rnn/training/optimizers.js';
import {
  generatePieces,
  generateSlowly,
  generateTexts,
  type GenerateOptions,
  type GenerateSamplesOptions,
  type SamplePiece,
} from './generation.js';
import { textLoss, type TextLoss } from './text-loss.js';
import { recurrentLayers, textNetwork } from './text-network.js';
import { TextSession } from './text-session.js';
import { readSettings, writeSettings, type TextArchitecture, type TextTraining } from './text-settings.js';
import { trainOnText, type TextFitOptions, type TextHistory } from './text-training.js';
import { Vocabulary } from './vocabulary.js';

export type { GenerateOptions, GenerateSamplesOptions, SamplePiece } from './generation.js';

export interface TextModelOptions extends Partial<TextArchitecture> {
  /** Seeds the initial weights and dropout. @default 1 */
  seed?: number;
  /** What runs the model. @default 'auto' */
  engine?: EngineChoice;
  /** Called once under 'auto', at the first training step: what it chose, and why. */
  onEngine?: (report: AutoReport) => void;
  /** Threads of the wasm engine; the numbers do not depend on it. @default what suits the machine */
  threads?: number;
}

const known: Record<keyof TextModelOptions, true> = {
  cell: true,
  units: true,
  layers: true,
  dropout: true,
  seed: true,
  engine: true,
  onEngine: true,
  threads: true,
};

/**
 * A character-level language model (Graves 2013; Karpathy's char-rnn 2015): one-hot characters,
 * recurrent layers with dropout after each, and a distribution over the next character.
 *
 * @example
 * const poet = new TextModel({ cell: 'lstm', units: 256, layers: 2, seed: 1 });
 * await poet.fit(text, { epochs: 20 });
 * poet.generate({ prime: 'Shall I', length: 400, temperature: 0.8, seed: 3 });
 */
export class TextModel {
  readonly architecture: Readonly<TextArchitecture>;
  readonly seed: number;
  readonly engine: EngineChoice;
  readonly threads: number | undefined;
  readonly #onEngine: TextModelOptions['onEngine'];
  #vocabulary: Vocabulary | undefined;
  #model: Sequential | undefined;
  #training: TextTraining | undefined;
  #compiled = false;
  /** What a model built on this one keeps in its file. */
  extra: Readonly<Record<string, unknown>> = {};

  constructor(options: TextModelOptions = {}) {
    checkKnownOptions(options, known, 'TextModel');
    const {
      cell = 'lstm',
      units = 128,
      layers = 2,
      dropout = 0,
      seed = 1,
      engine = 'auto',
      threads,
    } = options;
    if (!Object.hasOwn(recurrentLayers, cell)) {
      throw new SeqkitError(`There is no cell "${String(cell)}".`, {
        code: 'usage',
        hint: `The cells are ${Object.keys(recurrentLayers).join(', ')}.`,
      });
    }
    wholeNumber(units, 'units', 1);
    wholeNumber(layers, 'layers', 1);
    this.architecture = { cell, units, layers, dropout };
    this.seed = seed;
    this.engine = engine;
    this.#onEngine = options.onEngine;
    this.threads = threads;
  }

  /** The characters the model knows. @throws SeqkitError `usage` before `fit` or `load` */
  get vocabulary(): Vocabulary {
    return this.#ready().vocabulary;
  }

  /** How many numbers are trained. @throws SeqkitError `usage` before `fit` or `load` */
  countParameters(): number {
    return this.#ready().model.countParameters();
  }

  /**
   * Trains on a text. The first call takes its characters for the vocabulary; a later one goes
   * on with the same weights.
   * @throws SeqkitError `too-little-data` where the text does not fill one batch;
   *   `unknown-word` for a character that came later; `diverged`
   */
  async fit(text: string, options: TextFitOptions = {}): Promise<TextHistory> {
    if (text === '') throw new SeqkitError('The text is empty.', { code: 'too-little-data' });
    const vocabulary = this.#vocabulary ?? Vocabulary.of(text);
    const tokens = vocabulary.encode(text);
    const model = this.#model ?? (await this.#network(vocabulary.size));
    const before = this.#training;
    const after = (history: TextHistory): TextTraining => ({
      steps: (before?.steps ?? 0) + history.steps,
      characters: (before?.characters ?? 0) + history.characters,
      loss: history.finalLoss,
      heldOutLoss: history.heldOutLoss.at(-1) ?? null,
    });
    const { architecture, extra } = this;
    const describe = (history: TextHistory) =>
      writeSettings({ architecture, vocabulary, training: after(history), extra });
    const history = await trainOnText({ model, vocabulary, describe }, tokens, options);
    this.#compiled = true;
    this.#vocabulary = vocabulary;
    this.#model = model;
    this.#training = after(history);
    return history;
  }

  #network(V: number): Promise<Sequential> {
    const { seed, engine, threads } = this;
    const onEngine = this.#onEngine;
    return textNetwork(V, this.architecture, { seed, engine, threads, ...(onEngine && { onEngine }) });
  }

  /**
   * How well the model predicts a text that begins with no context.
   * @throws SeqkitError `unknown-word`; `too-little-data` for fewer than two characters
   */
  async evaluate(
    text: string,
    options: Pick<TextFitOptions, 'batchSize' | 'seqLength'> = {},
  ): Promise<TextLoss> {
    const { model, vocabulary } = this.#ready();
    checkKnownOptions(options, { batchSize: true, seqLength: true }, 'evaluate');
    const { batchSize = 16, seqLength = 64 } = options;
    wholeNumber(batchSize, 'batchSize', 1);
    wholeNumber(seqLength, 'seqLength', 1);
    if (!this.#compiled) {
      model.compile({ loss: 'sparseCategoricalCrossentropy', optimizer: new Adam() });
      this.#compiled = true;
    }
    return textLoss(model, vocabulary.encode(text), { batchSize, seqLength });
  }

  /**
   * The prime followed by new text, at once.
   * @throws SeqkitError `bad-value` for a length or another option out of range
   */
  generate(options: GenerateOptions = {}): string {
    return (options.prime ?? '') + [...this.stream(options)].join('');
  }

  /** What comes after the prime, character by character as they are made; more at a time after a held-back stop. */
  *stream(options: GenerateOptions = {}): Generator<string, void, void> {
    for (const pieces of generatePieces(this.#ready(), { ...options, count: 1 })) {
      for (const { text } of pieces) yield text;
    }
  }

  /** `count` texts at once, each without the prime: text i, from 0, is what `generate` makes with the seed + i. */
  generateSamples(options: Omit<GenerateSamplesOptions, 'signal'> = {}): string[] {
    return generateTexts(this.#ready(), options);
  }

  /**
   * Pieces of `count` texts as they are made, with turns for others in between; the signal ends it.
   *
   * @example
   * for await (const { text } of model.streamSamples({ prime: 'Shall I' })) process.stdout.write(text);
   */
  streamSamples(options: GenerateSamplesOptions = {}): AsyncGenerator<SamplePiece, void, void> {
    return generateSlowly(this.#ready(), options);
  }

  /** A text in the making whose state stays between calls. @param options.seed @default 1 */
  session({ seed = 1 }: { seed?: number } = {}): TextSession {
    const { model, vocabulary } = this.#ready();
    return new TextSession(model, vocabulary, seed);
  }

  /** Writes the model to a file, whole or not at all. @throws SeqkitError `file-exists` without `force` */
  async save(path: string, options: { force?: boolean } = {}): Promise<void> {
    await this.#ready().model.save(path, { ...this.#description(), force: options.force ?? false });
  }

  /** The model as a file's bytes. */
  toBytes(): Uint8Array {
    return this.#ready().model.toBytes(this.#description());
  }

  /**
   * Opens a saved model.
   * @throws SeqkitError `file-access`, or `bad-file` where it is damaged or of another kind
   */
  static async load(
    path: string,
    options: Pick<TextModelOptions, 'engine' | 'threads' | 'onEngine'> = {},
  ): Promise<TextModel> {
    return TextModel.#open(path, path, options);
  }

  /** `load` from what `toBytes` gave. */
  static async fromBytes(
    bytes: Uint8Array,
    options: Pick<TextModelOptions, 'engine' | 'threads' | 'onEngine'> = {},
  ): Promise<TextModel> {
    return TextModel.#open(bytes, 'the model', options);
  }

  static async #open(
    from: string | Uint8Array,
    source: string,
    options: Pick<TextModelOptions, 'engine' | 'threads' | 'onEngine'>,
  ): Promise<TextModel> {
    const { model, file } = await Sequential.open(from, options);
    const settings = readSettings(file, source);
    const text = new TextModel({ ...settings.architecture, seed: file.seed, ...options });
    text.#model = model;
    text.#vocabulary = settings.vocabulary;
    text.#training = settings.training;
    text.extra = settings.extra;
    return text;
  }

  /** Frees the memory of the engine. The model cannot be used after. */
  async dispose(): Promise<void> {
    await this.#model?.dispose();
  }

  #description(): { kind: string; settings: Record<string, unknown> } {
    return writeSettings({
      architecture: this.architecture,
      vocabulary: this.vocabulary,
      training: this.#training,
      extra: this.extra,
    });
  }

  /** One time step at a call, for those that mask what may come. */
  stepper(options: { batch?: number } = {}): Stepper {
    return this.#ready().model.stepper(options);
  }

  #ready(): { model: Sequential; vocabulary: Vocabulary } {
    if (!this.#model || !this.#vocabulary) {
      throw new SeqkitError('The text model has not seen any text yet.', {
        code: 'usage',
        hint: 'Call fit or load first.',
      });
    }
    return { model: this.#model, vocabulary: this.#vocabulary };
  }
}
