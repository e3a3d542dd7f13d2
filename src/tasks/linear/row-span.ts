import type { Row } from './softmax-loss.js';

/** A pivot below this share of a row's squared length is a row that the ones before it make up. */
const RANK_TOLERANCE = 1e-10;

/**
 * The same rows in a basis of the space that they span: as many numbers a row as there are rows, rather than as there
 * are features. Their products with each other are the same, and so are penalized weights found in it.
 */
export class RowSpan {
  readonly #rows: readonly Row[];
  /** The Cholesky factor of the rows' products, row by row: row i has i + 1 numbers. */
  readonly #factor: readonly Float64Array[];

  constructor(rows: readonly Row[], features: number) {
    this.#rows = rows;
    this.#factor = factorOf(rows, features);
  }

  /** The rows in that basis. */
  rows(): Row[] {
    return this.#factor.map((values) => ({ indices: Int32Array.from(values.keys()), values }));
  }

  /**
   * Weights of the features from weights in that basis.
   * @param weights shape `(rows + 1, classes)`, the intercepts last
   * @returns shape `(features + 1, classes)`
   */
  toFeatures(weights: Float64Array, classes: number, features: number): Float64Array {
    const factor = this.#factor;
    const count = factor.length;
    const shares = weights.slice(0, count * classes);
    const result = new Float64Array((features + 1) * classes);
    result.set(weights.subarray(count * classes), features * classes);
    for (let i = count - 1; i >= 0; i--) {
      const pivot = factor[i][i];
      for (let k = 0; k < classes; k++) {
        const share = pivot === 0 ? 0 : shares[i * classes + k] / pivot;
        shares[i * classes + k] = share;
        for (let j = 0; j < i; j++) shares[j * classes + k] -= factor[i][j] * share;
      }
      const { indices, values } = this.#rows[i];
      for (let n = 0; n < indices.length; n++) {
        for (let k = 0; k < classes; k++) {
          result[indices[n] * classes + k] += values[n] * shares[i * classes + k];
        }
      }
    }
    return result;
  }
}

function factorOf(rows: readonly Row[], features: number): Float64Array[] {
  const factor: Float64Array[] = [];
  const wide = new Float64Array(features);
  for (const [i, row] of rows.entries()) {
    for (let n = 0; n < row.indices.length; n++) wide[row.indices[n]] = row.values[n];
    const own = new Float64Array(i + 1);
    for (let j = 0; j <= i; j++) {
      const { indices, values } = rows[j];
      let product = 0;
      for (let n = 0; n < indices.length; n++) product += values[n] * wide[indices[n]];
      own[j] = product;
    }
    for (let n = 0; n < row.indices.length; n++) wide[row.indices[n]] = 0;
    const square = own[i];
    for (let j = 0; j <= i; j++) {
      const other = j === i ? own : factor[j];
      let rest = own[j];
      for (let n = 0; n < j; n++) rest -= own[n] * other[n];
      if (j < i) own[j] = other[j] === 0 ? 0 : rest / other[j];
      else own[i] = rest > RANK_TOLERANCE * square ? Math.sqrt(rest) : 0;
    }
    factor.push(own);
  }
  return factor;
}
