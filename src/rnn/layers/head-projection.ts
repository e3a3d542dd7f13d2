import type { Random } from '../../base/math/random.js';
import { SeqkitError } from '../../base/errors.js';
import type { Matrix } from '../program/program.js';
import { startOf } from '../weights/deferred-initialization.js';
import { glorotUniform } from '../weights/initializers.js';
import type { Trace } from '../weights/trace.js';
import { Weight } from '../weights/weight.js';

/** Shapes of a projection to heads, or from them. */
interface HeadShapes {
  /** (D, H, K), or (H, V, D) back. */
  readonly kernel: readonly [number, number, number];
  /** (H, K), or (D). */
  readonly bias: readonly number[];
  /** How many features come in: D, or H * V. */
  readonly features: number;
}

/** y = x W + b between features and heads, its weights in Keras's shapes. */
export class HeadProjection {
  readonly #kernel: Weight;
  readonly #bias: Weight | undefined;
  readonly #features: number;

  /** @param name of the weights, such as `layer/query` */
  constructor(name: string, { kernel, bias, features }: HeadShapes, useBias: boolean, random: Random) {
    this.#features = features;
    const size = kernel[0] * kernel[1] * kernel[2];
    // The fans of the product as it is, not those of a convolution.
    const start = startOf(random, kernel, () => glorotUniform(features, size / features, random));
    this.#kernel = new Weight(`${name}/kernel`, kernel, start);
    if (useBias) {
      const zeros = startOf(random, bias, () => new Float64Array(size / features));
      this.#bias = new Weight(`${name}/bias`, bias, zeros);
    }
  }

  get weights(): readonly Weight[] {
    return this.#bias ? [this.#kernel, this.#bias] : [this.#kernel];
  }

  /** (D, F), whatever the weight's own shape. */
  #flat(matrix: Matrix): Matrix {
    const cols = (matrix.rows * matrix.cols) / this.#features;
    return { ...matrix, rows: this.#features, cols, rowStride: cols };
  }

  /** (R, D) to (R, F). @throws SeqkitError `bad-shape` for other features than it was made for */
  forward(trace: Trace, x: Matrix): Matrix {
    if (x.cols !== this.#features) {
      throw new SeqkitError(
        `"${this.#kernel.name}" was made for ${this.#features} features; ${x.cols} came.`,
        { code: 'bad-shape' },
      );
    }
    const b = this.#flat(trace.weight(this.#kernel));
    const y = trace.temporary(x.rows, b.cols);
    const bias = this.#bias && { bias: row(trace.weight(this.#bias)) };
    const plain = { transposeA: false, transposeB: false, accumulate: false };
    trace.builder.run('gemm', { a: x, b, ...bias }, { c: y }, plain);
    return y;
  }

  /** The gradients of the weights, and of x where wanted. */
  backward(trace: Trace, x: Matrix, dy: Matrix, wantsDx: boolean): Matrix | undefined {
    const { builder } = trace;
    if (this.#bias) {
      const { matrix, accumulate } = trace.gradient(this.#bias);
      builder.run('sumRows', { x: dy }, { total: row(matrix) }, { accumulate });
    }
    const { matrix, accumulate } = trace.gradient(this.#kernel);
    const how = { transposeA: true, transposeB: false, accumulate };
    builder.run('gemm', { a: x, b: dy }, { c: this.#flat(matrix) }, how);
    if (!wantsDx) return undefined;
    const dx = trace.temporary(x.rows, x.cols);
    const back = { transposeA: false, transposeB: true, accumulate: false };
    builder.run('gemm', { a: dy, b: this.#flat(trace.weight(this.#kernel)) }, { c: dx }, back);
    return dx;
  }
}

/** All numbers of a weight as one row. */
function row(matrix: Matrix): Matrix {
  const cols = matrix.rows * matrix.cols;
  return { ...matrix, rows: 1, cols, rowStride: cols };
}
