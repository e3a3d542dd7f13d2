/**
 * Trigger words: sound files, clips, models that hear a word, and how well they do. What recipes of one's own are
 * built from, such as features, mixing and labels, is `seqkit/audio/advanced`.
 */
export { decodeWav, encodeWav, type DecodedWav, type Waveform } from './signal/wav.js';
export type { RepairOption } from './signal/riff.js';
export { resample, StreamResampler } from './signal/resample.js';
export type { SpectrumSource } from './signal/spectrogram.js';
export { findSpeech, type SpeechEdges } from './clips/speech-edges.js';
export {
  CLIP_KINDS,
  splitClips,
  type Clip,
  type ClipFile,
  type ClipKind,
  type ClipSet,
  type ClipSplit,
} from './clips/clips.js';
export { readClips, readClipsAsync, readFalseAlarms, readRooms } from './clips/read-clips.js';
export { readClipFolder } from './clips/clip-folder.js';
export { checkClips, type ClipCheck } from './clips/clip-check.js';
export type { ClipProblem, ClipProblemKind } from './clips/clip-problem.js';
export type { ExampleRecord } from './examples/example-record.js';
export type { Interval, SpokenWord, TriggerReport } from './detection/evaluation.js';
export type { Firing, ScoredRecording } from './detection/scored-recording.js';
export { calibrateThreshold, calibrateThresholds } from './detection/threshold-calibration.js';
export {
  evaluateTrigger,
  tradeoffCurve,
  type HeldOutFigures,
  type Mistake,
  type TradeoffPoint,
  type TriggerEvaluation,
} from './detection/trigger-evaluation.js';
export { testRecordings } from './detection/test-recordings.js';
export type { TriggerPreset, TriggerPresetName } from './detection/trigger-settings.js';
export type { ScoreEvent, StreamEvents, TriggerEvent, WarningEvent } from './detection/stream-events.js';
export { TriggerStream } from './detection/trigger-stream.js';
export { TriggerModel } from './trigger-model.js';
export type { ListenOptions, SampleFormat, StreamOptions } from './listening/listen-options.js';
export type { SoundChunk } from './listening/sample-reader.js';
export type { ObjectTransform } from '../base/host/node-streams.js';
export type { ReadableStreamLike, WebTransformStream } from '../base/host/web-streams.js';
export type { SoundStream, TriggerTransform } from './listening/sound-listener.js';
export type { TransferOptions, TriggerModelOptions } from './trigger-options.js';
export type { TrainingRecord } from './training/training-record.js';
export type { TriggerEpochReport, TriggerFitOptions, TriggerProgress } from './training/training-plan.js';
export type { CheckpointStore } from '../base/training/checkpoint-store.js';
export type { Validation } from './training/model-selection.js';
export type { AsyncReadingOptions, ReadingOptions } from './clips/read-clips.js';
export type { TestRecording, TestRecordingOptions } from './detection/clip-recordings.js';
export type { TriggerLoadOptions } from './trigger-options.js';
export type { TransferPart } from './trigger-transfer.js';
export {
  SpeechEmbedding,
  type Embeddings,
  type EmbeddingStreamOptions,
} from './embedding/speech-embedding.js';
export type { EmbeddingStream } from './embedding/embedding-stream.js';
export type { EmbeddingFile, EmbeddingWeights } from './embedding/embedding-file.js';
export { openFlite, Voices } from './voices/voices.js';
export type { Manner, SpeechRequest, Voice, VoiceEngine } from './voices/engines/voice.js';
export { spokenTakes, type Pronunciation, type TakesOptions } from './voices/spoken-takes.js';
export { warpVoice, type VoiceWarp } from './voices/warp.js';
export { checkRecorder, type RecorderCheck } from './detection/recorder-check.js';
