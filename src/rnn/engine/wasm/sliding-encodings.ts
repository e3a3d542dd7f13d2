import { placeOf } from '../../program/choices.js';
import { poolings, type BandConvolution, type Convolution, type KernelName } from '../../program/kernels.js';
import type { KernelEncoding } from './kernel-encoding.js';
import { packedBytes, scratchStep } from './kernel-work.js';

/** What slides over time, or over time and bands. */
type SlidingKernel = Extract<KernelName, `conv${string}` | `pool${string}`>;

const convolution = (s: Convolution): number[] => [
  s.batch,
  s.time,
  s.outputTime,
  s.kernelSize,
  s.stride,
  s.dilation,
  s.padBefore,
];

const bandConvolution = (s: BandConvolution): number[] => [
  ...convolution(s),
  ...[s.bands, s.outputBands, s.bandKernelSize, s.bandStride, s.bandDilation, s.bandPadBefore],
];

const pooling = (s: { readonly pooling: (typeof poolings)[number] }): number =>
  placeOf(s.pooling, poolings, 'pooling');

/** Convolutions and poolings, with their gradients. */
export const slidingEncodings: { [Name in SlidingKernel]: KernelEncoding<Name> } = {
  conv1d: {
    operands: ['x', 'kernel', 'bias', 'y'],
    byRow: () => ['y'],
    settings: ({ settings }) => convolution(settings),
    units: ({ outputs }) => outputs.y.rows,
    scratch: ({ inputs }, kernels) =>
      (kernels.rowsPerBlock.value as number) * scratchStep(kernels.blockLength(inputs.kernel.rows)),
    packs: ({ inputs }) => ({ matrix: inputs.kernel, transposed: false }),
  },
  conv1dKernelGradient: {
    operands: ['x', 'dy', 'dKernel'],
    byRow: () => ['dKernel'],
    settings: ({ settings }) => [...convolution(settings), +settings.accumulate],
    units: ({ outputs }) => outputs.dKernel.rows,
    scratch({ inputs }, kernels) {
      const block = kernels.blockLength(inputs.dy.rows);
      return packedBytes(block, inputs.dy.cols) + block * scratchStep(kernels.rowsPerBlock.value as number);
    },
  },
  conv1dInputGradient: {
    operands: ['dy', 'kernel', 'dx'],
    settings: ({ settings }) => convolution(settings),
    units: ({ settings }) => settings.time,
    scratch({ inputs, outputs, settings }, kernels) {
      const rows = kernels.rowsPerBlock.value as number;
      const filters = inputs.dy.cols;
      const features = outputs.dx.cols;
      const panels = settings.kernelSize * packedBytes(filters, features);
      return panels + rows * (scratchStep(filters) + scratchStep(features));
    },
  },

  pool1d: {
    operands: ['x', 'y'],
    settings: ({ settings }) => [...convolution(settings), pooling(settings)],
    units: ({ outputs }) => outputs.y.rows,
  },
  pool1dBackward: {
    operands: ['x', 'y', 'dy', 'dx'],
    settings: ({ settings }) => [...convolution(settings), pooling(settings)],
    units: ({ outputs }) => outputs.dx.rows,
  },

  conv2d: {
    operands: ['x', 'kernel', 'bias', 'y'],
    byRow: () => ['y'],
    settings: ({ settings }) => bandConvolution(settings),
    units: ({ outputs }) => outputs.y.rows,
    scratch: ({ inputs }, kernels) =>
      (kernels.rowsPerBlock.value as number) * scratchStep(kernels.blockLength(inputs.kernel.rows)),
    packs: ({ inputs }) => ({ matrix: inputs.kernel, transposed: false }),
  },
  conv2dKernelGradient: {
    operands: ['x', 'dy', 'dKernel'],
    byRow: () => ['dKernel'],
    settings: ({ settings }) => [...bandConvolution(settings), +settings.accumulate],
    units: ({ outputs }) => outputs.dKernel.rows,
    scratch({ inputs, outputs, settings }, kernels) {
      const filters = outputs.dKernel.cols;
      const block = kernels.blockLength(inputs.dy.rows * settings.outputBands);
      const unfolded = block * scratchStep(kernels.rowsPerBlock.value as number);
      return block * scratchStep(filters) + packedBytes(block, filters) + unfolded;
    },
  },
  conv2dInputGradient: {
    operands: ['dy', 'kernel', 'dx'],
    byRow: () => ['dx'],
    settings: ({ settings }) => bandConvolution(settings),
    units: ({ outputs }) => outputs.dx.rows,
    scratch({ inputs, outputs, settings }, kernels) {
      const filters = inputs.kernel.cols;
      const taps = settings.kernelSize * settings.bandKernelSize;
      const panels = taps * packedBytes(filters, outputs.dx.cols / settings.bands);
      return panels + (kernels.rowsPerBlock.value as number) * scratchStep(filters);
    },
  },
  pool2d: {
    operands: ['x', 'y'],
    settings: ({ settings }) => [...bandConvolution(settings), pooling(settings)],
    units: ({ outputs }) => outputs.y.rows,
  },
  pool2dBackward: {
    operands: ['x', 'y', 'dy', 'dx'],
    settings: ({ settings }) => [...bandConvolution(settings), pooling(settings)],
    units: ({ outputs }) => outputs.dx.rows,
  },
};
