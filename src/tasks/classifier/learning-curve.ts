import { SeqkitError } from '../../base/errors.js';
import { Random } from '../../base/math/random.js';
import { KIND_OF_INPUT } from './encoders/reader-choice.js';
import { parseExamples, targetsOf, type LabeledExample } from '../examples/labeled-examples.js';
import { heldOutSplit } from '../examples/splits.js';
import { parseTrainOptions, type ClassifierTrainOptions } from './classifier-options.js';
import { SequenceClassifier } from './sequence-classifier.js';

/** How good a classifier of so many examples is. */
export interface LearningCurvePoint {
  /** That it was given, those which it holds back for itself among them. */
  readonly examples: number;
  /** On examples that none of the classifiers was given. */
  readonly accuracy: number;
  readonly macroF1: number;
}

/** Shares of the examples, each with all of the one before it. */
const SHARES = [1 / 8, 1 / 4, 1 / 2, 1] as const;
/** A class of fewer examples cannot be learned. */
const FEWEST = 2;
/** Of all examples, judged by. */
const JUDGED = 0.2;

/**
 * How accuracy grows with the number of examples: classifiers of an eighth, a fourth, a half and all of 80% of them,
 * judged by the others. A curve that still rises says that more examples would help.
 * @param options as of `SequenceClassifier.train`, the encoder named: `auto` would choose anew each time
 * @returns from few examples to many; sizes that are too small to tell apart stand once
 * @throws SeqkitError `usage` for `auto`; as `train`
 */
export async function learningCurve(
  examples: readonly LabeledExample[],
  options: ClassifierTrainOptions,
): Promise<LearningCurvePoint[]> {
  const parsed = parseTrainOptions(options);
  if (parsed.encoder === undefined || parsed.encoder === 'auto') {
    throw new SeqkitError('A learning curve is of one encoder, not of auto.', {
      code: 'usage',
      hint: "Give its name, such as encoder: 'linear'.",
    });
  }
  // All are judged by what none of them has seen, which takes no folds.
  const own = Object.fromEntries(Object.entries(options).filter(([name]) => name !== 'folds'));
  const { seed = 1, input } = parsed;
  const set = parseExamples(examples, 'learningCurve: examples', input && KIND_OF_INPUT[input]);
  const { labels, classes } = targetsOf(set.given);
  const { train, heldOut } = heldOutSplit(
    { classes, count: labels.length, groups: set.groups },
    JUDGED,
    seed,
  );
  const random = new Random(seed).fork('learning curve');
  const ofClass = labels.map((_, c) => random.shuffle(train.filter((i) => classes[i] === c)));
  const judged = heldOut.map((i) => examples[i]);
  const curve: LearningCurvePoint[] = [];
  for (const share of SHARES) {
    const taken = ofClass.flatMap((own) => own.slice(0, Math.max(FEWEST, Math.round(share * own.length))));
    if (taken.length === curve.at(-1)?.examples) continue;
    const some = taken.sort((a, b) => a - b).map((i) => examples[i]);
    const model = await SequenceClassifier.train(some, own);
    try {
      const { accuracy, macroF1 } = await model.evaluate(judged);
      curve.push({ examples: some.length, accuracy, macroF1 });
    } finally {
      await model.dispose();
    }
  }
  return curve;
}
