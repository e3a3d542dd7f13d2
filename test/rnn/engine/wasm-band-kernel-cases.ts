import { poolings, type BandConvolution, type KernelName } from '../../../src/rnn/program/kernels.js';
import type { Random } from '../../../src/base/math/random.js';
import type { KernelCase, Operand } from './wasm-comparison.js';

type BandKernel = Extract<KernelName, `conv2d${string}` | `pool2d${string}`>;

const m = (rows: number, cols: number, more: Partial<Operand> = {}): Operand => ({ rows, cols, ...more });
const whole = (below: number): Partial<Operand> => ({ draw: (random: Random) => random.integer(below) });

interface Shape extends BandConvolution {
  /** Channels of a band of x. */
  C: number;
  F: number;
  margin: number;
  biased: boolean;
}

/** One axis: its length, a window, how it moves, and what is padded before and behind. */
function axis(length: number, kernel: number, stride: number, dilation: number, [before, behind]: number[]) {
  const reach = (kernel - 1) * dilation + 1;
  return {
    length,
    kernel,
    stride,
    dilation,
    before,
    out: Math.floor((length + before + behind - reach) / stride) + 1,
  };
}

function shape(
  time: ReturnType<typeof axis>,
  band: ReturnType<typeof axis>,
  rest: Pick<Shape, 'batch' | 'C' | 'F' | 'margin' | 'biased'>,
): Shape {
  return {
    ...{ time: time.length, outputTime: time.out, kernelSize: time.kernel, stride: time.stride },
    ...{ dilation: time.dilation, padBefore: time.before, bands: band.length, outputBands: band.out },
    ...{ bandKernelSize: band.kernel, bandStride: band.stride, bandDilation: band.dilation },
    ...{ bandPadBefore: band.before, ...rest },
  };
}

const convolutions: readonly Shape[] = [
  // As a spectrogram's first layer: one channel, both ways, padded over bands alone.
  shape(axis(9, 3, 1, 1, [0, 0]), axis(13, 3, 1, 1, [1, 1]), {
    batch: 1,
    C: 1,
    F: 24,
    margin: 0,
    biased: true,
  }),
  // Along time alone, with and without gaps between the rows of x, more rows than one block of them.
  shape(axis(40, 3, 1, 1, [2, 0]), axis(7, 1, 1, 1, [0, 0]), {
    batch: 3,
    C: 5,
    F: 13,
    margin: 0,
    biased: true,
  }),
  shape(axis(7, 3, 1, 2, [0, 0]), axis(3, 1, 1, 1, [0, 0]), {
    batch: 2,
    C: 24,
    F: 7,
    margin: 1,
    biased: false,
  }),
  shape(axis(5, 2, 1, 1, [1, 1]), axis(2, 1, 1, 1, [0, 0]), {
    batch: 1,
    C: 300,
    F: 9,
    margin: 0,
    biased: false,
  }),
  // Along bands alone.
  shape(axis(6, 1, 1, 1, [0, 0]), axis(8, 3, 1, 1, [1, 1]), {
    batch: 2,
    C: 24,
    F: 24,
    margin: 2,
    biased: true,
  }),
  shape(axis(4, 1, 2, 1, [0, 0]), axis(5, 5, 1, 1, [0, 0]), {
    batch: 3,
    C: 3,
    F: 5,
    margin: 0,
    biased: true,
  }),
  // Strides, dilations and padding on both; windows that reach over both edges.
  shape(axis(11, 3, 2, 2, [3, 1]), axis(9, 2, 3, 2, [1, 2]), {
    batch: 2,
    C: 4,
    F: 6,
    margin: 1,
    biased: false,
  }),
  shape(axis(6, 4, 3, 1, [2, 3]), axis(2, 5, 1, 1, [3, 3]), {
    batch: 5,
    C: 7,
    F: 3,
    margin: 0,
    biased: true,
  }),
  // A sum over more than one block of taps.
  shape(axis(5, 3, 1, 1, [1, 1]), axis(4, 3, 1, 1, [1, 1]), {
    batch: 1,
    C: 65,
    F: 17,
    margin: 0,
    biased: true,
  }),
  shape(axis(12, 1, 1, 1, [0, 0]), axis(4, 4, 4, 1, [0, 0]), {
    batch: 1,
    C: 3,
    F: 1,
    margin: 0,
    biased: true,
  }),
];

const pools: readonly Shape[] = [
  shape(axis(8, 2, 2, 1, [0, 0]), axis(6, 2, 2, 1, [0, 0]), {
    batch: 1,
    C: 24,
    F: 0,
    margin: 0,
    biased: false,
  }),
  shape(axis(5, 1, 1, 1, [0, 0]), axis(7, 2, 2, 1, [0, 0]), {
    batch: 3,
    C: 5,
    F: 0,
    margin: 1,
    biased: false,
  }),
  shape(axis(7, 3, 2, 1, [1, 1]), axis(5, 3, 1, 1, [1, 1]), {
    batch: 2,
    C: 3,
    F: 0,
    margin: 2,
    biased: false,
  }),
  shape(axis(9, 3, 1, 1, [0, 0]), axis(4, 2, 3, 1, [1, 0]), {
    batch: 2,
    C: 13,
    F: 0,
    margin: 0,
    biased: false,
  }),
  shape(axis(4, 4, 4, 1, [0, 0]), axis(3, 3, 3, 1, [0, 0]), {
    batch: 5,
    C: 1,
    F: 0,
    margin: 0,
    biased: false,
  }),
];

const title = (s: Shape): string =>
  `N ${s.batch} (T, B) (${s.time}, ${s.bands}) C ${s.C} F ${s.F} kernel (${s.kernelSize}, ${s.bandKernelSize}) / ` +
  `(${s.stride}, ${s.bandStride}), dilation (${s.dilation}, ${s.bandDilation}), pad (${s.padBefore}, ${s.bandPadBefore})`;

const windowOf = ({ C, F, margin, biased, ...settings }: Shape): BandConvolution => {
  void [C, F, margin, biased];
  return settings;
};
const taps = (s: Shape): number => s.kernelSize * s.bandKernelSize * s.C;

export const bandKernelCases: { [Name in BandKernel]: () => KernelCase<Name>[] } = {
  conv2d: () =>
    convolutions.map((s) => ({
      title: title(s),
      inputs: {
        x: m(s.time * s.batch, s.bands * s.C, { margin: s.margin }),
        kernel: m(taps(s), s.F, { kind: 'parameter' }),
        bias: s.biased ? m(1, s.F) : undefined,
      },
      outputs: { y: m(s.outputTime * s.batch, s.outputBands * s.F) },
      settings: windowOf(s),
    })),
  conv2dKernelGradient: () =>
    convolutions.flatMap((s) =>
      [false, true].map((accumulate) => ({
        title: `${title(s)}, accumulate ${accumulate}`,
        inputs: {
          x: m(s.time * s.batch, s.bands * s.C, { margin: s.margin }),
          dy: m(s.outputTime * s.batch, s.outputBands * s.F, { margin: 1 }),
        },
        outputs: { dKernel: m(taps(s), s.F) },
        settings: { ...windowOf(s), accumulate },
      })),
    ),
  conv2dInputGradient: () =>
    convolutions.map((s) => ({
      title: title(s),
      inputs: {
        dy: m(s.outputTime * s.batch, s.outputBands * s.F, { margin: s.margin }),
        kernel: m(taps(s), s.F, { margin: 1 }),
      },
      outputs: { dx: m(s.time * s.batch, s.bands * s.C) },
      settings: windowOf(s),
    })),
  pool2d: () =>
    poolings.flatMap((pooling) =>
      pools.map((s) => ({
        title: `${pooling} ${title(s)}`,
        inputs: { x: m(s.time * s.batch, s.bands * s.C, { margin: s.margin, ...whole(4) }) },
        outputs: { y: m(s.outputTime * s.batch, s.outputBands * s.C) },
        settings: { ...windowOf(s), pooling },
      })),
    ),
  pool2dBackward: () =>
    poolings.flatMap((pooling) =>
      pools.map((s) => ({
        title: `${pooling} ${title(s)}`,
        // Whole numbers, so that the largest often stands in several places.
        inputs: {
          x: m(s.time * s.batch, s.bands * s.C, { margin: s.margin, ...whole(3) }),
          y: m(s.outputTime * s.batch, s.outputBands * s.C, { draw: () => 2 }),
          dy: m(s.outputTime * s.batch, s.outputBands * s.C, { margin: 1 }),
        },
        outputs: { dx: m(s.time * s.batch, s.bands * s.C) },
        settings: { ...windowOf(s), pooling },
      })),
    ),
};
