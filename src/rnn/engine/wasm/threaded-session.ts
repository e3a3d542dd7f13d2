import { SeqkitError } from '../../../base/errors.js';
import type { Executable, Session } from '../../program/engine.js';
import type { Program } from '../../program/program.js';
import type { CompiledKernels, Variant } from './kernel-module.js';
import type { Team } from './team.js';
import { ThreadedExecutable } from './threaded-executable.js';
import { WasmSession } from './wasm-session.js';
import { workOf } from './work.js';

/** The operations that make a thread worth waking: some 0.4 ms. */
const leastWorkOfAThread = 2e7;

/** Ends the threads of sessions that nobody holds any more. */
const abandoned = new FinalizationRegistry<Team>((team) => team.dispose());

/**
 * One model in memory that several threads share. Programs with little work run on one
 * thread all the same, and the others start with the first program that has enough.
 */
export class ThreadedSession implements Session {
  readonly engine = 'wasm';
  readonly threads: number;
  readonly #session: WasmSession;
  #team: Promise<Team> | undefined;
  /** The same, once it has started. */
  #ready: Team | undefined;

  /** @param threads 2 or more */
  constructor(compiled: CompiledKernels, threads: number) {
    this.#session = new WasmSession(compiled);
    this.threads = threads;
  }

  /** Which kernels run. */
  get variant(): Variant {
    return this.#session.variant;
  }

  async compile(program: Program): Promise<Executable> {
    if (workOf(program) < leastWorkOfAThread * this.threads) return this.#session.compile(program);
    // The threads start while the program is laid out: either takes tens of milliseconds.
    const team = (this.#team ??= this.#startTeam());
    // It is waited for below, unless laying out throws first.
    team.catch(() => {});
    const executable = this.#session.compile(program, { threads: this.threads });
    try {
      return new ThreadedExecutable(executable, await team);
    } catch (error) {
      executable.dispose();
      throw error;
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
    this.#team?.then((team) => team.dispose()).catch(() => {});
    this.#session.dispose();
  }

  async #startTeam(): Promise<Team> {
    try {
      const team = await this.#session.startTeam(this.threads);
      this.#ready = team;
      abandoned.register(this, team, this);
      return team;
    } catch (cause) {
      throw new SeqkitError(`The wasm engine's ${this.threads - 1} further threads did not start.`, {
        code: 'engine',
        hint: 'Ask for one thread, with threads: 1.',
        cause,
      });
    }
  }
}
