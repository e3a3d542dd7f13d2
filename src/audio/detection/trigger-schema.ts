import { SeqkitError } from '../../base/errors.js';
import {
  choice,
  flag,
  listOf,
  number,
  optional,
  optionsSchema,
  storedNames,
  toStoredNames,
  wholeNumber,
  type OptionsSchema,
  type OptionTable,
  type Schema,
} from '../../base/schema/index.js';
import { labelTable } from '../mixing/labels.js';
import { share } from '../mixing/segment-settings.js';
import { storedSynthesis, synthesisSettings, type SynthesisSettings } from '../mixing/synthesis-settings.js';
import { featureSettings } from '../signal/feature-settings.js';
import {
  firingSettings,
  type ModelSelectionSettings,
  type LabelPlacing,
  type NetworkSettings,
  type ResamplingSettings,
  type TrainingSettings,
  type TriggerPreset,
} from './trigger-settings.js';
import { wordCount } from './word-detectors.js';

/** So many samples of all its frames may be transformed for a second of sound: a fifth of a core's work. */
const MAX_FRAMED_SAMPLES = 4_000_000;

/** A window of so many embeddings is longer than any word: 80 s. */
const MAX_WINDOW_FRAMES = 1_000;

const size = wholeNumber({ min: 1, max: 16_384 });
const examples = wholeNumber({ min: 1, max: 10_000_000 });
const counted = wholeNumber({ min: 0, max: 10_000_000 });
const epochs = wholeNumber({ min: 1, max: 1_000_000 });
const alarmsPerHour = number({ min: 0, max: 1e6 });

export const networkSettings = optionsSchema<NetworkSettings>('network', {
  layers: optional(choice(['standard', 'coursera', 'embedding', 'window'])),
  words: optional(wordCount),
  windowFrames: optional(wholeNumber({ min: 1, max: MAX_WINDOW_FRAMES })),
  filters: size,
  kernelFrames: size,
  strideFrames: size,
  dropout: number({ min: 0, below: 1 }),
  units: size,
  outputBias: number({ min: -1000, max: 1000 }),
});

const labels = optionsSchema<LabelPlacing>('labels', {
  ...labelTable,
  labelSteps: optional(labelTable.labelSteps),
  delayMs: optional(number({ min: 0, max: 10_000 })),
  place: optional(choice(['heard', 'share'])),
});

const resampling = optionsSchema<ResamplingSettings>('resampling', {
  share,
  candidates: counted,
  hardNegatives: examples,
  epochs: listOf(epochs, { max: 1000 }),
});

const modelSelection = optionsSchema<ModelSelectionSettings>('modelSelection', {
  share: number({ above: 0, max: 1 }),
  minActivates: counted,
  examples,
  falseAlarmsPerHour: listOf(alarmsPerHour, { min: 1, max: 1000 }),
  candidates: wholeNumber({ min: 1, max: 1000 }),
  averaged: wholeNumber({ min: 1, max: 1000 }),
  thresholdAlarmsPerHour: alarmsPerHour,
  thresholdExamples: examples,
  thresholdTail: optional(flag),
});

const trainingTable: OptionTable<TrainingSettings> = {
  examplesPerActivate: examples,
  minExamples: examples,
  maxExamples: examples,
  epochs,
  batchSize: wholeNumber({ min: 1, max: 65_536 }),
  learningRate: number({ above: 0, max: 1000 }),
  clipNorm: number({ above: 0, max: 1e9 }),
  weightDecay: optional(number({ min: 0, max: 1 })),
  noise: optional(number({ min: 0, max: 10 })),
  maskFrames: counted,
  maskBands: counted,
  resampling: optional(resampling),
  modelSelection: optional(modelSelection),
};

const table: OptionTable<TriggerPreset> = {
  features: featureSettings,
  network: networkSettings,
  labels,
  synthesis: synthesisSettings,
  training: optionsSchema<TrainingSettings>('training', trainingTable),
  firing: firingSettings,
};

/** Files keep the names that these fields had in the first release. */
const trainingNames = {
  leastExamples: 'minExamples',
  mostExamples: 'maxExamples',
  renewal: 'resampling',
  choice: 'modelSelection',
};
const selectionNames = { leastActivates: 'minActivates' };

/** A schema for each part in a file; the first release left out two shares, which count as 0 in mixing. */
export const storedTriggerTable: OptionTable<TriggerPreset> = {
  ...table,
  training: storedNames(
    optionsSchema<TrainingSettings>('training', {
      ...trainingTable,
      modelSelection: optional(storedNames(modelSelection, selectionNames)),
    }),
    trainingNames,
  ),
  synthesis: storedSynthesis as unknown as Schema<SynthesisSettings>,
};

/** Settings under the names that files have for them. */
export function storedSettings(settings: TriggerPreset): Record<string, unknown> {
  const { training } = settings;
  const { modelSelection: selection } = training;
  return {
    ...settings,
    training: toStoredNames(
      { ...training, ...(selection && { modelSelection: toStoredNames(selection, selectionNames) }) },
      trainingNames,
    ),
  };
}

const single = optionsSchema<TriggerPreset>('The settings', storedTriggerTable);

/** The schema of all that makes a trigger model, whose parts must go with each other too. */
export const triggerSettings: OptionsSchema<TriggerPreset> = {
  ...single,
  parse(value, where) {
    const settings = single.parse(value, where);
    const problem = checkTogether(settings);
    if (problem !== undefined) throw new SeqkitError(problem, { code: 'bad-value' });
    return settings;
  },
};

/** What is wrong with settings that are each right by themselves; undefined where nothing is. */
export function checkTogether({
  features,
  network: { layers, kernelFrames, strideFrames, windowFrames },
  synthesis,
}: TriggerPreset): string | undefined {
  const overEmbeddings = layers === 'embedding' || layers === 'window';
  if ((features.kind === 'embedding') !== overEmbeddings) {
    return `Features ${features.kind} do not go with the layers ${layers ?? 'standard'}.`;
  }
  if (overEmbeddings && (kernelFrames !== 1 || strideFrames !== 1)) {
    return `A step over embeddings is one of them, not ${kernelFrames} every ${strideFrames}.`;
  }
  if ((layers === 'window') !== (windowFrames !== undefined)) {
    return `windowFrames is of the layers window alone, which need it, not of ${layers ?? 'standard'}.`;
  }
  const { sampleRate, frameSamples, hopSamples } = features;
  const framed = (sampleRate / hopSamples) * frameSamples;
  if (framed > MAX_FRAMED_SAMPLES) {
    return `Frames of ${frameSamples} samples every ${hopSamples} take too long at ${sampleRate} Hz.`;
  }
  const heard = (kernelFrames - 1) * hopSamples + frameSamples;
  const { exampleSeconds } = synthesis;
  if (heard <= exampleSeconds * sampleRate) return undefined;
  return `An example of ${exampleSeconds} s is shorter than what one step hears, ${(heard / sampleRate).toFixed(1)} s.`;
}
