import { SeqkitError } from '../../base/errors.js';
import { number, recordOf } from '../../base/schema/index.js';
import type { Tensor } from '../program/tensor.js';
import { countOf, weightsPerExample, type Examples } from './examples.js';
import type { Loss } from '../losses/loss.js';

/** The schema of weights by class; which classes there are, the model says. */
export const classWeightOption = recordOf(number({ min: 0 }));

/** The output that is trained. */
export interface WeighedOutput {
  readonly loss: Loss;
  /** T, or undefined for rows. */
  readonly time: number | undefined;
  /** F. */
  readonly features: number;
}

/**
 * Keras's class weights as sample weights: each output row's weight, times that of the class it
 * should be. Classes that are not named count once.
 * @param classWeight by class, from 0
 * @param trained the first so many examples are weighed; those held back are not
 * @throws SeqkitError `usage` for several outputs, or targets without classes; `bad-value` for a class
 *   or weight that is none
 */
export function weighClasses(
  examples: Examples,
  outputs: readonly WeighedOutput[],
  classWeight: Readonly<Record<number, number>>,
  trained: number,
): Examples {
  if (outputs.length > 1) {
    throw new SeqkitError('classWeight is for models with one output.', {
      code: 'usage',
      hint: 'Give sampleWeight, one Tensor for each output.',
    });
  }
  const [{ loss, time: T = 1, features: F }] = outputs;
  const classes = loss.classes(F);
  if (classes === undefined) {
    throw new SeqkitError(
      `classWeight needs targets that are one class each; ${loss.name} over ${F} outputs has none.`,
      { code: 'usage', hint: 'Give sampleWeight.' },
    );
  }
  const weights = readWeights(classWeight, classes);
  const [targets] = examples.targets;
  const [given] = examples.weights as readonly (Tensor | undefined)[];
  const N = countOf(examples);
  const columns = loss.targetColumns(F);
  const perExample = given ? weightsPerExample(given, T) : 0;
  const data = new Float64Array(N * T).fill(1);
  for (let row = 0; row < N * T; row++) {
    const n = Math.floor(row / T);
    if (given) data[row] = given.data[perExample === 1 ? n : row];
    if (n < trained) data[row] *= weights.get(classOf(targets.data, row, columns)) ?? 1;
  }
  return { ...examples, weights: [{ data, shape: [N, T] }], sampleWeights: examples.weights };
}

function readWeights(classWeight: Readonly<Record<number, number>>, classes: number): Map<number, number> {
  const entries = classWeightOption.parse(classWeight, 'fit: classWeight');
  return new Map(
    Object.entries(entries).map(([key, weight]) => {
      const one = Number(key);
      if (key.trim() === '' || !(Number.isInteger(one) && one >= 0 && one < classes)) {
        throw new SeqkitError(`classWeight names the class "${key}"; they go from 0 to ${classes - 1}.`, {
          code: 'bad-value',
        });
      }
      return [one, weight];
    }),
  );
}

/** The class of one row: as it stands, or the largest of its shares. */
function classOf(targets: ArrayLike<number>, row: number, columns: number): number {
  if (columns === 1) return Math.round(targets[row]);
  let best = 0;
  for (let c = 1; c < columns; c++) {
    if (targets[row * columns + c] > targets[row * columns + best]) best = c;
  }
  return best;
}
