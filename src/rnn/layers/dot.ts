import { sliceRows, type Matrix } from '../program/program.js';
import { optionsSchema, schemaOf } from '../../base/schema/index.js';
import { rowSums } from './layer-activation.js';
import type { LayerOptions } from './layer.js';
import { layerName } from './layer-options.js';
import { MergeLayer } from './merge.js';
import { toExamples, toSteps } from './rearrangement.js';
import type { Connected, Signal, Trace } from '../weights/trace.js';

export interface DotOptions {
  /**
   * The axis that is summed over, of both inputs or of each: 1 is time and 2 the features of
   * sequences, 1 the features of rows.
   */
  axes: number | readonly [number, number];
  name?: string;
}

const isAxis = (value: unknown): boolean => value === 1 || value === 2;

const dotOptions = optionsSchema<DotOptions>('Dot', {
  axes: schemaOf<DotOptions['axes']>(
    '1 or 2, or an array of two of them',
    (value) =>
      isAxis(value) ||
      (Array.isArray(value) && value.length === 2 && [...(value as unknown[])].every(isAxis)),
  ),
  name: layerName,
});

/**
 * Products of two inputs, example by example, as Keras's `Dot`. Sequences a (N, T, D) and
 * b (N, T, E) with axes 1 give (N, D, E), as attention's context from its weights does; axes 2
 * of (N, T, D) and (N, S, D) give (N, T, S). Rows (N, D) give (N, 1). Masked steps take no part in a
 * sum over time; of those that are left the product's steps and features are masked in turn, so that
 * softmax after it shares nothing out to padding.
 */
export class Dot extends MergeLayer {
  readonly kind = 'Dot';
  readonly #axes: readonly [number, number];

  constructor(options: DotOptions) {
    const { axes, name } = dotOptions.parse(options);
    super(name);
    this.#axes = typeof axes === 'number' ? [axes, axes] : [...axes];
  }

  override options(): LayerOptions {
    return { axes: [...this.#axes] };
  }

  override get takesFeatureMask(): boolean {
    return true;
  }

  protected override create(): number {
    // It depends on both inputs.
    return NaN;
  }

  protected merge(trace: Trace, inputs: readonly Signal[]): Connected {
    if (inputs.length !== 2) this.refuse(inputs, 'two inputs');
    const [a, b] = inputs.map((x, i) => summed(trace, x, this.#axes[i]));
    if (a.time === undefined && b.time === undefined) return this.#ofRows(trace, a, b);
    if (a.time === undefined || b.time === undefined) this.refuse(inputs, 'two sequences or two rows');
    const { outputs, backward } = this.#ofSequences(
      trace,
      { matrix: a.matrix, time: a.time },
      { matrix: b.matrix, time: b.time },
      inputs,
    );
    const [y] = outputs;
    return {
      outputs: [{ ...y, ...productMasks(trace, inputs, this.#axes, y) }],
      backward: (dys, wants) => backward(dys, wants).map((dx, i) => dx && [a, b][i].drop(dx)),
    };
  }

  #ofRows(trace: Trace, a: Summed, b: Summed): Connected {
    if (a.features !== b.features || this.#axes.includes(2)) {
      this.refuse([a, b], 'rows of as many features, and axes 1,');
    }
    const products = trace.temporary(a.matrix.rows, a.features);
    trace.builder.run('multiply', { a: a.matrix, b: b.matrix }, { y: products }, { accumulate: false });
    const spread = (x: Matrix, dy: Matrix): Matrix => {
      const dx = trace.temporary(x.rows, x.cols);
      trace.builder.run('scaleRows', { x, scale: dy }, { y: dx }, { divide: false, accumulate: false });
      return dx;
    };
    return {
      outputs: [{ matrix: rowSums(trace, products), time: undefined, features: 1 }],
      backward: ([dy], [wantsA, wantsB]) => [
        dy && wantsA ? a.drop(spread(b.matrix, dy)) : undefined,
        dy && wantsB ? b.drop(spread(a.matrix, dy)) : undefined,
      ],
    };
  }

  #ofSequences(trace: Trace, a: Sequence, b: Sequence, inputs: readonly Signal[]): Connected {
    // c = op(a) op(b) for each example, op transposing where the sum is not over the inner axis.
    const [transposeA, transposeB] = [this.#axes[0] === 1, this.#axes[1] === 2];
    const [rows, depth] = transposeA ? [a.matrix.cols, a.time] : [a.time, a.matrix.cols];
    const [cols, other] = transposeB ? [b.time, b.matrix.cols] : [b.matrix.cols, b.time];
    if (depth !== other) this.refuse(inputs, `as many numbers along axes ${this.#axes.join(' and ')}`);
    const product = each(trace, rows, cols, [a, b], ([x, y]) => ({ a: x, b: y, transposeA, transposeB }));
    const backward: Connected['backward'] = ([dy], [wantsA, wantsB]) => {
      if (!dy) return [undefined, undefined];
      const dc = { matrix: dy, time: rows };
      const da = (): Matrix =>
        each(trace, a.time, a.matrix.cols, [b, dc], ([y, d]) =>
          transposeA
            ? { a: y, b: d, transposeA: transposeB, transposeB: true }
            : { a: d, b: y, transposeA: false, transposeB: !transposeB },
        );
      const db = (): Matrix =>
        each(trace, b.time, b.matrix.cols, [a, dc], ([x, d]) =>
          transposeB
            ? { a: d, b: x, transposeA: true, transposeB: transposeA }
            : { a: x, b: d, transposeA: !transposeA, transposeB: false },
        );
      return [wantsA ? da() : undefined, wantsB ? db() : undefined];
    };
    return { outputs: [{ matrix: product, time: rows, features: cols }], backward };
  }
}

/** An input whose masked numbers along the axis that is summed over are 0. */
interface Summed extends Signal {
  /** The gradient of the input from that of the matrix. In place. */
  readonly drop: (d: Matrix) => Matrix;
}

function summed(trace: Trace, x: Signal, axis: number): Summed {
  const { mask, featureMask } = x;
  const overTime = axis === 1 && x.time !== undefined;
  const chosen = overTime ? mask : featureMask;
  if (!chosen) return { ...x, drop: (d) => d };
  const keep = (from: Matrix, to: Matrix): Matrix => {
    if (overTime) {
      const plain = { divide: false, accumulate: false };
      trace.builder.run('scaleRows', { x: from, scale: chosen }, { y: to }, plain);
    } else trace.builder.run('multiply', { a: from, b: chosen }, { y: to }, { accumulate: false });
    return to;
  };
  const matrix = keep(x.matrix, trace.temporary(x.matrix.rows, x.matrix.cols));
  return { ...x, matrix, drop: (d) => keep(d, d) };
}

/** What of the product is padding: rows that come from masked steps of the one, columns from those of the other. */
function productMasks(
  trace: Trace,
  inputs: readonly Signal[],
  axes: readonly [number, number],
  y: Signal,
): Pick<Signal, 'mask' | 'featureMask'> {
  // (N, size) along the axis that is left.
  const [rows, cols] = inputs.map(({ mask, featureMask, time }, i) => {
    if (axes[i] === 2) return mask && toExamples(trace, mask, time!);
    return featureMask && sliceRows(featureMask, 0, trace.batch);
  });
  const mask = rows && toSteps(trace, rows, y.time!);
  if (!cols) return { mask };
  const featureMask = trace.temporary(y.matrix.rows, y.features);
  for (let t = 0; t < (trace.shapesOnly ? 0 : y.time!); t++) {
    const step = sliceRows(featureMask, t * trace.batch, trace.batch);
    trace.builder.run('copy', { x: cols }, { y: step }, {});
  }
  return { mask, featureMask };
}

/** (T * N, D), time-major. */
interface Sequence {
  readonly matrix: Matrix;
  readonly time: number;
}

interface Product {
  a: Matrix;
  b: Matrix;
  transposeA: boolean;
  transposeB: boolean;
}

/** One product (rows, cols) for each example, the results time-major. */
function each(
  trace: Trace,
  rows: number,
  cols: number,
  operands: readonly [Sequence, Sequence],
  product: (ofExample: [Matrix, Matrix]) => Product,
): Matrix {
  const N = trace.batch;
  const examples = operands.map(({ matrix, time }) => toExamples(trace, matrix, time));
  const results = trace.temporary(N, rows * cols);
  for (let n = 0; n < N; n++) {
    const own = operands.map(({ matrix: { cols: width }, time }, i) => ({
      ...sliceRows(examples[i], n, 1),
      ...{ rows: time, cols: width, rowStride: width },
    }));
    const { a, b, transposeA, transposeB } = product([own[0], own[1]]);
    const c = { ...sliceRows(results, n, 1), rows, cols, rowStride: cols };
    trace.builder.run('gemm', { a, b }, { c }, { transposeA, transposeB, accumulate: false });
  }
  return toSteps(trace, results, rows);
}
