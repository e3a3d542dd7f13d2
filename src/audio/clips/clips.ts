import { SeqkitError } from '../../base/errors.js';
import { randomGenerator, type Random } from '../../base/math/random.js';
import { callback, flag, number, optional, optionsSchema } from '../../base/schema/index.js';
import { withoutOffset } from '../signal/offset.js';
import { resample } from '../signal/resample.js';
import { sampleRateHz } from '../signal/samples.js';
import type { RepairOption } from '../signal/riff.js';
import { clipFiles, clips as clipList } from './clip-shapes.js';
import { agreeOnSpeech } from './speech-agreement.js';
import { findAllSpeech, findSpeech, type SpeechEdges } from './speech-edges.js';
import { decodeWav, type Waveform } from '../signal/wav.js';

/** A file as it is read from a folder of clips. */
export interface ClipFile {
  /** Path below the folder, such as `activates/anna_1.wav`, with forward slashes. */
  path: string;
  bytes: Uint8Array;
}

/** One recording of a word, or of background noise. */
export interface Clip {
  /** Path below its folder. */
  name: string;
  /** `<speaker>` of a file named `<speaker>_*.wav`. */
  speaker: string | undefined;
  /** The trigger word, for clips of `activates/<word>/`. */
  word: string | undefined;
  /** Shape (samples), at the rate that the clips were read for. */
  samples: Float32Array;
  /** Where the speech lies, in samples. */
  speech: SpeechEdges;
  /** Makes the samples beforehand, of a clip that makes them when they are first asked for. */
  load?(): Promise<void>;
}

/** The three kinds of clips that training mixes. */
export interface ClipSet {
  /** Hz, the same for all. */
  sampleRate: number;
  activates: Clip[];
  negatives: Clip[];
  backgrounds: Clip[];
  /** Minutes of running speech without the word, synthetic say, of which stretches serve as negatives. */
  speech?: Clip[];
  /** Phrases that sound like the word, as further negatives. */
  lookAlikes?: Clip[];
  /** What set a model off without the word: further negatives, of which every example may hold some. */
  falseAlarms?: Clip[];
  /** Impulse responses of rooms, in place of those that are made up; each begins with the direct sound, 1. */
  rooms?: Clip[];
}

/** The folders of a clip folder. */
export const CLIP_KINDS = ['activates', 'negatives', 'backgrounds'] as const;
export type ClipKind = (typeof CLIP_KINDS)[number];

/** How files are read. */
export interface ReadingOptions extends RepairOption {
  /** Told what is lost of a file that is repaired, and of channels that cancel; its name first. */
  onLoss?: (line: string) => void;
}

export const readingOptions = optionsSchema<ReadingOptions>('readClips', {
  repair: optional(flag),
  onLoss: optional(callback<(line: string) => void>()),
});

/** Clips set apart before any mixing, so that what is tested was never trained on. */
export interface ClipSplit {
  train: Clip[];
  test: Clip[];
  /** `speaker` where the names tell several speakers, otherwise `file`. */
  by: 'speaker' | 'file';
}

/** Shorter sound is no clip. */
export const SHORTEST_CLIP_SECONDS = 0.1;
/** A longer negative is more than one phrase. */
const MAX_PHRASE_SECONDS = 10;

/** Names of sound files: WAV, and what phones and browsers record, which must be converted to WAV first. */
const SOUND_NAMES =
  /\.(wav|wave|bwf|rf64|w64|m4a|mp4|mov|aac|webm|mka|mp3|ogg|oga|opus|flac|aif|aiff|au|snd|amr|3gp|3ga|caf|wma)$/i;

/** Whether a file's name is that of a sound file. */
export function isSoundName(path: string): boolean {
  return SOUND_NAMES.test(path);
}

/**
 * Reads clips, each resampled to one rate and searched for its speech; where a clip of the word holds several
 * sounds, the other clips tell which is the word ({@link agreeOnSpeech}).
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
  const set: ClipSet = { sampleRate, activates: [], negatives: [], backgrounds: [] };
  const kindOf = ({ path }: ClipFile) => CLIP_KINDS.find((name) => name === path.split('/')[0]);
  const usable = files.filter((file) => kindOf(file) !== undefined && isSoundName(file.path));
  readAll(usable, (file) => {
    const kind = kindOf(file)!;
    set[kind].push(readClip(file, kind, sampleRate, options));
  });
  set.activates = agreeOnSpeech(set.activates, sampleRate);
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

/** Reads files in the order of their paths. @throws SeqkitError `bad-file` that names every one that fails */
function readAll(files: readonly ClipFile[], read: (file: ClipFile) => void): void {
  const complaints: string[] = [];
  for (const file of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    try {
      read(file);
    } catch (error) {
      if (!(error instanceof SeqkitError)) throw error;
      complaints.push(error.message);
    }
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
  const clips: Clip[] = [];
  readAll(files, ({ path, bytes }) => {
    const name = `${folder}/${path}`;
    const { samples } = decoded(bytes, name, sampleRate, options);
    if (samples.every((x) => x === 0)) {
      throw new SeqkitError(`${name}: the clip is silent`, { code: 'bad-file' });
    }
    const speech = { start: 0, end: samples.length };
    clips.push({ name, speaker: undefined, word: undefined, samples, speech });
  });
  return clips;
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

/** With fewer speakers, one that is held back is too much of what there is to learn from. */
export const MIN_SPEAKERS = 5;

/** The speakers that the names of clips tell. */
export function speakersOf(clips: readonly Clip[]): Set<string> {
  return new Set(clips.flatMap(({ speaker = [] }) => speaker));
}

const apart = number({ min: 0, max: 1 });

/**
 * Sets a share of clips apart, whole speakers at a time where the names tell at least five
 * of them, otherwise single files.
 *
 * @param testShare from 0 to 1; rounded up to one speaker or file where it is above 0
 * @throws SeqkitError `too-little-data` where nothing would be left to train on
 */
export function splitClips(clips: readonly Clip[], testShare: number, random: Random): ClipSplit {
  clipList.parse(clips, 'splitClips: clips');
  apart.parse(testShare, 'splitClips: testShare');
  randomGenerator.parse(random, 'splitClips: random');
  const speakers = speakersOf(clips).size;
  const bySpeaker = speakers >= MIN_SPEAKERS && speakers < clips.length;
  // A clip whose name tells no speaker stands alone. A path has slashes, which no speaker's name has.
  const groupOf = ({ speaker, name }: Clip) => (bySpeaker && speaker !== undefined ? speaker : name);
  const groups = random.shuffle([...new Set(clips.map(groupOf))].sort());
  const wanted = testShare * clips.length;
  const testGroups = new Set<string>();
  let count = 0;
  for (const group of groups) {
    if (count >= wanted) break;
    testGroups.add(group);
    count += clips.filter((clip) => groupOf(clip) === group).length;
  }
  const split: ClipSplit = {
    train: clips.filter((clip) => !testGroups.has(groupOf(clip))),
    test: clips.filter((clip) => testGroups.has(groupOf(clip))),
    by: bySpeaker ? 'speaker' : 'file',
  };
  if (clips.length > 0 && split.train.length === 0) {
    throw new SeqkitError(
      `${clips.length === 1 ? '1 clip is' : `${clips.length} clips are`} too few to set ${testShare} of them apart.`,
      {
        code: 'too-little-data',
        hint: 'Add clips of more speakers.',
      },
    );
  }
  return split;
}
