import { decodeBase64 } from './base64.js';
import { simd } from './binary.js';

/** What the AssemblyScript side exports; see assembly/index.ts. */
interface ByteExports {
  mixStripes(this: void, data: number, bytes: number): void;
  areFinite16(this: void, data: number, bytes: number): number;
  areFinite32(this: void, data: number, bytes: number): number;
  areFinite64(this: void, data: number, bytes: number): number;
}

/** The kernels with their memory: the lanes of a digest first, then room for a piece of bytes. */
export interface ByteKernels extends ByteExports {
  /** The 16 lanes of the digest. */
  readonly lanes: Int32Array;
  /** Where a piece is copied to, shape `(pieceBytes)`. */
  readonly piece: Uint8Array;
}

/** How many bytes go through at once: they stay in a core's own cache between the copy and the pass. */
export const pieceBytes = 1 << 16;

/** Where a piece begins. */
export const pieceAt = 64;

let opened: ByteKernels | null | undefined;

/** The kernels, made once; null where the host has no WebAssembly with SIMD, or may not compile. */
export function byteKernels(): ByteKernels | null {
  if (opened !== undefined) return opened;
  try {
    const memory = new WebAssembly.Memory({ initial: 2 });
    const module = new WebAssembly.Module(decodeBase64(simd));
    const exports = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as ByteExports;
    opened = {
      ...exports,
      lanes: new Int32Array(memory.buffer, 0, 16),
      piece: new Uint8Array(memory.buffer, pieceAt, pieceBytes),
    };
  } catch {
    opened = null;
  }
  return opened;
}
