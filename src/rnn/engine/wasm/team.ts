import { startThread, type Thread, type ThreadModule } from '../../../base/host/threads.js';
import type { CompiledKernels } from './kernel-module.js';
import type { TeamMember } from './kernel-thread.js';

const kernelThread: ThreadModule = {
  // Made when it is asked for: an AudioWorklet, which starts no threads, has no URL.
  get url() {
    return new URL('./kernel-thread.js', import.meta.url);
  },
  // eslint-disable-next-line no-restricted-globals -- called in a page alone; see ThreadModule
  worker: () => new Worker(new URL('./kernel-thread.js', import.meta.url), { type: 'module' }),
};

/** Threads that wait in `serve` for what a session runs together with them. */
export class Team {
  /** How many there are, the session's own included. */
  readonly threads: number;
  readonly #members: readonly Thread[];

  private constructor(members: readonly Thread[]) {
    this.#members = members;
    this.threads = members.length + 1;
  }

  /** Starts them. @throws Error where one of them cannot start */
  static async start(compiled: CompiledKernels, memory: WebAssembly.Memory, threads: number): Promise<Team> {
    const members = Array.from({ length: threads - 1 }, (_, i) => {
      const member: TeamMember = { compiled, memory, thread: i + 1, threads };
      return startThread(kernelThread, member);
    });
    try {
      await Promise.all(
        members.map(
          (member) =>
            new Promise<unknown>((resolve, reject) => {
              member.onMessage(resolve);
              member.onError(reject);
            }),
        ),
      );
    } catch (error) {
      for (const member of members) member.terminate();
      throw error;
    }
    // They wait for good, which is no reason for a process to stay.
    for (const member of members) member.unref();
    return new Team(members);
  }

  /** Ends them. Nothing may be running. */
  dispose(): void {
    for (const member of this.#members) member.terminate();
  }
}
