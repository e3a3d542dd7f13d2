import { SeqkitError } from '../../errors.js';
import type { Engine } from '../engine.js';
import { canRun, compileKernels } from './kernel-module.js';
import type { CompiledKernels } from './kernel-module.js';
import { WasmSession } from './wasm-session.js';

/** Float32 on the CPU, four at a time, in Node and in browsers. */
export const wasmEngine = {
  name: 'wasm',
  async createSession(): Promise<WasmSession> {
    await prepareWasm();
    return createWasmSession();
  },
} satisfies Engine;

let fastest: CompiledKernels | undefined;

/** Compiles the fastest kernels that the host has, once a process. */
export async function prepareWasm(): Promise<void> {
  fastest ??= await compileKernels((await canRun('relaxed-simd')) ? 'relaxed-simd' : 'simd');
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
