import { SeqkitError } from '../../../base/errors.js';
import { sayAlone } from '../../../base/host/one-thread.js';
import type { Executable, Session } from '../../program/engine.js';
import type { Program } from '../../program/program.js';
import { findBarriers } from './barriers.js';
import type { CompiledKernels, Variant } from './kernel-module.js';
import type { KernelPool } from './kernel-pool.js';
import { ThreadedExecutable } from './threaded-executable.js';
import { WasmSession } from './wasm-session.js';
import { workOf } from './work.js';

/** The operations that make a thread worth waking: some 0.4 ms. */
const MIN_WORK_PER_THREAD = 2e7;

/** Ends the threads of sessions that nobody holds any more. */
const abandoned = new FinalizationRegistry<KernelPool>((pool) => pool.dispose());

/**
 * One model in memory that several threads share. Programs with little work run on one
 * thread all the same, and the others start with the first program that has enough.
 */
export class ThreadedSession implements Session {
  readonly engine = 'wasm';
  #threads: number;
  readonly #alone: boolean;
  readonly #session: WasmSession;
  #pool: Promise<KernelPool> | undefined;
  /** The same, once it has started. */
  #ready: KernelPool | undefined;

  /**
   * @param threads 2 or more
   * @param options.alone whether to go on without the others where they cannot start
   */
  constructor(compiled: CompiledKernels, threads: number, { alone = false } = {}) {
    this.#session = new WasmSession(compiled);
    this.#threads = threads;
    this.#alone = alone;
  }

  /** How many work together. */
  get threads(): number {
    return this.#threads;
  }

  /** Which kernels run. */
  get variant(): Variant {
    return this.#session.variant;
  }

  async compile(program: Program): Promise<Executable> {
    if (this.#threads === 1 || workOf(program) < MIN_WORK_PER_THREAD * this.#threads)
      return this.#session.compile(program);
    // The threads start while the program is laid out: either takes tens of milliseconds.
    const pool = (this.#pool ??= this.#startPool());
    // It is waited for below, unless laying out throws first.
    pool.catch(() => {});
    const executable = this.#session.compile(program, { together: { threads: this.#threads, findBarriers } });
    try {
      return new ThreadedExecutable(executable, await pool);
    } catch (error) {
      executable.dispose();
      if (!this.#alone) throw error;
      this.#threads = 1;
      sayAlone('The wasm engine', (error as Error).cause);
      return this.#session.compile(program);
    }
  }

  has(name: string): boolean {
    return this.#session.has(name);
  }

  read(name: string): Float32Array {
    this.#ready?.checkWhole();
    return this.#session.read(name);
  }

  write(name: string, values: ArrayLike<number>): void {
    this.#session.write(name, values);
  }

  dispose(): void {
    abandoned.unregister(this);
    this.#pool?.then((pool) => pool.dispose()).catch(() => {});
    this.#session.dispose();
  }

  async #startPool(): Promise<KernelPool> {
    try {
      const pool = await this.#session.startPool(this.#threads);
      this.#ready = pool;
      abandoned.register(this, pool, this);
      return pool;
    } catch (cause) {
      throw new SeqkitError(`The wasm engine's ${this.#threads - 1} further threads did not start.`, {
        code: 'engine',
        hint: 'Ask for one thread, with threads: 1.',
        cause,
      });
    }
  }
}
