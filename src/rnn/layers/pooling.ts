import type { Convolution, Pooling } from '../program/kernels.js';
import type { Matrix } from '../program/program.js';
import { choice, optional, optionsSchema } from '../../base/schema/index.js';
import { checkWholeStrides, continues } from './carried-frames.js';
import { denseMatrix, Layer, refuseMask, timeOf, type Ending, type LayerOptions } from './layer.js';
import { withoutMasked } from './masked-rows.js';
import { layerName, named, windowSize, type NamedOptions } from './layer-options.js';
import { slide } from './sliding.js';
import type { Signal, Trace, Traced } from '../weights/trace.js';

export interface PoolingOptions {
  /** Time steps that become one. @default 2 */
  poolSize?: number;
  /** Steps between outputs. @default poolSize */
  strides?: number;
  /** `same`: T / strides outputs, rounded up; padding takes no part. @default 'valid' */
  padding?: 'valid' | 'same';
  name?: string;
}

const poolingOptions = optionsSchema<PoolingOptions>('MaxPooling1D or AveragePooling1D', {
  poolSize: optional(windowSize),
  strides: optional(windowSize),
  padding: optional(choice(['valid', 'same'])),
  name: layerName,
});

const globalPoolingOptions = optionsSchema<NamedOptions>(
  'GlobalMaxPooling1D or GlobalAveragePooling1D',
  named,
);

/** y from x over windows, with the backward pass. */
function pool(trace: Trace, x: Matrix, settings: Convolution & { pooling: Pooling }) {
  const { builder, batch } = trace;
  const y = trace.temporary(settings.outputTime * batch, x.cols);
  builder.run('pool1d', { x }, { y }, settings);
  const backward = (dy: Matrix): Matrix => {
    const dx = trace.temporary(x.rows, x.cols);
    builder.run('pool1dBackward', { x, y, dy }, { dx }, settings);
    return dx;
  };
  return { y, backward };
}

/**
 * Windows over time to one row each: (N, T, D) to (N, To, D). A Stepper runs it where they neither overlap nor are
 * padded.
 */
abstract class Pooling1D extends Layer {
  readonly weights = [];
  readonly #options: PoolingOptions;
  protected abstract readonly pooling: Pooling;

  constructor(options?: PoolingOptions) {
    super();
    this.#options = poolingOptions.parse(options);
    this.name = this.#options.name ?? '';
  }

  options(): LayerOptions {
    return { ...this.#options };
  }

  override get needsWholeSequence(): boolean {
    const { poolSize = 2, strides = poolSize, padding = 'valid' } = this.#options;
    return poolSize !== strides || (padding === 'same' && poolSize > 1);
  }

  override ending(before: Ending): Ending {
    return before;
  }

  protected create(features: number): number {
    return features;
  }

  trace(trace: Trace, x: Signal): Traced {
    refuseMask(this, x);
    const { poolSize = 2, strides = poolSize, padding = 'valid' } = this.#options;
    const sliding = { kernelSize: poolSize, strides, padding };
    const settings = slide(this, sliding, timeOf(this, x), trace.batch);
    if (continues(trace)) checkWholeStrides(this, settings);
    const { y, backward } = pool(trace, denseMatrix(this, x), { ...settings, pooling: this.pooling });
    return { y: { matrix: y, time: settings.outputTime, features: x.features }, backward };
  }
}

/** The largest of each feature in each window. */
export class MaxPooling1D extends Pooling1D {
  readonly kind = 'MaxPooling1D';
  protected readonly pooling = 'max';
}

/** The mean of each feature over each window. */
export class AveragePooling1D extends Pooling1D {
  readonly kind = 'AveragePooling1D';
  protected readonly pooling = 'average';
}

/** All time steps to one row: (N, T, D) to (N, D). Masked steps take no part. */
abstract class GlobalPooling1D extends Layer {
  readonly weights = [];
  protected abstract readonly pooling: Pooling;

  constructor(options?: NamedOptions) {
    super();
    this.name = globalPoolingOptions.parse(options).name ?? '';
  }

  options(): LayerOptions {
    return {};
  }

  override get needsWholeSequence(): boolean {
    return true;
  }

  override ending(before: Ending): Ending {
    return before;
  }

  protected create(features: number): number {
    return features;
  }

  protected all(trace: Trace, x: Matrix, time: number) {
    const settings = { batch: trace.batch, time, outputTime: 1, kernelSize: time };
    const rest = { stride: 1, dilation: 1, padBefore: 0, pooling: this.pooling };
    return pool(trace, x, { ...settings, ...rest });
  }

  trace(trace: Trace, x: Signal): Traced {
    const time = timeOf(this, x);
    const input = denseMatrix(this, x);
    const { y, backward } = x.mask ? this.masked(trace, input, x.mask, time) : this.all(trace, input, time);
    return { y: { matrix: y, time: undefined, features: x.features }, backward };
  }

  protected abstract masked(
    trace: Trace,
    x: Matrix,
    mask: Matrix,
    time: number,
  ): { y: Matrix; backward: (dy: Matrix) => Matrix };
}

/** The mean of each feature over time. */
export class GlobalAveragePooling1D extends GlobalPooling1D {
  readonly kind = 'GlobalAveragePooling1D';
  protected readonly pooling = 'average';

  protected masked(trace: Trace, x: Matrix, mask: Matrix, time: number) {
    const { kept, backward: drop } = withoutMasked(trace, x, mask);
    const { y, backward } = this.all(trace, kept, time);
    // The share of the steps that count.
    const share = this.all(trace, mask, time).y;
    const divide = (matrix: Matrix): void =>
      trace.builder.run(
        'scaleRows',
        { x: matrix, scale: share },
        { y: matrix },
        { divide: true, accumulate: false },
      );
    divide(y);
    return { y, backward: (dy: Matrix) => (divide(dy), drop(backward(dy))) };
  }
}

/** Below all that is not masked, and no infinity, which times 0 would be no number. */
const LOWEST = -3e38;

/** The largest of each feature over time; 0 where all steps are masked. */
export class GlobalMaxPooling1D extends GlobalPooling1D {
  readonly kind = 'GlobalMaxPooling1D';
  protected readonly pooling = 'max';

  protected masked(trace: Trace, x: Matrix, mask: Matrix, time: number) {
    const { builder } = trace;
    const { kept, backward: drop } = withoutMasked(trace, x, mask);
    const [sunk, ones] = [trace.temporary(mask.rows, 1), trace.temporary(1, x.cols)];
    builder.run('affine', { x: mask }, { y: sunk }, { factor: -LOWEST, offset: LOWEST });
    builder.run('fill', {}, { y: ones }, { value: 1 });
    const added = { transposeA: false, transposeB: false, accumulate: true };
    builder.run('gemm', { a: sunk, b: ones }, { c: kept }, added);
    const { y: largest, backward } = this.all(trace, kept, time);
    // Of nothing but masked steps the largest is the lowest there is.
    const some = this.all(trace, mask, time).y;
    const y = trace.temporary(largest.rows, largest.cols);
    builder.run('fill', {}, { y }, { value: 0 });
    // Added to 0, lest it be -0.
    const kind = { divide: false, accumulate: true };
    builder.run('scaleRows', { x: largest, scale: some }, { y }, kind);
    return { y, backward: (dy: Matrix) => drop(backward(dy)) };
  }
}
