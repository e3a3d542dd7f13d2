import { it } from 'vitest';
import { describeBackends, expectSameAsReference, kernelProgram } from './gpu-comparison.js';
import { kernelCases } from './gpu-kernel-cases.js';

describeBackends('kernels equal the reference', (backend) => {
  it.each(kernelCases)('%s', async (_, test) => {
    const { program, values } = kernelProgram(test, 5);
    await expectSameAsReference(program, values, { backend, tolerance: 1e-5 });
  });
});
