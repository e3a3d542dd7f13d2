/** Trigger words: WAV files, log-mel features, mixed examples, models, detection. */
export { decodeWav, encodeWav, type DecodedWav, type Waveform } from './wav.js';
export type { RepairOption } from './riff.js';
export { resample, StreamResampler } from './resample.js';
export {
  COURSERA_FEATURES,
  DEFAULT_FEATURES,
  FEATURE_SETS,
  FeatureExtractor,
  featuresHash,
  LIBROSA_FEATURES,
  MFCC_FEATURES,
  type FeatureSetName,
  type FeatureSettings,
} from './features.js';
export {
  powerDensity,
  powerSpectrum,
  type PowerSpectrum,
  type SpectrumSource,
  type WindowShape,
} from './spectrogram.js';
export { hzFromMel, melFilters, melFromHz, type MelFilter, type MelScale } from './mel.js';
export { findSpeech, type SpeechEdges } from './speech-edges.js';
export { agreeOnSpeech } from './speech-agreement.js';
export {
  CLIP_KINDS,
  readAlarms,
  readClips,
  readRooms,
  splitClips,
  type Clip,
  type ClipFile,
  type ClipKind,
  type ClipSet,
  type ClipSplit,
} from './clips.js';
export { checkClips, type ClipCheck, type ClipProblem, type ClipProblemKind } from './clip-check.js';
export { placeWithoutOverlap } from './placement.js';
export { equalize, type EqualizerBand } from './equalizer.js';
export { shiftPitch, stretchTime } from './pitch.js';
export {
  DEFAULT_SYNTHESIS,
  mixExample,
  type Mixture,
  type PlacedBabble,
  type PlacedBackground,
  type PlacedNoise,
  type SynthesisSettings,
} from './synthesis.js';
export { mixNumbered, recordOf, remix, type ExampleRecord } from './example-record.js';
export type { PieceKind, PieceSettings, Range } from './piece-settings.js';
export type { PlacedClip } from './pieces.js';
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
} from './labels.js';
export { Detector, type DetectorSettings } from './detector.js';
export { WordDetectors, type WordDetectorSettings, type WordFiring } from './word-detectors.js';
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
} from './evaluation.js';
export {
  intersectionOverUnion,
  scoreSpans,
  spanScores,
  suppressNonMaxima,
  type SpanScores,
  type TimeSpan,
} from './time-spans.js';
export { firingsOf, scoreRecording, type Firing, type ScoredRecording } from './scored-recording.js';
export {
  calibrateThreshold,
  evaluateTrigger,
  tradeoffCurve,
  type Mistake,
  type TradeoffPoint,
  type TriggerEvaluation,
} from './trigger-evaluation.js';
export { testRecordings, type TestRecording } from './test-recordings.js';
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
} from './trigger-settings.js';
export { TriggerStream, type ScoreEvent, type StreamEvents, type TriggerEvent } from './trigger-stream.js';
export {
  TriggerModel,
  type StreamOptions,
  type TransferOptions,
  type TriggerModelOptions,
} from './trigger-model.js';
export type { TrainingRecord } from './trigger-training.js';
export type { EpochReport, TriggerFitOptions, TriggerProgress } from './training-plan.js';
export type { Judgement } from './checkpoint-choice.js';
