import type { Program } from './program.js';

/** Float64Array on the reference engine, Float32Array on the others. */
export type Floats = Float32Array | Float64Array;

/** Something that runs programs. */
export interface Engine {
  readonly name: EngineName;
  /** A place for one model's weights and state, and for the programs that share them. */
  createSession(): Promise<Session>;
}

export type EngineName = 'reference' | 'wasm' | 'gpu';

/** One model's kept buffers, by name, and the programs over them. */
export interface Session {
  readonly engine: EngineName;
  /** Which of its kernels run, where an engine has several that round differently. */
  readonly variant?: string | undefined;
  /** Whether it computes on a thread apart from its caller's. @default false */
  readonly isApart?: boolean;
  /** Makes a program ready to run. Kept buffers that are new are filled with zeros. */
  compile(program: Program): Executable | Promise<Executable>;
  /** Whether a kept buffer of this name is there. */
  has(name: string): boolean;
  /** The current numbers of a parameter or state, copied. */
  read(name: string): Floats;
  /** Sets a parameter or state; makes it where it is new. */
  write(name: string, values: ArrayLike<number>): void;
  /**
   * Moves to the engine that made a training state, where the session may still choose.
   * @param engine as `describeSession` has it
   * @throws SeqkitError `engine` where this machine does not have it
   */
  goOnWith?(engine: string): Promise<void>;
  /** Frees what the session holds. */
  dispose(): void;
}

/** The engine and, where it has several that round differently, its kernels, such as `wasm relaxed-simd`. */
export function describeSession({ engine, variant }: Session): string {
  return variant === undefined ? engine : `${engine} ${variant}`;
}

/** A program made ready. */
export interface Executable {
  /** Sets an input for the runs to come. */
  write(input: string, values: ArrayLike<number>): void;
  /** Runs all steps once. A Promise only where the device answers later. */
  run(): void | Promise<void>;
  /** An output of the last run: a view, valid until the next. */
  read(output: string): Floats;
  /** Frees what belongs to this program alone. */
  dispose(): void;
}

/** A session whose programs run at once: `reference` and `wasm`. */
export interface SyncSession extends Session {
  compile(program: Program, options?: CompileOptions): SyncExecutable;
}

/** What an engine may count on. */
export interface CompileOptions {
  /**
   * Every parameter has been written and stays as it is, so the engine may lay it out anew once for
   * all runs. The numbers are the same. @default false
   */
  fixedParameters?: boolean;
}

export interface SyncExecutable extends Executable {
  run(): void;
}
