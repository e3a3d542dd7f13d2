import { simd } from './binary.js';
import { wasmModule } from './wasm-module.js';

/** What the AssemblyScript side exports; see assembly/index.ts. */
interface ByteExports {
  readonly mixStripes: (data: number, bytes: number) => void;
  readonly areFinite16: (data: number, bytes: number) => number;
  readonly areFinite32: (data: number, bytes: number) => number;
  readonly areFinite64: (data: number, bytes: number) => number;
}

/** The kernels with their memory: the lanes of a digest first, then room for a chunk of bytes. */
export interface ByteKernels extends ByteExports {
  /** The 16 lanes of the digest. */
  readonly lanes: Int32Array;
  /** Where a chunk is copied to, shape `(CHUNK_BYTES)`. */
  readonly chunk: Uint8Array;
}

/** How many bytes go through at once: they stay in a core's own cache between the copy and the pass. */
const CHUNK_BYTES = 1 << 16;

/** Where a chunk begins. */
export const CHUNK_AT = 64;

let opened: ByteKernels | null | undefined;

/** The kernels, made once; null where the host has no WebAssembly with SIMD, or may not compile. */
export function byteKernels(): ByteKernels | null {
  if (opened !== undefined) return opened;
  try {
    const module = wasmModule(simd);
    const memory = new WebAssembly.Memory({ initial: 2 });
    const exports = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as ByteExports;
    opened = {
      ...exports,
      lanes: new Int32Array(memory.buffer, 0, 16),
      chunk: new Uint8Array(memory.buffer, CHUNK_AT, CHUNK_BYTES),
    };
  } catch {
    opened = null;
  }
  return opened;
}
