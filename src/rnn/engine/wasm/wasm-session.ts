import { SeqkitError } from '../../../base/errors.js';
import { maySleep } from '../../../base/host/thread-support.js';
import type { CompileOptions, SyncSession } from '../../program/engine.js';
import type { Buffer, Program } from '../../program/program.js';
import { instantiateKernels } from './kernel-module.js';
import type { CompiledKernels, KernelModule, Variant } from './kernel-module.js';
import { LinearMemory } from './linear-memory.js';
import type { KernelPool } from './kernel-pool.js';
import { WasmExecutable, type Together } from './wasm-executable.js';

/** One model in one linear memory. */
export class WasmSession implements SyncSession {
  readonly engine = 'wasm';
  #compiled: CompiledKernels;
  readonly #memory: LinearMemory;
  #kernels: KernelModule;
  /** Parameters and state by name. */
  readonly #kept = new Map<string, { address: number; size: number }>();
  /** The parameters that a program was compiled to find unchanged. */
  readonly #fixed = new Set<string>();

  constructor(compiled: CompiledKernels) {
    this.#compiled = compiled;
    this.#memory = new LinearMemory({ shared: compiled.shared });
    this.#kernels = instantiateKernels(compiled, this.#memory.memory);
  }

  /** Which kernels run. */
  get variant(): Variant {
    return this.#kernels.variant;
  }

  /** Bytes of linear memory. */
  get memoryBytes(): number {
    return this.#memory.memory.buffer.byteLength;
  }

  /** Threads over this session's memory, which must be shared. */
  async startPool(threads: number): Promise<KernelPool> {
    const { KernelPool } = await import('./kernel-pool.js');
    if (!maySleep()) this.#kernels.exports.neverSleep();
    const { memory } = this.#memory;
    return KernelPool.start(this.#compiled, { memory, release: () => this.#kernels.exports.fail() }, threads);
  }

  /** Whether all kernels of a program are there. */
  runs({ steps }: Program): boolean {
    return steps.every(({ kernel }) => this.#kernels.has(kernel));
  }

  /** Takes other kernels for the programs to come. Those that were compiled go on with theirs, in the same memory. */
  takeKernels(compiled: CompiledKernels): void {
    this.#compiled = compiled;
    this.#kernels = instantiateKernels(compiled, this.#memory.memory);
  }

  /** @param options.together as many as the pool has; else one thread runs it */
  compile(program: Program, options: CompileOptions & { together?: Together } = {}): WasmExecutable {
    for (const buffer of program.buffers) {
      if (buffer.kind !== 'parameter' && buffer.kind !== 'state') continue;
      const kept = this.#kept.get(buffer.name);
      if (kept === undefined) this.#add(buffer.name, buffer.size);
      else if (kept.size !== buffer.size) {
        throw new SeqkitError(
          `"${buffer.name}" holds ${kept.size} numbers; the program "${program.name}" needs ${buffer.size}.`,
          { code: 'bad-shape' },
        );
      }
    }
    const address = (buffer: Buffer): number => this.#find(buffer.name).address;
    const executable = new WasmExecutable(program, this.#memory, this.#kernels, address, options);
    if (options.fixedParameters) {
      for (const { kind, name } of program.buffers) if (kind === 'parameter') this.#fixed.add(name);
    }
    return executable;
  }

  has(name: string): boolean {
    return this.#kept.has(name);
  }

  read(name: string): Float32Array {
    const { address, size } = this.#find(name);
    return this.#memory.floats.slice(address / 4, address / 4 + size);
  }

  write(name: string, values: ArrayLike<number>): void {
    if (this.#fixed.has(name)) throw new RangeError(`"${name}" was fixed when a program was compiled`);
    const { address, size } = this.#kept.get(name) ?? this.#add(name, values.length);
    if (values.length !== size) {
      throw new SeqkitError(`"${name}" takes ${size} numbers; ${values.length} were given.`, {
        code: 'bad-shape',
      });
    }
    this.#memory.floats.set(values, address / 4);
  }

  dispose(): void {
    for (const { address, size } of this.#kept.values()) this.#memory.release(address, size * 4);
    this.#kept.clear();
  }

  #add(name: string, size: number): { address: number; size: number } {
    const kept = { address: this.#memory.allocate(size * 4), size };
    this.#memory.floats.fill(0, kept.address / 4, kept.address / 4 + size);
    this.#kept.set(name, kept);
    return kept;
  }

  #find(name: string): { address: number; size: number } {
    const kept = this.#kept.get(name);
    if (kept === undefined) throw new RangeError(`no parameter or state is named "${name}"`);
    return kept;
  }
}
