/**
 * What recipes of one's own for trigger words are built from: features, mixing, labels, detectors and scores.
 * Models and all that an app needs are `seqkit/audio`.
 */
export {
  COURSERA_FEATURES,
  DEFAULT_FEATURES,
  FEATURE_SETS,
  featuresHash,
  LIBROSA_FEATURES,
  MFCC_FEATURES,
  type FeatureSetName,
  type FeatureSettings,
} from './signal/feature-settings.js';
export { FeatureExtractor } from './signal/features.js';
export { powerDensity, powerSpectrum, type PowerSpectrum, type WindowShape } from './signal/spectrogram.js';
export { hzFromMel, melFilters, melFromHz, type MelFilter, type MelScale } from './signal/mel.js';
export { agreeOnSpeech } from './clips/speech-agreement.js';
export { placeWithoutOverlap } from './mixing/placement.js';
export { equalize, type EqualizerBand } from './signal/equalizer.js';
export { shiftPitch, stretchTime } from './signal/pitch.js';
export {
  mixExample,
  type Mixture,
  type PlacedBabble,
  type PlacedBackground,
  type PlacedNoise,
} from './mixing/synthesis.js';
export { DEFAULT_SYNTHESIS, type SynthesisSettings } from './mixing/synthesis-settings.js';
export { mixNumbered, recordOf, remix } from './examples/example-record.js';
export type { SegmentKind, SegmentSettings, Range } from './mixing/segment-settings.js';
export type { PlacedClip } from './mixing/segments.js';
export {
  COURSERA_LABELS,
  COURSERA_TIMING,
  endStep,
  LABEL_MS,
  stepLabels,
  wordLabels,
  type LabelSettings,
  type StepLabels,
  type StepTiming,
} from './mixing/labels.js';
export { Detector, type DetectorSettings } from './detection/detector.js';
export { WordDetectors, type WordDetectorSettings, type WordFiring } from './detection/word-detectors.js';
export {
  matchEvents,
  poissonInterval,
  poissonUpperBound,
  triggerReport,
  wilsonInterval,
  type EventMatch,
} from './detection/evaluation.js';
export {
  intersectionOverUnion,
  nonMaxSuppression,
  scoreSpans,
  spanScores,
  suppressNonMaxima,
  type ClassSpan,
  type NonMaxSuppressionOptions,
  type SpanScores,
  type TimeSpan,
} from './detection/time-spans.js';
export { firingsOf, scoreRecording } from './detection/scored-recording.js';
export {
  detectorSettings,
  TRIGGER_PRESETS,
  triggerPreset,
  type FiringSettings,
  type LabelPlacing,
  type NetworkSettings,
  type TrainingSettings,
} from './detection/trigger-settings.js';
export type { AppliedLowPass } from './mixing/synthesis.js';
export type { ModelSelectionSettings, ResamplingSettings } from './detection/trigger-settings.js';
export type { WordClip } from './clips/speech-agreement.js';
export type { MelFilterOptions } from './signal/mel.js';
export type { ExampleNumber } from './examples/example-record.js';
export type { Listener } from './detection/scored-recording.js';
export { tailThreshold, type TailThreshold } from './detection/tail-threshold.js';
export { VOICE_SYNTHESIS } from './voices/voice-synthesis.js';
