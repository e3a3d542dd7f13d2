import { LogisticRegression } from './logistic-regression.js';
import type { SparseRow } from './sparse-row.js';

/** What is added to each count, so that none is 0. */
const ALPHA = 1;

/** How `fitLogCountRatio` trains. */
export interface LogCountRatioOptions {
  readonly C: number;
  /** The weight of each class. */
  readonly classWeights: readonly number[] | undefined;
  readonly tolerance: number;
}

/**
 * Logistic regression over which n-grams a text has, each times the logarithm of how much more often the class has it
 * than the others (Wang and Manning 2012, "Baselines and bigrams", NBSVM with the logistic loss). A class against all
 * others, for each.
 * @param rows the n-grams of each text; their values do not count
 * @param labels the class of each, from 0
 * @returns a regression that takes rows of ones, the ratios in its weights; its logits are the classes' log odds
 */
export function fitLogCountRatio(
  rows: readonly SparseRow[],
  labels: Int32Array,
  { features, classes }: { readonly features: number; readonly classes: number },
  { C, classWeights, tolerance }: LogCountRatioOptions,
): LogisticRegression {
  const weights = new Float32Array((features + 1) * classes);
  // Of two classes each is the other's opposite.
  const fitted = classes === 2 ? [1] : Array.from({ length: classes }, (_, c) => c);
  const notes = new Set<string>();
  for (const own of fitted) {
    const isOwn = Int32Array.from(labels, (label) => (label === own ? 1 : 0));
    const ratios = ratiosOf(rows, isOwn, features);
    const scaled = rows.map(({ indices }) => ({
      indices,
      values: Float32Array.from(indices, (i) => ratios[i]),
    }));
    const regression = LogisticRegression.fit(scaled, isOwn, 2, {
      ...{ C, features, tolerance },
      ...(classWeights && { classWeight: [meanOfOthers(classWeights, labels, own), classWeights[own]] }),
    });
    for (const line of regression.notes) notes.add(line);
    for (let i = 0; i <= features; i++) {
      const ratio = i < features ? ratios[i] : 1;
      const odds = ratio * (regression.weights[2 * i + 1] - regression.weights[2 * i]);
      if (classes === 2) weights.set([-odds / 2, odds / 2], 2 * i);
      else weights[i * classes + own] = odds;
    }
  }
  const joined = LogisticRegression.from({ settings: { classes, features }, arrays: { weights } });
  joined.notes = [...notes];
  return joined;
}

/** A row in which every n-gram counts as one. */
export function presenceRow({ indices }: SparseRow): SparseRow {
  return { indices, values: new Float32Array(indices.length).fill(1) };
}

/** ln of how often the class has each n-gram, over how often the others do, each as a share of all that they have. */
function ratiosOf(rows: readonly SparseRow[], isOwn: Int32Array, features: number): Float64Array {
  const counts = [new Float64Array(features).fill(ALPHA), new Float64Array(features).fill(ALPHA)];
  rows.forEach(({ indices }, n) => {
    const side = counts[isOwn[n]];
    for (const i of indices) side[i]++;
  });
  const [others, own] = counts.map((side) => side.reduce((sum, count) => sum + count, 0));
  return Float64Array.from({ length: features }, (_, i) =>
    Math.log(counts[1][i] / own / (counts[0][i] / others)),
  );
}

/** The weight of what is not of a class: that of its examples on average. */
function meanOfOthers(weights: readonly number[], labels: Int32Array, own: number): number {
  let [sum, count] = [0, 0];
  for (const label of labels) {
    if (label === own) continue;
    sum += weights[label];
    count++;
  }
  return count === 0 ? 1 : sum / count;
}
