import { wasmModule } from '../../../base/encoding/wasm-module.js';
import { simd } from './binary.js';

/** What the AssemblyScript side exports; see assembly/index.ts. */
interface FilterExports {
  filter(
    samples: number,
    taps: number,
    width: number,
    up: number,
    down: number,
    phase: number,
    count: number,
    output: number,
  ): void;
}

/** Outputs that are computed at a time. */
const BLOCK = 1024;
const FLOAT_BYTES = 4;
const PAGE_BYTES = 65_536;
/** Where the memory begins that is ours; what is before it belongs to AssemblyScript. */
const FIRST_BYTE = 1024;

/** Compiled once a process: it is less than a kilobyte. `null` where the host cannot. */
let compiled: WebAssembly.Module | null | undefined;

/**
 * Compiled without a pause: whoever resamples a stream does not wait. `null` where a host has no SIMD, or a page
 * forbids WebAssembly.
 */
function filterModule(): WebAssembly.Module | null {
  if (compiled !== undefined) return compiled;
  try {
    compiled = wasmModule(simd);
  } catch {
    compiled = null;
  }
  return compiled;
}

/** A filter's taps in memory of its own, with room for a block of input and output. */
export class FilterKernel {
  readonly #exports: FilterExports;
  readonly #up: number;
  readonly #down: number;
  readonly #width: number;
  readonly #tapsAt: number;
  readonly #inputAt: number;
  readonly #outputAt: number;
  readonly #input: Float32Array;
  readonly #output: Float32Array;

  private constructor(
    module: WebAssembly.Module,
    { up, down, taps }: { up: number; down: number; taps: readonly Float64Array[] },
  ) {
    this.#up = up;
    this.#down = down;
    this.#width = 4 * Math.ceil(taps[0].length / 4);
    // What the last of a block needs beyond the first, at most.
    const inputs = Math.ceil((BLOCK * down) / up) + this.#width;
    this.#tapsAt = FIRST_BYTE;
    this.#inputAt = this.#tapsAt + FLOAT_BYTES * up * this.#width;
    this.#outputAt = this.#inputAt + FLOAT_BYTES * inputs;
    const bytes = this.#outputAt + FLOAT_BYTES * BLOCK;
    const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE_BYTES) });
    this.#exports = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as FilterExports;
    this.#input = new Float32Array(memory.buffer, this.#inputAt, inputs);
    this.#output = new Float32Array(memory.buffer, this.#outputAt, BLOCK);
    const table = new Float32Array(memory.buffer, this.#tapsAt, up * this.#width);
    taps.forEach((set, phase) => table.set(set, phase * this.#width));
  }

  /**
   * @param filter.taps one set for each of the `up` phases
   * @returns undefined where the host cannot run it
   */
  static open(filter: { up: number; down: number; taps: readonly Float64Array[] }): FilterKernel | undefined {
    const module = filterModule();
    return module === null ? undefined : new FilterKernel(module, filter);
  }

  /**
   * Fills `out` with outputs that follow each other.
   *
   * @param samples the input, silence before and after it
   * @param from index of the first input sample that the first output needs; it may lie before or after `samples`
   * @param phase of the first output
   */
  run(out: Float32Array, samples: Float32Array, from: number, phase: number): void {
    const input = this.#input;
    for (let done = 0; done < out.length; done += BLOCK) {
      const count = Math.min(BLOCK, out.length - done);
      const steps = phase + (count - 1) * this.#down;
      const needed = Math.floor(steps / this.#up) + this.#width;
      const first = Math.min(samples.length, Math.max(0, from));
      const last = Math.max(first, Math.min(samples.length, from + needed));
      const lead = Math.min(needed, Math.max(0, first - from));
      input.fill(0, 0, lead);
      input.set(samples.subarray(first, last), lead);
      input.fill(0, lead + last - first, needed);
      this.#exports.filter(
        this.#inputAt,
        this.#tapsAt,
        this.#width,
        this.#up,
        this.#down,
        phase,
        count,
        this.#outputAt,
      );
      out.set(this.#output.subarray(0, count), done);
      const next = phase + count * this.#down;
      from += Math.floor(next / this.#up);
      phase = next % this.#up;
    }
  }
}
