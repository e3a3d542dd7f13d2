import type { GpuJs, GpuJsMode } from './gpujs.js';

/** Where gpu.js runs the kernels. `webasm` and `cpu` need no GPU: slow, but they run anywhere. */
export const gpuBackends = ['webgpu', 'webgl', 'webasm', 'cpu'] as const;
export type GpuBackend = (typeof gpuBackends)[number];

interface BackendFacts {
  /** What gpu.js is asked for. */
  readonly mode: GpuJsMode;
  /** What gpu.js reports where the backend really ran. */
  readonly reported: string;
  /** Whether a whole pipeline runs there as one submission. */
  readonly fuses: boolean;
  isAvailable(GPU: GpuJs['GPU']): boolean;
}

export const backendFacts: Record<GpuBackend, BackendFacts> = {
  webgpu: {
    mode: 'webgpu',
    reported: 'webgpu',
    fuses: true,
    isAvailable: (GPU) => GPU.isWebGPUSupported,
  },
  webgl: { mode: 'webgl2', reported: 'gpu', fuses: false, isAvailable: (GPU) => GPU.isWebGL2Supported },
  webasm: {
    mode: 'webasm',
    reported: 'webasm',
    fuses: true,
    isAvailable: (GPU) => GPU.isWebAssemblySupported,
  },
  cpu: { mode: 'cpu', reported: 'cpu', fuses: false, isAvailable: () => true },
};
