import { READY, runThread } from '../../base/host/threads.js';
import { instantiateTrainingKernels } from './wasm/training-kernels.js';

/** What a thread is started with. */
export interface ThreadStart {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** The address of the settings. */
  readonly settings: number;
}

// A thread of training-pool.ts: gets the address of a job that is written, and sends it back when done.
runThread(({ data, starter }) => {
  const { module, memory, settings } = data as ThreadStart;
  const kernels = instantiateTrainingKernels(module, memory);
  // First: the jobs that wait already are done at once below.
  starter.post(READY);
  starter.onMessage((job) => {
    kernels.train(settings, job as number);
    starter.post(job);
  });
});
