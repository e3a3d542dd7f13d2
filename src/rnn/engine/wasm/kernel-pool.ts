import { ThreadPool } from '../../../base/host/thread-pool.js';
import { fileBeside, IS_NODE } from '../../../base/host/platform.js';
import type { ThreadModule } from '../../../base/host/thread.js';
import type { CompiledKernels } from './kernel-module.js';
import type { KernelThreadStart } from './kernel-thread.js';

const kernelThread: ThreadModule = {
  name: 'kernels',
  url: () => (IS_NODE ? fileBeside(import.meta.url, './kernel-thread.js') : undefined),
};

/** Threads that wait in `serve` for what a session runs together with them. */
export class KernelPool {
  readonly #pool: ThreadPool;
  /** Whether a thread ended within a run: what that was to write is half done. */
  #torn = false;

  private constructor(pool: ThreadPool) {
    this.#pool = pool;
  }

  /** @throws SeqkitError `engine` where a thread has ended. @param options.running whether it leaves a run undone */
  checkAlive({ running = false } = {}): void {
    if (!this.#pool.failure) return;
    if (running) this.#torn = true;
    throw this.#pool.failure;
  }

  /** @throws SeqkitError `engine` where the numbers in memory are those of a run half done */
  checkWhole(): void {
    if (this.#torn) throw this.#pool.failure!;
  }

  /**
   * Starts them.
   * @param session.release lets those go that wait for a thread that will not come
   * @throws SeqkitError `engine` where one of them cannot start
   */
  static async start(
    compiled: CompiledKernels,
    { memory, release }: { memory: WebAssembly.Memory; release: () => void },
    threads: number,
  ): Promise<KernelPool> {
    const pool = new ThreadPool(kernelThread, {
      owner: 'the wasm engine',
      // The session's own thread is number 0.
      first: 1,
      threads,
      data: (thread): KernelThreadStart => ({ compiled, memory, thread, threads }),
      hint: 'What was saved so far stands: load it, or resume from the checkpoint. Where memory is short, take fewer threads.',
      onFailure: release,
    });
    await pool.ready();
    if (pool.failure) {
      pool.terminate();
      throw pool.failure;
    }
    // They wait for good, which is no reason for a process to stay.
    pool.unref();
    return new KernelPool(pool);
  }

  /** Ends them. Nothing may be running. */
  dispose(): void {
    this.#pool.terminate();
  }
}
