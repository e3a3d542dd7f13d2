import type { Executable } from '../../program/engine.js';
import type { Team } from './team.js';
import type { WasmExecutable } from './wasm-executable.js';

/** A program that a team runs, its session's thread at the head. */
export class ThreadedExecutable implements Executable {
  readonly #program: WasmExecutable;
  readonly #team: Team;

  constructor(program: WasmExecutable, team: Team) {
    this.#program = program;
    this.#team = team;
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
    this.#team.checkAlive();
    if (this.#program.runTogether()) return undefined;
    return this.#goOn();
  }

  async #goOn(): Promise<void> {
    do {
      await new Promise((resolve) => setTimeout(resolve, 0));
      this.#team.checkAlive({ running: true });
    } while (!this.#program.goOn());
  }

  read(output: string): Float32Array {
    return this.#program.read(output);
  }

  dispose(): void {
    this.#program.dispose();
  }
}
