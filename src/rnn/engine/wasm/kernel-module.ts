import { SeqkitError } from '../../../base/errors.js';
import { compileWasm, type WasmBinary } from '../../../base/encoding/wasm-module.js';
import { unpackKernels, unpackVariant } from '../../../base/host/packed-bytes.js';
import { hasRelaxedSimd } from '../../../base/host/wasm-flags.js';

/** `relaxed-simd` multiplies and adds in one rounding where the machine can; `simd` runs everywhere. */
export type Variant = 'simd' | 'relaxed-simd';

/** What the AssemblyScript side exports; see assembly/index.ts. The forward kernels have nothing for threads. */
export interface KernelExports {
  /** Lays out what the kernels need at the bottom of the memory. */
  writeConstants(): void;
  /** Runs the commands from address `list` up to `end`. */
  run(list: number, end: number): void;
  /** Runs them as thread 0 of `threads`, the others of which `serve`; scratch is for each. */
  runTogether(list: number, end: number, threads: number, scratchBytes: number): number;
  /** Goes on with what `runTogether` has not finished: it gave 0, as a thread keeps it waiting. */
  goOnTogether(): number;
  /** Takes part in all that thread 0 runs together. Never returns. */
  serve(thread: number, threads: number): void;
  /** Says that this thread cannot go on, so that no other waits for it. */
  fail(): void;
  /** For a thread that may not sleep: the first of a page. */
  neverSleep(): void;
  /** Runs units `begin` to `end` - 1 of the command at this address. */
  runUnits(command: number, begin: number, end: number): void;
  /** y = exp(x - top) for `count` floats; returns their sum. */
  exponentials(x: number, y: number, count: number, top: number): number;
  blockLength(depth: number): number;
  runsPerRow(cols: number): number;
  readonly rowsPerBlock: WebAssembly.Global;
  readonly columnsPerUnit: WebAssembly.Global;
  readonly columnsPerRun: WebAssembly.Global;
  readonly packedColumnsPerUnit: WebAssembly.Global;
  /** Bytes of scratch that every product by tiles needs. */
  readonly waitingBytes: WebAssembly.Global;
}

/** The kernels over one memory. */
export interface KernelModule {
  readonly variant: Variant;
  readonly exports: KernelExports;
  /** Whether the kernel is among them. */
  has(kernel: string): boolean;
  /** The number of a kernel in command lists. */
  opcode(kernel: string): number;
}

/** Whether this host runs the variant, after asking for it. */
export async function canRun(variant: Variant): Promise<boolean> {
  return variant === 'simd' || hasRelaxedSimd();
}

/**
 * Those that predict are in modules of their own, so that a host which trains nothing loads one variant of the few; all
 * of them are packed as one, since the second variant takes a sixth of the room then.
 */
const BINARIES: Readonly<Record<KernelSet, (variant: Variant) => Promise<WasmBinary>>> = {
  all: async (variant) => unpackVariant((await import('./binary.js')).kernels, variant),
  forward: async (variant) => {
    const { kernels } = await (variant === 'simd'
      ? import('./forward/simd/binary.js')
      : import('./forward/relaxed-simd/binary.js'));
    return unpackKernels(kernels);
  },
};

/** All kernels, or, for one thread, those that predict. Both give the same numbers. */
export type KernelSet = 'all' | 'forward';

/** The binary of one variant, compiled for a memory that is shared among threads or is not. */
export interface CompiledKernels {
  readonly variant: Variant;
  readonly shared: boolean;
  readonly module: WebAssembly.Module;
}

const compiled = new Map<string, Promise<CompiledKernels>>();

/**
 * Compiled once a process, however many sessions there are.
 * @param options.set `forward` is for one thread
 */
export function compileKernels(
  variant: Variant,
  { shared = false, set = 'all' }: { shared?: boolean; set?: KernelSet } = {},
): Promise<CompiledKernels> {
  const key = `${variant} ${set} ${shared}`;
  let kernels = compiled.get(key);
  if (kernels === undefined) {
    kernels = compileBinary(variant, set, shared);
    compiled.set(key, kernels);
  }
  return kernels;
}

/** The import of the memory, up to the flags of its limits: maximum 1, shared 2. */
const memoryImport = Uint8Array.from('\x03env\x06memory\x02', (character) => character.charCodeAt(0));

async function compileBinary(variant: Variant, set: KernelSet, shared: boolean): Promise<CompiledKernels> {
  const inWords = {
    name: `the wasm engine's ${variant} kernels`,
    needs: 'WebAssembly SIMD is in Node from 16.4 on and in browsers since 2021 (Safari since 2023).',
    instead: "Or take engine: 'reference', which needs no WebAssembly and is slow.",
  };
  const binary = await BINARIES[set](variant);
  const module = await compileWasm(binary, inWords, (bytes) => {
    if (shared || set === 'forward') return;
    const at = bytes.findIndex((_, i) => memoryImport.every((byte, k) => bytes[i + k] === byte));
    bytes[at + memoryImport.length] = 1;
  });
  return { variant, shared, module };
}

/** The compiled kernels over a memory. */
export function instantiateKernels(
  { variant, module }: CompiledKernels,
  memory: WebAssembly.Memory,
): KernelModule {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const kernels = exports as unknown as KernelExports;
  kernels.writeConstants();
  return {
    variant,
    exports: kernels,
    has: (kernel) => `Opcode.${kernel}` in exports,
    opcode(kernel) {
      const number = exports[`Opcode.${kernel}`];
      if (number === undefined) {
        throw new SeqkitError(`The kernel "${kernel}" is not among those that are loaded.`, {
          code: 'engine',
          hint: 'Only kernels that predict are there until something else has run: run it by model.predict once before.',
        });
      }
      return (number as WebAssembly.Global).value as number;
    },
  };
}
