/// <reference lib="esnext.disposable" preserve="true" />
import type { FileSource } from '../base/source/file-source.js';
import type { AbortSignalLike } from '../base/abort-signal.js';
import { SeqkitError } from '../base/errors.js';
import { canShareMemory, hardwareThreads } from '../base/host/thread-support.js';
import { endByUsing } from '../base/disposal.js';
import { Lifetime } from '../base/lifetime.js';
import {
  abortSignal,
  callback,
  either,
  fileBytes,
  flag,
  number,
  optional,
  optionsSchema,
  someText,
  wholeNumber,
} from '../base/schema/index.js';
import { checkpointStore, type CheckpointStore } from '../base/training/checkpoint-store.js';
import type { VerifyOptions } from '../base/encoding/content-digest.js';
import { hostFiles } from './vectors/host-files.js';
import { KeyedVectors } from './keyed-vectors/keyed-vectors.js';
import type { Subwords, SubwordShape } from './vectors/subwords.js';
import { corpusOf, type CorpusLike } from './training/corpus.js';
import { countWords, type CorpusWords, type CountingProgress } from './training/corpus-words.js';
import {
  trainingOptions,
  trainingSettings,
  type TrainingOptions,
  type TrainingSettings,
} from './training/settings.js';
import { EmbeddingTrainer } from './training/embedding-trainer.js';
import type { PoolPlan } from './training/training-pool.js';
import type { RunPosition, TrainOptions, TrainReport } from './training/train-options.js';
import {
  decodeTraining,
  encodeTraining,
  readTraining,
  type StoredTraining,
} from './training/training-file.js';

export interface Word2VecOptions extends TrainingOptions {
  /**
   * Threads that train. With one, the same corpus and seed give the same bytes; several change the
   * weights without locks (Hogwild), so that no two runs are quite alike. @default all cores, or one
   * in a page that is not cross-origin isolated, whose threads cannot share memory, and where threads
   * cannot start, which is said once on the console
   */
  readonly workers?: number;
}

const workersOption = optional(wholeNumber({ min: 1, max: 256 }));

/** The schemas of `Word2VecOptions`. */
export const word2VecOptions = optionsSchema<Word2VecOptions>('Word2Vec', {
  ...trainingOptions.table,
  workers: workersOption,
});

/** What `fit` and `train` take beside the corpus. */
export interface FitCorpusOptions extends Omit<TrainOptions, 'onCheckpoint'> {
  /**
   * Where to keep what was learned so far, to go on from after a stop: a file, which needs Node, or a store, such as
   * IndexedDB in a page. `Word2Vec.load` opens what is there, and `train` goes on.
   */
  readonly checkpoint?: string | CheckpointStore;
  /** Is told how many words were counted so far, before training begins. */
  readonly onCount?: CountingProgress;
}

const fitOptions = optionsSchema<FitCorpusOptions>('fit', {
  signal: optional(abortSignal),
  onProgress: optional(callback()),
  checkpointMinutes: optional(number({ above: 0 })),
  checkpoint: optional(either(someText, checkpointStore)),
  onCount: optional(callback()),
});

/** How to open a training that was saved. */
export type OpenTrainingOptions = Pick<Word2VecOptions, 'workers'> & VerifyOptions;

const saveOptions = optionsSchema<{ force?: boolean }>('save', { force: optional(flag) });

/** The schemas of the options of `load`. */
export const openOptions = optionsSchema<OpenTrainingOptions>('load', {
  workers: workersOption,
  verify: optional(flag),
});

/** The schemas of the options of `fromBytes`. */
export const bytesOptions = optionsSchema<OpenTrainingOptions & { readonly name?: string }>('fromBytes', {
  ...openOptions.table,
  name: optional(someText),
});

/**
 * Word vectors by skip-gram or CBOW with negative sampling (Mikolov et al. 2013): frequent words
 * subsampled, dynamic windows, noise by counts to the power 3/4. Names and defaults are gensim's.
 *
 * @example
 * const model = new Word2Vec({ vectorSize: 100, sg: 1, minCount: 5, epochs: 5, seed: 1 });
 * await model.fit(fileCorpus('corpus.txt'));
 * model.wv.mostSimilar({ positive: ['king'] });
 */
export class Word2Vec {
  readonly settings: TrainingSettings;
  readonly workers: number;
  /** Whether one thread will do where others cannot start: nobody asked for them. */
  readonly #alone: boolean;
  /** Disposes of the model at the end of a block that has it by `await using`, where the platform knows of that. */
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;
  readonly #lifetime = new Lifetime('The model');
  readonly #abort = new AbortController();
  #trainer: EmbeddingTrainer | undefined;
  #wv: KeyedVectors | undefined;

  /** @throws SeqkitError `bad-value` that names the option and its range; `usage` for an unknown one */
  constructor(options: Word2VecOptions = {}, subwords?: SubwordShape) {
    const given = word2VecOptions.parse(options);
    const { workers = canShareMemory() ? hardwareThreads() : 1, ...rest } = given;
    if (workers > 1 && !canShareMemory()) {
      throw new SeqkitError(
        `${workers} workers cannot share memory here: the page is not cross-origin isolated.`,
        {
          code: 'engine',
          hint: 'Train with one worker, or serve the page with COOP same-origin and COEP require-corp.',
        },
      );
    }
    this.settings = trainingSettings(rest, subwords);
    this.workers = workers;
    this.#alone = given.workers === undefined;
  }

  /**
   * The words' vectors as they are now; after more training, ask again. Those of FastText also
   * answer for words that never came.
   * @throws SeqkitError `usage` before `buildVocab`
   */
  get wv(): KeyedVectors {
    this.#lifetime.check();
    this.#wv ??= KeyedVectors.fromRows(this.vocabulary.words, this.#wordRows(), {
      name: 'the trained vectors',
      subwords: this.subwords(),
    });
    return this.#wv;
  }

  /** The words and their counts. @throws SeqkitError `usage` before `buildVocab` */
  get vocabulary(): CorpusWords {
    return this.ready().vocabulary;
  }

  /** How far training has come: whole passes, and blocks of the next one. */
  get position(): RunPosition {
    return this.ready().position;
  }

  /**
   * Counts the words of a corpus and makes their first vectors.
   * @throws SeqkitError `too-little-data` where no word comes `minCount` times
   */
  async buildVocab(
    corpus: CorpusLike,
    options: Pick<FitCorpusOptions, 'signal' | 'onCount'> = {},
  ): Promise<CorpusWords> {
    const given = fitOptions.parse(options, 'buildVocab');
    return this.#lifetime.during('buildVocab', () => this.#count(corpus, given));
  }

  async #count(corpus: CorpusLike, { signal, onCount: onProgress }: FitCorpusOptions): Promise<CorpusWords> {
    const counting = { signal: this.#stopping(signal), onProgress };
    const vocabulary = await countWords(corpusOf(corpus), this.settings, counting);
    this.#trainer = await EmbeddingTrainer.create(this.settings, vocabulary, this.#plan());
    this.#trainer.memory.initialize(this.settings.vectorSize, this.settings.seed);
    this.#wv = undefined;
    return vocabulary;
  }

  #plan(): PoolPlan {
    return { workers: this.workers, alone: this.#alone };
  }

  /** Aborts where the caller's signal does, or where the model is disposed of. */
  #stopping(signal: AbortSignalLike | undefined): AbortSignalLike {
    return signal === undefined ? this.#abort.signal : eitherSignal(signal, this.#abort.signal);
  }

  /**
   * Trains on the corpus whose words were counted, `epochs` passes in all. A model that `load`
   * opened in the midst of a run goes on from there; with one worker, to the very vectors that an
   * unbroken run would have had.
   * @throws SeqkitError `usage` before `buildVocab`; `bad-value` for another corpus; the reason of
   *   the signal where that stopped the run
   */
  async train(corpus: CorpusLike, options: FitCorpusOptions = {}): Promise<TrainReport> {
    const given = fitOptions.parse(options, 'train');
    return this.#lifetime.during('train', () => this.#train(corpus, given));
  }

  async #train(corpus: CorpusLike, options: FitCorpusOptions): Promise<TrainReport> {
    const { checkpoint, signal, ...rest } = options;
    const trainer = this.ready();
    this.#wv = undefined;
    try {
      const stopping = this.#stopping(signal);
      const train = (onCheckpoint?: () => Promise<void>) =>
        trainer.train(corpus, { ...rest, signal: stopping, ...(onCheckpoint && { onCheckpoint }) });
      if (checkpoint === undefined) return await train();
      if (typeof checkpoint !== 'string') return await train(() => checkpoint.write(this.toBytes()));
      const { whileLocked } = await import('../base/host/lock-file.js');
      return await whileLocked(checkpoint, () => train(() => this.save(checkpoint, { force: true })));
    } finally {
      this.#wv = undefined;
    }
  }

  /** `buildVocab`, then `train`. */
  async fit(corpus: CorpusLike, options: FitCorpusOptions = {}): Promise<TrainReport> {
    const given = fitOptions.parse(options);
    return this.#lifetime.during('fit', async () => {
      await this.#count(corpus, given);
      return this.#train(corpus, given);
    });
  }

  /**
   * Lets go of the weights' memory; a training that goes on ends first, with the error `stopped`. After it every
   * method throws `usage`. Vectors that `wv` gave stay.
   */
  async dispose(): Promise<void> {
    this.#abort.abort();
    await this.#lifetime.end();
    this.#trainer = undefined;
    this.#wv = undefined;
  }

  /** Writes all that training needs to go on, whole or not at all. For the vectors alone, `wv.save`. */
  async save(path: string, options: { force?: boolean } = {}): Promise<void> {
    someText.parse(path, 'save: path');
    const { force = false } = saveOptions.parse(options);
    const { writeFileAtomic } = await hostFiles('use toBytes');
    await writeFileAtomic(path, this.toBytes(), { force });
  }

  /** What `save` writes. */
  toBytes(): Uint8Array {
    return encodeTraining(this.ready());
  }

  /**
   * Opens what `save` or a checkpoint wrote, to train on.
   * @param from its path, a URL, a Blob, or its bytes
   * @throws SeqkitError `file-access`, or `bad-file` where it is damaged or of another kind
   */
  static async load(from: FileSource, options: OpenTrainingOptions = {}): Promise<Word2Vec> {
    const given = openOptions.parse(options);
    const { bytes, name } = await readTraining(from);
    return Word2Vec.fromBytes(bytes, { ...given, name });
  }

  /** `load` from what `toBytes` gave. */
  static async fromBytes(
    bytes: Uint8Array,
    options: OpenTrainingOptions & { readonly name?: string } = {},
  ): Promise<Word2Vec> {
    const { name = 'the training', verify = true, ...rest } = bytesOptions.parse(options);
    const stored = decodeTraining(fileBytes.parse(bytes, 'fromBytes: bytes'), name, { verify });
    const { subwords, ...settings } = stored.settings;
    if (subwords !== undefined) {
      throw new SeqkitError(`${name} holds a FastText model.`, {
        code: 'bad-file',
        hint: 'Open it with FastText.load.',
      });
    }
    const model = new Word2Vec({ ...settings, ...rest });
    await model.restore(stored);
    return model;
  }

  /** Takes over what a file holds. @internal */
  protected async restore(stored: StoredTraining): Promise<void> {
    this.#trainer = await EmbeddingTrainer.create(this.settings, stored.vocabulary, this.#plan());
    stored.fill(this.#trainer);
    this.#trainer.position = stored.position;
  }

  /** @internal */
  protected ready(): EmbeddingTrainer {
    this.#lifetime.check();
    if (this.#trainer) return this.#trainer;
    throw new SeqkitError('The model has no vocabulary yet.', {
      code: 'usage',
      hint: 'Call fit or buildVocab first.',
    });
  }

  /** The vector of each word, shape `(words, vectorSize)`. */
  #wordRows(): Float32Array {
    const { vocabulary, settings } = this.ready();
    const width = settings.vectorSize;
    const data = new Float32Array(vocabulary.words.length * width);
    vocabulary.words.forEach((word, row) => data.set(this.vectorOfRow(word, row), row * width));
    return data;
  }

  /** What gives vectors to words that never came. */
  protected subwords(): Subwords | undefined {
    return undefined;
  }

  /** A word's vector from its input row. */
  protected vectorOfRow(_word: string, row: number): Float32Array {
    return this.inputRow(row);
  }

  /** Row `row` of the input weights, a view, shape `(vectorSize)`. */
  protected inputRow(row: number): Float32Array {
    const { memory, settings } = this.ready();
    return memory.inputs.subarray(row * memory.stride, row * memory.stride + settings.vectorSize);
  }
}

endByUsing(Word2Vec);

/** A signal that has aborted where one of two has, for its reason. */
function eitherSignal(first: AbortSignalLike, second: AbortSignalLike): AbortSignalLike {
  const both = [first, second];
  return {
    get aborted() {
      return both.some(({ aborted }) => aborted);
    },
    get reason() {
      return both.find(({ aborted }) => aborted)?.reason;
    },
  };
}
