// Bundled from dist, as users' pages are: a bundler finds the scripts of workers beside the modules.
import { trainThreaded, trainWordsThreaded } from './threaded-job.mjs';

const jobs = { network: (kill) => trainThreaded(2, kill), words: trainWordsThreaded };

globalThis.threadsPage = {
  isolated: () => globalThis.crossOriginIsolated,
  /** Trains on two threads, of which one is ended as a browser does it: without a word. */
  async trainKilled(job) {
    const workers = [];
    const { Worker: Plain } = globalThis;
    globalThis.Worker = class extends Plain {
      constructor(...args) {
        super(...args);
        workers.push(this);
      }
    };
    try {
      await jobs[job](() => workers[0].terminate());
      return { workers: workers.length };
    } catch ({ name, code, message }) {
      return { workers: workers.length, name, code, message };
    } finally {
      globalThis.Worker = Plain;
    }
  },
  async train(threads) {
    let workers = 0;
    const { Worker: Plain } = globalThis;
    globalThis.Worker = class extends Plain {
      constructor(...args) {
        super(...args);
        workers++;
      }
    };
    try {
      const bytes = await trainThreaded(threads);
      return { workers, bytes: Array.from(bytes) };
    } finally {
      globalThis.Worker = Plain;
    }
  },
};
