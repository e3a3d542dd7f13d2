import type { Convolution } from '../program/kernels.js';
import { SeqkitError } from '../../base/errors.js';
import type { Layer } from './layer.js';

/** How a window slides over time. */
export interface Sliding {
  /** K, the number of taps. */
  kernelSize: number;
  /** Steps between outputs. @default 1 */
  strides?: number;
  /** Steps between taps. @default 1 */
  dilationRate?: number;
  /**
   * `valid`: no padding, (T - reach) / strides + 1 outputs, where reach is the span of the
   * taps; `same`: T / strides outputs rounded up; `causal`: padded before alone, so an output
   * sees no later input. @default 'valid'
   */
  padding?: 'valid' | 'same' | 'causal';
}

/** Output steps and padding for T input steps. @throws SeqkitError `bad-shape` where T is less than the reach */
export function slide(layer: Layer, sliding: Sliding, time: number, batch: number): Convolution {
  const { kernelSize, strides = 1, dilationRate = 1, padding = 'valid' } = sliding;
  const reach = (kernelSize - 1) * dilationRate + 1;
  const sameTime = Math.ceil(time / strides);
  const missing = Math.max(0, (sameTime - 1) * strides + reach - time);
  const padBefore = { valid: 0, same: Math.floor(missing / 2), causal: reach - 1 }[padding];
  const outputTime = padding === 'valid' ? Math.floor((time - reach) / strides) + 1 : sameTime;
  if (outputTime < 1) {
    throw new SeqkitError(
      `The layer "${layer.name}" needs at least ${reach} time steps (its kernel's reach); it got ${time}.`,
      { code: 'bad-shape' },
    );
  }
  return { batch, time, outputTime, kernelSize, stride: strides, dilation: dilationRate, padBefore };
}
