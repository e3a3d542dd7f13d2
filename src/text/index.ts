/** Character-level text and tunes in ABC: models that learn them and go on with them. */
export { TextModel, type OpenTextOptions, type TextModelOptions } from './model/text-model.js';
export type {
  GenerateOptions,
  GenerateSamplesOptions,
  SampleChunk,
  TextPieces,
} from './sampling/generation.js';
export { TextSession, type NextCharacter } from './sampling/text-session.js';
export { CopyCheck, type CopyReport } from './sampling/copy-check.js';
export type { TextArchitecture, TextTraining } from './model/text-settings.js';
export type {
  TextCheckpointOptions,
  TextStoreOptions,
  TextFitOptions,
  TextHistory,
  TextPlan,
  TextProgress,
  TextSampleOptions,
} from './training/text-training.js';
export { toBits } from './training/bits.js';
export { lossCurve } from './training/loss-curve.js';
export type { TextMetrics } from './training/text-checkpoints.js';
export type { TextLoss } from './training/measurement.js';
export { fileText, type TextSource } from './corpus/text-source.js';
export {
  Vocabulary,
  type ByteTokens,
  type StoredPieces,
  type StoredVocabulary,
  type TokenKind,
  type Tokens,
  type VocabularyOptions,
  type VocabularyOrder,
} from './corpus/vocabulary.js';
export { Tokenizer, type StoredTokenizer, type TokenizerOptions, type WordText } from './words/tokenizer.js';
export { padSequences, type PadSequencesOptions } from './words/pad-sequences.js';
export { Spelling } from './corpus/spelling.js';
export {
  distribution,
  draw,
  likeliest,
  nucleus,
  penalize,
  sampleToken,
} from './sampling/checked-sampling.js';
export type { SamplingOptions } from './sampling/sampling.js';
export { splitCorpus, type CorpusShape, type CorpusSplit } from './corpus/corpus.js';
export { ContiguousBatches } from './corpus/contiguous-batches.js';
export type { TextBatch, TextBatches } from './corpus/text-batches.js';
export { storeOf, type TokenStore } from './corpus/token-store.js';
export { decodeUtf8 } from '../base/encoding/well-formed-utf8.js';

export { MusicModel, type ComposedTune, type ComposeOptions } from './music/composition/music-model.js';
export {
  TuneModel,
  type ComposeTuneOptions,
  type TuneFitOptions,
  type UnlearntTune,
} from './music/composition/tune-model.js';
export type { AskedTune } from './music/composition/plan-of.js';
export type { SeenTunes } from './music/composition/seen-tunes.js';
export type { SeenForm } from './music/composition/seen-forms.js';
export type { SeenHeading } from './music/composition/seen-headings.js';
export type { RedrawnBars } from './music/composition/voice.js';
export type { SeenRows } from './music/copies/seen-rows.js';
export type { SectionKind } from './music/form/tune-symbols.js';
export type { SeenFillings } from './music/form/bar-fillings.js';
export { openComposer } from './music/composition/open-composer.js';
export {
  tuneDivergence,
  type TuneDistributions,
  tuneFigures,
  type TuneDivergence,
  type TuneFigures,
} from './music/analysis/tune-figures.js';
export type { Counts } from './music/analysis/distribution.js';
export { harmonize } from './music/form/harmony.js';
export { readTunes, type ReadTunes, type TuneFault } from './music/notation/read-tunes.js';
export { isMidi, readMidi, type MidiTune } from './music/midi/read-midi.js';
export { writeTunes } from './music/notation/tune-book.js';
export type { Tune, TuneVoice } from './music/notation/tune.js';
export { tuneCursor, tuneSheet, type CursorPlace } from './music/playback/engraving.js';
export type { PlaybackOptions, TimingOptions } from './music/playback/playback-options.js';
export { tuneSound, type SoundOptions, type TuneSound } from './music/playback/synthesis.js';
export { parseWarnings, tuneMidi } from './music/playback/tune-files.js';
export { playFaults } from './music/playback/playing.js';
export { describeTunes, type ComposedReport } from './music/composition/composed-report.js';
export type { CharacterCounts } from './corpus/character-counts.js';
export type { Spelled } from './corpus/spelling.js';
export type { TextReading } from './model/text-model-options.js';
export type { Seen } from './music/composition/seen.js';
export type { Heading } from './music/composition/tune-writer.js';
export type { CheckpointStore } from '../base/training/checkpoint-store.js';
