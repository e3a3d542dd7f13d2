import { SeqkitError } from '../../../base/errors.js';
import type { CompileOptions, SyncExecutable } from '../../program/engine.js';
import type { Buffer, Program } from '../../program/program.js';
import { countWords, listCommands, writeCommands } from './command-list.js';
import type { Addresses, Command } from './command-list.js';
import type { KernelModule } from './kernel-module.js';
import { roundUp } from './linear-memory.js';
import type { LinearMemory } from './linear-memory.js';
import type { findBarriers } from './barriers.js';
import { place } from './placement.js';
import type { Tenant } from './placement.js';

/** Threads that run a program together, and what finds where they must meet. */
export interface Together {
  /** 2 or more. */
  readonly threads: number;
  readonly findBarriers: typeof findBarriers;
}

/** A program laid out in memory: inputs, outputs, temporaries, and the list of its commands. */
export class WasmExecutable implements SyncExecutable {
  /** Where the commands stand, from the first byte up to `end`. */
  readonly list: { readonly start: number; readonly end: number };
  /** Where a run may pause: at every command up to the first that changes a parameter, and at the end. */
  readonly pauses: readonly number[];
  readonly #name: string;
  readonly #memory: LinearMemory;
  readonly #kernels: KernelModule;
  /** How many threads run it, and the scratch memory of each in bytes. */
  readonly #threads: number;
  readonly #scratchBytes: number;
  /** Inputs and outputs by name. */
  readonly #ports = new Map<string, { address: number; size: number; view: Float32Array | undefined }>();
  #block: { start: number; bytes: number } | undefined;

  /**
   * @param keptAddress where a parameter or state stands
   * @param options.together the threads of the session's pool that run it; else one runs it
   * @param options.fixedParameters whether parameters are packed here, once for all runs
   */
  constructor(
    program: Program,
    memory: LinearMemory,
    kernels: KernelModule,
    keptAddress: (buffer: Buffer) => number,
    { together, fixedParameters = false }: CompileOptions & { together?: Together | undefined } = {},
  ) {
    this.#name = program.name;
    this.#memory = memory;
    this.#kernels = kernels;
    const { threads } = together ?? { threads: 1 };
    const { preparations, commands, temporaries, packedCopies, scratchBytes } = listCommands(
      program,
      kernels,
      { inRows: together !== undefined, fixedParameters },
    );
    this.#threads = threads;
    this.#scratchBytes = roundUp(scratchBytes);
    const placement = place<Tenant>([...temporaries.values(), ...packedCopies], roundUp);

    let bytes = 0;
    const reserve = (size: number): number => {
      const offset = bytes;
      bytes += roundUp(size);
      return offset;
    };
    const all = [...preparations, ...commands];
    const preparationBytes = countWords(preparations) * 4;
    const listBytes = countWords(all) * 4;
    const listOffset = reserve(listBytes);
    const ports = program.buffers.filter(({ kind }) => kind === 'input' || kind === 'output');
    const portOffsets = ports.map(({ size }) => reserve(size * 4));
    const temporaryOffset = reserve(placement.bytes);
    const scratchOffset = reserve(this.#scratchBytes * threads);
    const start = memory.allocate(bytes);
    this.#block = { start, bytes };

    ports.forEach(({ name, size }, i) => {
      const address = start + portOffsets[i];
      this.#ports.set(name, { address, size, view: undefined });
      memory.floats.fill(0, address / 4, address / 4 + size);
    });
    const home = (tenant: Tenant): number => start + temporaryOffset + placement.offsets.get(tenant)!;
    const words = new Int32Array(memory.memory.buffer, start + listOffset, listBytes / 4);
    const addresses: Addresses = {
      // Most are temporaries, which no name is looked up for.
      buffer: (buffer) =>
        buffer.kind === 'temporary'
          ? home(temporaries.get(buffer)!)
          : (this.#ports.get(buffer.name)?.address ?? keptAddress(buffer)),
      packed: home,
      scratch: start + scratchOffset,
    };
    const barriers = together?.findBarriers(commands, addresses) ?? new Set<Command>();
    writeCommands(all, addresses, words, barriers);
    const list = start + listOffset;
    this.list = { start: list + preparationBytes, end: list + listBytes };
    this.pauses = pausesOf(commands, this.list.start);
    kernels.exports.run(list, this.list.start);
  }

  write(input: string, values: ArrayLike<number>): void {
    const { address, size } = this.#port(input);
    if (values.length !== size) {
      throw new SeqkitError(`"${input}" takes ${size} numbers; ${values.length} were given.`, {
        code: 'bad-shape',
      });
    }
    this.#memory.floats.set(values, address / 4);
  }

  /** On this thread alone. */
  run(): void {
    this.#checkThere();
    this.#kernels.exports.run(this.list.start, this.list.end);
  }

  /** The commands between two places of `pauses`. */
  runPart(start: number, end: number): void {
    this.#checkThere();
    this.#kernels.exports.run(start, end);
  }

  /**
   * At the head of a pool.
   * @returns whether it is done: false where another thread keeps this one waiting for long, see `goOn`
   */
  runTogether(): boolean {
    this.#checkThere();
    const { start, end } = this.list;
    return this.#kernels.exports.runTogether(start, end, this.#threads, this.#scratchBytes) !== 0;
  }

  /** Goes on with a run that is not done. @returns as `runTogether` does */
  goOn(): boolean {
    return this.#kernels.exports.goOnTogether() !== 0;
  }

  read(output: string): Float32Array {
    const port = this.#port(output);
    const { buffer } = this.#memory.memory;
    // The view is kept from run to run; memory that has grown needs a new one.
    if (port.view?.buffer !== buffer) port.view = new Float32Array(buffer, port.address, port.size);
    return port.view;
  }

  dispose(): void {
    if (this.#block) this.#memory.release(this.#block.start, this.#block.bytes);
    this.#block = undefined;
    this.#ports.clear();
  }

  #checkThere(): void {
    if (this.#block === undefined) throw new RangeError(`the program "${this.#name}" was disposed of`);
  }

  #port(name: string): { address: number; size: number; view: Float32Array | undefined } {
    const port = this.#ports.get(name);
    if (port === undefined) {
      throw new RangeError(`the program "${this.#name}" has no input or output named "${name}"`);
    }
    return port;
  }
}

function pausesOf(commands: readonly Command[], start: number): number[] {
  const pauses: number[] = [];
  let at = start;
  let changesParameters = false;
  for (const command of commands) {
    const { operands, writes } = command;
    changesParameters ||= operands.some((matrix, i) => writes[i] && matrix?.buffer.kind === 'parameter');
    at += countWords([command]) * 4;
    if (!changesParameters) pauses.push(at);
  }
  if (pauses.at(-1) !== at) pauses.push(at);
  return pauses;
}
