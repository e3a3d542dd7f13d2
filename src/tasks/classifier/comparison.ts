import { SeqkitError } from '../../base/errors.js';
import { classificationReport } from '../evaluation/classification-report.js';
import { largestOfRows } from '../evaluation/softmax.js';
import { heldOutSplit, kFolds, splitAt, type Splittable } from '../examples/splits.js';
import { partsOf, trainEncoder, type TrainingPlan } from './encoder-training.js';
import { isShallow, someOf, type ClassedInputs, type EncoderName } from './encoders/encoder.js';
import { KIND_OF_INPUT } from './encoders/reader-choice.js';

/** An encoder among others, by cross-validation. */
export interface Candidate {
  readonly encoder: EncoderName;
  /** Over all examples, each judged by a model that has not seen it. */
  readonly accuracy: number;
  readonly macroF1: number;
  /** All folds together. */
  readonly seconds: number;
}

/** Networks need so many examples before they are worth their time. */
const FEWEST_FOR_NETWORKS = 100;
/** Ratios of counts say little of few texts, and each class takes a regression of its own. */
const [FEWEST_FOR_RATIOS, MOST_CLASSES_OF_RATIOS] = [100, 10];
/** Of what a regression cannot tell, such as the order of numbers or sounds, fewer will do. */
const FEWEST_OF_STEPS = 20;

/**
 * Which encoders fit a task of so many examples, the simplest first.
 * @param hasEmbedding whether there is a speech embedding, and sound for it
 */
export function candidatesFor(
  { input, classes }: TrainingPlan,
  examples: number,
  hasEmbedding: boolean,
): EncoderName[] {
  const isText = KIND_OF_INPUT[input] === 'text';
  const shallow: EncoderName[] = input === 'words' ? ['linear', 'average'] : ['linear'];
  if (input === 'words' && examples >= FEWEST_FOR_RATIOS && classes <= MOST_CLASSES_OF_RATIOS) {
    shallow.splice(1, 0, 'nbsvm');
  }
  if (hasEmbedding) shallow.push('embedding');
  const least = isText && input === 'words' ? FEWEST_FOR_NETWORKS : FEWEST_OF_STEPS;
  return examples < least ? shallow : [...shallow, 'gru', 'conv'];
}

/**
 * Cross-validates encoders on the same folds.
 * @throws SeqkitError `too-little-data` for fewer examples, or groups, than folds
 */
export async function compareEncoders(
  names: readonly EncoderName[],
  examples: ClassedInputs,
  splittable: Splittable,
  plan: TrainingPlan,
): Promise<Candidate[]> {
  const { folds = 3, seed = 1 } = plan.options;
  const cut = kFolds(splittable, folds, seed);
  const candidates: Candidate[] = [];
  for (const name of names) {
    const began = performance.now();
    const given = new Int32Array(examples.classes.length);
    for (const [f, fold] of cut.entries()) {
      if (plan.options.signal?.aborted) throw stoppedError();
      const stage = `${name}, fold ${f + 1} of ${folds}`;
      const told = await judgeFold(name, examples, splittable, fold, plan, stage);
      fold.forEach((place, i) => (given[place] = told[i]));
    }
    const labels = Array.from({ length: plan.classes }, (_, c) => String(c));
    const { accuracy, macroF1 } = classificationReport(labels, examples.classes, given);
    candidates.push({ encoder: name, accuracy, macroF1, seconds: (performance.now() - began) / 1000 });
  }
  return candidates;
}

/** The classes that an encoder gives the examples of a fold, trained on the others. */
async function judgeFold(
  name: EncoderName,
  examples: ClassedInputs,
  splittable: Splittable,
  fold: readonly number[],
  plan: TrainingPlan,
  stage: string,
): Promise<Int32Array> {
  const { train } = splitAt(examples.classes.length, fold);
  const rest = someOf(examples, train);
  const { groups } = splittable;
  const ownGroups = groups && train.map((i) => groups[i]);
  const inner = heldOutSplit(
    { ...splittable, classes: rest.classes, groups: ownGroups },
    0.15,
    plan.options.seed ?? 1,
  );
  const { trained, heldOut } = partsOf(
    rest,
    isShallow(name) ? { train: [...train.keys()], heldOut: [] } : inner,
  );
  const { encoder } = await trainEncoder(name, trained, heldOut, plan, stage);
  try {
    return largestOfRows(await encoder.logits(someOf(examples, fold).inputs), plan.classes);
  } finally {
    await encoder.dispose();
  }
}

/** The best candidate: the most accurate, of equally accurate ones the simplest. */
export function bestOf(candidates: readonly Candidate[]): Candidate {
  return candidates.reduce((best, one) => (one.accuracy > best.accuracy ? one : best));
}

export function stoppedError(): SeqkitError {
  return new SeqkitError('The training of the classifier was stopped.', { code: 'stopped' });
}
