import type { Executable } from '../../program/engine.js';
import type { KernelPool } from './kernel-pool.js';
import type { WasmExecutable } from './wasm-executable.js';

/** A program that a pool runs, its session's thread at the head. */
export class ThreadedExecutable implements Executable {
  readonly #program: WasmExecutable;
  readonly #pool: KernelPool;

  constructor(program: WasmExecutable, pool: KernelPool) {
    this.#program = program;
    this.#pool = pool;
  }

  write(input: string, values: ArrayLike<number>): void {
    this.#program.write(input, values);
  }

  /**
   * At once, unless a thread keeps the others waiting for half a second: then the event loop gets its turn, which
   * tells whether that thread still lives.
   * @throws SeqkitError `engine` that names a thread which ended
   */
  run(): void | Promise<void> {
    this.#pool.checkAlive();
    if (this.#program.runTogether()) return undefined;
    return this.#goOn();
  }

  async #goOn(): Promise<void> {
    do {
      await new Promise((resolve) => setTimeout(resolve, 0));
      this.#pool.checkAlive({ running: true });
    } while (!this.#program.goOn());
  }

  read(output: string): Float32Array {
    return this.#program.read(output);
  }

  dispose(): void {
    this.#program.dispose();
  }
}
