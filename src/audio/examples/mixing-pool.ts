import { ThreadPool } from '../../base/host/thread-pool.js';
import { fileBeside, IS_NODE } from '../../base/host/platform.js';
import type { ThreadModule } from '../../base/host/thread.js';
import type { MixedExample, MixingJob, MixingThreadStart } from './mixing-thread.js';

const mixingThread: ThreadModule = {
  name: 'mixing',
  url: () => (IS_NODE ? fileBeside(import.meta.url, './mixing-thread.js') : undefined),
};

/** Threads that mix examples into a store that they share with their starter. */
export class MixingPool {
  readonly #pool: ThreadPool;
  /** The numbers of those that can be asked. */
  readonly members: readonly number[];

  private constructor(pool: ThreadPool, members: readonly number[]) {
    this.#pool = pool;
    this.members = members;
  }

  /** Starts as many threads as it can of those that are wanted: none where the host has none. */
  static async start(threads: number, start: MixingThreadStart): Promise<MixingPool> {
    const pool = new ThreadPool(mixingThread, {
      owner: 'mixing',
      threads,
      data: () => start,
      hint: 'Mixing goes on without it.',
    });
    return new MixingPool(pool, await pool.ready());
  }

  /** Has one of the threads mix some examples; undefined where it could not. */
  mix(member: number, jobs: readonly MixingJob[]): Promise<MixedExample[] | undefined> {
    return this.#pool.ask(member, jobs) as Promise<MixedExample[] | undefined>;
  }

  /** Ends the threads. */
  dispose(): void {
    this.#pool.terminate();
  }
}
