import { SeqkitError } from '../../../base/errors.js';

/**
 * The part of gpu.js that this engine uses. gpu.js's own declarations want kernels as
 * functions; here they are strings, since gpu.js parses `Function.toString()` and a
 * bundler that minifies would change what it reads.
 */
export interface GpuJs {
  GPU: {
    new (settings: { mode: GpuJsMode }): Gpu;
    readonly isWebAssemblySupported: boolean;
  };
  /** The one device that all WebGPU kernels share. */
  readonly WebGPUContext: { acquire(): Promise<{ device: GPUDevice }> };
  /** A matrix by its numbers and its size, width first. */
  readonly input: (value: Float32Array, size: [number, number]) => GpuInput;
}

export type GpuJsMode = 'webgpu' | 'webgl2' | 'webasm' | 'cpu';

export interface Gpu {
  createKernel(source: string, settings: KernelSettings): GpuKernel;
  createPipeline(fn: (...handles: Handle[]) => Record<string, Handle>): GpuPipeline;
  destroy(): Promise<void>;
}

export interface KernelSettings {
  /** Width first: [cols, rows]. */
  output: [number, number];
  /** Whole numbers among the arguments are integers; without it they are floats. */
  strictIntegers: boolean;
}

/** Stands for a matrix while a pipeline is traced: to be passed on or returned, never read. */
export interface Handle {
  readonly handle: unique symbol;
}

/** A matrix given to a pipeline. */
export interface GpuInput {
  readonly input: unique symbol;
}

export type GpuKernel = (...args: (Handle | number)[]) => Handle;

export interface GpuPipeline {
  (...args: GpuInput[]): Promise<Record<string, Float32Array[]>>;
  /** The mode of the kernels that ran; null before the first call. */
  readonly backend: string | null;
  readonly executorKind: string;
  readonly fallbackReason: string | null;
  /** The kernels of a pipeline that is not fused, by what they were made for; null before the first call. */
  readonly plan: {
    readonly genericClones: ReadonlyMap<string, { readonly kernel: { constructor: unknown } }>;
  } | null;
  destroy(): Promise<void>;
}

/**
 * The modes of all kernels that ran. gpu.js lets single kernels go on elsewhere, with no more
 * than a warning on the console, while the pipeline reports the mode of one that did not.
 */
export function modesThatRan(pipeline: GpuPipeline): (string | null)[] {
  const kernels = [...(pipeline.plan?.genericClones.values() ?? [])];
  const modes = kernels.map(({ kernel }) => (kernel.constructor as { mode: string }).mode);
  return [...new Set([pipeline.backend, ...modes])];
}

/** Loads gpu.js on first need: it is large, and most commands never ask for it. */
export async function loadGpuJs(): Promise<GpuJs> {
  let module: Partial<GpuJs> & { default?: GpuJs };
  try {
    module = (await import('gpu.js')) as unknown as Partial<GpuJs> & { default?: GpuJs };
  } catch (cause) {
    throw new SeqkitError('The gpu engine needs the package gpu.js, which does not load here.', {
      code: 'engine',
      hint: "Reinstall seqkit, or take engine: 'wasm'.",
      cause,
    });
  }
  return module.GPU && module.input ? (module as GpuJs) : module.default!;
}
