import type { ListenAnswer, ListenRequest } from './trigger-worker.js';
import TriggerWorker from './trigger-worker.ts?worker&inline';

/** What a test asks of the page; numbers come as plain arrays. */
export interface TriggerPage {
  listen(
    request: Omit<ListenRequest, 'model' | 'samples'> & { model: number[]; samples: number[] },
  ): Promise<ListenAnswer>;
}

const page: TriggerPage = {
  listen(request) {
    const worker = new TriggerWorker();
    return new Promise((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<ListenAnswer>) => {
        worker.terminate();
        resolve(data);
      };
      worker.onerror = ({ message }) => reject(new Error(message));
      worker.postMessage({
        ...request,
        model: Uint8Array.from(request.model),
        samples: Float32Array.from(request.samples),
      } satisfies ListenRequest);
    });
  },
};

Object.assign(globalThis, { triggerPage: page });
