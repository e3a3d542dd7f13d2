import { SeqkitError } from '../../base/errors.js';
import {
  either,
  listOf,
  nearestName,
  number,
  optional,
  optionsSchema,
  quoted,
  recordOf,
  text,
} from '../../base/schema/index.js';
import { smoothing, thresholdScore } from './detector.js';
import {
  COURSERA_FEATURES,
  DEFAULT_FEATURES,
  EMBEDDING_FEATURES,
  type FeatureSettings,
} from '../signal/feature-settings.js';
import { COURSERA_LABELS, LABEL_MS, type LabelSettings, type StepTiming } from '../mixing/labels.js';
import { DEFAULT_SYNTHESIS, type SynthesisSettings } from '../mixing/synthesis-settings.js';
import type { WordDetectorSettings } from './word-detectors.js';

/** The layers of the network, and their size. */
export interface NetworkSettings {
  /**
   * `coursera`: those of the exercise, one by one. `embedding`: a small head over embeddings, which it standardizes;
   * a step is an embedding. `window`: those of another library's model, which answers anew at each embedding to the last
   * `windowFrames`; `filters` and `units` say nothing of it, and it is not trained further. @default 'standard'
   */
  layers?: 'standard' | 'coursera' | 'embedding' | 'window';
  /** Trigger words, one output each. @default 1 */
  words?: number;
  /** Embeddings that each answer of `window` hears, 80 ms each; those before the sound are of silence. */
  windowFrames?: number;
  /** Filters of the convolution, or units of the first layer of `embedding`. */
  filters: number;
  /** Frames that one step sees ... */
  kernelFrames: number;
  /** ... and from one step to the next. */
  strideFrames: number;
  dropout: number;
  /** Units of each of the two recurrent layers, of `embedding` of one. */
  units: number;
  /** Where the output starts before training: the word is rare. */
  outputBias: number;
}

/** How the network is trained. */
export interface TrainingSettings {
  /** Examples mixed for each clip of the word ... */
  examplesPerActivate: number;
  /** ... but not fewer than this, nor more than that. */
  minExamples: number;
  maxExamples: number;
  /** Times through the examples, those of the resampling among them. */
  epochs: number;
  batchSize: number;
  /** Highest rate of Adam, after a warm-up over a tenth of the steps; half a cosine down to 1% of it. */
  learningRate: number;
  clipNorm: number;
  /** Taken from the weights at each step, as a share of the rate (AdamW). @default 0, which is Adam */
  weightDecay?: number;
  /** Normal noise on the features in training, as a share of the deviation of each. @default 0 */
  noise?: number;
  /** Widest stretches that SpecAugment masks. */
  maskFrames: number;
  maskBands: number;
  /** Partly new examples for the last epochs. */
  resampling?: ResamplingSettings;
  /** How the weights are chosen among those of the last epochs. */
  modelSelection?: ModelSelectionSettings;
}

/** How the pool of examples is resampled, several times. */
export interface ResamplingSettings {
  /** Share of the examples that are mixed anew, from 0 to 1. */
  share: number;
  /** Examples without the word that are listened to ... */
  candidates: number;
  /** ... and how many, those with the highest scores, join the pool as hard negatives. */
  hardNegatives: number;
  /** Each time that so many epochs are left. */
  epochs: readonly number[];
}

/** How checkpoints are judged. */
export interface ModelSelectionSettings {
  /** Share of the clips that are held back from training to judge by ... */
  share: number;
  /** ... where there are so many of the word; with fewer the last checkpoints are averaged unjudged. */
  minActivates: number;
  /** Examples mixed from these clips. */
  examples: number;
  /** False alarms an hour at which misses are counted; the mean over them decides. */
  falseAlarmsPerHour: readonly number[];
  /** Last epochs whose weights are candidates ... */
  candidates: number;
  /** ... and how many of the best are averaged. */
  averaged: number;
  /** The threshold is then set to this many false alarms an hour ... */
  thresholdAlarmsPerHour: number;
  /** ... over so many examples without the word, mixed from the same clips. */
  thresholdExamples: number;
  /**
   * By the tail of the scores, `tailThreshold`, rather than by the alarms that are counted: for rates at which there is
   * hardly an alarm to count. @default false
   */
  thresholdTail?: boolean;
}

/** When the detector fires, in time; {@link detectorSettings} turns it into steps. */
export interface FiringSettings {
  /** Smoothed score, 0 to 1; of several words for each that `thresholds` does not name. */
  threshold: number;
  /** By word, where a model of several has one for each: how sure it is of a word depends on the word. */
  thresholds?: Readonly<Record<string, number>>;
  /** Steps that the score is averaged over. */
  smoothSteps: number;
  refractorySeconds: number;
}

export const firingSettings = optionsSchema<FiringSettings>('firing', {
  threshold: thresholdScore,
  smoothSteps: smoothing,
  refractorySeconds: number({ min: 0, max: 3600 }),
  thresholds: optional(recordOf(thresholdScore)),
});

/** Where the labels of a word stand. */
export interface LabelPlacing extends Omit<LabelSettings, 'labelSteps'> {
  /** @default as many as 364 ms hold */
  labelSteps?: number;
  /** Labels and zones stand so long behind where they would. @default 0 */
  delayMs?: number;
  /**
   * The step at which a word ends: that of which the frames reach up to there (`heard`), or the same share of all
   * steps as of the example, floor(endMs * steps / exampleMs) (`share`). @default 'heard'
   */
  place?: 'heard' | 'share';
}

/** Everything that makes one kind of trigger model. */
export interface TriggerPreset {
  features: FeatureSettings;
  network: NetworkSettings;
  labels: LabelPlacing;
  synthesis: SynthesisSettings;
  training: TrainingSettings;
  firing: FiringSettings;
}

/** How an epoch is chosen, of every preset that chooses one. */
const MODEL_SELECTION = {
  share: 0.1,
  minActivates: 60,
  examples: 300,
  falseAlarmsPerHour: [0.5, 5],
  candidates: 5,
  averaged: 3,
};

/**
 * The presets by name. `standard`: 30 ms a step, 78,000 parameters. `embedding`: 80 ms a step, a head of 26,609
 * parameters over Google's speech embedding. `coursera`: the spectrograms, labels and
 * network of a well-known exercise, 7 ms a step, 522,561 parameters.
 */
export const TRIGGER_PRESETS = {
  standard: {
    features: DEFAULT_FEATURES,
    network: { filters: 64, kernelFrames: 11, strideFrames: 3, dropout: 0.2, units: 64, outputBias: -3 },
    labels: { positiveWeight: 3, silentBeforeMs: 150, silentAfterMs: 200 },
    synthesis: DEFAULT_SYNTHESIS,
    training: {
      examplesPerActivate: 25,
      minExamples: 2000,
      maxExamples: 6000,
      epochs: 24,
      batchSize: 32,
      learningRate: 2e-3,
      clipNorm: 2,
      maskFrames: 20,
      maskBands: 6,
      resampling: { share: 0.5, candidates: 1000, hardNegatives: 250, epochs: [16, 14, 12, 10, 8, 6] },
      modelSelection: { ...MODEL_SELECTION, thresholdAlarmsPerHour: 2, thresholdExamples: 1200 },
    },
    firing: { threshold: 0.8, smoothSteps: 5, refractorySeconds: 1 },
  },
  embedding: {
    features: EMBEDDING_FEATURES,
    network: {
      layers: 'embedding',
      filters: 48,
      kernelFrames: 1,
      strideFrames: 1,
      // Much, and few epochs: a head that is trained longer learns the voices, and misses people.
      dropout: 0.6,
      units: 64,
      outputBias: -3,
    },
    // From 0.06 to 0.44 s after the end, and no loss from 0.15 s before it to 0.75 s after it but there.
    labels: { labelSteps: 5, delayMs: 60, positiveWeight: 3, silentBeforeMs: 210, silentAfterMs: 310 },
    synthesis: { ...DEFAULT_SYNTHESIS, exampleSeconds: 5 },
    training: {
      examplesPerActivate: 25,
      minExamples: 2000,
      maxExamples: 4000,
      epochs: 4,
      batchSize: 32,
      learningRate: 2e-3,
      clipNorm: 1,
      weightDecay: 0.02,
      noise: 0.05,
      maskFrames: 0,
      maskBands: 0,
      modelSelection: {
        ...MODEL_SELECTION,
        candidates: 2,
        averaged: 2,
        thresholdAlarmsPerHour: 0.5,
        thresholdExamples: 1440,
        thresholdTail: true,
      },
    },
    firing: { threshold: 0.9, smoothSteps: 2, refractorySeconds: 1 },
  },
  coursera: {
    features: COURSERA_FEATURES,
    network: {
      layers: 'coursera',
      filters: 196,
      kernelFrames: 15,
      strideFrames: 4,
      // The share that is dropped, as Keras counts.
      dropout: 0.8,
      units: 128,
      outputBias: 0,
    },
    labels: { ...COURSERA_LABELS, place: 'share' },
    // Up to four words and two others over a background, all as they were recorded but for their level.
    synthesis: {
      ...DEFAULT_SYNTHESIS,
      exampleSeconds: 10,
      maxActivates: 4,
      maxNegatives: 2,
      halfWordShare: 0,
      speechShare: 0,
      lookAlikeShare: 0,
      splicedShare: 0,
      runningSpeechShare: 0,
      speed: [1, 1],
      speechDb: [-26, -14],
      signalToNoiseDb: [10, 30],
      reverbShare: 0,
      noiseShare: 0,
      babbleShare: 0,
      tiltShare: 0,
    },
    training: {
      examplesPerActivate: 6,
      minExamples: 200,
      maxExamples: 600,
      epochs: 12,
      batchSize: 8,
      learningRate: 1e-3,
      clipNorm: 2,
      maskFrames: 0,
      maskBands: 0,
    },
    // Nothing more is heard for 75 steps after the chime.
    firing: { threshold: 0.5, smoothSteps: 20, refractorySeconds: 75 / 137.5 },
  },
} as const satisfies Record<string, TriggerPreset>;

export type TriggerPresetName = keyof typeof TRIGGER_PRESETS;

/** @throws SeqkitError `usage` for a name that is no preset */
export function triggerPreset(name: string): TriggerPreset {
  text.parse(name, 'triggerPreset: name');
  if (!Object.hasOwn(TRIGGER_PRESETS, name)) {
    const names = Object.keys(TRIGGER_PRESETS);
    const near = nearestName(name, names);
    throw new SeqkitError(`There is no preset ${quoted(name)}.`, {
      code: 'usage',
      hint: `${near === undefined ? '' : `Did you mean "${near}"? `}The presets are: ${names.join(', ')}.`,
    });
  }
  return TRIGGER_PRESETS[name as TriggerPresetName];
}

/** A word waits so long for a better one of another that fires ... */
const WAIT_SECONDS = 0.15;
/** ... and keeps the others from firing so long after it. */
const RIVAL_SECONDS = 0.3;

const stepsInSecond = number({ min: 1e-3, max: 100_000 });

/** The smoothed score at which a word fires. */
export function thresholdOf({ threshold, thresholds }: FiringSettings, word: string): number {
  return thresholds !== undefined && Object.hasOwn(thresholds, word) ? thresholds[word] : threshold;
}

/** The schema of a threshold of all words, or of thresholds by word. */
export const thresholdsByWord = either(thresholdScore, recordOf(thresholdScore, { min: 1 }));

/**
 * The same settings with other thresholds.
 *
 * @param threshold one for all words, or by word; words that it does not name keep theirs
 * @throws SeqkitError `bad-value` for a threshold outside (0, 1], `usage` for a word that is not among them
 */
export function withThreshold(
  firing: FiringSettings,
  words: readonly string[],
  threshold: number | Readonly<Record<string, number>>,
): FiringSettings {
  const { smoothSteps, refractorySeconds } = firing;
  const others = { smoothSteps, refractorySeconds };
  const chosen = thresholdsByWord.parse(threshold, 'threshold');
  if (typeof chosen === 'number') return { ...others, threshold: chosen };
  const stranger = Object.keys(chosen).find((word) => !words.includes(word));
  if (stranger !== undefined) {
    throw new SeqkitError(`There is no word ${quoted(stranger)} to set a threshold for.`, {
      code: 'usage',
      hint: `The model hears ${words.map(quoted).join(', ')}.`,
    });
  }
  const byWord = new Map(Object.entries(chosen));
  const each = words.map((word) => [word, byWord.get(word) ?? thresholdOf(firing, word)] as const);
  if (words.length === 1) return { ...others, threshold: each[0][1] };
  return { ...others, threshold: firing.threshold, thresholds: Object.fromEntries(each) };
}

/** The firing settings in steps. @param words in the order of the scores */
export function detectorSettings(
  firing: FiringSettings,
  stepRate: number,
  words: readonly string[] = [],
): WordDetectorSettings {
  const { threshold, smoothSteps, refractorySeconds } = firingSettings.parse(firing, 'detectorSettings');
  stepsInSecond.parse(stepRate, 'detectorSettings: stepRate');
  listOf(text).parse(words, 'detectorSettings: words');
  const steps = (seconds: number) => Math.round(seconds * stepRate);
  return {
    threshold,
    smoothSteps,
    refractorySteps: steps(refractorySeconds),
    waitSteps: steps(WAIT_SECONDS),
    rivalSteps: steps(RIVAL_SECONDS),
    ...(firing.thresholds && { thresholds: words.map((word) => thresholdOf(firing, word)) }),
  };
}

/** Output steps per second. */
export function stepsPerSecond({ features, network }: Pick<TriggerPreset, 'features' | 'network'>): number {
  return features.sampleRate / (features.hopSamples * network.strideFrames);
}

/** The steps of an example of `frames` frames; step s has heard up to the last sample of its last frame. */
export function stepTiming(
  { features, network }: Pick<TriggerPreset, 'features' | 'network'>,
  frames: number,
): StepTiming {
  const heard = (network.kernelFrames - 1) * features.hopSamples + features.frameSamples;
  return {
    steps: Math.floor((frames - network.kernelFrames) / network.strideFrames) + 1,
    stepsPerSecond: stepsPerSecond({ features, network }),
    firstStepMs: (1000 * heard) / features.sampleRate,
  };
}

/** How the labels of an example lie in time. */
export function labelTiming(
  preset: Pick<TriggerPreset, 'features' | 'network' | 'labels' | 'synthesis'>,
  frames: number,
): StepTiming {
  const timing = stepTiming(preset, frames);
  if (preset.labels.place !== 'share') return timing;
  const { exampleSeconds } = preset.synthesis;
  return { ...timing, stepsPerSecond: timing.steps / exampleSeconds, firstStepMs: 0 };
}

/** Labels of 364 ms, in steps of this preset, where it does not say how many steps they are. */
export function labelSettings(preset: Pick<TriggerPreset, 'features' | 'network' | 'labels'>): LabelSettings {
  const { labelSteps, positiveWeight, silentBeforeMs, silentAfterMs } = preset.labels;
  const fitting = Math.round((LABEL_MS * stepsPerSecond(preset)) / 1000);
  return { labelSteps: labelSteps ?? fitting, positiveWeight, silentBeforeMs, silentAfterMs };
}
