import { calibrationReport } from '../evaluation/calibration-report.js';
import { classificationReport } from '../evaluation/classification-report.js';
import { largestOfRows, softmaxRows } from '../evaluation/softmax.js';
import { fitTemperature } from '../evaluation/temperature.js';
import { EmbeddingUse } from '../../audio/embedding/embedding-use.js';
import { SeqkitError } from '../../base/errors.js';
import { quoted } from '../../base/schema/index.js';
import { parseExamples, targetsOf } from '../examples/labeled-examples.js';
import { heldOutSplit } from '../examples/splits.js';
import type { ClassifierFigures } from './classifier-figures.js';
import { parseTrainOptions, type ClassifierTrainOptions } from './classifier-options.js';
import { bestOf, candidatesFor, compareEncoders, stoppedError, type Candidate } from './comparison.js';
import { partsOf, trainEncoder, type TrainingPlan } from './encoder-training.js';
import { WHOSE_EMBEDDING } from './encoders/embedding-rows.js';
import { isShallow, type ClassedInputs, type Encoder, type EncoderName } from './encoders/encoder.js';
import { NbsvmEncoder } from './encoders/nbsvm-encoder.js';
import { KIND_OF_INPUT, type InputName } from './encoders/reader-choice.js';
import { PooledEmbeddings } from '../inputs/pooled-embeddings.js';

/** All that a classifier is made of. */
export interface ClassifierParts {
  readonly labels: readonly string[];
  readonly input: InputName;
  readonly encoder: Encoder;
  readonly temperature: number;
  readonly threshold: number;
  readonly seed: number;
  readonly figures: ClassifierFigures;
  /** What the encoder 'embedding' hears through; freed with the classifier. */
  readonly heard: EmbeddingUse;
}

const DEFAULT_HELD_OUT = 0.15;

/** From examples to a classifier: splits, comparison, training, baseline, temperature, figures. */
export async function trainClassifier(examples: unknown, given: unknown): Promise<ClassifierParts> {
  const options = parseTrainOptions(given);
  const heard = new EmbeddingUse(options.embedding);
  try {
    return await trainParts(examples, options, heard);
  } catch (error) {
    await heard.dispose();
    throw error;
  }
}

async function trainParts(
  examples: unknown,
  options: ClassifierTrainOptions,
  heard: EmbeddingUse,
): Promise<ClassifierParts> {
  const { seed = 1, heldOut: share = DEFAULT_HELD_OUT, encoder: asked = 'auto' } = options;
  const set = parseExamples(examples, 'train: examples', options.input && KIND_OF_INPUT[options.input]);
  const input = options.input ?? (set.kind === 'text' ? 'words' : set.kind);
  const { labels, classes } = targetsOf(set.given);
  let pooled: PooledEmbeddings | undefined;
  const plan: TrainingPlan = {
    ...{ input, options, classes: labels.length },
    pooledEmbeddings: async () =>
      (pooled ??= new PooledEmbeddings(await heard.need(WHOSE_EMBEDDING), { remembers: true })),
    classWeights: weightsOf(options.classWeights, labels, classes),
    tell: (progress) => {
      if (options.signal?.aborted) throw stoppedError();
      return options.onProgress?.(progress);
    },
  };
  if ((asked === 'average' || asked === 'nbsvm') && input !== 'words') {
    throw new SeqkitError(`The encoder '${asked}' takes words, not ${input}.`, { code: 'usage' });
  }
  if (input !== 'sound' && (asked === 'embedding' || options.embedding !== undefined)) {
    throw new SeqkitError(`A speech embedding takes sound, not ${input}.`, { code: 'usage' });
  }
  const whole = { inputs: set.inputs, classes };
  const splittable = { classes, count: labels.length, groups: set.groups };
  const split = heldOutSplit(splittable, share, seed);
  checkClasses(classes, split.train, labels);
  const { trained, heldOut } = partsOf(whole, split);
  let candidates: Candidate[] | undefined;
  let name: EncoderName;
  if (asked === 'auto') {
    const hasEmbedding = input === 'sound' && (await heard.isThere());
    const names = candidatesFor(plan, set.inputs.length, hasEmbedding);
    candidates = await compareEncoders(names, whole, splittable, plan);
    name = bestOf(candidates).encoder;
  } else {
    name = asked;
    if (options.folds !== undefined) candidates = await compareEncoders([name], whole, splittable, plan);
  }
  const { encoder, history } = await trainEncoder(name, trained, heldOut, plan);
  try {
    const logits = await encoder.logits(heldOut.inputs);
    const baseline = await baselineLogits(encoder, logits, trained, heldOut, plan);
    const temperature = fitTemperature(logits, heldOut.classes, labels.length);
    const probabilities = softmaxRows(logits.slice(), labels.length, temperature);
    const own = figuresOf(probabilities, heldOut.classes, labels);
    const beside = figuresOf(baseline, heldOut.classes, labels);
    const threshold =
      options.threshold ?? thresholdFor(options.targetAccuracy, probabilities, heldOut.classes);
    const isRegression = isShallow(name);
    // A regression needs no example to end its training by: what is saved has learned from all of them.
    const final = isRegression
      ? (await trainEncoder(name, whole, heldOut, plan, `${name}, all examples`)).encoder
      : encoder;
    if (isRegression) await encoder.dispose();
    pooled?.forget();
    return {
      ...{ labels, input, encoder: final, temperature, threshold, seed, heard },
      figures: {
        examples: isRegression ? set.inputs.length : split.train.length,
        heldOutExamples: split.heldOut.length,
        ...own,
        baseline: { accuracy: beside.accuracy, macroF1: beside.macroF1 },
        ...(candidates && { candidates }),
        ...(history && { history }),
      },
    };
  } catch (error) {
    await encoder.dispose();
    throw error;
  }
}

/** The logits of `linear` on what is held out: the encoder may be that, or hold it; else it is trained beside. */
async function baselineLogits(
  encoder: Encoder,
  logits: Float32Array,
  trained: ClassedInputs,
  heldOut: ClassedInputs,
  plan: TrainingPlan,
): Promise<Float32Array> {
  if (encoder.name === 'linear') return logits;
  if (encoder instanceof NbsvmEncoder) return encoder.linear.logits(heldOut.inputs);
  const linear = await trainEncoder('linear', trained, heldOut, plan, 'linear, beside');
  const baseline = await linear.encoder.logits(heldOut.inputs);
  await linear.encoder.dispose();
  return baseline;
}

function figuresOf(rows: Float32Array, truth: Int32Array, labels: readonly string[]) {
  const C = labels.length;
  const given = largestOfRows(rows, C);
  const { accuracy, macroF1 } = classificationReport(labels, truth, given);
  const sure = Float32Array.from(given, (c, n) => rows[n * C + c]);
  const right = Array.from(given, (c, n) => c === truth[n]);
  const { expectedError: expectedCalibrationError } = calibrationReport(sure, right);
  return { accuracy, macroF1, expectedCalibrationError };
}

/**
 * The least probability such that a share of the held-out answers at or above it is right; that of the surest mistake
 * where there is none such.
 */
export function thresholdFor(
  target: number | undefined,
  probabilities: Float32Array,
  truth: Int32Array,
): number {
  if (target === undefined) return 0;
  const C = probabilities.length / truth.length;
  const given = largestOfRows(probabilities, C);
  const answers = Array.from(given, (c, n) => ({ p: probabilities[n * C + c], right: c === truth[n] }));
  answers.sort((a, b) => b.p - a.p);
  let [right, threshold] = [0, answers[0]?.p ?? 0];
  for (const [i, answer] of answers.entries()) {
    if (answer.right) right++;
    // Of equal probabilities all are answered or none.
    if (answers[i + 1]?.p === answer.p) continue;
    if (right / (i + 1) >= target) threshold = answer.p;
  }
  return threshold;
}

/** @throws SeqkitError `too-little-data` where no example of a class is left to train on */
function checkClasses(classes: Int32Array, train: readonly number[], labels: readonly string[]): void {
  const seen = new Set(train.map((i) => classes[i]));
  const missing = labels.findIndex((_, c) => !seen.has(c));
  if (missing < 0) return;
  throw new SeqkitError(
    `All examples of the label ${quoted(labels[missing])} are of groups that are held back.`,
    {
      code: 'too-little-data',
      hint: 'Give examples of this label in more groups, or another seed.',
    },
  );
}

/** The weight of each class, by its place. @throws SeqkitError `bad-value` for a label that no example has */
function weightsOf(
  given: ClassifierTrainOptions['classWeights'],
  labels: readonly string[],
  classes: Int32Array,
): number[] | undefined {
  if (given === undefined) return undefined;
  if (given === 'balanced') {
    const counts = labels.map(() => 0);
    for (const c of classes) counts[c]++;
    return counts.map((count) => classes.length / (labels.length * count));
  }
  const unknown = Object.keys(given).find((label) => !labels.includes(label));
  if (unknown !== undefined) {
    throw new SeqkitError(`train: classWeights names the label ${quoted(unknown)}, which no example has.`, {
      code: 'bad-value',
    });
  }
  return labels.map((label) => (Object.hasOwn(given, label) ? given[label] : 1));
}
