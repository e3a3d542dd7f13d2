/** Trigger words: WAV files, log-mel features, mixed examples, models, detection. */
export { decodeWav, encodeWav, type DecodedWav, type Waveform } from './signal/wav.js';
export type { RepairOption } from './signal/riff.js';
export { resample, StreamResampler } from './signal/resample.js';
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
export {
  powerDensity,
  powerSpectrum,
  type PowerSpectrum,
  type SpectrumSource,
  type WindowShape,
} from './signal/spectrogram.js';
export { hzFromMel, melFilters, melFromHz, type MelFilter, type MelScale } from './signal/mel.js';
export { findSpeech, type SpeechEdges } from './clips/speech-edges.js';
export { agreeOnSpeech } from './clips/speech-agreement.js';
export {
  CLIP_KINDS,
  readFalseAlarms as readAlarms,
  readClips,
  readRooms,
  splitClips,
  type Clip,
  type ClipFile,
  type ClipKind,
  type ClipSet,
  type ClipSplit,
} from './clips/clips.js';
export { checkClips, type ClipCheck } from './clips/clip-check.js';
export type { ClipProblem, ClipProblemKind } from './clips/clip-problem.js';
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
export { mixNumbered, recordOf, remix, type ExampleRecord } from './examples/example-record.js';
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
  type Interval,
  type SpokenWord,
  type TriggerReport,
} from './detection/evaluation.js';
export {
  intersectionOverUnion,
  scoreSpans,
  spanScores,
  suppressNonMaxima,
  type SpanScores,
  type TimeSpan,
} from './detection/time-spans.js';
export {
  firingsOf,
  scoreRecording,
  type Firing,
  type ScoredRecording,
} from './detection/scored-recording.js';
export { calibrateThreshold, calibrateThresholds } from './detection/threshold-calibration.js';
export {
  evaluateTrigger,
  tradeoffCurve,
  type Mistake,
  type TradeoffPoint,
  type TriggerEvaluation,
} from './detection/trigger-evaluation.js';
export { testRecordings, type TestRecording } from './detection/test-recordings.js';
export {
  detectorSettings,
  TRIGGER_PRESETS,
  triggerPreset,
  type FiringSettings,
  type LabelPlacing,
  type NetworkSettings,
  type TrainingSettings,
  type TriggerPreset,
  type TriggerPresetName,
} from './detection/trigger-settings.js';
export {
  TriggerStream,
  type ScoreEvent,
  type StreamEvents,
  type TriggerEvent,
  type WarningEvent,
} from './detection/trigger-stream.js';
export { TriggerModel } from './trigger-model.js';
export type { StreamOptions, TransferOptions, TriggerModelOptions } from './trigger-options.js';
export type { TrainingRecord } from './training/training-record.js';
export type { TriggerEpochReport, TriggerFitOptions, TriggerProgress } from './training/training-plan.js';
export type { Validation } from './training/model-selection.js';
