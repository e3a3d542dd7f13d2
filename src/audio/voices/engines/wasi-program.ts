import { SeqkitError } from '../../../base/errors.js';

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder();
/** Of WASI preview 1: what its calls return (errno) and the one folder that a program finds open. */
const [SUCCESS, BAD_DESCRIPTOR, NO_ENTRY, NOT_SUPPORTED] = [0, 8, 44, 58];
const FOLDER = 3;
const CHARACTER_DEVICE = 2;
const DIRECTORY = 3;
const REGULAR_FILE = 4;
/** Of path_open. */
const CREATE = 1;
const TRUNCATE = 8;

/** What a program left behind. */
export interface ProgramRun {
  status: number;
  stdout: string;
  stderr: string;
  /** What it wrote, by the name that it was told. */
  files: Map<string, Uint8Array>;
}

/** How a program ends in the middle of its work. */
class ProgramExit extends Error {
  constructor(readonly status: number) {
    super(`the program ended with status ${status}`);
  }
}

/**
 * A command-line program compiled to WebAssembly for WASI preview 1, run in memory: it sees its arguments and one
 * folder of files that lasts as long as the run. The same in Node, in pages and in workers.
 */
export class WasiProgram {
  private constructor(
    readonly name: string,
    readonly module: WebAssembly.Module,
  ) {}

  /** @throws SeqkitError `bad-file` where the bytes are no WebAssembly */
  static async open(name: string, bytes: Uint8Array): Promise<WasiProgram> {
    try {
      return new WasiProgram(name, await WebAssembly.compile(Uint8Array.from(bytes)));
    } catch (cause) {
      throw new SeqkitError(`${name} cannot be opened: it is no program in WebAssembly.`, {
        code: 'bad-file',
        cause,
      });
    }
  }

  /** Runs it once, in a memory of its own. @throws SeqkitError `engine` where it fails */
  async run(args: readonly string[]): Promise<ProgramRun> {
    const host = new WasiHost([this.name, ...args]);
    const instance = await WebAssembly.instantiate(this.module, { wasi_snapshot_preview1: host.imports() });
    host.memory = instance.exports['memory'] as WebAssembly.Memory;
    let status = 0;
    try {
      (instance.exports['_start'] as () => void)();
    } catch (error) {
      if (!(error instanceof ProgramExit)) {
        throw new SeqkitError(`${this.name} failed: ${(error as Error).message}`, {
          code: 'engine',
          cause: error,
        });
      }
      ({ status } = error);
    }
    const run = { status, stdout: host.textOf(1), stderr: host.textOf(2), files: host.files() };
    if (status !== 0) {
      const cause = run.stderr.trim().split('\n').at(-1) || `it ended with status ${status}`;
      throw new SeqkitError(`${this.name} failed: ${cause}`, { code: 'engine' });
    }
    return run;
  }
}

/** A file that grows as it is written. */
class MemoryFile {
  #bytes = new Uint8Array(1 << 16);
  size = 0;

  get bytes(): Uint8Array {
    return this.#bytes.slice(0, this.size);
  }

  write(at: number, data: Uint8Array): void {
    const end = at + data.length;
    if (end > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(end, 2 * this.#bytes.length));
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes.set(data, at);
    this.size = Math.max(this.size, end);
  }

  read(at: number, into: Uint8Array): number {
    const part = this.#bytes.subarray(at, Math.min(this.size, at + into.length));
    into.set(part);
    return part.length;
  }
}

class WasiHost {
  memory: WebAssembly.Memory | undefined;
  readonly #args: Uint8Array[];
  readonly #named = new Map<string, MemoryFile>();
  readonly #open = new Map<number, { file: MemoryFile; at: number }>();

  constructor(args: readonly string[]) {
    this.#args = args.map((arg) => ENCODER.encode(`${arg}\0`));
    for (const stream of [0, 1, 2]) this.#open.set(stream, { file: new MemoryFile(), at: 0 });
  }

  textOf(descriptor: number): string {
    return DECODER.decode(this.#open.get(descriptor)!.file.bytes);
  }

  files(): Map<string, Uint8Array> {
    return new Map([...this.#named].map(([name, file]) => [name, file.bytes]));
  }

  imports(): Record<string, (...args: never[]) => number> {
    return {
      args_sizes_get: (count: number, size: number) => {
        this.#view().setUint32(count, this.#args.length, true);
        this.#view().setUint32(size, this.#args.reduce((sum, arg) => sum + arg.length, 0), true); // prettier-ignore
        return SUCCESS;
      },
      args_get: (pointers: number, buffer: number) => {
        for (const [n, arg] of this.#args.entries()) {
          this.#view().setUint32(pointers + 4 * n, buffer, true);
          this.#bytesAt(buffer, arg.length).set(arg);
          buffer += arg.length;
        }
        return SUCCESS;
      },
      // Speech does not depend on the time of day.
      clock_time_get: (_clock: number, _precision: bigint, time: number) => {
        this.#view().setBigUint64(time, 0n, true);
        return SUCCESS;
      },
      fd_fdstat_get: (descriptor: number, stat: number) => {
        if (descriptor !== FOLDER && !this.#open.has(descriptor)) return BAD_DESCRIPTOR;
        const kind =
          descriptor === FOLDER ? DIRECTORY : descriptor < FOLDER ? CHARACTER_DEVICE : REGULAR_FILE;
        this.#bytesAt(stat, 24).fill(0);
        this.#view().setUint8(stat, kind);
        // All rights: nothing but the files of this run can be reached.
        this.#view().setBigUint64(stat + 8, 2n ** 64n - 1n, true);
        this.#view().setBigUint64(stat + 16, 2n ** 64n - 1n, true);
        return SUCCESS;
      },
      fd_fdstat_set_flags: () => SUCCESS,
      fd_prestat_get: (descriptor: number, stat: number) => {
        if (descriptor !== FOLDER) return BAD_DESCRIPTOR;
        this.#view().setUint32(stat, 0, true);
        this.#view().setUint32(stat + 4, 1, true);
        return SUCCESS;
      },
      fd_prestat_dir_name: (descriptor: number, path: number) => {
        if (descriptor !== FOLDER) return BAD_DESCRIPTOR;
        this.#view().setUint8(path, '.'.charCodeAt(0));
        return SUCCESS;
      },
      path_open: (
        _folder: number,
        _look: number,
        path: number,
        length: number,
        flags: number,
        _rights: bigint,
        _inherited: bigint,
        _state: number,
        descriptor: number,
      ) => {
        const name = DECODER.decode(this.#bytesAt(path, length).slice());
        if ((flags & CREATE) === 0 && !this.#named.has(name)) return NO_ENTRY;
        if (!this.#named.has(name) || (flags & TRUNCATE) !== 0) this.#named.set(name, new MemoryFile());
        const number = Math.max(FOLDER, ...this.#open.keys()) + 1;
        this.#open.set(number, { file: this.#named.get(name)!, at: 0 });
        this.#view().setUint32(descriptor, number, true);
        return SUCCESS;
      },
      fd_close: (descriptor: number) => (this.#open.delete(descriptor) ? SUCCESS : BAD_DESCRIPTOR),
      fd_seek: (descriptor: number, offset: bigint, whence: number, place: number) => {
        const open = this.#open.get(descriptor);
        if (open === undefined) return BAD_DESCRIPTOR;
        const from = [0, open.at, open.file.size][whence];
        if (from === undefined || from + Number(offset) < 0) return NOT_SUPPORTED;
        open.at = from + Number(offset);
        this.#view().setBigUint64(place, BigInt(open.at), true);
        return SUCCESS;
      },
      fd_write: (descriptor: number, vectors: number, count: number, written: number) =>
        this.#transfer(descriptor, vectors, count, written, (open, data) => {
          open.file.write(open.at, data);
          return data.length;
        }),
      fd_read: (descriptor: number, vectors: number, count: number, read: number) =>
        this.#transfer(descriptor, vectors, count, read, (open, data) => open.file.read(open.at, data)),
      proc_exit: (status: number) => {
        throw new ProgramExit(status);
      },
    };
  }

  /** Goes through a list of stretches of memory, each an address and a length. */
  #transfer(
    descriptor: number,
    vectors: number,
    count: number,
    total: number,
    move: (open: { file: MemoryFile; at: number }, data: Uint8Array) => number,
  ): number {
    const open = this.#open.get(descriptor);
    if (open === undefined) return BAD_DESCRIPTOR;
    let sum = 0;
    for (let n = 0; n < count; n++) {
      const address = this.#view().getUint32(vectors + 8 * n, true);
      const length = this.#view().getUint32(vectors + 8 * n + 4, true);
      const moved = move(open, this.#bytesAt(address, length));
      open.at += moved;
      sum += moved;
      if (moved < length) break;
    }
    this.#view().setUint32(total, sum, true);
    return SUCCESS;
  }

  /** Made anew each time: the memory moves when it grows. */
  #view(): DataView {
    return new DataView(this.memory!.buffer);
  }

  #bytesAt(address: number, length: number): Uint8Array {
    return new Uint8Array(this.memory!.buffer, address, length);
  }
}
