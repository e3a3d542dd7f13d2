import { decodeBase64 } from '../encoding/base64.js';
import type { PackedBytes } from '../encoding/inflate.js';
import type { WasmBinary } from '../encoding/wasm-module.js';
import { IS_NODE } from './platform.js';

/** Kernels as our own build packed them; or compiled already, in the build for hosts that compile nothing at run time. */
export type PackedKernels = PackedBytes | WebAssembly.Module;

/** Variants of kernels that are much alike, packed as one, which takes little more room than either by itself. */
export interface PackedVariants<Variant extends string> extends PackedBytes {
  /** Bytes of each variant. */
  readonly lengths: Readonly<Record<Variant, number>>;
  /**
   * Into how many parts each is cut. They lie in turn, the first of each, then the second of each: DEFLATE finds again
   * what came at most 32 kB before.
   */
  readonly parts: number;
}

/** Those; or, in the build for hosts that compile nothing at run time, each compiled already. */
export type VariantsOfKernels<Variant extends string> =
  PackedVariants<Variant> | Readonly<Record<Variant, WebAssembly.Module>>;

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

/** One variant of kernels as `compileWasm` takes it. */
export async function unpackVariant<Variant extends string>(
  kernels: VariantsOfKernels<Variant>,
  variant: Variant,
): Promise<WasmBinary> {
  if (!('packed' in kernels)) return kernels[variant];
  const { parts, lengths } = kernels;
  const all = await unpack(kernels);
  const chosen = new Uint8Array(lengths[variant]);
  let at = 0;
  for (let part = 0; part < parts; part++) {
    for (const each of Object.keys(lengths) as Variant[]) {
      const begin = Math.floor((part * lengths[each]) / parts);
      const length = Math.floor(((part + 1) * lengths[each]) / parts) - begin;
      if (each === variant) chosen.set(all.subarray(at, at + length), begin);
      at += length;
    }
  }
  return chosen;
}
