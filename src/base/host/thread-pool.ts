import { SeqkitError } from '../errors.js';
import type { Thread, ThreadModule } from './thread.js';
import { READY, startThread } from './threads.js';

export interface ThreadPoolOptions {
  /** What the threads belong to, as errors name it, such as `the wasm engine`. */
  readonly owner: string;
  /** The number of the first. Where the caller's own thread works too, that is number 0. @default 0 */
  readonly first?: number;
  /** How many work together, the caller's own thread among them where it is number 0. */
  readonly threads: number;
  /** What each is started with. */
  readonly data: (thread: number) => unknown;
  /** What can be done where one ends. */
  readonly hint: string;
  /** Is told what a thread says that was not asked. */
  readonly onMessage?: (message: unknown, thread: number) => void;
  /** Is told of the first failure: what waits for that thread waits for nothing. */
  readonly onFailure?: (failure: SeqkitError) => void;
}

/** Threads of one module. One that fails is ended; whether the others go on is the owner's decision. */
export class ThreadPool {
  readonly #options: ThreadPoolOptions;
  readonly #members: Member[];
  #failure: SeqkitError | undefined;

  constructor(module: ThreadModule, options: ThreadPoolOptions) {
    this.#options = options;
    const { first = 0, threads, data, onMessage = () => {} } = options;
    this.#members = Array.from({ length: threads - first }, (_, n) => {
      const thread = first + n;
      return new Member(startThread(module, data(thread)), {
        onMessage: (message) => onMessage(message, thread),
        onFailure: (cause) => this.#fail(thread, cause),
      });
    });
  }

  /** How many work together. */
  get threads(): number {
    return this.#options.threads;
  }

  /** The first failure: those that come after it may follow from it. */
  get failure(): SeqkitError | undefined {
    return this.#failure;
  }

  /** The numbers of the threads that can work, once each of them can or has failed. */
  async ready(): Promise<number[]> {
    const { first = 0 } = this.#options;
    const isReady = await Promise.all(this.#members.map((member) => member.ready));
    return isReady.flatMap((ready, n) => (ready ? [first + n] : []));
  }

  post(thread: number, message: unknown): void {
    this.#member(thread).post(message);
  }

  /** What a thread answers, one question at a time; undefined where it has failed. */
  ask(thread: number, message: unknown): Promise<unknown> {
    return this.#member(thread).ask(message);
  }

  /** Lets the process end while the threads wait. */
  unref(): void {
    for (const member of this.#members) member.unref();
  }

  /** Ends the threads, whatever they are at. */
  terminate(): void {
    for (const member of this.#members) member.terminate();
  }

  #member(thread: number): Member {
    return this.#members[thread - (this.#options.first ?? 0)];
  }

  #fail(thread: number, cause: Error): void {
    if (this.#failure) return;
    const { owner, threads, hint, onFailure } = this.#options;
    this.#failure = new SeqkitError(
      `Thread ${thread} of ${owner}, of ${threads} from 0 on, ended: ${cause.message}.`,
      { code: 'engine', hint, cause },
    );
    onFailure?.(this.#failure);
  }
}

/** One thread, and who waits for it. */
class Member {
  readonly #thread: Thread;
  /** Whether it came to be ready, or failed before. */
  readonly ready: Promise<boolean>;
  #failed = false;
  #answer: ((message: unknown) => void) | undefined;

  constructor(
    thread: Thread,
    { onMessage, onFailure }: { onMessage: (message: unknown) => void; onFailure: (cause: Error) => void },
  ) {
    this.#thread = thread;
    let settleReady!: (ready: boolean) => void;
    this.ready = new Promise((resolve) => (settleReady = resolve));
    thread.onMessage((message) => {
      if (message === READY) settleReady(true);
      else if (!this.#settle(message)) onMessage(message);
    });
    thread.onError((cause) => {
      if (this.#failed) return;
      this.#failed = true;
      this.terminate();
      onFailure(cause);
      settleReady(false);
      this.#settle(undefined);
    });
  }

  post(message: unknown): void {
    this.#thread.post(message);
  }

  ask(message: unknown): Promise<unknown> {
    if (this.#failed) return Promise.resolve(undefined);
    const answer = this.#next();
    this.post(message);
    return answer;
  }

  unref(): void {
    this.#thread.unref();
  }

  terminate(): void {
    this.#thread.terminate();
  }

  #next(): Promise<unknown> {
    return new Promise((resolve) => (this.#answer = resolve));
  }

  /** Whether anybody waited for it. */
  #settle(message: unknown): boolean {
    const answer = this.#answer;
    this.#answer = undefined;
    answer?.(message);
    return answer !== undefined;
  }
}
