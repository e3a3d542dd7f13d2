import { describe, it } from 'vitest';
import type { KernelName } from '../../../src/rnn/program/kernels.js';
import { expectSameAsReference, kernelProgram, softBackends } from './gpu-comparison.js';
import type { Operand } from './wasm-comparison.js';
import type { KernelCase } from './wasm-comparison.js';
import { kernelCases } from './wasm-kernel-cases.js';

const kernels = [
  ...(['scale', 'clip', 'logarithm', 'divideByRoot', 'scaleRows', 'rowMask', 'maskWeights'] as const),
  ...(['layerNorm', 'layerNormBackward', 'pool1d', 'pool1dBackward'] as const),
  ...(['conv2d', 'conv2dKernelGradient', 'conv2dInputGradient', 'pool2d', 'pool2dBackward'] as const),
  ...(['leakyRelu', 'leakyReluBackward'] as const),
  ...(['denseCrossEntropy', 'probabilityCrossEntropy'] as const),
] satisfies KernelName[];

/** Each compiles kernels of its own, so a few of the wasm engine's cases must do. */
const casesOfEach = 6;

function operand({ rows, cols, margin = 0, draw }: Operand) {
  return { rows, cols, margin, ...(draw && { values: draw }) };
}

const operands = (group: object) =>
  Object.fromEntries(
    Object.entries(group as Record<string, Operand | undefined>).flatMap(([name, given]) =>
      given ? [[name, operand(given)]] : [],
    ),
  );

describe.each(softBackends)('kernels on gpu.js %s equal the reference', (backend) => {
  it.each(kernels)('%s', async (kernel) => {
    const all = kernelCases[kernel]() as unknown as KernelCase[];
    const step = Math.max(1, Math.floor(all.length / casesOfEach));
    for (const { inputs, outputs, settings, inPlace = {} } of all.filter((_, i) => i % step === 0)) {
      const test = {
        ...{ kernel: kernel as KernelName, inputs: operands(inputs), outputs: operands(outputs), settings },
        inPlace: inPlace as Record<string, string>,
      };
      const { program, values } = kernelProgram(test, 5);
      await expectSameAsReference(program, values, { backend, tolerance: 1e-5 });
    }
  });
});
