import { SeqkitError } from '../../base/errors.js';
import { wrongValue, type Schema } from '../../base/schema/index.js';
import type { BandConvolution } from '../program/kernels.js';
import type { Layer } from './layer.js';
import { windowSize } from './layer-options.js';
import { slide } from './sliding.js';

/** Something of time and of bands: one number for both, or two. */
export type TimeAndBand = number | readonly [time: number, band: number];

const expected = 'a whole number of at least 1, or an array of two: of time and of bands';

/** The schema of it: steps and bands that a window spans or moves by. */
export const timeAndBand: Schema<TimeAndBand> = {
  expected,
  parse(value, name) {
    if (!Array.isArray(value)) {
      if (typeof value === 'number') return windowSize.parse(value, name);
      throw wrongValue(name, expected, value);
    }
    if (value.length !== 2) throw wrongValue(name, expected, value);
    const [time, band] = Array.from(value as unknown[], (one, i) => windowSize.parse(one, `${name}[${i}]`));
    return [time, band];
  },
};

/** How a window slides over time and bands. */
export interface BandSliding {
  kernelSize: TimeAndBand;
  strides: TimeAndBand;
  dilationRate: TimeAndBand;
  padding: 'valid' | 'same' | 'causal';
  bandPadding: 'valid' | 'same';
}

/**
 * Bands in (N, T, B * C) features.
 * @throws SeqkitError `bad-shape` where they are no whole bands
 */
export function bandsOf(layer: Layer, features: number, channels: number): number {
  if (features % channels === 0) return features / channels;
  throw new SeqkitError(
    `The layer "${layer.name}" (${layer.kind}) takes bands of ${channels} channels; ${features} features are no multiple of that.`,
    {
      code: 'bad-shape',
      hint: 'Set channels to the filters of the Conv2D before it, or to 1 for a spectrogram.',
    },
  );
}

export const both = (value: TimeAndBand): readonly [number, number] =>
  typeof value === 'number' ? [value, value] : value;

/** Output steps, output bands and padding. @throws SeqkitError `bad-shape` where the window reaches further than there is */
export function slideOverBands(
  layer: Layer,
  sliding: BandSliding,
  size: { time: number; bands: number; batch: number },
): BandConvolution {
  const [kernelSize, bandKernelSize] = both(sliding.kernelSize);
  const [strides, bandStride] = both(sliding.strides);
  const [dilationRate, bandDilation] = both(sliding.dilationRate);
  const { padding, bandPadding } = sliding;
  const overTime = slide(layer, { kernelSize, strides, dilationRate, padding }, size.time, size.batch);
  const reach = (bandKernelSize - 1) * bandDilation + 1;
  if (bandPadding === 'valid' && size.bands < reach) {
    throw new SeqkitError(
      `The layer "${layer.name}" needs at least ${reach} bands (its kernel's reach); it got ${size.bands}.`,
      { code: 'bad-shape', hint: "Set bandPadding: 'same', or check channels." },
    );
  }
  const overBands = slide(
    layer,
    { kernelSize: bandKernelSize, strides: bandStride, dilationRate: bandDilation, padding: bandPadding },
    size.bands,
    1,
  );
  return {
    ...overTime,
    ...{ bands: size.bands, outputBands: overBands.outputTime, bandKernelSize, bandStride, bandDilation },
    bandPadBefore: overBands.padBefore,
  };
}
