import { IS_NODE } from './platform.js';

/** A function that multiplies and adds three zero vectors: valid where relaxed SIMD is. */
const RELAXED_PROBE = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // magic, version
  ...[0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b], // type: () -> v128
  ...[0x03, 0x02, 0x01, 0x00], // one function of it
  ...[0x0a, 0x13, 0x01, 0x11, 0x00], // code, no locals
  ...[0x41, 0x00, 0xfd, 0x11, 0x41, 0x00, 0xfd, 0x11, 0x41, 0x00, 0xfd, 0x11], // three splats of 0
  ...[0xfd, 0x85, 0x02, 0x0b], // f32x4.relaxed_madd, end
);

/** Whether this host runs relaxed SIMD, after asking for it where it is behind a flag: Node 20 and 21. */
export async function hasRelaxedSimd(): Promise<boolean> {
  if (typeof WebAssembly === 'undefined') return false;
  if (WebAssembly.validate(RELAXED_PROBE)) return true;
  if (!IS_NODE) return false;
  const v8 = await import('node:v8');
  v8.setFlagsFromString('--experimental-wasm-relaxed-simd');
  return WebAssembly.validate(RELAXED_PROBE);
}
