import { SeqkitError } from '../../../base/errors.js';
import { findWebGl2, findWebGpu } from '../devices/devices.js';
import { processorName } from '../devices/processor.js';
import type { Device } from '../devices/devices.js';
import type { GpuJs, GpuJsMode } from './gpujs.js';

/** Where gpu.js runs the kernels. `webasm` and `cpu` need no GPU: slow, but they run anywhere. */
export const gpuBackends = ['webgpu', 'webgl2', 'webasm', 'cpu'] as const;
export type GpuBackend = (typeof gpuBackends)[number];

interface BackendFacts {
  /** What gpu.js is asked for. */
  readonly mode: GpuJsMode;
  /** What gpu.js reports where the backend really ran. */
  readonly reported: string;
  /** Whether a whole pipeline runs there as one submission. */
  readonly fuses: boolean;
  /**
   * Whether gpu.js writes the sizes of arrays into the text of a kernel. In a pipeline it then
   * reads arrays of other sizes by the first ones, which gives wrong numbers without a word.
   */
  readonly sizesAreBuiltIn: boolean;
  /** The device it runs on, or a SeqkitError `engine` that says what is missing. */
  find(GPU: GpuJs['GPU']): Promise<Device>;
}

export const backendFacts: Record<GpuBackend, BackendFacts> = {
  webgpu: { mode: 'webgpu', reported: 'webgpu', fuses: true, sizesAreBuiltIn: false, find: findWebGpu },
  // gpu.js calls all kinds of WebGL "gpu", but asked for WebGL2 it takes that or fails.
  webgl2: { mode: 'webgl2', reported: 'gpu', fuses: false, sizesAreBuiltIn: true, find: findWebGl2 },
  webasm: {
    mode: 'webasm',
    reported: 'webasm',
    fuses: true,
    sizesAreBuiltIn: false,
    async find(GPU) {
      if (GPU.isWebAssemblySupported) return { name: await processorName(), isSoftware: false };
      throw new SeqkitError('There is no WebAssembly here.', {
        code: 'engine',
        hint: 'Take the backend cpu.',
      });
    },
  },
  cpu: {
    mode: 'cpu',
    reported: 'cpu',
    fuses: false,
    sizesAreBuiltIn: false,
    find: async () => ({ name: await processorName(), isSoftware: false }),
  },
};
