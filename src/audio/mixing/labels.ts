import { listOf, number, objectWith, wholeNumber } from '../../base/schema/index.js';

/** How the steps of a model's output lie in time. */
export interface StepTiming {
  /** Number of output steps. */
  steps: number;
  /** Output steps per second. */
  stepsPerSecond: number;
  /** The time up to which step 0 has heard, in ms from the start. */
  firstStepMs: number;
}

/** What a word does to the steps after it. */
export interface LabelSettings {
  /** Steps set to 1 after the end of a word; the loss counts them `positiveWeight` times. */
  labelSteps: number;
  positiveWeight: number;
  /** No loss from so long before the end of a word ... */
  silentBeforeMs: number;
  /** ... nor for so long after its last label: when exactly the model fires there is left to it. */
  silentAfterMs: number;
}

/** Labels, shape (steps), or of several words (steps, words); loss weights, shape (steps). */
export interface StepLabels {
  labels: Float32Array;
  weights: Float32Array;
}

/** The length of the labels after a word: 50 of the 1375 steps in ten seconds. */
export const LABEL_MS = (50 * 10_000) / 1375;

/** The `coursera` preset: 1375 steps for ten seconds, 50 labels after each word, every step counted once. */
export const COURSERA_TIMING: Readonly<StepTiming> = { steps: 1375, stepsPerSecond: 137.5, firstStepMs: 0 };
export const COURSERA_LABELS: Readonly<LabelSettings> = {
  labelSteps: 50,
  positiveWeight: 1,
  silentBeforeMs: 0,
  silentAfterMs: 0,
};

const rate = number({ min: 1e-3, max: 1e6 });
const momentMs = number({ min: -1e12, max: 1e12 });
const moments = listOf(momentMs);
const momentsOfWords = listOf(moments, { min: 1 });
const stepTiming = objectWith<StepTiming>('the timing of steps', {
  steps: wholeNumber({ min: 0, max: 1e8 }),
  stepsPerSecond: rate,
  firstStepMs: momentMs,
});
/** A stretch of labels, or around them. */
const milliseconds = number({ min: 0, max: 1e9 });
/** Entries of the settings of labels, for those who keep them with others. */
export const labelTable = {
  labelSteps: wholeNumber({ min: 1, max: 1e8 }),
  positiveWeight: number({ min: 0, max: 1e6 }),
  silentBeforeMs: milliseconds,
  silentAfterMs: milliseconds,
};
const labelShape = objectWith<LabelSettings>('the settings of labels', labelTable);

/**
 * The step at which a word ends: floor((endMs - firstStepMs) * stepsPerSecond / 1000), for the
 * `coursera` preset floor(endMs * 1375 / 10000). Negative where it ends before step 0 has heard.
 */
export function endStep(endMs: number, timing: StepTiming): number {
  momentMs.parse(endMs, 'endStep: endMs');
  return endStepOf(endMs, stepTiming.parse(timing, 'endStep: timing'));
}

function endStepOf(endMs: number, { stepsPerSecond, firstStepMs }: StepTiming): number {
  return Math.floor(((endMs - firstStepMs) * stepsPerSecond) / 1000);
}

/**
 * Labels for words that end at the given times: with e the step of the end, steps e+1 to
 * e+labelSteps are 1, cut at the end of the example. Weights are 1, `positiveWeight` on the
 * labels, and 0 in the zone around them.
 *
 * @param endsMs where the speech of each word ends, ms from the start
 */
export function stepLabels(
  endsMs: readonly number[],
  timing: StepTiming,
  settings: LabelSettings,
): StepLabels {
  moments.parse(endsMs, 'stepLabels: endsMs');
  stepTiming.parse(timing, 'stepLabels: timing');
  labelShape.parse(settings, 'stepLabels: settings');
  const labels = new Float32Array(timing.steps);
  const weights = new Float32Array(timing.steps).fill(1);
  const stepsIn = (ms: number) => Math.round((ms * timing.stepsPerSecond) / 1000);
  for (const endMs of endsMs) {
    const e = endStepOf(endMs, timing);
    const last = e + settings.labelSteps;
    const from = settings.silentBeforeMs > 0 ? e - stepsIn(settings.silentBeforeMs) : e + 1;
    weights.fill(0, Math.max(0, from), Math.max(0, last + 1 + stepsIn(settings.silentAfterMs)));
    labels.fill(1, Math.max(0, e + 1), Math.max(0, last + 1));
  }
  // After the zones, so that one word's zone does not silence another's labels.
  for (let s = 0; s < labels.length; s++) if (labels[s] === 1) weights[s] = settings.positiveWeight;
  return { labels, weights };
}

/**
 * {@link stepLabels} of several trigger words, one column each. A step has one weight for all of them: that
 * of a label where any word has one, otherwise none in the zone of any.
 *
 * @param endsMs for each word where its speech ends, ms from the start
 */
export function wordLabels(
  endsMs: readonly (readonly number[])[],
  timing: StepTiming,
  settings: LabelSettings,
): StepLabels {
  momentsOfWords.parse(endsMs, 'wordLabels: endsMs');
  const columns = endsMs.map((ends) => stepLabels(ends, timing, settings));
  if (columns.length === 1) return columns[0];
  const labels = new Float32Array(timing.steps * columns.length);
  const weights = new Float32Array(timing.steps);
  for (let s = 0; s < timing.steps; s++) {
    columns.forEach((column, word) => (labels[s * columns.length + word] = column.labels[s]));
    const labelled = columns.some((column) => column.labels[s] === 1);
    weights[s] = labelled ? settings.positiveWeight : Math.min(...columns.map((column) => column.weights[s]));
  }
  return { labels, weights };
}
