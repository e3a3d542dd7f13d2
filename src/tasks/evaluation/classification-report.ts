/** How well one class is told from the others. */
export interface ClassFigures {
  readonly label: string;
  /** The share of its examples among those that were given its label; 0 where none were. */
  readonly precision: number;
  /** The share of its examples that were given its label; 0 where it has none. */
  readonly recall: number;
  /** The harmonic mean of both; 0 where both are. */
  readonly f1: number;
  /** How many examples are of this class. */
  readonly support: number;
}

/** How well labels were told. */
export interface ClassificationReport {
  readonly examples: number;
  /** The share of examples that were given their own label. */
  readonly accuracy: number;
  /** The mean F1 of the classes that examples have or were given. */
  readonly macroF1: number;
  readonly classes: readonly ClassFigures[];
  /** Row: the true label; column: the label given; both in the order of `classes`. */
  readonly confusion: readonly (readonly number[])[];
}

/**
 * Counts what labels were given to examples of each label, as scikit-learn's `classification_report` does, with 0
 * where a figure divides by nothing.
 * @param truth the label of each example, by its place in `labels`
 * @param given what each was given, by its place in `labels`
 */
export function classificationReport(
  labels: readonly string[],
  truth: ArrayLike<number>,
  given: ArrayLike<number>,
): ClassificationReport {
  const confusion = labels.map(() => labels.map(() => 0));
  for (let i = 0; i < truth.length; i++) confusion[truth[i]][given[i]]++;
  const present: number[] = [];
  const classes = labels.map((label, c): ClassFigures => {
    const right = confusion[c][c];
    const support = confusion[c].reduce((sum, count) => sum + count, 0);
    const told = confusion.reduce((sum, row) => sum + row[c], 0);
    const f1 = support + told === 0 ? 0 : (2 * right) / (support + told);
    if (support + told > 0) present.push(f1);
    const share = (of: number): number => (of === 0 ? 0 : right / of);
    return { label, precision: share(told), recall: share(support), f1, support };
  });
  const right = confusion.reduce((total, row, c) => total + row[c], 0);
  return {
    examples: truth.length,
    accuracy: truth.length === 0 ? 0 : right / truth.length,
    macroF1: present.length === 0 ? 0 : present.reduce((total, f1) => total + f1, 0) / present.length,
    classes,
    confusion,
  };
}
