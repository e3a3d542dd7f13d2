import { describe, expect, it } from 'vitest';
import { openDawn } from '../../../src/rnn/engine/devices/dawn.js';
import { describeAdapter } from '../../../src/rnn/engine/devices/devices.js';
import { hasVulkanDriver } from '../../../src/rnn/engine/devices/vulkan.js';

describe('openDawn', () => {
  it('says how to install the package where it is missing', async () => {
    const missing = 'webgpu-that-nobody-has';
    await expect(openDawn(() => import(missing) as never)).rejects.toMatchObject({
      code: 'engine',
      message: 'WebGPU in Node needs the package webgpu, which is not installed.',
      hint: expect.stringMatching(/^npm install webgpu@0\.6\.2 /),
    });
  });

  it('says which version to install where the one that is there does not load', async () => {
    // What webgpu 0.2.9, which gpu.js brings, comes to on Debian 12.
    const message =
      "/lib/x86_64-linux-gnu/libstdc++.so.6: version `GLIBCXX_3.4.32' not found (required by linux-x64.dawn.node)";
    const load = () => Promise.reject(Object.assign(new Error(message), { code: 'ERR_DLOPEN_FAILED' }));
    await expect(openDawn(load)).rejects.toMatchObject({
      code: 'engine',
      message: `The package webgpu is installed, but does not load here: ${message}`,
      hint: expect.stringMatching(/^npm install webgpu@0\.6\.2 /),
    });
  });
});

describe('hasVulkanDriver', () => {
  it('believes the environment', async () => {
    expect(await hasVulkanDriver({ VK_DRIVER_FILES: '/somewhere/driver.json' })).toBe(true);
  });
});

describe('describeAdapter', () => {
  const info = {
    vendor: 'amd',
    architecture: 'rdna-3',
    device: '',
    description: '',
    isFallbackAdapter: false,
  };
  const describe = (more: Partial<typeof info>) => describeAdapter({ ...info, ...more });

  it('takes the best name there is', () => {
    expect(describe({})).toEqual({ name: 'amd rdna-3', isSoftware: false });
    expect(describe({ device: '0x744c', description: 'Radeon RX 7900 XTX' }).name).toBe('Radeon RX 7900 XTX');
  });

  it.each([
    ['by its own word', { isFallbackAdapter: true }],
    ['by its name', { description: 'llvmpipe (LLVM 15.0.6, 256 bits)' }],
    ['by its architecture', { architecture: 'swiftshader' }],
  ])('knows a processor that plays a GPU %s', (_, more) => {
    expect(describe(more).isSoftware).toBe(true);
  });
});
