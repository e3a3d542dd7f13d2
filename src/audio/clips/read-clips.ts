import type { AbortSignalLike } from '../../base/abort-signal.js';
import { SeqkitError } from '../../base/errors.js';
import { finish, finishInTurns } from '../../base/host/in-turns.js';
import { abortSignal, callback, flag, optional, optionsSchema } from '../../base/schema/index.js';
import { withoutOffset } from '../signal/offset.js';
import { resample } from '../signal/resample.js';
import type { RepairOption } from '../signal/riff.js';
import { sampleRateHz } from '../signal/samples.js';
import { decodeWav, type Waveform } from '../signal/wav.js';
import { clipFiles } from './clip-shapes.js';
import { CLIP_KINDS, isSoundName, type Clip, type ClipFile, type ClipKind, type ClipSet } from './clips.js';
import { agreeStepByStep } from './speech-agreement.js';
import { findAllSpeech, findSpeech, type SpeechEdges } from './speech-edges.js';

/** How files are read. */
export interface ReadingOptions extends RepairOption {
  /** Told what is lost of a file that is repaired, and of channels that cancel; its name first. */
  onLoss?: (line: string) => void;
}

/** How clips are read where others get their turn. */
export interface AsyncReadingOptions extends ReadingOptions {
  /** Told after each file how many of the clips are read. */
  onProgress?: (read: number, total: number) => void;
  /** Ends the reading. */
  signal?: AbortSignalLike | undefined;
}

export const readingOptions = optionsSchema<ReadingOptions>('readClips', {
  repair: optional(flag),
  onLoss: optional(callback<(line: string) => void>()),
});

const asyncReadingOptions = optionsSchema<AsyncReadingOptions>('readClipsAsync', {
  ...readingOptions.table,
  onProgress: optional(callback<(read: number, total: number) => void>()),
  signal: optional(abortSignal),
});

/** Shorter sound is no clip. */
export const SHORTEST_CLIP_SECONDS = 0.1;
/** A longer negative is more than one phrase. */
const MAX_PHRASE_SECONDS = 10;

/**
 * Reads clips, each resampled to one rate and searched for its speech; where a clip of the word holds several
 * sounds, the other clips tell which is the word (`agreeOnSpeech` of `seqkit/audio/advanced`).
 *
 * @param files those of `activates/`, `activates/<word>/`, `negatives/` and `backgrounds/` with
 *   names of sound files, their bytes those of a WAV file; other names are left alone
 * @param sampleRate Hz
 * @param options.repair keeps what is readable of damaged files
 * @throws SeqkitError `bad-file` that names every clip that cannot be used, with the cause
 */
export function readClips(
  files: readonly ClipFile[],
  sampleRate: number,
  options: ReadingOptions = {},
): ClipSet {
  checkReading(files, sampleRate, options, 'readClips');
  return finish(readStepByStep(files, sampleRate, options));
}

/**
 * {@link readClips} where timers, input and frames get their turn after each file, as on a page.
 *
 * @param options.onProgress told after each file how many of the clips are read
 * @param options.signal ends the reading
 * @throws SeqkitError `bad-file` as `readClips`; `stopped` where the signal said so
 */
export async function readClipsAsync(
  files: readonly ClipFile[],
  sampleRate: number,
  options: AsyncReadingOptions = {},
): Promise<ClipSet> {
  const { onProgress, signal, ...reading } = asyncReadingOptions.parse(options);
  checkReading(files, sampleRate, reading, 'readClipsAsync');
  const steps = readStepByStep(files, sampleRate, reading, onProgress);
  return finishInTurns(steps, 'The reading of the clips', signal);
}

function* readStepByStep(
  files: readonly ClipFile[],
  sampleRate: number,
  options: ReadingOptions,
  onProgress?: AsyncReadingOptions['onProgress'],
): Generator<undefined, ClipSet> {
  const set: ClipSet = { sampleRate, activates: [], negatives: [], backgrounds: [] };
  const kindOf = ({ path }: ClipFile) => CLIP_KINDS.find((name) => name === path.split('/')[0]);
  const usable = files.filter((file) => kindOf(file) !== undefined && isSoundName(file.path));
  let read = 0;
  for (const file of readEach(usable, (each) => readClip(each, kindOf(each)!, sampleRate, options))) {
    if (file.result) set[kindOf(file)!].push(file.result);
    onProgress?.(++read, usable.length);
    yield;
  }
  set.activates = yield* agreeStepByStep(set.activates, sampleRate);
  return set;
}

function checkReading(
  files: readonly ClipFile[],
  sampleRate: number,
  options: ReadingOptions,
  where: string,
) {
  clipFiles.parse(files, `${where}: files`);
  sampleRateHz.parse(sampleRate, `${where}: sampleRate`);
  readingOptions.parse(options, where);
}

/**
 * Reads files in the order of their paths, each when the next is asked for.
 * @throws SeqkitError `bad-file` that names every one that fails
 */
function* readEach(
  files: readonly ClipFile[],
  read: (file: ClipFile) => Clip,
): Generator<ClipFile & { result: Clip | undefined }, void> {
  const complaints: string[] = [];
  for (const file of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    let result: Clip | undefined;
    try {
      result = read(file);
    } catch (error) {
      if (!(error instanceof SeqkitError)) throw error;
      complaints.push(error.message);
    }
    yield { ...file, result };
  }
  if (complaints.length === 0) return;
  const count = complaints.length === 1 ? 'One clip' : `${complaints.length} clips`;
  throw new SeqkitError(`${count} cannot be used:\n  ${complaints.join('\n  ')}`, {
    code: 'bad-file',
    hint: 'Mend these files or take them out of the folder; no clip is left out unasked.',
  });
}

/** The longest echo of a room that is kept. */
const MAX_ECHO_SECONDS = 2;

/**
 * Reads impulse responses, each cut to begin with its loudest sample, which becomes 1: what was before it would
 * move the end of the speech.
 *
 * @throws SeqkitError `bad-file` as `readClips`
 */
export function readRooms(
  files: readonly ClipFile[],
  sampleRate: number,
  options: ReadingOptions = {},
): Clip[] {
  checkReading(files, sampleRate, options, 'readRooms');
  return readWhole(files, 'rooms', sampleRate, options).map((clip) => {
    const { samples } = clip;
    let peak = 0;
    for (let i = 1; i < samples.length; i++) if (Math.abs(samples[i]) > Math.abs(samples[peak])) peak = i;
    const kept = samples.subarray(peak, peak + MAX_ECHO_SECONDS * sampleRate);
    const response = kept.map((x) => x / samples[peak]);
    return { ...clip, samples: response, speech: { start: 0, end: response.length } };
  });
}

/**
 * Reads what set a model off without the word, such as `listen --save-alarms` keeps: sound of a few seconds, all
 * of which counts.
 *
 * @throws SeqkitError `bad-file` as `readClips`
 */
export function readFalseAlarms(
  files: readonly ClipFile[],
  sampleRate: number,
  options: ReadingOptions = {},
): Clip[] {
  checkReading(files, sampleRate, options, 'readFalseAlarms');
  return readWhole(files, 'alarms', sampleRate, options).map((clip) => ({
    ...clip,
    samples: withoutOffset(clip.samples, sampleRate),
  }));
}

/** Clips of which all is of interest, whatever is in them. */
function readWhole(
  files: readonly ClipFile[],
  folder: string,
  sampleRate: number,
  options: ReadingOptions,
): Clip[] {
  const read = readEach(files, ({ path, bytes }) => {
    const name = `${folder}/${path}`;
    const { samples } = decoded(bytes, name, sampleRate, options);
    if (samples.every((x) => x === 0)) {
      throw new SeqkitError(`${name}: the clip is silent`, { code: 'bad-file' });
    }
    const speech = { start: 0, end: samples.length };
    return { name, speaker: undefined, word: undefined, samples, speech };
  });
  return [...read].flatMap(({ result = [] }) => result);
}

function decoded(bytes: Uint8Array, name: string, sampleRate: number, options: ReadingOptions): Waveform {
  const { repair = false } = options;
  const sound = decodeWav(bytes, name, { repair });
  for (const line of [...sound.losses, ...sound.remarks]) options.onLoss?.(`${name}: ${line}`);
  return resample(sound, sampleRate);
}

function readClip(
  { path, bytes }: ClipFile,
  kind: ClipKind,
  sampleRate: number,
  options: ReadingOptions,
): Clip {
  const { samples } = decoded(bytes, path, sampleRate, options);
  const parts = path.split('/');
  const seconds = samples.length / sampleRate;
  const silent = samples.every((x) => x === samples[0]);
  if (silent && kind !== 'backgrounds') {
    throw new SeqkitError(`${path}: the clip is silent`, { code: 'bad-file' });
  }
  if (seconds < SHORTEST_CLIP_SECONDS) {
    throw new SeqkitError(
      `${path}: the clip lasts ${(1000 * seconds).toFixed(0)} ms, expected ${1000 * SHORTEST_CLIP_SECONDS} or more`,
      { code: 'bad-file' },
    );
  }
  const speech = speechOf(samples, kind, sampleRate);
  return {
    name: path,
    speaker: /^([^_]+)_/.exec(parts.at(-1)!)?.[1],
    word: kind === 'activates' && parts.length > 2 ? parts[1] : undefined,
    // What is not heard would count as loudness where clips are brought to a level.
    samples: withoutOffset(samples, sampleRate, speech),
    speech,
  };
}

/** Of a long negative, a talk say, all is used, not only its loudest phrase. */
function speechOf(samples: Float32Array, kind: ClipKind, sampleRate: number): SpeechEdges {
  if (kind === 'backgrounds') return { start: 0, end: samples.length };
  const isTalk = kind === 'negatives' && samples.length > MAX_PHRASE_SECONDS * sampleRate;
  return isTalk ? findAllSpeech(samples, sampleRate) : findSpeech(samples, sampleRate);
}
