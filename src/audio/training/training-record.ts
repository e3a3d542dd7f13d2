import {
  either,
  exactly,
  number,
  optional,
  optionsSchema,
  wholeNumber,
  type Schema,
} from '../../base/schema/index.js';
import type { Judgement } from './model-selection.js';

/** What a model was trained on, as saved with it. */
export interface TrainingRecord {
  activates: number;
  negatives: number;
  backgrounds: number;
  examples: number;
  epochs: number;
  finalLoss: number;
  /** Examples that were mined from its own false alarms. */
  hardNegatives?: number;
  /** Of its weights, on clips that were held back to choose them by. */
  judgement?: Judgement;
}

const count = wholeNumber({ min: 0 });
/** JSON has null for what is no number, such as the loss of a training without an epoch. */
const storedNumber = either(number(), exactly(null)) as unknown as Schema<number>;

/** The schema of a judgement in a file. */
export const storedJudgement = optionsSchema<Judgement>('judgement', {
  missed: storedNumber,
  loss: storedNumber,
});

/** The schema of the same in a file. */
export const trainingRecord = optionsSchema<TrainingRecord>('trainedOn', {
  activates: count,
  negatives: count,
  backgrounds: count,
  examples: count,
  epochs: count,
  finalLoss: storedNumber,
  hardNegatives: optional(count),
  judgement: optional(storedJudgement),
});
