import { ones, zeros } from '../weights/initializers.js';
import { SeqkitError } from '../../base/errors.js';
import type { Random } from '../../base/math/random.js';
import { callback, optionsSchema } from '../../base/schema/index.js';
import { denseMatrix, Layer, type LayerOptions } from './layer.js';
import { named, type NamedOptions } from './layer-options.js';
import type { Signal, Trace, Traced } from '../weights/trace.js';
import { numbers } from '../program/tensor.js';
import { startOf } from '../weights/deferred-initialization.js';
import { Weight } from '../weights/weight.js';

const isCounted = callback<(row: number) => boolean>();
const standardizeOptions = optionsSchema<NamedOptions>('Standardize', named);

/**
 * y = (x - mean) / deviation of each feature. The statistics are those of the examples that the
 * first `fit` trains on, or of what `adapt` is given; they are saved with the model and not
 * trained. A feature that never changes is only moved. Weights: mean, variance, each (D), and
 * how many rows they were taken from (1): 0 until then, when y = x.
 */
export class Standardize extends Layer {
  readonly kind = 'Standardize';
  #mean: Weight | undefined;
  #variance: Weight | undefined;
  #count: Weight | undefined;

  constructor(options?: NamedOptions) {
    super();
    this.name = standardizeOptions.parse(options).name ?? '';
  }

  options(): LayerOptions {
    return {};
  }

  get weights(): readonly Weight[] {
    return [this.#mean, this.#variance, this.#count].filter((weight) => weight !== undefined);
  }

  /** Whether the statistics are known. */
  get fitted(): boolean {
    return (this.#count?.get().data[0] ?? 0) > 0;
  }

  protected create(features: number, random: Random): number {
    const make = (name: string, size: number, fill: typeof zeros): Weight =>
      new Weight(
        `${this.name}/${name}`,
        [size],
        startOf(random, [size], () => fill(1, size, random)),
        {
          trainable: false,
        },
      );
    this.#mean = make('mean', features, zeros);
    this.#variance = make('variance', features, ones);
    this.#count = make('count', 1, zeros);
    return features;
  }

  /**
   * Takes mean and biased variance of each feature over rows, in float64. After `build`.
   * @param rows features (R, D), row after row
   * @param counts which rows take part @default all
   */
  adapt(rows: ArrayLike<number>, counts: (row: number) => boolean = () => true): void {
    if (!this.#mean) {
      throw new SeqkitError(`The layer "${this.name}" is not built yet.`, {
        code: 'usage',
        hint: 'Call model.build(shape) first.',
      });
    }
    numbers.parse(rows, 'adapt: rows');
    isCounted.parse(counts, 'adapt: counts');
    const D = this.#mean.cols;
    if (rows.length % D !== 0) {
      throw new SeqkitError(`adapt: ${rows.length} numbers are no whole rows of ${D} features.`, {
        code: 'bad-shape',
      });
    }
    const total = rows.length / D;
    // Welford's way: one pass, and no digits cancel.
    const [mean, squares] = [new Float64Array(D), new Float64Array(D)];
    let count = 0;
    for (let row = 0; row < total; row++) {
      if (!counts(row)) continue;
      count++;
      for (let d = 0; d < D; d++) {
        const before = rows[row * D + d] - mean[d];
        mean[d] += before / count;
        squares[d] += before * (rows[row * D + d] - mean[d]);
      }
    }
    if (count === 0) return;
    this.#mean.set(mean);
    this.#variance!.set(squares.map((sum) => (sum === 0 ? 1 : sum / count)));
    this.#count!.set([count]);
  }

  trace(trace: Trace, x: Signal): Traced {
    const { builder } = trace;
    const input = denseMatrix(this, x);
    const [runningMean, runningVariance] = [trace.weight(this.#mean!), trace.weight(this.#variance!)];
    const filled = (value: number): Signal['matrix'] => {
      const row = trace.temporary(1, input.cols);
      builder.run('fill', {}, { y: row }, { value });
      return row;
    };
    const [gamma, beta] = [filled(1), filled(0)];
    const y = trace.temporary(input.rows, input.cols);
    const statistics = { gamma, beta, runningVariance };
    builder.run('batchNormInference', { x: input, ...statistics, runningMean }, { y }, { epsilon: 0 });
    return {
      y: { ...x, matrix: y },
      backward(dy) {
        const dx = trace.temporary(dy.rows, dy.cols);
        builder.run(
          'batchNormInference',
          { x: dy, ...statistics, runningMean: beta },
          { y: dx },
          { epsilon: 0 },
        );
        return dx;
      },
    };
  }
}
