import { EventLoopYielder, showsPage } from '../../../base/host/yield-to-event-loop.js';
import type { Executable, Session } from '../../program/engine.js';
import type { Program } from '../../program/program.js';
import type { CompiledKernels } from './kernel-module.js';
import type { WasmExecutable } from './wasm-executable.js';
import type { WasmSession } from './wasm-session.js';

/**
 * A session in a page. It has the kernels that predict, and loads all with the first program that needs more. On the
 * thread of the page a run that takes longer than a frame pauses between its commands, so that the page has its turns. Parameters change in one go, at the end of a run; what is written to them in a pause takes its
 * place after that.
 */
export class PacedSession implements Session {
  readonly engine = 'wasm';
  readonly #session: WasmSession;
  /** On the thread of a page. An audio thread has no clock to go by. */
  readonly #eventLoop = showsPage() ? new EventLoopYielder() : undefined;
  readonly #loadAll: (() => Promise<CompiledKernels>) | undefined;
  #isRunning = false;
  readonly #late = new Map<string, Float32Array>();

  /** @param loadAll all kernels, where the session has only those that predict */
  constructor(session: WasmSession, loadAll?: () => Promise<CompiledKernels>) {
    this.#session = session;
    this.#loadAll = loadAll;
  }

  get variant(): string | undefined {
    return this.#session.variant;
  }

  async compile(program: Program): Promise<Executable> {
    if (this.#loadAll && !this.#session.runs(program)) this.#session.takeKernels(await this.#loadAll());
    return new PacedExecutable(this.#session.compile(program), (executable) => this.#run(executable));
  }

  has(name: string): boolean {
    return this.#session.has(name);
  }

  read(name: string): Float32Array {
    return this.#late.get(name)?.slice() ?? this.#session.read(name);
  }

  write(name: string, values: ArrayLike<number>): void {
    const size = this.#isRunning && this.#session.has(name) ? this.#session.read(name).length : -1;
    if (values.length === size) this.#late.set(name, Float32Array.from(values));
    else this.#session.write(name, values);
  }

  dispose(): void {
    this.#session.dispose();
  }

  async #run(executable: WasmExecutable): Promise<void> {
    this.#isRunning = true;
    try {
      let at = executable.list.start;
      const pauses = this.#eventLoop ? executable.pauses : [executable.list.end];
      for (const pause of pauses) {
        if (this.#eventLoop?.due()) await this.#eventLoop.turn();
        executable.runPart(at, pause);
        at = pause;
      }
    } finally {
      this.#isRunning = false;
      for (const [name, values] of this.#late) this.#session.write(name, values);
      this.#late.clear();
    }
  }
}

/** A program that runs in parts. */
class PacedExecutable implements Executable {
  readonly #program: WasmExecutable;
  readonly #run: (program: WasmExecutable) => Promise<void>;

  constructor(program: WasmExecutable, run: (program: WasmExecutable) => Promise<void>) {
    this.#program = program;
    this.#run = run;
  }

  write(input: string, values: ArrayLike<number>): void {
    this.#program.write(input, values);
  }

  run(): Promise<void> {
    return this.#run(this.#program);
  }

  read(output: string): Float32Array {
    return this.#program.read(output);
  }

  dispose(): void {
    this.#program.dispose();
  }
}
