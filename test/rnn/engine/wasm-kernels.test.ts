import { beforeAll, describe, expect, it } from 'vitest';
import { kernelNames } from '../../../src/rnn/engine/reference/reference-engine.js';
import { canRun, compileKernels } from '../../../src/rnn/engine/wasm/kernel-module.js';
import type { CompiledKernels } from '../../../src/rnn/engine/wasm/kernel-module.js';
import { expectSameAsReference } from './wasm-comparison.js';
import type { KernelCase } from './wasm-comparison.js';
import { kernelCases } from './wasm-kernel-cases.js';

const hasRelaxedSimd = await canRun('relaxed-simd');

it('has cases for every kernel', () => {
  expect(Object.keys(kernelCases).sort()).toEqual([...kernelNames].sort());
});

for (const variant of ['simd', 'relaxed-simd'] as const) {
  const skipped = variant === 'relaxed-simd' && !hasRelaxedSimd;
  describe.skipIf(skipped)(`kernels, ${variant}${skipped ? ' (this host has none)' : ''}`, () => {
    let compiled: CompiledKernels;
    beforeAll(async () => {
      compiled = await compileKernels(variant);
    });

    it.each(kernelNames)('%s gives what reference gives, in pieces too', (kernel) => {
      const cases = kernelCases[kernel]() as KernelCase[];
      cases.forEach((test, i) => expectSameAsReference(kernel, test, 1000 + i, compiled));
    });
  });
}
