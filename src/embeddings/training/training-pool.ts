import { SeqkitError } from '../../base/errors.js';
import { startThread, type Thread, type ThreadModule } from '../../base/host/threads.js';
import type { CorpusBlock } from './blocks.js';
import { Job, type BlockPlan, type BlockResult } from './job.js';
import type { TrainingMemory } from './training-memory.js';
import type { ThreadStart } from './training-thread.js';
import { instantiateTrainingKernels } from './wasm/training-kernels.js';

const trainingThread: ThreadModule = {
  get url() {
    return new URL('./training-thread.js', import.meta.url);
  },
  // eslint-disable-next-line no-restricted-globals -- called in a page alone; see ThreadModule
  worker: () => new Worker(new URL('./training-thread.js', import.meta.url), { type: 'module' }),
};

/** Jobs a thread has at once: one that it works on and one that waits. */
export const JOBS_PER_THREAD = 2;

/** How long the caller's thread works before it lets others in, in milliseconds. */
const SPELL_MS = 25;

/** What trains on blocks: this thread, or several others. */
export interface TrainingPool {
  /** Hands a block over, once there is room for it. What comes of it goes to `onResult`. */
  train(block: CorpusBlock, plan: BlockPlan): Promise<void>;
  /** Waits until all that was handed over is done. */
  settle(): Promise<void>;
  dispose(): void;
}

/** The pool that was asked for. One worker is the caller's own thread, so that the order of work is fixed. */
export function startPool(
  module: WebAssembly.Module,
  memory: TrainingMemory,
  workers: number,
  onResult: (result: BlockResult) => void,
): TrainingPool {
  return workers === 1
    ? new OwnThread(module, memory, onResult)
    : new Threads(module, memory, workers, onResult);
}

class OwnThread implements TrainingPool {
  readonly #job: Job;
  readonly #work: () => void;
  #since = performance.now();

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
    if (performance.now() - this.#since < SPELL_MS) return;
    await new Promise((resolve) => setTimeout(resolve, 0));
    this.#since = performance.now();
  }

  async settle(): Promise<void> {}

  dispose(): void {}
}

/**
 * Threads that all change the same weights without locks, as word2vec's program does (Hogwild,
 * Niu et al. 2011): which of two simultaneous changes stays is chance, so runs differ.
 */
class Threads implements TrainingPool {
  readonly #threads: Thread[] = [];
  /** Jobs that are free, each with its thread. */
  readonly #free: { job: Job; thread: Thread }[] = [];
  readonly #jobs: number;
  #wake: () => void = () => {};
  #failure: SeqkitError | undefined;

  constructor(
    module: WebAssembly.Module,
    { memory, settings, jobs }: TrainingMemory,
    workers: number,
    readonly onResult: (result: BlockResult) => void,
  ) {
    this.#jobs = jobs.length;
    const start: ThreadStart = { module, memory, settings };
    for (let i = 0; i < workers; i++) {
      const thread = startThread(trainingThread, start);
      const own = jobs.slice(i * JOBS_PER_THREAD, (i + 1) * JOBS_PER_THREAD).map((at) => new Job(memory, at));
      thread.onMessage((address) => {
        const job = own.find((candidate) => candidate.address === address)!;
        this.onResult(job.read());
        this.#free.push({ job, thread });
        this.#wake();
      });
      thread.onError((cause) => {
        this.#failure ??= new SeqkitError(`Training thread ${i + 1} of ${workers} ended: ${cause.message}.`, {
          code: 'engine',
          hint: 'What was saved so far stands: resume from the checkpoint. With one worker no thread is needed.',
          cause,
        });
        this.#wake();
      });
      this.#threads.push(thread);
      // First a job for each thread, then the second ones.
      this.#free.splice(i, 0, ...own.slice(0, 1).map((job) => ({ job, thread })));
      this.#free.push(...own.slice(1).map((job) => ({ job, thread })));
    }
  }

  async train(block: CorpusBlock, plan: BlockPlan): Promise<void> {
    await this.#until(() => this.#free.length > 0);
    const { job, thread } = this.#free.shift()!;
    job.write(block, plan);
    thread.post(job.address);
  }

  settle(): Promise<void> {
    return this.#until(() => this.#free.length === this.#jobs);
  }

  dispose(): void {
    for (const thread of this.#threads) thread.terminate();
  }

  async #until(done: () => boolean): Promise<void> {
    for (;;) {
      if (this.#failure) throw this.#failure;
      if (done()) return;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
