import {
  either,
  exactly,
  number,
  objectWith,
  optional,
  optionsSchema,
  recordOf,
  storedNames,
  toStoredNames,
  wholeNumber,
  type Schema,
} from '../../base/schema/index.js';
import type { TailThreshold } from '../detection/tail-threshold.js';
import type { Validation } from './model-selection.js';

/** What a model was trained on, as saved with it. */
export interface TrainingRecord {
  activates: number;
  negatives: number;
  backgrounds: number;
  /** Takes of the one person that it is to hear above all, beside `activates`. */
  ownTakes?: number;
  examples: number;
  epochs: number;
  finalLoss: number;
  /** Examples that were mined from its own false alarms. */
  hardNegatives?: number;
  /** Of its weights, on clips that were held back to choose them by. */
  validation?: Validation;
  /** How sure the threshold of each word is, where it was set by the tail of the scores. */
  thresholds?: Record<string, TailThreshold>;
}

const count = wholeNumber({ min: 0 });
/** JSON has null for what is no number, such as the loss of a training without an epoch. */
const storedNumber = either(number(), exactly(null)) as unknown as Schema<number>;

/** The schema of a validation in a file. */
export const storedValidation = optionsSchema<Validation>('validation', {
  missed: storedNumber,
  loss: storedNumber,
});

const storedTail = objectWith<TailThreshold>('a threshold by the tail', {
  threshold: number({ min: 0, max: 1 }),
  low: number({ min: 0, max: 1 }),
  high: number({ min: 0, max: 1 }),
  hours: number({ min: 0 }),
});

/** Files keep the name that the field had in the first release. */
const recordNames = { judgement: 'validation' };

/** The schema of the same in a file. */
export const trainingRecord = storedNames(
  optionsSchema<TrainingRecord>('trainedOn', {
    activates: count,
    negatives: count,
    backgrounds: count,
    ownTakes: optional(count),
    examples: count,
    epochs: count,
    finalLoss: storedNumber,
    hardNegatives: optional(count),
    validation: optional(storedValidation),
    thresholds: optional(recordOf(storedTail)),
  }),
  recordNames,
);

/** A record under the names that files have for its fields. */
export function storedRecord(record: TrainingRecord): Record<string, unknown> {
  return toStoredNames(record, recordNames);
}
