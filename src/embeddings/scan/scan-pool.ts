import { ThreadPool } from '../../base/host/thread-pool.js';
import { fileBeside, IS_NODE } from '../../base/host/platform.js';
import type { ThreadModule } from '../../base/host/thread.js';
import {
  Board,
  chunksDone,
  postJob,
  scanRows,
  workOn,
  type ScanJob,
  type ScanThreadData,
} from './scan-job.js';
import type { ScanKernels } from './scan-kernels.js';
import type { VectorMemory } from './vector-memory.js';

const scanThread: ThreadModule = {
  name: 'scan',
  url: () => (IS_NODE ? fileBeside(import.meta.url, './scan-thread.js') : undefined),
};

/** After this long without a scan the threads end, so that they hold no memory for nothing. */
const IDLE_MS = 10_000;

/** A chunk takes a millisecond; where none is done for this long, the thread that claimed it is gone. */
const GONE_MS = 5_000;

/**
 * The threads that share scans of one memory. A scan is synchronous: the caller works too, and the
 * helpers take what they get to, so that nothing waits for a thread that is not yet up.
 */
export class ScanPool {
  readonly #board: Int32Array;
  #helpers: ThreadPool | undefined;

  /** @param threads how many work on a scan, the caller among them */
  constructor(
    readonly memory: VectorMemory,
    readonly module: WebAssembly.Module,
    readonly kernels: ScanKernels,
    readonly threads: number,
  ) {
    const start = memory.allocate(Board.words * 4);
    this.#board = new Int32Array(memory.memory.buffer, start, Board.words);
  }

  /** @param rowBytes bytes of a row */
  run(job: ScanJob, rowBytes: number): void {
    this.#helpers ??= this.#start();
    const chunks = postJob(this.#board, job, rowBytes, this.kernels.rowsPerBlock.value as number);
    workOn(this.#board, this.#board[Board.scan], job, this.kernels);
    if (this.#wait(chunks)) return;
    // Which chunks are missing is not known. What is scored twice gets the same score.
    this.end();
    scanRows(this.kernels, job, 0, job.count);
  }

  /** Ends the helpers, which are idle between scans; the next scan starts others. */
  end(): void {
    this.#helpers?.terminate();
    this.#helpers = undefined;
  }

  #start(): ThreadPool {
    const data: ScanThreadData = {
      memory: this.memory.memory,
      module: this.module,
      board: this.#board.byteOffset,
      idleMs: IDLE_MS,
    };
    const helpers = new ThreadPool(scanThread, {
      owner: 'the search',
      // The caller's own thread is number 0.
      first: 1,
      threads: this.threads,
      data: () => data,
      // Without helpers the caller does all the work; there is no result to lose.
      hint: 'The search goes on without it.',
      onMessage: () => {
        if (this.#helpers === helpers) this.end();
      },
    });
    helpers.unref();
    return helpers;
  }

  /**
   * Until the helpers have done what they claimed, a chunk each at most.
   * @returns whether they did: not where one was ended with a chunk half done
   */
  #wait(chunks: number): boolean {
    const board = this.#board;
    let since = performance.now();
    let seen = Atomics.load(board, Board.done);
    for (;;) {
      const done = Atomics.load(board, Board.done);
      if (chunksDone(done) >= chunks) return true;
      if (done !== seen) [seen, since] = [done, performance.now()];
      const left = GONE_MS - (performance.now() - since);
      if (left <= 0) return false;
      try {
        Atomics.wait(board, Board.done, done, left);
      } catch {
        // The main thread of a page may not sleep; what it waits for is part of a chunk.
      }
    }
  }
}
