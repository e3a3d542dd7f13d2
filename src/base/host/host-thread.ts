import type { Worker as NodeWorker } from 'node:worker_threads';
import type { Port, Thread, ThreadModule } from './thread.js';

// Threads in Node: worker_threads. web/host-thread.ts takes this place in the build for pages.

function nodeThreads(): Promise<typeof import('node:worker_threads')> {
  return import('node:worker_threads');
}

/** The line from a thread to its starter, which hands `receive` every message. */
export async function hostPort(receive: (message: unknown) => void): Promise<Port['post']> {
  const { parentPort } = await nodeThreads();
  if (!parentPort) throw new RangeError('openThread was called outside a thread');
  parentPort.on('message', receive);
  return (message, transfer = []) => parentPort.postMessage(message, transfer);
}

/** Calls are kept in order behind the import that makes the worker. */
export class HostThread implements Thread {
  readonly #worker: Promise<NodeWorker>;
  #fail: (error: Error) => void = () => {};
  #ending = false;

  constructor({ url }: ThreadModule) {
    this.#worker = nodeThreads().then(({ Worker }) => {
      // Workers take over the options of the process, and --input-type forbids them a file.
      const typed = process.execArgv.some((option) => option.startsWith('--input-type'));
      const worker = new Worker(url()!, typed ? { execArgv: [] } : {});
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

  ref(): void {
    this.#then((worker) => worker.ref());
  }

  terminate(): void {
    this.#ending = true;
    this.#then((worker) => worker.terminate());
  }

  #then(action: (worker: NodeWorker) => unknown): void {
    this.#worker.then(action).catch((error: Error) => this.#fail(error));
  }
}
