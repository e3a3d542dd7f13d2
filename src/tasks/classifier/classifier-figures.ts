import type { ClassificationReport } from '../evaluation/classification-report.js';
import type { CalibrationReport } from '../evaluation/calibration-report.js';
import type { Candidate } from './comparison.js';
import type { NetworkHistory } from './encoders/network-encoder.js';

/** An example that was given a label that is not its own. */
export interface ClassifierMistake {
  /** Its place among the examples. */
  readonly index: number;
  /** Its text, or what there is to say of it. */
  readonly input: string;
  readonly name?: string | undefined;
  readonly label: string;
  readonly given: string;
  /** Of the label that was given. */
  readonly probability: number;
}

/** How good a classifier is on some examples. */
export interface ClassifierEvaluation extends ClassificationReport {
  /** Whether its probabilities keep what they say. */
  readonly calibration: CalibrationReport;
  /** The share of examples that it answered, above the threshold. */
  readonly answered: number;
  /** The share of the answers that was right; 0 without any. */
  readonly accuracyOfAnswers: number;
  /** The surest first. */
  readonly mistakes: readonly ClassifierMistake[];
}

/** What is known of a classifier from its training, and saved with it. */
export interface ClassifierFigures {
  /** How many examples it was trained on. */
  readonly examples: number;
  /** How many were held back. */
  readonly heldOutExamples: number;
  /** On what was held back, which also ended the training of a network. */
  readonly accuracy: number;
  readonly macroF1: number;
  readonly expectedCalibrationError: number;
  /** On the same, `linear` trained beside on the same examples. */
  readonly baseline: { readonly accuracy: number; readonly macroF1: number };
  /** Of `auto`, by cross-validation. */
  readonly candidates?: readonly Candidate[];
  /** Of a network. */
  readonly history?: NetworkHistory;
}
