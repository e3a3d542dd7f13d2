/** Character-level text and tunes in ABC: models that learn them and go on with them. */
export { TextModel, type TextModelOptions } from './text-model.js';
export type { GenerateOptions, GenerateSamplesOptions, SamplePiece } from './sampling/generation.js';
export { TextSession, type NextCharacter } from './sampling/text-session.js';
export { CopyCheck, type CopyReport } from './sampling/copy-check.js';
export type { TextArchitecture, TextTraining } from './text-settings.js';
export type {
  TextCheckpointOptions,
  TextFitOptions,
  TextHistory,
  TextPlan,
  TextProgress,
  TextSampleOptions,
} from './training/text-training.js';
export { toBits } from './training/text-loss.js';
export { lossCurve } from './training/loss-curve.js';
export type { TextMetrics } from './training/text-checkpoints.js';
export type { TextLoss } from './training/measurement.js';
export { fileText, type TextSource } from './corpus/text-source.js';
export {
  Vocabulary,
  type ByteTokens,
  type StoredVocabulary,
  type Tokens,
  type VocabularyOptions,
  type VocabularyOrder,
} from './corpus/vocabulary.js';
export { Spelling } from './corpus/spelling.js';
export {
  distribution,
  draw,
  likeliest,
  nucleus,
  penalize,
  sampleToken,
  type SamplingOptions,
} from './sampling/sampling.js';
export { splitCorpus, type CorpusShape, type CorpusSplit } from './corpus/corpus.js';
export { Lanes } from './corpus/contiguous-batches.js';
export type { TextBatch, TextBatches } from './corpus/text-batches.js';
export { storeOf, type TokenStore } from './corpus/token-store.js';
export { decodeUtf8 } from '../base/encoding/well-formed-utf8.js';

export { MusicModel, type ComposedTune, type ComposeOptions } from './music/music-model.js';
export { readTunes, type ReadTunes, type TuneFault } from './music/read-tunes.js';
export { isMidi, readMidi, type MidiTune } from './music/midi/read-midi.js';
export { writeTunes } from './music/tune-book.js';
export type { Tune } from './music/tune.js';
export { tuneSheet } from './music/engraving.js';
export { tuneSound, type TuneSound } from './music/synthesis.js';
export { parseWarnings, tuneMidi } from './music/tune-files.js';
export { playFaults } from './music/playing.js';
export { describeTunes, type ComposedReport } from './music/composed-report.js';
