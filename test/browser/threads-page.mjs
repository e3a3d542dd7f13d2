// Bundled from dist, as users' pages are: a bundler finds the scripts of workers beside the modules.
import { trainThreaded } from './threaded-job.mjs';

globalThis.threadsPage = {
  isolated: () => globalThis.crossOriginIsolated,
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
