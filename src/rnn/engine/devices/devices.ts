import { SeqkitError } from '../../../base/errors.js';
import { IS_NODE } from '../../../base/host/platform.js';
import { openDawn } from './dawn.js';
import { hasVulkanDriver } from './vulkan.js';

/** What computes: a GPU, or a processor that plays one. */
export interface Device {
  /** As its driver says, such as "NVIDIA GeForce RTX 3060". */
  readonly name: string;
  /** Whether it is a processor that plays a GPU: right, but slow. */
  readonly isSoftware: boolean;
}

/**
 * The device behind `navigator.gpu`, which this puts in place first in Node.
 * @throws SeqkitError `engine` where there is none, with what to do
 */
export async function findWebGpu(): Promise<Device> {
  const adapter = (await provideWebGpu()) && (await navigator.gpu.requestAdapter());
  if (!adapter) {
    throw new SeqkitError('WebGPU finds no GPU here.', {
      code: 'engine',
      hint: IS_NODE
        ? 'On Linux it needs a Vulkan driver: apt-get install libvulkan1 mesa-vulkan-drivers, or that of the maker of the GPU.'
        : "Allow hardware acceleration in the settings of the browser, or take engine: 'wasm'.",
    });
  }
  return describeAdapter(adapter.info);
}

/** Every adapter that WebGPU tells apart, the one that it would take first. None where it is missing. */
export async function listWebGpuAdapters(): Promise<Device[]> {
  if (!(await provideWebGpu().catch(() => false))) return [];
  const wishes: GPURequestAdapterOptions[] = [
    {},
    { powerPreference: 'high-performance' },
    { powerPreference: 'low-power' },
    { forceFallbackAdapter: true },
  ];
  const found = new Map<string, Device>();
  for (const wish of wishes) {
    const adapter = await navigator.gpu.requestAdapter(wish);
    const device = adapter && describeAdapter(adapter.info);
    if (device && !found.has(device.name)) found.set(device.name, device);
  }
  return [...found.values()];
}

/** What WebGPU tells of an adapter, by the part of it that is used. */
export interface AdapterInfo {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  readonly isFallbackAdapter: boolean;
}

/** A WebGPU adapter in words. */
export function describeAdapter(info: AdapterInfo): Device {
  const { description, vendor, architecture, device } = info;
  const name =
    description || device || [vendor, architecture].filter(Boolean).join(' ') || 'a GPU without a name';
  return { name, isSoftware: info.isFallbackAdapter || looksLikeSoftware(`${name} ${architecture}`) };
}

/**
 * The device behind WebGL2.
 * @throws SeqkitError `engine` where there is none, with what to do
 */
export async function findWebGl2(): Promise<Device> {
  const gl =
    typeof document === 'undefined' ? offscreen() : document.createElement('canvas').getContext('webgl2');
  if (!gl) {
    throw new SeqkitError('There is no WebGL2 here.', {
      code: 'engine',
      hint: IS_NODE
        ? "WebGL2 is for browsers; in Node take engine: 'gpu:webgpu'."
        : "Allow hardware acceleration in the settings of the browser, or take engine: 'wasm'.",
    });
  }
  const unmasked = gl.getExtension('WEBGL_debug_renderer_info');
  const name = String(gl.getParameter(unmasked ? unmasked.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  return { name, isSoftware: looksLikeSoftware(name) };
}

function offscreen(): WebGL2RenderingContext | null {
  if (typeof OffscreenCanvas === 'undefined') return null;
  return new OffscreenCanvas(1, 1).getContext('webgl2');
}

/**
 * Browsers bring WebGPU or do not; Node gets it from a package.
 * @returns false where there is no driver that it could work with
 */
async function provideWebGpu(): Promise<boolean> {
  if (typeof navigator !== 'undefined' && navigator.gpu) return true;
  if (!IS_NODE) {
    throw new SeqkitError('This browser has no WebGPU, or the page is not served over https.', {
      code: 'engine',
      hint: "Take engine: 'gpu:webgl2', or another browser.",
    });
  }
  if (process.platform === 'linux' && !(await hasVulkanDriver(process.env))) return false;
  const gpu = { value: await openDawn(), configurable: true };
  // Node 20 has no navigator; newer ones have one that cannot be replaced, but can be added to.
  if (typeof navigator === 'undefined') {
    Object.defineProperty(globalThis, 'navigator', { value: {}, configurable: true, writable: true });
  }
  Object.defineProperty(navigator, 'gpu', gpu);
  return true;
}

/** Drivers that compute on the processor: SwiftShader, Mesa's llvmpipe, Windows' WARP. */
function looksLikeSoftware(name: string): boolean {
  return /swiftshader|llvmpipe|softpipe|lavapipe|software|basic render/i.test(name);
}
