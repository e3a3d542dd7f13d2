import { isNode } from './platform.js';

/** A function that multiplies and adds three zero vectors: valid where relaxed SIMD is. */
const RELAXED_PROBE = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // magic, version
  ...[0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b], // type: () -> v128
  ...[0x03, 0x02, 0x01, 0x00], // one function of it
  ...[0x0a, 0x13, 0x01, 0x11, 0x00], // code, no locals
  ...[0x41, 0x00, 0xfd, 0x11, 0x41, 0x00, 0xfd, 0x11, 0x41, 0x00, 0xfd, 0x11], // three splats of 0
  ...[0xfd, 0x85, 0x02, 0x0b], // f32x4.relaxed_madd, end
);

/** Whether this host has relaxed SIMD, after asking for it. */
export async function hasRelaxedSimd(): Promise<boolean> {
  if (WebAssembly.validate(RELAXED_PROBE)) return true;
  await enableRelaxedSimd();
  return WebAssembly.validate(RELAXED_PROBE);
}

/**
 * Asks the JavaScript engine for relaxed SIMD where it has it behind a flag: Node 20 and 21.
 * Does nothing elsewhere; the caller probes again.
 */
async function enableRelaxedSimd(): Promise<void> {
  if (!isNode()) return;
  // The name stands in a variable so that bundlers for browsers leave the import alone.
  const name = 'node:v8';
  const v8 = (await import(/* @vite-ignore */ /* webpackIgnore: true */ name)) as typeof import('node:v8');
  v8.setFlagsFromString('--experimental-wasm-relaxed-simd');
}
