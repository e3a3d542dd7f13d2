import { showsPage } from '../../../base/host/yield-to-event-loop.js';
import type { Session } from '../../program/engine.js';
import type { CompiledKernels } from './kernel-module.js';
import { PacedSession } from './paced-session.js';
import { ThreadedSession } from './threaded-session.js';
import { WasmSession } from './wasm-session.js';

/** What a session is made of, which another thread may make too. */
export interface SessionPlan {
  /** For shared memory where there are several threads. */
  readonly compiled: CompiledKernels;
  readonly threads: number;
  /** Whether to go on without further threads where they cannot start. */
  readonly alone: boolean;
}

export function sessionOf({ compiled, threads, alone }: SessionPlan): Session {
  if (threads > 1) return new ThreadedSession(compiled, threads, { alone });
  const session = new WasmSession(compiled);
  return showsPage() ? new PacedSession(session) : session;
}
