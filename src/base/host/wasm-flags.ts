import { isNode } from './platform.js';

/**
 * Asks the JavaScript engine for relaxed SIMD where it has it behind a flag: Node 20 and 21.
 * Does nothing elsewhere; the caller probes again.
 */
export async function enableRelaxedSimd(): Promise<void> {
  if (!isNode()) return;
  // The name stands in a variable so that bundlers for browsers leave the import alone.
  const name = 'node:v8';
  const v8 = (await import(/* @vite-ignore */ /* webpackIgnore: true */ name)) as typeof import('node:v8');
  v8.setFlagsFromString('--experimental-wasm-relaxed-simd');
}
