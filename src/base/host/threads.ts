import { HostThread, hostPort } from './host-thread.js';
import type { Port, Thread, ThreadModule } from './thread.js';

// The one place that starts threads: worker_threads in Node, Worker in a browser.

/** The first message of each thread of a pool, before it takes up what was posted to it. */
export const READY = 'ready';

/**
 * Starts a thread that runs a module of ours.
 *
 * @param data what `openThread` gives there
 */
export function startThread(module: ThreadModule, data: unknown): Thread {
  const thread = new HostThread(module);
  thread.post(data);
  return thread;
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

  const send = await hostPort(receive);
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

/**
 * What a thread's module is: runs `serve` with what the thread was started with and the line to its starter, who hears
 * of its errors as of a script's: a promise that is rejected a page's worker would keep to itself.
 */
export function runThread(serve: (start: { data: unknown; starter: Port }) => void | Promise<void>): void {
  openThread()
    .then(serve)
    .catch((error: unknown) => setTimeout(() => throwOn(error)));
}

function throwOn(error: unknown): never {
  throw error;
}

/** Promise.withResolvers, which Node 20 lacks. */
function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve };
}
