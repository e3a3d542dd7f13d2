import { SeqkitError } from '../../../base/errors.js';

const PAGE = 65536;
/** Blocks begin on a cache line. */
const ALIGNMENT = 64;
/**
 * Address 0 means "no operand", and zeros stand there. The kernels keep constants behind them
 * (assembly/constants.ts), and what threads meet by (assembly/threads.ts).
 */
const BOTTOM = 256;
/** Kernels may read this far over the end of an operand. */
const MARGIN = 64;

interface Block {
  start: number;
  bytes: number;
}

/** What the kernels' binary says of its memory: 4 GiB, all that addresses reach. */
const MAX_PAGES = 65536;

/** The linear memory of a session: blocks by first fit, and views that survive its growth. */
export class LinearMemory {
  readonly memory: WebAssembly.Memory;
  /** Free blocks by address, never touching each other. */
  readonly #free: Block[] = [];
  /** All memory from here on is free. */
  #top = BOTTOM;
  #floats: Float32Array;

  /** @param options.shared among threads */
  constructor({ shared = false } = {}) {
    this.memory = new WebAssembly.Memory({ initial: 1, maximum: MAX_PAGES, shared });
    this.#floats = new Float32Array(this.memory.buffer);
  }

  /** All memory as floats. Growth replaces it, so it is asked for anew at each use. */
  get floats(): Float32Array {
    if (this.#floats.buffer !== this.memory.buffer) this.#floats = new Float32Array(this.memory.buffer);
    return this.#floats;
  }

  /** @returns the address of a block of this many bytes, holding anything */
  allocate(bytes: number): number {
    const size = roundUp(Math.max(bytes, 1));
    const fit = this.#free.findIndex((block) => block.bytes >= size);
    if (fit >= 0) {
      const block = this.#free[fit];
      const start = block.start;
      block.start += size;
      block.bytes -= size;
      if (block.bytes === 0) this.#free.splice(fit, 1);
      return start;
    }
    this.#grow(this.#top + size);
    this.#top += size;
    return this.#top - size;
  }

  /** Gives back a block that `allocate` gave for this many bytes. */
  release(start: number, bytes: number): void {
    const freed = { start, bytes: roundUp(Math.max(bytes, 1)) };
    const next = this.#free.findIndex((block) => block.start > start);
    this.#free.splice(next < 0 ? this.#free.length : next, 0, freed);
    for (let i = this.#free.length - 1; i > 0; i--) {
      const before = this.#free[i - 1];
      const after = this.#free[i];
      if (before.start + before.bytes === after.start) {
        before.bytes += after.bytes;
        this.#free.splice(i, 1);
      }
    }
    const last = this.#free.at(-1);
    if (last !== undefined && last.start + last.bytes === this.#top) {
      this.#top = last.start;
      this.#free.pop();
    }
  }

  #grow(end: number): void {
    const missing = end + MARGIN - this.memory.buffer.byteLength;
    if (missing <= 0) return;
    try {
      this.memory.grow(Math.ceil(missing / PAGE));
    } catch (cause) {
      throw new SeqkitError(
        `The wasm engine needs ${Math.ceil((end + MARGIN) / 2 ** 20)} MiB of memory and did not get it.`,
        { code: 'engine', hint: 'Take a smaller batch, a shorter sequence or fewer units.', cause },
      );
    }
  }
}

export function roundUp(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}
