import { SeqkitError } from '../../base/errors.js';
import { corpusOf, type Corpus, type CorpusLike } from './corpus.js';
import type { CorpusWords } from './corpus-words.js';
import type { TrainingSettings } from './settings.js';
import { startPool, JOBS_PER_THREAD } from './training-pool.js';
import { TrainingMemory } from './training-memory.js';
import type { RunPosition, TrainOptions, TrainReport } from './train-options.js';
import { compileTrainingKernels, instantiateTrainingKernels } from './wasm/training-kernels.js';

const PROGRESS_MS = 100;

/** The weights of a vocabulary, and what trains them. */
export class EmbeddingTrainer {
  #position: RunPosition = { epoch: 0, block: 0 };

  private constructor(
    readonly settings: TrainingSettings,
    readonly vocabulary: CorpusWords,
    readonly memory: TrainingMemory,
    readonly module: WebAssembly.Module,
    readonly workers: number,
  ) {}

  /** Makes room for the weights; they are still to be filled. */
  static async create(
    settings: TrainingSettings,
    vocabulary: CorpusWords,
    workers: number,
  ): Promise<EmbeddingTrainer> {
    const module = await compileTrainingKernels();
    const probe = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    const { groupSize, maxSentence } = instantiateTrainingKernels(module, probe);
    const memory = new TrainingMemory(settings, vocabulary, workers * JOBS_PER_THREAD, {
      groupSize: groupSize.value as number,
      maxSentence: maxSentence.value as number,
    });
    return new EmbeddingTrainer(settings, vocabulary, memory, module, workers);
  }

  get position(): RunPosition {
    return this.#position;
  }

  set position(position: RunPosition) {
    this.#position = position;
  }

  /**
   * Passes over the corpus until `epochs` are done, from where the position says. After a run that
   * came to its end it begins anew, with the weights as they are.
   * @throws SeqkitError `bad-value` where the corpus is not the one whose words were counted;
   *   `too-little-data` where no word had another to be trained with; the signal's reason where that
   *   stops it
   */
  async train(given: CorpusLike, options: TrainOptions = {}): Promise<TrainReport> {
    const corpus = corpusOf(given);
    if (this.#position.epoch >= this.settings.epochs) this.#position = { epoch: 0, block: 0 };
    const isWhole = this.#position.epoch === 0 && this.#position.block === 0;
    const run = new Run(this, corpus, options);
    try {
      while (this.#position.epoch < this.settings.epochs) await run.pass();
      const report = run.report();
      if (isWhole && Number.isNaN(report.loss)) throw nothingTrained(corpus.name, this.settings);
      return report;
    } finally {
      run.dispose();
    }
  }
}

/** One call of `train`. */
class Run {
  readonly #pool;
  readonly #start = performance.now();
  #checkpointAt = performance.now();
  #shownAt = 0;
  readonly #firstEpoch: number;
  #skippedBytes = 0;
  #words = 0;
  #trainedWords = 0;
  /** Of the pass under way. */
  #loss = { sum: 0, count: 0 };
  /** Of the last pass that had any. */
  #lastLoss = NaN;
  #rate: number;

  constructor(
    readonly trainer: EmbeddingTrainer,
    readonly corpus: Corpus,
    readonly options: TrainOptions,
  ) {
    this.#rate = trainer.settings.alpha;
    this.#firstEpoch = trainer.position.epoch;
    this.#pool = startPool(trainer.module, trainer.memory, trainer.workers, (result) => {
      this.#words += result.rawWords;
      this.#trainedWords += result.trainedWords;
      this.#loss.sum += result.loss * result.sampled;
      this.#loss.count += result.sampled;
    });
  }

  async pass(): Promise<void> {
    const { trainer, corpus } = this;
    const { corpusBytes } = trainer.vocabulary;
    const { epoch, block: done } = trainer.position;
    const { epochs, seed } = trainer.settings;
    let number = 0;
    let bytes = 0;
    this.#loss = { sum: 0, count: 0 };
    for await (const block of corpus.blocks()) {
      const size = block.bytes.length;
      if (number >= done) {
        await this.#pause({ epoch, block: number });
        await this.#pool.train(block, {
          rateStart: this.#rateAt((epoch + bytes / corpusBytes) / epochs),
          rateEnd: this.#rateAt((epoch + (bytes + size) / corpusBytes) / epochs),
          seed: seedOf(seed, epoch, number),
        });
        this.#show(epoch, corpusBytes);
      } else {
        this.#skippedBytes += size;
      }
      number++;
      bytes += size;
    }
    await this.#pool.settle();
    if (bytes !== corpusBytes) {
      throw new SeqkitError(
        `${corpus.name} had ${corpusBytes} bytes of text when its words were counted, and ${bytes} in pass ${epoch + 1}.`,
        {
          code: 'bad-value',
          hint: 'Train on the corpus that the vocabulary is of; it must be the same in each pass.',
        },
      );
    }
    if (this.#loss.count > 0) this.#lastLoss = this.#meanLoss();
    trainer.position = { epoch: epoch + 1, block: 0 };
  }

  report(): TrainReport {
    const seconds = (performance.now() - this.#start) / 1000;
    return {
      words: this.#words,
      trainedWords: this.#trainedWords,
      seconds,
      wordsPerSecond: this.#words / seconds,
      workers: this.trainer.workers,
      loss: this.#lastLoss,
    };
  }

  dispose(): void {
    this.#pool.dispose();
  }

  /** Before a block: stops where that was asked for, and has a checkpoint made where one is due. */
  async #pause(position: RunPosition): Promise<void> {
    const { signal, onCheckpoint, checkpointMinutes = 10 } = this.options;
    const stops = signal?.aborted === true;
    const isDue = performance.now() - this.#checkpointAt >= checkpointMinutes * 60_000;
    if (!stops && !(isDue && onCheckpoint)) return;
    await this.#pool.settle();
    this.trainer.position = position;
    await onCheckpoint?.();
    this.#checkpointAt = performance.now();
    if (stops) throw signal.reason;
  }

  #rateAt(progress: number): number {
    const { alpha, minAlpha } = this.trainer.settings;
    this.#rate = alpha - (alpha - minAlpha) * Math.min(1, progress);
    return this.#rate;
  }

  #show(epoch: number, corpusBytes: number): void {
    const now = performance.now();
    if (this.options.onProgress === undefined || now - this.#shownAt < PROGRESS_MS) return;
    this.#shownAt = now;
    const { epochs } = this.trainer.settings;
    const { corpusWords } = this.trainer.vocabulary;
    const skipped = Math.round((this.#skippedBytes / corpusBytes) * corpusWords);
    const totalWords = (epochs - this.#firstEpoch) * corpusWords - skipped;
    const wordsPerSecond = this.#words / ((now - this.#start) / 1000);
    this.options.onProgress({
      epoch: epoch + 1,
      epochs,
      words: this.#words,
      totalWords,
      wordsPerSecond,
      secondsLeft: (totalWords - this.#words) / wordsPerSecond,
      rate: this.#rate,
      loss: this.#meanLoss(),
    });
  }

  #meanLoss(): number {
    return this.#loss.sum / this.#loss.count;
  }
}

function nothingTrained(name: string, { sample }: TrainingSettings): SeqkitError {
  const subsampled = sample > 0 ? ', or were left out by subsampling as frequent ones' : '';
  return new SeqkitError(
    `${name} trained no word: in each sentence the words that count were fewer than two${subsampled}.`,
    {
      code: 'too-little-data',
      hint: `Give more text, or keep rarer words (a lower minCount)${sample > 0 ? ' and frequent ones (sample 0)' : ''}.`,
    },
  );
}

/** A seed for a block, so that a run that goes on there needs no state of random numbers. */
function seedOf(seed: number, epoch: number, block: number): number {
  const mixed =
    Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^
    Math.imul(epoch + 1, 0xc2b2ae35) ^
    Math.imul(block + 1, 0x27d4eb2f);
  return mixed >>> 0;
}
