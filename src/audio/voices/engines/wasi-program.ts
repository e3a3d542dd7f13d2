import { File, OpenFile, PreopenDirectory, WASI } from '@bjorn3/browser_wasi_shim';
import { SeqkitError } from '../../../base/errors.js';

/** What a program left behind. */
export interface ProgramRun {
  stdout: string;
  /** What it wrote, by the name that it was told. */
  files: Map<string, Uint8Array>;
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
    const [stdin, stdout, stderr] = [new File([]), new File([]), new File([])];
    const written = new Map<string, File>();
    const streams = [stdin, stdout, stderr].map((file) => new OpenFile(file));
    const all = [this.name, ...args];
    // Left out, the option has the host print every call.
    const host = new WASI(all, [], [...streams, new PreopenDirectory('.', written)], { debug: false });
    let status: number;
    try {
      const imports = { ...host.wasiImport, args_sizes_get: argsSizes(all, () => host.inst.exports.memory) };
      const instance = await WebAssembly.instantiate(this.module, { wasi_snapshot_preview1: imports });
      status = host.start(instance as Parameters<WASI['start']>[0]);
    } catch (cause) {
      throw new SeqkitError(`${this.name} failed: ${(cause as Error).message}`, { code: 'engine', cause });
    }
    if (status !== 0) {
      const said = textOf(stderr).trim().split('\n').at(-1);
      throw new SeqkitError(`${this.name} failed: ${said || `it ended with status ${status}`}`, {
        code: 'engine',
      });
    }
    const files = new Map([...written].map(([name, { data }]) => [name, data]));
    return { stdout: textOf(stdout), files };
  }
}

/** Says how many bytes the arguments take: the package counts characters, and then writes UTF-8 past their end. */
function argsSizes(args: readonly string[], memory: () => WebAssembly.Memory) {
  return (count: number, size: number): number => {
    const view = new DataView(memory().buffer);
    view.setUint32(count, args.length, true);
    view.setUint32(size, new TextEncoder().encode(args.join('\0')).length + 1, true);
    return 0;
  };
}

function textOf({ data }: File): string {
  return new TextDecoder().decode(data);
}
