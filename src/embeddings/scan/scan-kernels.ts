import { compileWasm } from '../../base/encoding/wasm-module.js';
import { shared, unshared } from './binary.js';
import type { VectorMemory } from './vector-memory.js';

/** What the AssemblyScript side exports; see assembly/index.ts. All are addresses but counts and scales. */
export interface ScanKernels {
  scanFloats(...args: FloatScanArguments): void;
  scanHalves(...args: FloatScanArguments): void;
  scanInts(
    rows: number,
    width: number,
    scales: number,
    norms: number,
    errors: number,
    query: number,
    queryScale: number,
    scores: number,
    maxima: number,
    begin: number,
    end: number,
  ): void;
  quantizeFloats(
    rows: number,
    width: number,
    norms: number,
    ints: number,
    scales: number,
    errors: number,
    begin: number,
    end: number,
  ): void;
  readonly rowsPerBlock: WebAssembly.Global;
}

type FloatScanArguments = [
  rows: number,
  width: number,
  norms: number,
  query: number,
  scores: number,
  maxima: number,
  begin: number,
  end: number,
];

const compiled = new Map<boolean, Promise<WebAssembly.Module>>();

/** The kernels for shared or unshared memory, compiled once a process. */
export function compileScanKernels(isShared: boolean): Promise<WebAssembly.Module> {
  let module = compiled.get(isShared);
  if (module === undefined) {
    module = compileWasm(isShared ? shared : unshared, {
      name: 'the kernels that search vectors',
      needs: 'WebAssembly SIMD is in Node from 16.4 on and in browsers since 2021 (Safari since 2023).',
    });
    compiled.set(isShared, module);
  }
  return module;
}

/** The kernels over a memory. */
export async function openScanKernels({ memory, shared: isShared }: VectorMemory): Promise<ScanKernels> {
  return instantiateScanKernels(await compileScanKernels(isShared), memory);
}

/** The compiled kernels over a memory; what a thread has of `openScanKernels`. */
export function instantiateScanKernels(module: WebAssembly.Module, memory: WebAssembly.Memory): ScanKernels {
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as ScanKernels;
}
