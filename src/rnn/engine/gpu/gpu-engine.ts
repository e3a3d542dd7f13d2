import type { Device } from '../devices/devices.js';
import type { Engine, Session } from '../../program/engine.js';
import type { Program } from '../../program/program.js';
import { backendFacts } from './gpu-backend.js';
import type { GpuBackend } from './gpu-backend.js';
import { GpuExecutable } from './gpu-executable.js';
import { loadGpuJs } from './gpujs.js';
import type { Gpu, GpuJs } from './gpujs.js';
import { KeptBuffers } from './kept-buffers.js';
import { KernelCache } from './pipeline.js';

/** An engine whose executables say what really ran. */
export interface GpuEngine extends Engine {
  createSession(): Promise<GpuSession>;
}

/**
 * An engine that runs each program as one gpu.js pipeline on the backend named, or fails:
 * it never goes on elsewhere.
 */
export function createGpuEngine(options: { backend: GpuBackend }): GpuEngine {
  const { backend } = options;
  return {
    name: 'gpu',
    async createSession() {
      const gpuJs = await loadGpuJs();
      return new GpuSession(gpuJs, backend, await backendFacts[backend].find(gpuJs.GPU));
    },
  };
}

/** What a backend would run on. @throws SeqkitError `engine` where it is not here, with what to do */
export async function findGpuDevice(backend: GpuBackend): Promise<Device> {
  return backendFacts[backend].find((await loadGpuJs()).GPU);
}

/** One model's kept buffers on the host, and one instance of gpu.js for its programs. */
export class GpuSession implements Session {
  readonly engine = 'gpu';
  readonly #gpu: Gpu;
  readonly #kept = new KeptBuffers();
  readonly #kernels: KernelCache;

  constructor(
    readonly gpuJs: GpuJs,
    readonly backend: GpuBackend,
    readonly device: Device,
  ) {
    const { mode, sizesAreBuiltIn } = backendFacts[backend];
    this.#gpu = new gpuJs.GPU({ mode });
    this.#kernels = new KernelCache(this.#gpu, sizesAreBuiltIn);
  }

  compile(program: Program): GpuExecutable {
    return new GpuExecutable(program, this.#kept, this.#kernels, this.gpuJs, this.backend);
  }

  get variant(): string {
    return this.backend;
  }

  has(name: string): boolean {
    return this.#kept.has(name);
  }

  read(name: string): Float32Array {
    return this.#kept.get(name).slice();
  }

  write(name: string, values: ArrayLike<number>): void {
    this.#kept.write(name, values);
  }

  dispose(): void {
    this.#kept.clear();
    void this.#gpu.destroy();
  }
}
