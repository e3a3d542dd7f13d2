import { SeqkitError } from '../errors.js';
import type { Session, SyncSession } from './engine.js';
import { createReferenceSession } from './reference/reference-engine.js';
import { createWasmSession, openWasmSession, prepareWasm } from './wasm/wasm-engine.js';

/**
 * - `auto`: the fastest engine for the job; for now always `wasm`.
 * - `wasm`: SIMD kernels in float32.
 * - `reference`: plain float64, slow: the judge of the others.
 * - `gpu:webasm`, `gpu:cpu`: gpu.js in its modes that need no GPU.
 */
export const engineChoices = ['auto', 'wasm', 'reference', 'gpu:webasm', 'gpu:cpu'] as const;
export type EngineChoice = (typeof engineChoices)[number];

/**
 * @param threads of the wasm engine; the others have one
 * @throws SeqkitError `usage` for a name that is none of `engineChoices`, or for threads that the engine has not
 */
export async function openSession(choice: EngineChoice, threads?: number): Promise<Session> {
  checkThreads(choice, threads);
  // Streaming at batch 1 runs at once, on wasm, whatever trains the model.
  await prepareWasm();
  switch (choice) {
    case 'auto':
    case 'wasm':
      return openWasmSession(threads);
    case 'reference':
      return openReferenceSession();
    case 'gpu:webasm':
    case 'gpu:cpu': {
      const { createGpuEngine } = await import('./gpu/gpu-engine.js');
      return createGpuEngine({ backend: choice === 'gpu:cpu' ? 'cpu' : 'webasm' }).createSession();
    }
    default:
      throw new SeqkitError(`There is no engine "${String(choice)}".`, {
        code: 'usage',
        hint: `The engines are ${engineChoices.join(', ')}.`,
      });
  }
}

function checkThreads(choice: EngineChoice, threads: number | undefined): void {
  if (threads === undefined) return;
  if (!(Number.isInteger(threads) && threads >= 1 && threads <= 64)) {
    throw new SeqkitError(`threads must be a whole number from 1 to 64, not ${threads}.`, {
      code: 'bad-value',
    });
  }
  if (threads > 1 && choice !== 'auto' && choice !== 'wasm') {
    throw new SeqkitError(`The engine "${choice}" runs on one thread, not on ${threads}.`, {
      code: 'usage',
      hint: 'Leave threads out, or take the engine wasm.',
    });
  }
}

/** A session whose programs run at once, for one step at a time. After `openSession` only. */
export function openStreamingSession(choice: EngineChoice): SyncSession {
  return choice === 'reference' ? openReferenceSession() : createWasmSession();
}

/** The float64 judge, at once: for gradient checks. */
export function openReferenceSession(): SyncSession {
  return createReferenceSession();
}
