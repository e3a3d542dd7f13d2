import { isNode } from './platform.js';
import type { Worker as NodeWorker } from 'node:worker_threads';

// The one place that starts threads: worker_threads in Node, Worker in a browser.

/** The first message of each thread of a pool, before it takes up what was posted to it. */
export const READY = 'ready';

/** One end of the line between a thread and the one that started it. */
export interface Port {
  /** Sends a message, as `structuredClone` copies it. `transfer` moves buffers instead. */
  post(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  /** Calls `listener` with every message to come. One listener; set it before the first answer is due. */
  onMessage(listener: (message: unknown) => void): void;
}

/** A thread as its starter sees it. */
export interface Thread extends Port {
  /**
   * Calls `listener` when the thread cannot start, throws, or ends without having been asked to. Without one, the
   * error goes unseen. One listener, which takes the place of the one before.
   */
  onError(listener: (error: Error) => void): void;
  /** Lets the process end while the thread waits for messages: for those that are called on and never done. */
  unref(): void;
  /** Ends the thread, whatever it is at. */
  terminate(): void;
}

/** A module that calls `openThread`, for a page too that was bundled. */
export interface ThreadModule {
  /** Its address, made with `import.meta.url`. */
  readonly url: URL;
  /**
   * `() => new Worker(<new URL as above>, { type: 'module' })`, written out where the address is: bundlers
   * make a script of a worker where they see it in this form alone.
   */
  readonly worker: () => Worker;
}

/**
 * Starts a thread that runs a module of ours.
 *
 * @param module which, or its address alone: then only pages find it that were not bundled
 * @param data what `openThread` gives there
 */
export function startThread(module: URL | ThreadModule, data: unknown): Thread {
  const { url, worker } = 'url' in module ? module : { url: module, worker: () => workerAt(module) };
  const thread = isNode() ? new NodeThread(url) : new WebThread(worker());
  thread.post(data);
  return thread;
}

/** How many threads the machine runs at once: 1 where the host does not say (Node before 20.16). */
export function hardwareThreads(): number {
  if (!isNode()) return globalThis.navigator?.hardwareConcurrency ?? 1;
  const { getBuiltinModule } = process as Partial<Pick<NodeJS.Process, 'getBuiltinModule'>>;
  return getBuiltinModule?.('node:os').availableParallelism() ?? 1;
}

/** Whether threads can share memory: always in Node, in a page only where it is cross-origin isolated. */
export function canShareMemory(): boolean {
  return typeof SharedArrayBuffer !== 'undefined' && (isNode() || globalThis.crossOriginIsolated);
}

/** Whether this thread may sleep until another wakes it: not the first of a page. */
export function maySleep(): boolean {
  return isNode() || typeof document === 'undefined';
}

/** Inside a thread: what it was started with, and the line to its starter. Once a thread. */
export async function openThread(): Promise<{ data: unknown; starter: Port }> {
  const waiting: unknown[] = [];
  let listener = (message: unknown): void => void waiting.push(message);
  const { promise, resolve } = withResolvers<unknown>();
  let started = false;
  const receive = (message: unknown): void => {
    if (started) return listener(message);
    started = true;
    resolve(message);
  };

  let send: Port['post'];
  if (isNode()) {
    const { parentPort } = await nodeThreads();
    if (!parentPort) throw new RangeError('openThread was called outside a thread');
    parentPort.on('message', receive);
    send = (message, transfer = []) => parentPort.postMessage(message, transfer);
  } else {
    globalThis.addEventListener('message', ({ data }: MessageEvent<unknown>) => receive(data));
    send = (message, transfer = []) => globalThis.postMessage(message, { transfer: [...transfer] });
    // Before anything that may take long, or end it.
    send(await stayAlive());
  }
  return {
    data: await promise,
    starter: {
      post: send,
      onMessage(next) {
        listener = next;
        for (const message of waiting.splice(0)) next(message);
      },
    },
  };
}

function workerAt(module: URL): Worker {
  return new Worker(module, { type: 'module' });
}

function nodeThreads(): Promise<typeof import('node:worker_threads')> {
  // The name stands in a variable so that bundlers for browsers leave the import alone.
  const name = 'node:worker_threads';
  return import(/* @vite-ignore */ /* webpackIgnore: true */ name) as Promise<
    typeof import('node:worker_threads')
  >;
}

/** Promise.withResolvers, which Node 20 lacks. */
function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve };
}

/** Calls are kept in order behind the import that makes the worker. */
class NodeThread implements Thread {
  readonly #worker: Promise<NodeWorker>;
  #fail: (error: Error) => void = () => {};
  #ending = false;

  constructor(module: URL) {
    this.#worker = nodeThreads().then(({ Worker }) => {
      // Workers take over the options of the process, and --input-type forbids them a file.
      const typed = process.execArgv.some((option) => option.startsWith('--input-type'));
      const worker = new Worker(module, typed ? { execArgv: [] } : {});
      worker.on('error', (error) => this.#fail(error));
      // After an error too, whose listener then hears of it twice.
      worker.on('exit', (code) => {
        if (!this.#ending) this.#fail(new Error(`it was ended from outside (exit code ${code})`));
      });
      return worker;
    });
    this.#worker.catch((error: Error) => this.#fail(error));
  }

  post(message: unknown, transfer: readonly ArrayBuffer[] = []): void {
    this.#then((worker) => worker.postMessage(message, transfer));
  }

  onMessage(listener: (message: unknown) => void): void {
    this.#then((worker) => worker.removeAllListeners('message').on('message', listener));
  }

  onError(listener: (error: Error) => void): void {
    this.#fail = listener;
  }

  unref(): void {
    this.#then((worker) => worker.unref());
  }

  terminate(): void {
    this.#ending = true;
    this.#then((worker) => worker.terminate());
  }

  #then(action: (worker: NodeWorker) => unknown): void {
    this.#worker.then(action).catch((error: Error) => this.#fail(error));
  }
}

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
 * A page hears nothing of a worker that is ended from outside or by the browser, which may be short of memory. So
 * the worker holds a lock, and who gets it after the worker knows that it is gone.
 */
class WebThread implements Thread {
  readonly #worker: Worker;
  #listener: (message: unknown) => void = () => {};
  #fail: (error: Error) => void = () => {};
  /** Gives up waiting for the lock. */
  readonly #ending = new AbortController();
  readonly #start: ReturnType<typeof setTimeout>;

  constructor(worker: Worker) {
    this.#worker = worker;
    this.#start = setTimeout(() => this.#fail(new Error('it did not start')), LONGEST_START_MS);
    worker.onmessage = ({ data }: MessageEvent<unknown>) => {
      clearTimeout(this.#start);
      if (isAlive(data)) this.#watch(data.seqkitAlive);
      else this.#listener(data);
    };
    worker.onerror = ({ message }) => this.#fail(new Error(message || 'the thread could not start'));
    worker.onmessageerror = () => this.#fail(new Error('a message of the thread could not be read'));
  }

  post(message: unknown, transfer: readonly ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, [...transfer]);
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

  terminate(): void {
    clearTimeout(this.#start);
    this.#ending.abort();
    this.#worker.terminate();
  }

  #watch(lock: string | undefined): void {
    if (lock === undefined) return;
    navigator.locks
      .request(lock, { signal: this.#ending.signal }, () =>
        this.#fail(new Error('it was ended from outside')),
      )
      // Ended on purpose.
      .catch(() => {});
  }
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
