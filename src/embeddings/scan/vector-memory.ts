import { SeqkitError } from '../../base/errors.js';
import { canShareMemory } from '../../base/host/thread-support.js';

const PAGE_BYTES = 1 << 16;

/** The most pages that 32-bit addresses reach: 4 GiB. */
const MAX_PAGES = 1 << 16;

/** Blocks begin on a cache line. */
const ALIGNMENT = 64;

/** Kernels may read this far over the end of the rows, in bytes. */
const MARGIN = 64;

/**
 * Memory that the scan kernels reach, where vectors lie from the moment they are read. It grows in
 * place, without a copy, up to 4 GiB; threads share it where the host has shared memory. Memory that
 * is not shared loses its views when it grows: before views are made that are to last, `reserve`
 * makes room for all that follows.
 */
export class VectorMemory {
  /** What fits, in bytes. */
  static readonly maxBytes = PAGE_BYTES * MAX_PAGES - MARGIN;
  readonly memory: WebAssembly.Memory;
  /** Whether threads can share it. */
  readonly shared: boolean;
  #top = 0;
  #sealed = false;
  /**
   * Those of the views. Shared memory gets another buffer over the same bytes when it grows, and in V8 also
   * when any other shared memory of the process does.
   */
  readonly #buffers = new WeakSet<ArrayBufferLike>();

  /** @param share whether threads are to share it, where they can */
  constructor(share = true) {
    const shared = share ? sharedMemory() : undefined;
    this.shared = shared !== undefined;
    this.memory = shared ?? new WebAssembly.Memory({ initial: 1 });
  }

  /**
   * The address of a new block.
   * @throws SeqkitError `bad-value` beyond 4 GiB or what the machine has
   */
  allocate(bytes: number): number {
    const start = Math.ceil(this.#top / ALIGNMENT) * ALIGNMENT;
    this.extend(start, bytes);
    return start;
  }

  /** Makes the last block, which begins at `start`, this large. */
  extend(start: number, bytes: number): void {
    const pages = Math.ceil((start + bytes + MARGIN) / PAGE_BYTES);
    const missing = pages - this.memory.buffer.byteLength / PAGE_BYTES;
    if (missing > 0) {
      try {
        if (pages > MAX_PAGES) throw new RangeError('32-bit addresses end at 4 GiB');
        if (this.#sealed) throw new RangeError('views would be lost');
        this.memory.grow(missing);
      } catch (cause) {
        const gigabytes = ((start + bytes) / 1e9).toFixed(1);
        throw new SeqkitError(
          `The vectors need ${gigabytes} GB of memory, more than there is or than the 4.2 GB that are used.`,
          { code: 'bad-value', hint: 'Load fewer words with the option limit.', cause },
        );
      }
    }
    this.#top = start + bytes;
  }

  /** Makes room for `bytes` more, and promises that no more will be asked for. */
  reserve(bytes: number): void {
    if (this.shared) return;
    const pages = Math.min(MAX_PAGES, Math.ceil((this.#top + bytes + MARGIN) / PAGE_BYTES));
    this.memory.grow(Math.max(0, pages - this.memory.buffer.byteLength / PAGE_BYTES));
    this.#sealed = true;
  }

  /** A view of bytes from an address on. */
  bytes(start: number, length: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#buffer(), start, length);
  }

  /** A view of 32-bit floats from an address on. */
  floats(start: number, length: number): Float32Array<ArrayBuffer> {
    return new Float32Array(this.#buffer(), start, length);
  }

  /** Whether a view is one of this memory, and not a copy as of what lay unaligned in a file. */
  holds({ buffer }: ArrayBufferView): boolean {
    // A buffer that was lost as its memory grew holds nothing.
    return (this.shared || buffer === this.memory.buffer) && this.#buffers.has(buffer);
  }

  /** The address of a view of this memory. */
  addressOf(view: ArrayBufferView): number {
    if (!this.holds(view)) throw new RangeError('this array lies elsewhere');
    return view.byteOffset;
  }

  #buffer(): ArrayBuffer {
    const { buffer } = this.memory;
    this.#buffers.add(buffer);
    return buffer;
  }
}

/**
 * None in a page that is not cross-origin isolated: some browsers make such memory there all the same, and then
 * refuse to hand it to a thread.
 */
function sharedMemory(): WebAssembly.Memory | undefined {
  if (!canShareMemory()) return undefined;
  try {
    return new WebAssembly.Memory({ initial: 1, maximum: MAX_PAGES, shared: true });
  } catch {
    return undefined;
  }
}
