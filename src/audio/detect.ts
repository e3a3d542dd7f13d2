/**
 * Hearing a trigger word, and no more: `seqkit/audio/detect`, for pages. The names are those of `seqkit/audio`, and the
 * same classes; what trains is loaded where `fit` is called.
 */
export { SeqkitError, type ErrorCode } from '../base/errors.js';
export { TriggerModel } from './trigger-model.js';
export type { ListenOptions, SampleFormat, StreamOptions } from './listening/listen-options.js';
export type { SoundChunk } from './listening/sample-reader.js';
export type { SoundStream, TriggerTransform } from './listening/sound-listener.js';
export type { TriggerLoadOptions } from './trigger-options.js';
export type { ScoreEvent, StreamEvents, TriggerEvent, WarningEvent } from './detection/stream-events.js';
export { TriggerStream } from './detection/trigger-stream.js';
export { resample, StreamResampler } from './signal/resample.js';
export type { SpectrumSource } from './signal/spectrogram.js';
export type { Waveform } from './signal/wav.js';
