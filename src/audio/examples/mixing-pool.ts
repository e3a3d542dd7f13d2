import { startThread, type Thread, type ThreadModule } from '../../base/host/threads.js';
import type { MixedExample, MixingJob, MixingThreadStart } from './mixing-thread.js';

const mixingThread: ThreadModule = {
  // Made when it is asked for: an AudioWorklet, which starts no threads, has no URL.
  get url() {
    return new URL('./mixing-thread.js', import.meta.url);
  },
  // eslint-disable-next-line no-restricted-globals -- called in a page alone; see ThreadModule
  worker: () => new Worker(new URL('./mixing-thread.js', import.meta.url), { type: 'module' }),
};

/** Threads that mix examples into a store that they share with their starter. */
export class MixingPool {
  /** Those that wait for jobs. */
  readonly #members: Member[];

  private constructor(members: Member[]) {
    this.#members = members;
  }

  /** Starts as many threads as it can of those that are wanted: none where the host has none. */
  static async start(threads: number, start: MixingThreadStart): Promise<MixingPool> {
    const members = Array.from({ length: threads }, () => new Member(startThread(mixingThread, start)));
    const ready = await Promise.all(members.map((member) => member.ready()));
    members.forEach((member, n) => {
      if (!ready[n]) member.end();
    });
    return new MixingPool(members.filter((_, n) => ready[n]));
  }

  get threads(): number {
    return this.#members.length;
  }

  /** Has one of the threads mix some examples; undefined where it could not. @param member from 0 */
  mix(member: number, jobs: readonly MixingJob[]): Promise<MixedExample[] | undefined> {
    return this.#members[member].ask(jobs);
  }

  /** Ends the threads. */
  dispose(): void {
    for (const member of this.#members.splice(0)) member.end();
  }
}

/** One thread and what it is asked. */
class Member {
  readonly #thread: Thread;
  #answer: (message: unknown) => void = () => {};
  readonly #started: Promise<unknown>;
  #failed = false;

  constructor(thread: Thread) {
    this.#thread = thread;
    this.#started = this.#next();
    thread.onMessage((message) => this.#answer(message));
    thread.onError(() => {
      this.#failed = true;
      this.#answer(undefined);
    });
  }

  async ready(): Promise<boolean> {
    return (await this.#started) === 'ready';
  }

  async ask(jobs: readonly MixingJob[]): Promise<MixedExample[] | undefined> {
    if (this.#failed) return undefined;
    const answer = this.#next();
    this.#thread.post(jobs);
    return (await answer) as MixedExample[] | undefined;
  }

  end(): void {
    this.#thread.terminate();
  }

  #next(): Promise<unknown> {
    return new Promise((resolve) => (this.#answer = resolve));
  }
}
