import { optional, optionsSchema } from '../../base/schema/index.js';
import type { Signal, Trace, Traced } from '../weights/trace.js';
import { checkFeatureAxis, featureAxis, type FeatureAxis } from './feature-axis.js';
import { rowSums } from './layer-activation.js';
import { denseMatrix, Layer, type LayerOptions } from './layer.js';
import { layerName } from './layer-options.js';

export interface UnitNormalizationOptions {
  /** The axis of the features. No other can be normalized over. @default -1 */
  axis?: FeatureAxis;
  name?: string;
}

const unitNormalizationOptions = optionsSchema<UnitNormalizationOptions>('UnitNormalization', {
  axis: optional(featureAxis),
  name: layerName,
});

/** Far below any norm that float32 tells from 0. */
const TINY = 1e-20;

/** Each row of features divided by its length: y = x / sqrt(sum(x^2)); 0 where all are 0. */
export class UnitNormalization extends Layer {
  readonly kind = 'UnitNormalization';
  readonly weights = [];
  readonly #options: UnitNormalizationOptions;

  constructor(options?: UnitNormalizationOptions) {
    super();
    this.#options = unitNormalizationOptions.parse(options);
    this.name = this.#options.name ?? '';
  }

  options(): LayerOptions {
    return { ...this.#options };
  }

  protected create(features: number): number {
    return features;
  }

  trace(trace: Trace, x: Signal): Traced {
    checkFeatureAxis(this, this.#options.axis, x);
    const { builder } = trace;
    const input = denseMatrix(this, x);
    const squares = trace.temporary(input.rows, input.cols);
    builder.run('multiply', { a: input, b: input }, { y: squares }, { accumulate: false });
    const sums = rowSums(trace, squares);
    // s / sqrt(s) is the root of s, and 0 where s is.
    const norms = trace.temporary(input.rows, 1);
    builder.run('divideByRoot', { a: sums, b: sums }, { y: norms }, { epsilon: TINY });
    const y = trace.temporary(input.rows, input.cols);
    const divide = { divide: true, accumulate: false };
    builder.run('scaleRows', { x: input, scale: norms }, { y }, divide);
    return {
      y: { ...x, matrix: y },
      // dx = (dy - y (y . dy)) / norm.
      backward(dy) {
        const products = trace.temporary(dy.rows, dy.cols);
        builder.run('multiply', { a: dy, b: y }, { y: products }, { accumulate: false });
        const along = { divide: false, accumulate: false };
        builder.run('scaleRows', { x: y, scale: rowSums(trace, products) }, { y: products }, along);
        builder.run('subtract', { a: dy, b: products }, { y: dy }, {});
        builder.run('scaleRows', { x: dy, scale: norms }, { y: dy }, divide);
        return dy;
      },
    };
  }
}
