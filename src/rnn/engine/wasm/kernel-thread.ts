import { READY, runThread } from '../../../base/host/threads.js';
import { instantiateKernels, type CompiledKernels } from './kernel-module.js';

// What runs in each further thread of a pool.

/** What such a thread starts with. */
export interface KernelThreadStart {
  readonly compiled: CompiledKernels;
  /** Shared. */
  readonly memory: WebAssembly.Memory;
  /** From 1 on: the session's own thread is number 0. */
  readonly thread: number;
  readonly threads: number;
}

runThread(({ data, starter }) => {
  const { compiled, memory, thread, threads } = data as KernelThreadStart;
  const { exports } = instantiateKernels(compiled, memory);
  starter.post(READY);
  try {
    exports.serve(thread, threads);
  } catch (error) {
    exports.fail();
    throw error;
  }
});
