import { SeqkitError } from '../../../base/errors.js';
import { IS_NODE } from '../../../base/host/platform.js';
import { canShareMemory, hardwareThreads } from '../../../base/host/thread-support.js';
import type { Engine, Session } from '../../program/engine.js';
import { canRun, compileKernels } from './kernel-module.js';
import type { CompiledKernels, Variant } from './kernel-module.js';
import { sessionOf, type SessionPlan } from './session-plan.js';
import { WasmSession } from './wasm-session.js';

/** Float32 on the CPU, four at a time, in Node and in browsers. */
export const wasmEngine = {
  name: 'wasm',
  async createSession(): Promise<WasmSession> {
    await prepareWasm();
    return createWasmSession();
  },
} satisfies Engine;

/** For one thread. In a page those that predict, until all were loaded. */
let fastest: CompiledKernels | undefined;

/** Most threads that are taken unasked: with more, a thread's share of a batch gets small. */
const MAX_DEFAULT_THREADS = 4;

/**
 * A session over several threads, or over one where the host has or can do no more: a page's policy may forbid
 * threads, which shows when they are to start.
 * @param threads @default one for each that the machine runs at once, up to four
 * @throws SeqkitError `engine` where more than one is asked for and memory cannot be shared
 */
export async function openWasmSession(threads?: number): Promise<Session> {
  if (IS_NODE || countOf(threads) > 1) return sessionOf(await planWasmSession(threads));
  await prepareWasm();
  return sessionOf({ compiled: fastest!, threads: 1, alone: false }, loadAll);
}

/**
 * A session as `openWasmSession` would open it, for another thread to open: with all kernels.
 * @throws SeqkitError as that does
 */
export async function planWasmSession(threads?: number): Promise<SessionPlan> {
  const count = countOf(threads);
  if (count === 1) return { compiled: await loadAll(), threads: 1, alone: false };
  if (!canShareMemory()) {
    throw new SeqkitError(`The wasm engine cannot run on ${count} threads here.`, {
      code: 'engine',
      hint: 'Threads share memory, which a page gets only where it is cross-origin isolated. Take one thread.',
    });
  }
  const compiled = await compileKernels(await fastestVariant(), { shared: true });
  return { compiled, threads: count, alone: threads === undefined };
}

function countOf(threads: number | undefined): number {
  return threads ?? (canShareMemory() ? Math.min(hardwareThreads(), MAX_DEFAULT_THREADS) : 1);
}

/** Compiles the fastest kernels that the host has, once a process: in a page those that predict. */
export async function prepareWasm(): Promise<void> {
  fastest ??= await compileKernels(await fastestVariant(), { set: IS_NODE ? 'all' : 'forward' });
}

async function loadAll(): Promise<CompiledKernels> {
  fastest = await compileKernels(await fastestVariant());
  return fastest;
}

async function fastestVariant(): Promise<Variant> {
  return (await canRun('relaxed-simd')) ? 'relaxed-simd' : 'simd';
}

/** A session at once, after `prepareWasm` or an earlier session of `wasmEngine`. */
export function createWasmSession(): WasmSession {
  if (fastest === undefined) {
    throw new SeqkitError('The wasm engine is not ready yet.', {
      code: 'engine',
      hint: 'Await prepareWasm() once before you create sessions at once.',
    });
  }
  return new WasmSession(fastest);
}
