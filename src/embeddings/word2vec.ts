import { SeqkitError } from '../base/errors.js';
import { canShareMemory, hardwareThreads } from '../base/host/threads.js';
import { checkKnownOptions } from '../base/options.js';
import { hostFiles } from './host-files.js';
import { KeyedVectors } from './keyed-vectors.js';
import type { Subwords, SubwordShape } from './subwords.js';
import { corpusOf, type CorpusLike } from './training/corpus.js';
import { countWords, type CorpusWords, type CountingProgress } from './training/corpus-words.js';
import {
  trainingKeys,
  trainingSettings,
  type TrainingOptions,
  type TrainingSettings,
} from './training/settings.js';
import { Trainer, type RunPosition, type TrainOptions, type TrainReport } from './training/trainer.js';
import { decodeTraining, encodeTraining, type StoredTraining } from './training/training-file.js';

export interface Word2VecOptions extends TrainingOptions {
  /**
   * Threads that train. With one, the same corpus and seed give the same bytes; several change the
   * weights without locks (Hogwild), so that no two runs are quite alike. @default all cores, or one
   * in a page that is not cross-origin isolated, whose threads cannot share memory
   */
  readonly workers?: number;
}

/** Every key of `Word2VecOptions`. */
export const word2VecKeys: Record<keyof Word2VecOptions, true> = { ...trainingKeys, workers: true };

/** What `fit` and `train` take beside the corpus. */
export interface FitCorpusOptions extends Omit<TrainOptions, 'onCheckpoint'> {
  /** Where to keep what was learned so far, to go on from after a stop: see `Word2Vec.load`. */
  readonly checkpoint?: string;
  /** Is told how many words were counted so far, before training begins. */
  readonly onCount?: CountingProgress;
}

const fitKeys: Record<keyof FitCorpusOptions, true> = {
  signal: true,
  onProgress: true,
  checkpointMinutes: true,
  checkpoint: true,
  onCount: true,
};

/** Every key of the options of `load`. */
export const openKeys = { workers: true } as const;

/**
 * Word vectors by skip-gram or CBOW with negative sampling (Mikolov et al. 2013): frequent words
 * thinned out, dynamic windows, noise by counts to the power 3/4. Names and defaults are gensim's.
 *
 * @example
 * const model = new Word2Vec({ vectorSize: 100, sg: 1, minCount: 5, epochs: 5, seed: 1 });
 * await model.fit(fileCorpus('corpus.txt'));
 * model.wv.mostSimilar({ positive: ['king'] });
 */
export class Word2Vec {
  readonly settings: TrainingSettings;
  readonly workers: number;
  #trainer: Trainer | undefined;
  #wv: KeyedVectors | undefined;

  /** @throws SeqkitError `bad-value` that names the option and its range; `usage` for an unknown one */
  constructor(options: Word2VecOptions = {}, subwords?: SubwordShape) {
    checkKnownOptions(options, word2VecKeys, 'Word2Vec');
    const { workers = canShareMemory() ? hardwareThreads() : 1, ...rest } = options;
    if (!Number.isSafeInteger(workers) || workers < 1 || workers > 256) {
      throw new SeqkitError(`workers must be a whole number from 1 to 256, not ${workers}.`, {
        code: 'bad-value',
      });
    }
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
  }

  /**
   * The words' vectors as they are now; after more training, ask again. Those of FastText also
   * answer for words that never came.
   * @throws SeqkitError `usage` before `buildVocab`
   */
  get wv(): KeyedVectors {
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
    // `fit` hands all of its own on.
    checkKnownOptions(options, fitKeys, 'buildVocab');
    const { signal, onCount: onProgress } = options;
    const vocabulary = await countWords(corpusOf(corpus), this.settings, { signal, onProgress });
    this.#trainer = await Trainer.create(this.settings, vocabulary, this.workers);
    this.#trainer.memory.initialize(this.settings.vectorSize, this.settings.seed);
    this.#wv = undefined;
    return vocabulary;
  }

  /**
   * Trains on the corpus whose words were counted, `epochs` passes in all. A model that `load`
   * opened in the midst of a run goes on from there; with one worker, to the very vectors that an
   * unbroken run would have had.
   * @throws SeqkitError `usage` before `buildVocab`; `bad-value` for another corpus; the reason of
   *   the signal where that stopped the run
   */
  async train(corpus: CorpusLike, options: FitCorpusOptions = {}): Promise<TrainReport> {
    checkKnownOptions(options, fitKeys, 'train');
    const { checkpoint, ...rest } = options;
    const trainer = this.ready();
    this.#wv = undefined;
    try {
      if (checkpoint === undefined) return await trainer.train(corpus, rest);
      const { whileLocked } = await import('../base/host/lock-file.js');
      const onCheckpoint = () => this.save(checkpoint, { force: true });
      return await whileLocked(checkpoint, () => trainer.train(corpus, { ...rest, onCheckpoint }));
    } finally {
      this.#wv = undefined;
    }
  }

  /** `buildVocab`, then `train`. */
  async fit(corpus: CorpusLike, options: FitCorpusOptions = {}): Promise<TrainReport> {
    checkKnownOptions(options, fitKeys, 'fit');
    await this.buildVocab(corpus, options);
    return this.train(corpus, options);
  }

  /** Writes all that training needs to go on, whole or not at all. For the vectors alone, `wv.save`. */
  async save(path: string, options: { force?: boolean } = {}): Promise<void> {
    checkKnownOptions(options, { force: true }, 'save');
    const { writeFileAtomic } = await hostFiles('use toBytes');
    await writeFileAtomic(path, this.toBytes(), options);
  }

  /** What `save` writes. */
  toBytes(): Uint8Array {
    return encodeTraining(this.ready());
  }

  /**
   * Opens what `save` or a checkpoint wrote, to train on.
   * @throws SeqkitError `file-access`, or `bad-file` where it is damaged or of another kind
   */
  static async load(path: string, options: Pick<Word2VecOptions, 'workers'> = {}): Promise<Word2Vec> {
    checkKnownOptions(options, openKeys, 'load');
    const { readFileBytes } = await hostFiles('use fromBytes');
    return Word2Vec.fromBytes(readFileBytes(path, 'the training'), { ...options, name: path });
  }

  /** `load` from what `toBytes` gave. */
  static async fromBytes(
    bytes: Uint8Array,
    { name = 'the training', ...options }: Pick<Word2VecOptions, 'workers'> & { name?: string } = {},
  ): Promise<Word2Vec> {
    checkKnownOptions(options, openKeys, 'fromBytes');
    const stored = decodeTraining(bytes, name);
    const { subwords, ...settings } = stored.settings;
    if (subwords !== undefined) {
      throw new SeqkitError(`${name} holds a FastText model.`, {
        code: 'bad-file',
        hint: 'Open it with FastText.load.',
      });
    }
    const model = new Word2Vec({ ...settings, ...options });
    await model.restore(stored);
    return model;
  }

  /** Takes over what a file holds. */
  protected async restore(stored: StoredTraining): Promise<void> {
    this.#trainer = await Trainer.create(this.settings, stored.vocabulary, this.workers);
    stored.fill(this.#trainer);
    this.#trainer.position = stored.position;
  }

  protected ready(): Trainer {
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
