import { decodeBase64 } from '../encoding/base64.js';
import type { PackedBytes } from '../encoding/inflate.js';
import type { WasmBinary } from '../encoding/wasm-module.js';
import { IS_NODE } from './platform.js';

/** Kernels as our own build packed them; or compiled already, in the build for hosts that compile nothing at run time. */
export type PackedKernels = PackedBytes | WebAssembly.Module;

/** Unpacks what our own build packed. */
export async function unpack(packed: PackedBytes): Promise<Uint8Array<ArrayBuffer>> {
  if (!IS_NODE) return unpackInPage(packed);
  const zlib = await import('node:zlib');
  return Uint8Array.from(zlib.inflateRawSync(Buffer.from(packed.packed, 'base64')));
}

/** By what the browser has; an AudioWorklet and older browsers have nothing. */
async function unpackInPage(packed: PackedBytes): Promise<Uint8Array<ArrayBuffer>> {
  let unpacking: DecompressionStream;
  try {
    unpacking = new DecompressionStream('deflate-raw');
  } catch {
    const { inflate } = await import('../encoding/inflate.js');
    return inflate(packed);
  }
  const unpacked = new Blob([decodeBase64(packed.packed)]).stream().pipeThrough(unpacking);
  return new Uint8Array(await new Response(unpacked).arrayBuffer());
}

/** Kernels as `compileWasm` takes them. */
export async function unpackKernels(kernels: PackedKernels): Promise<WasmBinary> {
  return 'packed' in kernels ? unpack(kernels) : kernels;
}
