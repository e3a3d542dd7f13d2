import type { Gpu, GpuKernel, GpuPipeline, Handle } from './gpujs.js';
import type { Plan, Value } from './plan.js';

/** Kernels already made, by source and output size, so that all time steps share one. */
export class KernelCache {
  readonly #kernels = new Map<string, GpuKernel>();

  constructor(readonly gpu: Gpu) {}

  get(source: string, { rows, cols }: Value): GpuKernel {
    const key = `${rows} ${cols} ${source}`;
    let kernel = this.#kernels.get(key);
    if (kernel === undefined) {
      kernel = this.gpu.createKernel(source, { output: [cols, rows], strictIntegers: true });
      this.#kernels.set(key, kernel);
    }
    return kernel;
  }
}

/** The plan as one gpu.js pipeline: arguments as `plan.uploads`, results named by buffer. */
export function createPlanPipeline(plan: Plan, kernels: KernelCache): GpuPipeline {
  function trace(...uploads: Handle[]): Record<string, Handle> {
    const handles = new Map<Value, Handle>();
    plan.uploads.forEach(({ value }, i) => handles.set(value, uploads[i]));
    for (const { source, arrays, starts, output } of plan.calls) {
      const inputs = arrays.map((value) => handles.get(value)!);
      handles.set(output, kernels.get(source, output)(...inputs, ...starts));
    }
    return Object.fromEntries(plan.downloads.map(({ buffer, value }) => [buffer.name, handles.get(value)!]));
  }
  // gpu.js reads from the function's length how many arguments there will be.
  Object.defineProperty(trace, 'length', { value: plan.uploads.length });
  return kernels.gpu.createPipeline(trace);
}
