import type { Port, Thread, ThreadModule, ThreadName } from '../thread.js';

/** A thread of a page that has not said a word for so long will not come: a script takes seconds to load. */
const LONGEST_START_MS = 60_000;

/** What a thread of a page tells of itself first: the lock that it holds for as long as it lives. */
interface Alive {
  readonly seqkitAlive: string | undefined;
}

function isAlive(message: unknown): message is Alive {
  return typeof message === 'object' && message !== null && 'seqkitAlive' in message;
}

/**
 * The ways to start the script of all threads, tried in turn: the file beside the browser build, which most bundlers
 * take along where they see it in this form; and its source, for those that do not, where the page's policy allows it.
 */
const ways: readonly (() => Promise<Worker>)[] = [
  async () => new Worker(new URL('./seqkit-worker.js', import.meta.url)),
  async () => {
    // Long, and seldom needed.
    const { workerSource } = await import('./worker-source.js');
    const address = URL.createObjectURL(new Blob([await workerSource()], { type: 'text/javascript' }));
    try {
      return new Worker(address);
    } finally {
      // The worker has asked for it by then.
      setTimeout(() => URL.revokeObjectURL(address), LONGEST_START_MS);
    }
  },
];

/** The first way that is not known to fail here. */
let way = 0;

/**
 * A page hears nothing of a worker that is ended from outside or by the browser, which may be short of memory. So
 * the worker holds a lock, and who gets it after the worker knows that it is gone.
 */
export class HostThread implements Thread {
  readonly #name: ThreadName;
  #worker: Worker | undefined;
  /** What is to be sent once the worker is known to have started. */
  #waiting: { message: unknown; transfer: readonly ArrayBuffer[] }[] | undefined = [];
  #listener: (message: unknown) => void = () => {};
  #fail: (error: Error) => void = () => {};
  /** Gives up waiting for the lock. */
  readonly #ending = new AbortController();
  readonly #start: ReturnType<typeof setTimeout>;

  constructor({ name }: ThreadModule) {
    this.#name = name;
    this.#start = setTimeout(() => this.#fail(new Error('it did not start')), LONGEST_START_MS);
    // In a moment: who makes a thread hears of its failure only then.
    queueMicrotask(() => void this.#open(way));
  }

  post(message: unknown, transfer: readonly ArrayBuffer[] = []): void {
    if (this.#waiting) this.#waiting.push({ message, transfer });
    else this.#worker?.postMessage(message, [...transfer]);
  }

  onMessage(listener: (message: unknown) => void): void {
    this.#listener = listener;
  }

  onError(listener: (error: Error) => void): void {
    this.#fail = listener;
  }

  unref(): void {
    // A page does not wait for its workers.
  }

  ref(): void {
    // Nor does it end.
  }

  terminate(): void {
    clearTimeout(this.#start);
    this.#ending.abort();
    this.#worker?.terminate();
  }

  /** Starts the worker in one of the ways, or in the next where that fails before the worker has said a word. */
  async #open(chosen: number): Promise<void> {
    const next = (reason: string): void => {
      if (!this.#waiting || this.#ending.signal.aborted) return this.#fail(new Error(reason));
      way = Math.max(way, chosen + 1);
      this.#worker?.terminate();
      if (way < ways.length) void this.#open(way);
      else this.#fail(new Error(reason));
    };
    let worker: Worker;
    try {
      if (chosen >= ways.length) throw new Error('this page starts no threads');
      worker = await ways[chosen]();
    } catch (error) {
      return next((error as Error).message);
    }
    if (this.#ending.signal.aborted) return worker.terminate();
    this.#worker = worker;
    worker.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (isAlive(data)) this.#began(worker, data.seqkitAlive);
      else this.#listener(data);
    };
    worker.onerror = ({ message }) => next(message || 'the thread could not start');
    worker.onmessageerror = () => this.#fail(new Error('a message of the thread could not be read'));
    // The first word to the script: which of its threads it is to be.
    worker.postMessage(this.#name);
  }

  #began(worker: Worker, lock: string | undefined): void {
    clearTimeout(this.#start);
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    try {
      for (const { message, transfer } of waiting) worker.postMessage(message, [...transfer]);
    } catch (error) {
      // Such as shared memory in a page that may not share any.
      return this.#fail(error as Error);
    }
    if (lock === undefined) return;
    navigator.locks
      .request(lock, { signal: this.#ending.signal }, () =>
        this.#fail(new Error('it was ended from outside')),
      )
      // Ended on purpose.
      .catch(() => {});
  }
}

/** The line from a thread of a page to its starter, which hands `receive` every message. */
export async function hostPort(receive: (message: unknown) => void): Promise<Port['post']> {
  globalThis.addEventListener('message', ({ data }: MessageEvent<unknown>) => receive(data));
  const post: Port['post'] = (message, transfer = []) =>
    globalThis.postMessage(message, { transfer: [...transfer] });
  // Before anything that may take long, or end it.
  post(await stayAlive());
  return post;
}

/** Inside a thread of a page: takes the lock that tells the starter of its end. */
function stayAlive(): Promise<Alive> {
  // Pages that are not served safely have none.
  const { locks } = globalThis.navigator as Partial<Pick<Navigator, 'locks'>>;
  if (locks === undefined) return Promise.resolve({ seqkitAlive: undefined });
  const lock = `seqkit-thread-${crypto.randomUUID()}`;
  return new Promise((resolve) => {
    locks
      .request(lock, () => {
        resolve({ seqkitAlive: lock });
        return new Promise(() => {});
      })
      // Where a page may have none, its worker has none either.
      .catch(() => resolve({ seqkitAlive: undefined }));
  });
}
