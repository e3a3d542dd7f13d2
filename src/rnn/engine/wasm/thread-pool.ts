import { SeqkitError } from '../../../base/errors.js';
import { startThread, type Thread, type ThreadModule } from '../../../base/host/threads.js';
import type { CompiledKernels } from './kernel-module.js';
import type { KernelThreadStart } from './kernel-thread.js';

const kernelThread: ThreadModule = {
  // Made when it is asked for: an AudioWorklet, which starts no threads, has no URL.
  get url() {
    return new URL('./kernel-thread.js', import.meta.url);
  },
  // eslint-disable-next-line no-restricted-globals -- called in a page alone; see ThreadModule
  worker: () => new Worker(new URL('./kernel-thread.js', import.meta.url), { type: 'module' }),
};

/** Threads that wait in `serve` for what a session runs together with them. */
export class ThreadPool {
  #failure: SeqkitError | undefined;
  /** Whether a thread ended within a run: what that was to write is half done. */
  #torn = false;

  /** How many there are, the session's own included. */
  readonly threads: number;
  readonly #members: readonly Thread[];

  readonly #release: () => void;

  /** @param release lets those go that wait for a thread that will not come */
  private constructor(members: readonly Thread[], release: () => void) {
    this.#members = members;
    this.#release = release;
    this.threads = members.length + 1;
    members.forEach((member, i) => member.onError((cause) => this.#fail(i + 1, cause)));
  }

  /** @throws SeqkitError `engine` where a thread has ended. @param options.running whether it leaves a run undone */
  checkAlive({ running = false } = {}): void {
    if (!this.#failure) return;
    if (running) this.#torn = true;
    throw this.#failure;
  }

  /** @throws SeqkitError `engine` where the numbers in memory are those of a run half done */
  checkWhole(): void {
    if (this.#torn) throw this.#failure!;
  }

  #fail(thread: number, cause: Error): void {
    // Those that it takes with it, as they cannot go on alone, are not the cause.
    if (this.#failure) return;
    this.#failure = new SeqkitError(
      `Thread ${thread} of the wasm engine, of ${this.threads} from 0 on, ended: ${cause.message}.`,
      {
        code: 'engine',
        hint: 'What was saved so far stands: load it, or resume from the checkpoint. Where memory is short, take fewer threads.',
        cause,
      },
    );
    this.#release();
  }

  /** Starts them. @throws Error where one of them cannot start */
  static async start(
    compiled: CompiledKernels,
    { memory, release }: { memory: WebAssembly.Memory; release: () => void },
    threads: number,
  ): Promise<ThreadPool> {
    const members = Array.from({ length: threads - 1 }, (_, i) => {
      const member: KernelThreadStart = { compiled, memory, thread: i + 1, threads };
      return startThread(kernelThread, member);
    });
    try {
      await Promise.all(
        members.map(
          (member) =>
            new Promise<unknown>((resolve, reject) => {
              member.onMessage(resolve);
              member.onError(reject);
            }),
        ),
      );
    } catch (error) {
      for (const member of members) member.terminate();
      throw error;
    }
    // They wait for good, which is no reason for a process to stay.
    for (const member of members) member.unref();
    return new ThreadPool(members, release);
  }

  /** Ends them. Nothing may be running. */
  dispose(): void {
    for (const member of this.#members) member.terminate();
  }
}
