import type { Matrix } from '../program/program.js';
import { number, optional, optionsSchema } from '../../base/schema/index.js';
import { denseMatrix, Layer, timeOf, type LayerOptions } from './layer.js';
import { layerName } from './layer-options.js';
import type { Signal, Trace, Traced } from '../weights/trace.js';

export interface MaskingOptions {
  /** Time steps whose features are all this number do not count. @default 0 */
  maskValue?: number;
  name?: string;
}

const maskingOptions = optionsSchema<MaskingOptions>('Masking', {
  maskValue: optional(number()),
  name: layerName,
});

/**
 * Sequences of different lengths in one batch, padded with a value: (N, T, D) as it is, with a
 * mask. Recurrent layers keep their state through masked steps in either direction,
 * BatchNormalization and GlobalAveragePooling1D leave them out, and so does the loss, which is
 * then the mean over the steps that count. Where the lengths are known, `fit`, `evaluate` and
 * `predict` take them as `lengths`, to the same effect.
 */
export class Masking extends Layer {
  readonly kind = 'Masking';
  readonly weights = [];
  readonly #maskValue: number;

  constructor(options?: MaskingOptions) {
    super();
    const { maskValue = 0, name = '' } = maskingOptions.parse(options);
    this.name = name;
    this.#maskValue = maskValue;
  }

  get maskValue(): number {
    return this.#maskValue;
  }

  options(): LayerOptions {
    return { maskValue: this.#maskValue };
  }

  protected create(features: number): number {
    return features;
  }

  trace(trace: Trace, x: Signal): Traced {
    timeOf(this, x);
    denseMatrix(this, x);
    return { y: { ...x, mask: maskRows(trace, x, this.#maskValue) }, backward: (dy) => dy };
  }
}

/** (R, 1): 1 for rows of real examples that count so far and hold anything but `value`, else 0. */
export function maskRows(trace: Trace, { matrix: x, mask }: Signal, value: number): Matrix {
  const y = trace.temporary(x.rows, 1);
  trace.builder.run('rowMask', { x, valid: trace.valid }, { y }, { value });
  if (mask) trace.builder.run('multiply', { a: y, b: mask }, { y }, { accumulate: false });
  return y;
}
