import { compileWasm } from '../../../base/encoding/wasm-module.js';
import { unpackVariant } from '../../../base/host/packed-bytes.js';
import { hasRelaxedSimd } from '../../../base/host/wasm-flags.js';

/** What the AssemblyScript side exports; see assembly/index.ts. */
export interface TrainingKernels {
  /** Trains on the job's block. */
  train(settings: number, job: number): void;
  /** One step for word `word` with the `count` targets in the job's sentence, the true one first. */
  trainChosen(settings: number, job: number, word: number, count: number, rate: number): void;
  readonly groupSize: WebAssembly.Global;
  readonly maxSentence: WebAssembly.Global;
}

let compiled: Promise<WebAssembly.Module> | undefined;

/** The kernels with relaxed SIMD where the host has it, else without; compiled once a process. */
export function compileTrainingKernels(): Promise<WebAssembly.Module> {
  compiled ??= compile();
  return compiled;
}

async function compile(): Promise<WebAssembly.Module> {
  const variant = (await hasRelaxedSimd()) ? 'relaxed-simd' : 'simd';
  const { kernels } = await import('./binary.js');
  return compileWasm(await unpackVariant(kernels, variant), {
    name: 'the kernels that train vectors',
    needs:
      'They need WebAssembly SIMD and threads: Node from 16.4 on, browsers since 2021 (Safari since 2023).',
  });
}

/** The kernels over a memory. */
export function instantiateTrainingKernels(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
): TrainingKernels {
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as TrainingKernels;
}
