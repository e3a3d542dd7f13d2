import type { ConvexObjective } from './newton.js';

/** A row of numbers that are not zero, in whatever precision. */
export interface Row {
  readonly indices: Int32Array;
  readonly values: Float32Array | Float64Array;
}

/** What softmax regression is trained on. */
export interface WeighedRows {
  readonly rows: readonly Row[];
  /** The class of each. */
  readonly labels: Int32Array;
  /** How much each counts, C included. */
  readonly weights: Float64Array;
  readonly features: number;
  readonly classes: number;
  /** Whether each class has a number of its own that is added. */
  readonly intercept: boolean;
}

/**
 * Weighed cross-entropy of softmax, plus half the squared weights: of the point, shape `(features + 1, classes)`, whose
 * last row is the intercepts, which are not penalized.
 */
export function softmaxLoss(data: WeighedRows): ConvexObjective {
  const { rows, labels, weights, features, classes, intercept } = data;
  const last = features * classes;
  const logits = new Float64Array(classes);
  // Of each row, where it was last evaluated.
  const probabilities = new Float64Array(rows.length * classes);
  /** Adds what the numbers of each class change for a row's weights. */
  const addRow = (n: number, changes: Float64Array, to: Float64Array): void => {
    const { indices, values } = rows[n];
    for (let i = 0; i < indices.length; i++) {
      const at = indices[i] * classes;
      const value = values[i] * weights[n];
      for (let k = 0; k < classes; k++) to[at + k] += value * changes[k];
    }
    if (intercept) for (let k = 0; k < classes; k++) to[last + k] += weights[n] * changes[k];
  };
  return {
    evaluate(point, gradient) {
      let loss = 0;
      for (let i = 0; i < last; i++) {
        loss += 0.5 * point[i] * point[i];
        gradient[i] = point[i];
      }
      gradient.fill(0, last);
      for (const [n, row] of rows.entries()) {
        if (weights[n] === 0) continue;
        rowLogits(row, point, classes, logits);
        loss += weights[n] * softmaxInPlace(logits, labels[n]);
        probabilities.set(logits, n * classes);
        logits[labels[n]] -= 1;
        addRow(n, logits, gradient);
      }
      return loss;
    },
    curve(vector, product) {
      for (let i = 0; i < last; i++) product[i] = vector[i];
      product.fill(0, last);
      for (const [n, row] of rows.entries()) {
        if (weights[n] === 0) continue;
        rowLogits(row, vector, classes, logits);
        const at = n * classes;
        let mean = 0;
        for (let k = 0; k < classes; k++) mean += probabilities[at + k] * logits[k];
        for (let k = 0; k < classes; k++) logits[k] = probabilities[at + k] * (logits[k] - mean);
        addRow(n, logits, product);
      }
    },
  };
}

/**
 * The logits of a row.
 * @param weights shape `(features + 1, classes)`, the intercepts last
 * @param logits where they go, shape `(classes)`
 */
export function rowLogits(
  { indices, values }: Row,
  weights: Float64Array | Float32Array,
  classes: number,
  logits: Float64Array,
): void {
  const last = weights.length - classes;
  for (let k = 0; k < classes; k++) logits[k] = weights[last + k];
  for (let i = 0; i < indices.length; i++) {
    const at = indices[i] * classes;
    const value = values[i];
    for (let k = 0; k < classes; k++) logits[k] += value * weights[at + k];
  }
}

/** Makes probabilities of logits, and gives minus the logarithm of one of them. */
export function softmaxInPlace(logits: Float64Array, label = 0): number {
  let max = -Infinity;
  for (let k = 0; k < logits.length; k++) max = Math.max(max, logits[k]);
  let sum = 0;
  const own = logits[label] - max;
  for (let k = 0; k < logits.length; k++) {
    logits[k] = Math.exp(logits[k] - max);
    sum += logits[k];
  }
  for (let k = 0; k < logits.length; k++) logits[k] /= sum;
  return Math.log(sum) - own;
}
