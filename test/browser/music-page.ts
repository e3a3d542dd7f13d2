import { compositionOf, type MusicJob, type MusicResult } from './music-job.js';

/** What a test asks of the page. */
export interface MusicPage {
  /** Runs the job in a worker of the page. */
  inWorker(job: MusicJob): Promise<MusicResult>;
}

if (typeof document === 'undefined') {
  // The same script, as the worker.
  addEventListener('message', ({ data }: MessageEvent<MusicJob>) => {
    void compositionOf(data)
      .then((result) => ({ result }))
      .catch((error: unknown) => ({ error: String(error) }))
      .then((answer) => (globalThis as unknown as Worker).postMessage(answer));
  });
} else {
  const page: MusicPage = {
    inWorker(job) {
      const worker = new Worker('/page.js', { type: 'module' });
      return new Promise<MusicResult>((resolve, reject) => {
        worker.onerror = (event) => reject(new Error(event.message));
        worker.onmessage = ({ data }: MessageEvent<{ result: MusicResult } | { error: string }>) => {
          worker.terminate();
          if ('error' in data) reject(new Error(data.error));
          else resolve(data.result);
        };
        worker.postMessage(job);
      });
    },
  };
  Object.assign(globalThis, { musicPage: page });
}
