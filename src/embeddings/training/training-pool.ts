import { ThreadPool } from '../../base/host/thread-pool.js';
import { fileBeside, IS_NODE } from '../../base/host/platform.js';
import { sayAlone } from '../../base/host/one-thread.js';
import type { ThreadModule } from '../../base/host/thread.js';
import type { CorpusBlock } from './blocks.js';
import { Job, type BlockPlan, type BlockResult } from './job.js';
import type { TrainingMemory } from './training-memory.js';
import type { ThreadStart } from './training-thread.js';
import { instantiateTrainingKernels } from './wasm/training-kernels.js';

const trainingThread: ThreadModule = {
  name: 'word-training',
  url: () => (IS_NODE ? fileBeside(import.meta.url, './training-thread.js') : undefined),
};

/** Jobs a thread has at once: one that it works on and one that waits. */
export const JOBS_PER_THREAD = 2;

/** What trains on blocks: this thread, or several others. */
export interface TrainingPool {
  /** How many threads work. */
  readonly workers: number;
  /** Hands a block over, once there is room for it. What comes of it goes to `onResult`. */
  train(block: CorpusBlock, plan: BlockPlan): Promise<void>;
  /** Waits until all that was handed over is done. */
  settle(): Promise<void>;
  dispose(): void;
}

/** Who trains. */
export interface PoolPlan {
  /** One is the caller's own thread, so that the order of work is fixed. */
  readonly workers: number;
  /** Whether to train on one where others cannot start, which is said once. */
  readonly alone: boolean;
}

/**
 * The pool that was asked for, ready to work.
 * @throws SeqkitError `engine` where a thread does not start, and may not be done without
 */
export async function startPool(
  module: WebAssembly.Module,
  memory: TrainingMemory,
  { workers, alone }: PoolPlan,
  onResult: (result: BlockResult) => void,
): Promise<TrainingPool> {
  if (workers === 1) return new OwnThread(module, memory, onResult);
  const threads = new Threads(module, memory, workers, onResult);
  try {
    await threads.ready();
    return threads;
  } catch (error) {
    threads.dispose();
    if (!alone) throw error;
    sayAlone('The training of word vectors', error);
    return new OwnThread(module, memory, onResult);
  }
}

class OwnThread implements TrainingPool {
  readonly workers = 1;
  readonly #job: Job;
  readonly #work: () => void;

  constructor(
    module: WebAssembly.Module,
    { memory, settings, jobs }: TrainingMemory,
    readonly onResult: (result: BlockResult) => void,
  ) {
    const kernels = instantiateTrainingKernels(module, memory);
    this.#job = new Job(memory, jobs[0]);
    this.#work = () => kernels.train(settings, jobs[0]);
  }

  async train(block: CorpusBlock, plan: BlockPlan): Promise<void> {
    this.#job.write(block, plan);
    this.#work();
    this.onResult(this.#job.read());
  }

  async settle(): Promise<void> {}

  dispose(): void {}
}

/**
 * Threads that all change the same weights without locks, as word2vec's program does (Hogwild,
 * Niu et al. 2011): which of two simultaneous changes stays is chance, so runs differ.
 */
class Threads implements TrainingPool {
  readonly #threads: ThreadPool;
  /** Jobs that are free, each with the number of its thread: first one of each thread, then the second ones. */
  readonly #free: { job: Job; thread: number }[] = [];
  readonly #jobs: number;
  #wake: () => void = () => {};

  constructor(
    module: WebAssembly.Module,
    { memory, settings, jobs }: TrainingMemory,
    readonly workers: number,
    readonly onResult: (result: BlockResult) => void,
  ) {
    this.#jobs = jobs.length;
    const own = jobs.map((at, n) => ({ job: new Job(memory, at), thread: Math.floor(n / JOBS_PER_THREAD) }));
    for (let nth = 0; nth < JOBS_PER_THREAD; nth++) {
      this.#free.push(...own.filter((_, n) => n % JOBS_PER_THREAD === nth));
    }
    const start: ThreadStart = { module, memory, settings };
    this.#threads = new ThreadPool(trainingThread, {
      owner: 'the training',
      threads: workers,
      data: () => start,
      hint: 'What was saved so far stands: resume from the checkpoint. With one worker no thread is needed.',
      onMessage: (address) => {
        const done = own.find(({ job }) => job.address === address)!;
        this.onResult(done.job.read());
        this.#free.push(done);
        this.#wake();
      },
      onFailure: () => this.#wake(),
    });
  }

  /** @throws SeqkitError `engine` where one of them does not start */
  async ready(): Promise<void> {
    await this.#threads.ready();
    if (this.#threads.failure) throw this.#threads.failure;
  }

  async train(block: CorpusBlock, plan: BlockPlan): Promise<void> {
    await this.#until(() => this.#free.length > 0);
    const { job, thread } = this.#free.shift()!;
    job.write(block, plan);
    this.#threads.post(thread, job.address);
  }

  settle(): Promise<void> {
    return this.#until(() => this.#free.length === this.#jobs);
  }

  dispose(): void {
    this.#threads.terminate();
  }

  async #until(done: () => boolean): Promise<void> {
    for (;;) {
      if (this.#threads.failure) throw this.#threads.failure;
      if (done()) return;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
