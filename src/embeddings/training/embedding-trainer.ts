import { abortReason } from '../../base/abort-signal.js';
import { SeqkitError } from '../../base/errors.js';
import { runTrainingLoop } from '../../base/training/training-loop.js';
import { EventLoopYielder } from '../../base/host/yield-to-event-loop.js';
import type { CorpusBlock } from './blocks.js';
import { corpusOf, type Corpus, type CorpusLike } from './corpus.js';
import type { CorpusWords } from './corpus-words.js';
import type { TrainingSettings } from './settings.js';
import { startPool, JOBS_PER_THREAD, type PoolPlan, type TrainingPool } from './training-pool.js';
import { TrainingMemory } from './training-memory.js';
import type { RunPosition, TrainOptions, TrainReport } from './train-options.js';
import { compileTrainingKernels, instantiateTrainingKernels } from './wasm/training-kernels.js';

const PROGRESS_MS = 100;

/** How long the caller's thread, where it trains, works before it lets others in. */
const YIELD_MS = 25;

/** The weights of a vocabulary, and what trains them. */
export class EmbeddingTrainer {
  #position: RunPosition = { epoch: 0, block: 0 };

  private constructor(
    readonly settings: TrainingSettings,
    readonly vocabulary: CorpusWords,
    readonly memory: TrainingMemory,
    readonly module: WebAssembly.Module,
    readonly plan: PoolPlan,
  ) {}

  /** Makes room for the weights; they are still to be filled. */
  static async create(
    settings: TrainingSettings,
    vocabulary: CorpusWords,
    plan: PoolPlan,
  ): Promise<EmbeddingTrainer> {
    const module = await compileTrainingKernels();
    const probe = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    const { groupSize, maxSentence } = instantiateTrainingKernels(module, probe);
    const memory = new TrainingMemory(settings, vocabulary, plan.workers * JOBS_PER_THREAD, {
      groupSize: groupSize.value as number,
      maxSentence: maxSentence.value as number,
    });
    return new EmbeddingTrainer(settings, vocabulary, memory, module, plan);
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
    const run = await Run.start(this, corpus, options);
    try {
      const report = await run.train();
      if (isWhole && Number.isNaN(report.loss)) throw nothingTrained(corpus.name, this.settings);
      return report;
    } finally {
      run.dispose();
    }
  }
}

/** One call of `train`. */
class Run {
  #pool!: TrainingPool;
  readonly #start = performance.now();
  #shownAt = 0;
  readonly #firstEpoch: number;
  #skippedBytes = 0;
  /** Where the next block to train on stands. */
  #next: RunPosition;
  /** Of the pass under way, up to the block at hand. */
  #bytes = 0;
  #words = 0;
  #trainedWords = 0;
  /** Of the pass under way. */
  #loss = { sum: 0, count: 0 };
  /** Of the last pass that had any. */
  #lastLoss = NaN;
  #rate: number;

  private constructor(
    readonly trainer: EmbeddingTrainer,
    readonly corpus: Corpus,
    readonly options: TrainOptions,
  ) {
    this.#rate = trainer.settings.alpha;
    this.#firstEpoch = trainer.position.epoch;
    this.#next = trainer.position;
  }

  /** @throws SeqkitError `engine` where threads were asked for and do not start */
  static async start(trainer: EmbeddingTrainer, corpus: Corpus, options: TrainOptions): Promise<Run> {
    const run = new Run(trainer, corpus, options);
    run.#pool = await startPool(trainer.module, trainer.memory, trainer.plan, (result) => {
      run.#words += result.rawWords;
      run.#trainedWords += result.trainedWords;
      run.#loss.sum += result.loss * result.sampled;
      run.#loss.count += result.sampled;
    });
    return run;
  }

  async train(): Promise<TrainReport> {
    const { trainer, options } = this;
    const { signal, onCheckpoint, checkpointMinutes = 10 } = options;
    const stopped = await runTrainingLoop<CorpusBlock>({
      hasEpoch: () => this.#next.epoch < trainer.settings.epochs,
      batches: () => this.#blocks(),
      step: (block) => this.#step(block),
      endEpoch: () => this.#endPass(),
      isStopped: () => signal?.aborted === true,
      stopsAt: 'before step',
      // Waiting for other threads lets others in as it is.
      eventLoop: this.#pool.workers === 1 ? new EventLoopYielder(YIELD_MS) : undefined,
      checkpoint: {
        interval: { everyMinutes: onCheckpoint ? checkpointMinutes : Infinity },
        step: () => this.#next.block,
        save: async () => {
          await this.#pool.settle();
          trainer.position = this.#next;
          await onCheckpoint?.();
        },
      },
    });
    if (stopped) throw abortReason(signal!, 'The training');
    return this.#report();
  }

  /** The blocks of a pass that are not done. */
  async *#blocks(): AsyncGenerator<CorpusBlock, void, void> {
    const { block: done } = this.#next;
    let number = 0;
    this.#bytes = 0;
    this.#loss = { sum: 0, count: 0 };
    for await (const block of this.corpus.blocks()) {
      if (number >= done) yield block;
      else this.#skippedBytes += block.bytes.length;
      number++;
      this.#bytes += block.bytes.length;
    }
  }

  async #step(block: CorpusBlock): Promise<void> {
    const { epochs, seed } = this.trainer.settings;
    const { corpusBytes } = this.trainer.vocabulary;
    const { epoch, block: number } = this.#next;
    const end = this.#bytes + block.bytes.length;
    await this.#pool.train(block, {
      rateStart: this.#rateAt((epoch + this.#bytes / corpusBytes) / epochs),
      rateEnd: this.#rateAt((epoch + end / corpusBytes) / epochs),
      seed: seedOf(seed, epoch, number),
    });
    this.#next = { epoch, block: number + 1 };
    this.#show(epoch, corpusBytes);
  }

  async #endPass(): Promise<void> {
    const { trainer, corpus } = this;
    const { corpusBytes } = trainer.vocabulary;
    const { epoch } = this.#next;
    await this.#pool.settle();
    if (this.#bytes !== corpusBytes) {
      throw new SeqkitError(
        `${corpus.name} had ${corpusBytes} bytes of text when its words were counted, and ${this.#bytes} in pass ${epoch + 1}.`,
        {
          code: 'bad-value',
          hint: 'Train on the corpus that the vocabulary is of; it must be the same in each pass.',
        },
      );
    }
    if (this.#loss.count > 0) this.#lastLoss = this.#meanLoss();
    this.#next = { epoch: epoch + 1, block: 0 };
    trainer.position = this.#next;
  }

  #report(): TrainReport {
    const seconds = (performance.now() - this.#start) / 1000;
    return {
      words: this.#words,
      trainedWords: this.#trainedWords,
      seconds,
      wordsPerSecond: this.#words / seconds,
      workers: this.#pool.workers,
      loss: this.#lastLoss,
    };
  }

  dispose(): void {
    this.#pool.dispose();
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
