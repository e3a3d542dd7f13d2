import { openThread } from '../../../base/host/threads.js';
import { instantiateKernels, type CompiledKernels } from './kernel-module.js';

// What runs in each further thread of a team.

/** What such a thread starts with. */
export interface TeamMember {
  readonly compiled: CompiledKernels;
  /** Shared. */
  readonly memory: WebAssembly.Memory;
  /** From 1 on: the session's own thread is number 0. */
  readonly thread: number;
  readonly threads: number;
}

const { data, starter } = await openThread();
const { compiled, memory, thread, threads } = data as TeamMember;
const { exports } = instantiateKernels(compiled, memory);
starter.post('ready');
try {
  exports.serve(thread, threads);
} catch (error) {
  exports.fail();
  throw error;
}
