/// <reference lib="esnext.disposable" preserve="true" />
import type { FileSource } from '../../base/source/file-source.js';
import type { EngineChoice } from '../../rnn/engine/choose.js';
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
import { Sequential } from '../../rnn/model/sequential.js';
import type { Stepper } from '../../rnn/model/stepper.js';
import { Adam } from '../../rnn/training/optimizers/index.js';
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
import { measureText, type TextLoss } from '../training/measurement.js';
import type { SeenLines } from '../sampling/seen-lines.js';
import { textOrSource } from './text-arguments.js';
import {
  checkModelOptions,
  openTextOptions,
  type OpenTextOptions,
  type TextModelOptions,
  type TextReading,
} from './text-model-options.js';
import { textNetwork } from './text-network.js';
import { TextSession } from '../sampling/text-session.js';
import {
  readSettings,
  writeSettings,
  type TextArchitecture,
  type TextSettings,
  type TextTraining,
} from './text-settings.js';
import { linesOf, sourceOf, type TextSource } from '../corpus/text-source.js';
import { evaluateOptions, parseFitOptions } from '../training/text-options.js';
import { trainOnText, type TextFitOptions, type TextHistory } from '../training/text-training.js';
import { checkRun, openTraining } from '../training/training-parts.js';
import { learnVocabulary } from './learn-vocabulary.js';
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
  readonly reading: Readonly<TextReading>;
  readonly seed: number;
  readonly engine: EngineChoice;
  readonly threads: number | undefined;
  /** Disposes of the model at the end of a block that has it by `await using`, where the platform knows of that. */
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;
  readonly #lifetime = new Lifetime('The text model');
  readonly #onEngine: TextModelOptions['onEngine'];
  #vocabulary: Vocabulary | undefined;
  #model: Sequential | undefined;
  /** The network that training has made, which is not the model's before it came to its end. */
  #made: Sequential | undefined;
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
    this.reading = reading;
    this.seed = options.seed ?? 1;
    this.engine = options.engine ?? 'auto';
    this.#onEngine = options.onEngine;
    this.threads = options.threads;
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
    const source = sourceOf(textOrSource.parse(text, 'fit: text'));
    const { signal, ...given } = parseFitOptions(options);
    // What the loop asks after each step.
    const stopping = { aborted: () => this.#lifetime.ended || signal?.aborted === true };
    return this.#lifetime.during('fit', async () => {
      const { checkpoint } = given;
      if (!checkpoint || 'store' in checkpoint) return this.#fit(source, given, stopping);
      const { folder } = checkpoint;
      const { whileLocked } = await import('../../base/host/lock-file.js');
      return whileLocked(folder, () => this.#fit(source, given, stopping));
    });
  }

  async #fit(
    source: TextSource,
    options: Omit<TextFitOptions, 'signal'>,
    stopping: { aborted(): boolean },
  ): Promise<TextHistory> {
    const { lines } = this.reading;
    const place = await checkRun(options);
    const vocabulary = this.#vocabulary
      ? await writingAll(this.#vocabulary, source)
      : await this.#vocabularyOf(source);
    const parts = await openTraining(source, vocabulary, place, { lines, seed: this.seed });
    try {
      const model = this.#model ?? (await this.#network(vocabulary));
      // From here on `dispose` frees it, even where training fails.
      this.#made = model;
      if (options.worker) await model.useWorker();
      const before = this.#training;
      const after = (history: TextHistory): TextTraining => ({
        steps: (before?.steps ?? 0) + history.steps,
        characters: (before?.characters ?? 0) + history.characters,
        loss: history.finalLoss,
        heldOutLoss: history.heldOutLoss.at(-1) ?? null,
      });
      const { architecture, extra } = this;
      const seen = parts.seen?.and(this.#seen);
      const describe = (history: TextHistory) =>
        writeSettings({ architecture, vocabulary, training: after(history), lines: seen, extra });
      const history = await trainOnText({ model, vocabulary, lines, describe, stopping }, parts, options);
      this.#compiled = true;
      this.#vocabulary = vocabulary;
      this.#model = model;
      this.#training = after(history);
      const keepsBest = options.earlyStopping
        ? options.earlyStopping.restoreBest
        : options.keepBest !== false;
      if (keepsBest && history.bestEpoch && !history.stopped) {
        // The weights are those of that epoch again.
        this.#training.heldOutLoss = history.heldOutLoss[history.bestEpoch - 1];
      }
      this.#seen = seen;
      return history;
    } finally {
      parts.dispose();
    }
  }

  async #vocabularyOf(source: TextSource): Promise<Vocabulary> {
    const { lines } = this.reading;
    return learnVocabulary(lines ? linesOf(source) : source.chunks(), this.reading);
  }

  #network(vocabulary: Vocabulary): Promise<Sequential> {
    const { seed, engine, threads } = this;
    const onEngine = this.#onEngine;
    return textNetwork(vocabulary, this.architecture, {
      seed,
      engine,
      threads,
      ...(onEngine && { onEngine }),
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
    const { batchSize = 16, seqLength = 64 } = evaluateOptions.parse(options);
    const source = sourceOf(textOrSource.parse(text, 'evaluate: text'));
    const { model, vocabulary, lines } = this.#ready();
    return this.#lifetime.during('evaluate', async () => {
      if (!this.#compiled) {
        model.compile({ loss: 'sparseCategoricalCrossentropy', optimizer: new Adam() });
        this.#compiled = true;
      }
      return measureText(model, source, vocabulary, { batchSize, seqLength, lines });
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
    const { model, file, source } = await Sequential.open(from, options);
    const { architecture, vocabulary, training, lines, extra } = readSettings(file, source);
    const { engine, threads, onEngine } = options;
    const text = new TextModel({
      ...architecture,
      tokens: vocabulary.tokens,
      ...(vocabulary.pieces.length > 0 && {
        vocabularySize: vocabulary.characters.length + vocabulary.pieces.length,
      }),
      byteFallback: vocabulary.bytes !== 'none',
      lines: lines !== undefined,
      seed: file.seed,
      ...{ engine, threads, onEngine },
    } as TextModelOptions);
    text.notes = file.notes;
    text.#model = model;
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
    if (isFirst) await (this.#model ?? this.#made)?.dispose();
  }

  #description(): { kind: string; settings: Record<string, unknown> } {
    const settings: TextSettings = {
      architecture: this.architecture,
      vocabulary: this.vocabulary,
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
    if (!this.#model || !this.#vocabulary) {
      throw new SeqkitError('The text model has not seen any text yet.', {
        code: 'usage',
        hint: 'Call fit or load first.',
      });
    }
    return { model: this.#model, vocabulary: this.#vocabulary, lines: this.reading.lines };
  }
}

endByUsing(TextModel);

/**
 * The vocabulary as it is, but that the bytes are written too where a text that is trained on has characters spelled
 * in them. The tokens are the same.
 */
async function writingAll(vocabulary: Vocabulary, source: TextSource): Promise<Vocabulary> {
  if (vocabulary.bytes !== 'halves' || vocabulary.spelled) return vocabulary;
  for await (const chunk of source.chunks()) {
    const isNew = (character: string): boolean => character !== '\r' && character !== '\n';
    if (!vocabulary.unknownIn(chunk).some(isNew)) continue;
    return vocabulary.withSpelled(true);
  }
  return vocabulary;
}
