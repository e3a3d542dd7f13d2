import { afterEach, expect, it, vi } from 'vitest';
import { compileWasm } from '../../../src/base/encoding/wasm-module.js';

const words = { name: 'the kernels of this test', needs: 'They need SIMD.', instead: 'Or do without.' };

/** The head of a module, and a section that no module has. */
const NO_MODULE = Buffer.from([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x7f, 0x00]).toString(
  'base64',
);
const EMPTY = Buffer.from([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]).toString('base64');

afterEach(() => vi.unstubAllGlobals());

it('compiles what is text or bytes, once patched, and passes on what is compiled', async () => {
  expect(await compileWasm(Uint8Array.from(Buffer.from(EMPTY, 'base64')), words)).toBeInstanceOf(
    WebAssembly.Module,
  );
  const module = await compileWasm(EMPTY, words);
  expect(module).toBeInstanceOf(WebAssembly.Module);
  expect(await compileWasm(module, words)).toBe(module);
  await expect(compileWasm(EMPTY, words, (bytes) => bytes.fill(1))).rejects.toThrow('This host cannot run');
});

it('says what kernels need where a host runs WebAssembly, but not them', async () => {
  await expect(compileWasm(NO_MODULE, words)).rejects.toMatchObject({
    code: 'engine',
    message: 'This host cannot run the kernels of this test.',
    hint: 'They need SIMD. Or do without.',
    cause: expect.any(WebAssembly.CompileError),
  });
});

it.each([
  ['forbids it', { compile: () => Promise.reject(new Error('blocked by the policy')) }],
  ['has none', undefined],
])('says how to allow WebAssembly where a host %s', async (_, value) => {
  vi.stubGlobal('WebAssembly', value);
  await expect(compileWasm(EMPTY, words)).rejects.toMatchObject({
    code: 'engine',
    message: 'WebAssembly is forbidden or missing here, so the kernels of this test cannot run.',
    hint: "A page allows it in its Content-Security-Policy: script-src 'self' 'wasm-unsafe-eval'. Or do without.",
  });
});
