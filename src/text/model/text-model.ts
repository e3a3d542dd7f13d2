/// <reference lib="esnext.disposable" preserve="true" />
import type { FileSource } from '../../base/source/file-source.js';
import type { EngineChoice } from '../../rnn/engine/engine-names.js';
import { SeqkitError } from '../../base/errors.js';
import { endByUsing } from '../../base/disposal.js';
import { Lifetime } from '../../base/lifetime.js';
import {
  fileBytes,
  flag,
  optional,
  optionsSchema,
  someText,
  text as anyText,
  wholeNumber,
} from '../../base/schema/index.js';
import type { Network } from '../../rnn/model/network.js';
import type { Stepper } from '../../rnn/model/stepper.js';
import {
  parseGenerateOptions,
  generateChunks,
  generateSlowly,
  generateTexts,
  inPieces,
  type TextPieces,
  type GenerateOptions,
  type GenerateSamplesOptions,
  type SampleChunk,
  type WritingModel,
} from '../sampling/generation.js';
import type { TextLoss } from '../training/measurement.js';
import type { SeenLines } from '../sampling/seen-lines.js';
import {
  checkModelOptions,
  openTextOptions,
  type OpenTextOptions,
  type TextModelOptions,
  type TextReading,
} from './text-model-options.js';
import { TextSession } from '../sampling/text-session.js';
import {
  learnedBy,
  writeSettings,
  type TextArchitecture,
  type TextSettings,
  type TextTraining,
} from './text-settings.js';
import type { TextSource } from '../corpus/text-source.js';
import type { TextFitOptions, TextHistory } from '../training/text-training.js';
import type { Vocabulary } from '../corpus/vocabulary.js';

export type {
  GenerateOptions,
  GenerateSamplesOptions,
  SampleChunk,
  TextPieces,
} from '../sampling/generation.js';
export type { OpenTextOptions, TextModelOptions } from './text-model-options.js';

const saveOptions = optionsSchema<{ force?: boolean }>('save', { force: optional(flag) });
const sessionOptions = optionsSchema<{ seed?: number }>('session', { seed: optional(wholeNumber()) });
const stepperOptions = optionsSchema<{ batch?: number }>('stepper', {
  batch: optional(wholeNumber({ min: 1, max: 65_536 })),
});

/**
 * A language model of characters (Graves 2013; Karpathy's char-rnn 2015), bytes, words or byte pairs: one-hot
 * tokens, recurrent layers with dropout after each, and a distribution over the next token.
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
  /** Disposes of the model at the end of a block that has it by `await using`, where the platform knows of that. */
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;
  readonly #lifetime = new Lifetime('The text model');
  #reading: Readonly<TextReading>;
  readonly #onEngine: TextModelOptions['onEngine'];
  #vocabulary: Vocabulary | undefined;
  #network: Network | undefined;
  /** The network that training has made, which is not the model's before it came to its end. */
  #made: Network | undefined;
  #training: TextTraining | undefined;
  #seen: SeenLines | undefined;
  #compiled = false;
  /** What a model built on this one keeps in its file. */
  extra: Readonly<Record<string, unknown>> = {};
  /** What the user should know about the file it came from. */
  notes: readonly string[] = [];

  constructor(given: TextModelOptions = {}) {
    const { architecture, reading, options } = checkModelOptions(given);
    this.architecture = architecture;
    this.#reading = reading;
    this.seed = options.seed ?? 1;
    this.engine = options.engine ?? 'auto';
    this.#onEngine = options.onEngine;
    this.threads = options.threads;
  }

  /** How it reads text. */
  get reading(): Readonly<TextReading> {
    return this.#reading;
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
   * Whether a line is one of those that a model of lines was trained on; undefined where they were too
   * many to keep in its file, or it is no model of lines.
   */
  hasSeen(line: string): boolean | undefined {
    this.#lifetime.check();
    anyText.parse(line, 'hasSeen: line');
    return this.#seen?.has(line);
  }

  /**
   * Trains on a text. The first call takes its characters for the vocabulary; a later one, or one of a model that was
   * loaded, goes on with the same weights, and spells characters that are new in their bytes.
   * @param text a string, or what `fileText` gives, which may be larger than memory
   * @throws SeqkitError `too-little-data` where the text does not fill one batch;
   *   `unknown-word` for a character that came later, without `byteFallback`; `diverged`; `file-access` where
   *   another run has the folder of checkpoints
   */
  async fit(text: string | TextSource, options: TextFitOptions = {}): Promise<TextHistory> {
    return this.#lifetime.during('fit', async () => {
      const { fitText } = await import('./text-fitting.js');
      const { architecture, reading, extra, seed, engine, threads } = this;
      const onEngine = this.#onEngine;
      const { network, vocabulary, training, seen, history } = await fitText(
        {
          ...{ architecture, reading, extra },
          options: { seed, engine, threads, ...(onEngine && { onEngine }) },
          ...{
            network: this.#network,
            vocabulary: this.#vocabulary,
            training: this.#training,
            seen: this.#seen,
          },
          isOver: () => this.#lifetime.ended,
          onNetwork: (made) => (this.#made = made),
        },
        text,
        options,
      );
      this.#compiled = true;
      this.#vocabulary = vocabulary;
      this.#network = network;
      this.#training = training;
      this.#seen = seen;
      return history;
    });
  }

  /**
   * How well the model predicts a text that begins with no context; of a model of lines, each line by
   * itself. Characters that it does not know count with their bytes.
   * @param text a string, or what `fileText` gives
   * @throws SeqkitError `unknown-word` where the model has no tokens for bytes; `too-little-data` for fewer
   *   than two characters
   */
  async evaluate(
    text: string | TextSource,
    options: Pick<TextFitOptions, 'batchSize' | 'seqLength'> = {},
  ): Promise<TextLoss> {
    const writing = this.#ready();
    return this.#lifetime.during('evaluate', async () => {
      const { evaluateText } = await import('./text-fitting.js');
      const loss = await evaluateText(writing, text, options, this.#compiled);
      this.#compiled = true;
      return loss;
    });
  }

  /**
   * The prime followed by new text, at once.
   * @throws SeqkitError `bad-value` for a length or another option out of range
   */
  generate(options: GenerateOptions = {}): string {
    const { prime = '' } = parseGenerateOptions(options);
    return prime + [...this.stream(options)].join('');
  }

  /**
   * What comes after the prime, character by character as they are made; more at a time after a held-back stop.
   * @example for await (const piece of model.stream()) show(piece); // a page goes on meanwhile
   */
  stream(options: GenerateOptions = {}): TextPieces {
    const given = { ...parseGenerateOptions(options), count: 1 };
    return inPieces(this.#chunksOf(this.#ready(), given));
  }

  *#chunksOf(writing: WritingModel, options: GenerateSamplesOptions): Generator<string, void, void> {
    for (const chunks of generateChunks(writing, options)) {
      this.#lifetime.check();
      for (const { text } of chunks) yield text;
    }
  }

  /** `count` texts at once, each without the prime: text i, from 0, is what `generate` makes with the seed + i. */
  generateSamples(options: Omit<GenerateSamplesOptions, 'signal'> = {}): string[] {
    return generateTexts(this.#ready(), options);
  }

  /**
   * Chunks of `count` texts as they are made, with turns for others in between; the signal ends it.
   *
   * @example
   * for await (const { text } of model.streamSamples({ prime: 'Shall I' })) process.stdout.write(text);
   */
  streamSamples(options: GenerateSamplesOptions = {}): AsyncGenerator<SampleChunk, void, void> {
    return generateSlowly(this.#ready(), parseGenerateOptions(options));
  }

  /** A text in the making whose state stays between calls. @param options.seed @default 1 */
  session(options: { seed?: number } = {}): TextSession {
    const { seed = 1 } = sessionOptions.parse(options);
    return new TextSession(this.#ready(), seed);
  }

  /** Writes the model to a file, whole or not at all. @throws SeqkitError `file-exists` without `force` */
  async save(path: string, options: { force?: boolean } = {}): Promise<void> {
    someText.parse(path, 'save: path');
    const { force = false } = saveOptions.parse(options);
    await this.#ready().model.save(path, { ...this.#description(), force });
  }

  /** The model as a file's bytes. */
  toBytes(): Uint8Array {
    return this.#ready().model.toBytes(this.#description());
  }

  /**
   * Opens a saved model.
   * @param from its file's path, a URL, a Blob, or its bytes
   * @throws SeqkitError `file-access`, or `bad-file` where it is damaged or of another kind
   */
  static async load(from: FileSource, options: OpenTextOptions = {}): Promise<TextModel> {
    return TextModel.#open(from, openTextOptions.parse(options));
  }

  /** `load` from what `toBytes` gave. */
  static async fromBytes(bytes: Uint8Array, options: OpenTextOptions = {}): Promise<TextModel> {
    const given = fileBytes.parse(bytes, 'fromBytes: bytes');
    return TextModel.#open(given, openTextOptions.parse(options, 'fromBytes'));
  }

  static async #open(from: FileSource, options: OpenTextOptions): Promise<TextModel> {
    const { readText } = await import('./read-text.js');
    const { network, file, ...settings } = await readText(from, options);
    const { architecture, vocabulary, learned, training, lines, extra } = settings;
    const { engine, threads, onEngine } = options;
    const text = new TextModel({
      ...architecture,
      tokens: vocabulary.tokens,
      byteFallback: vocabulary.bytes !== 'none',
      lines: lines !== undefined,
      seed: file.seed,
      ...{ engine, threads, onEngine },
    } as TextModelOptions);
    const { tokens, byteFallback, lines: ofLines } = text.reading;
    text.#reading = { tokens, byteFallback, lines: ofLines, ...learned };
    text.notes = file.notes;
    text.#network = network;
    text.#vocabulary = vocabulary;
    text.#training = training;
    text.#seen = lines;
    text.extra = extra;
    return text;
  }

  /**
   * Frees the memory of the engine; a training that goes on ends first, with the error `stopped`. After it every
   * method but this one throws `usage`.
   */
  async dispose(): Promise<void> {
    const isFirst = !this.#lifetime.ended;
    await this.#lifetime.end();
    // Training may have made one meanwhile.
    if (isFirst) await (this.#network ?? this.#made)?.dispose();
  }

  #description(): { kind: string; settings: Record<string, unknown> } {
    const settings: TextSettings = {
      architecture: this.architecture,
      vocabulary: this.vocabulary,
      learned: learnedBy(this.reading),
      training: this.#training,
      lines: this.#seen,
      extra: this.extra,
    };
    return writeSettings(settings);
  }

  /** One time step at a call, for those that mask what may come. */
  stepper(options: { batch?: number } = {}): Stepper {
    return this.#ready().model.stepper(stepperOptions.parse(options));
  }

  #ready(): WritingModel {
    this.#lifetime.check();
    if (!this.#network || !this.#vocabulary) {
      throw new SeqkitError('The text model has not seen any text yet.', {
        code: 'usage',
        hint: 'Call fit or load first.',
      });
    }
    return { model: this.#network, vocabulary: this.#vocabulary, lines: this.reading.lines };
  }
}

endByUsing(TextModel);
