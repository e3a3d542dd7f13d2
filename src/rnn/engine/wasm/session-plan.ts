import { showsPage } from '../../../base/host/yield-to-event-loop.js';
import type { Session } from '../../program/engine.js';
import type { CompiledKernels } from './kernel-module.js';
import { PacedSession } from './paced-session.js';
import { WasmSession } from './wasm-session.js';

/** What a session is made of, which another thread may make too. */
export interface SessionPlan {
  /** For shared memory where there are several threads. */
  readonly compiled: CompiledKernels;
  readonly threads: number;
  /** Whether to go on without further threads where they cannot start. */
  readonly alone: boolean;
}

/** @param loadAll all kernels, where the plan has those that predict; in its session they are loaded for what needs them */
export async function sessionOf(
  { compiled, threads, alone }: SessionPlan,
  loadAll?: () => Promise<CompiledKernels>,
): Promise<Session> {
  if (threads > 1) {
    const { ThreadedSession } = await import('./threaded-session.js');
    return new ThreadedSession(compiled, threads, { alone });
  }
  const session = new WasmSession(compiled);
  return loadAll || showsPage() ? new PacedSession(session, loadAll) : session;
}
