import type { GpuJs } from './gpujs.js';

const kinds = ['out-of-memory', 'validation', 'internal'] as const;

/**
 * Runs something on gpu.js's WebGPU device and fails on what the device found wrong with it,
 * which else shows as zeros in the results and a line on the console.
 */
export async function failOnDeviceErrors<T>(gpuJs: GpuJs, run: () => Promise<T>): Promise<T> {
  const { device } = await gpuJs.WebGPUContext.acquire();
  for (const kind of kinds) device.pushErrorScope(kind);
  const [outcome] = await Promise.allSettled([run()]);
  const errors = await Promise.all(kinds.map(() => device.popErrorScope()));
  if (outcome.status === 'rejected') throw outcome.reason;
  const found = errors.find((error) => error !== null);
  if (found) throw new Error(found.message);
  return outcome.value;
}
