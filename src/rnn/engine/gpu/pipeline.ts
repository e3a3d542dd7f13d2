import type { Gpu, GpuKernel, GpuPipeline, Handle } from './gpujs.js';
import type { Call, Plan, Value } from './plan/plan.js';

/** Kernels already made, by source and output size, so that all time steps share one. */
export class KernelCache {
  readonly #kernels = new Map<string, GpuKernel>();

  /** @param sizesAreBuiltIn whether a kernel takes only arrays of the sizes that it was first called with */
  constructor(
    readonly gpu: Gpu,
    readonly sizesAreBuiltIn: boolean,
  ) {}

  get({ source, arrays, output: { rows, cols } }: Call): GpuKernel {
    const sizes = this.sizesAreBuiltIn ? arrays.map((array) => `${array.rows} ${array.cols}`).join(' ') : '';
    const key = `${rows} ${cols} ${sizes} ${source}`;
    let kernel = this.#kernels.get(key);
    if (kernel === undefined) {
      kernel = this.gpu.createKernel(source, { output: [cols, rows], strictIntegers: true });
      this.#kernels.set(key, kernel);
    }
    return kernel;
  }
}

/** What a pipeline calls a value among its results. */
export const resultName = ({ id }: Value): string => `value ${id}`;

/** The plan as one gpu.js pipeline: arguments as `plan.uploads`, results by `resultName`, each once. */
export function createPlanPipeline(plan: Plan, kernels: KernelCache): GpuPipeline {
  function trace(...uploads: Handle[]): Record<string, Handle> {
    const handles = new Map<Value, Handle>();
    plan.uploads.forEach(({ value }, i) => handles.set(value, uploads[i]));
    for (const call of plan.calls) {
      const inputs = call.arrays.map((value) => handles.get(value)!);
      handles.set(call.output, kernels.get(call)(...inputs, ...call.starts));
    }
    const results = plan.downloads.map(({ window: { value } }) => [resultName(value), handles.get(value)!]);
    return Object.fromEntries(results) as Record<string, Handle>;
  }
  // gpu.js reads from the function's length how many arguments there will be.
  Object.defineProperty(trace, 'length', { value: plan.uploads.length });
  return kernels.gpu.createPipeline(trace);
}
