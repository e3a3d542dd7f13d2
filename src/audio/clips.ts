import { SeqkitError } from '../rnn/errors.js';
import type { Random } from '../rnn/random.js';
import { resample } from './resample.js';
import type { RepairOption } from './riff.js';
import { findSpeech, type SpeechEdges } from './speech-edges.js';
import { decodeWav } from './wav.js';

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
}

/** The folders of a clip folder. */
export const CLIP_KINDS = ['activates', 'negatives', 'backgrounds'] as const;
export type ClipKind = (typeof CLIP_KINDS)[number];

/** Clips set apart before any mixing, so that what is tested was never trained on. */
export interface ClipSplit {
  train: Clip[];
  test: Clip[];
  /** `speaker` where the names tell several speakers, otherwise `file`. */
  by: 'speaker' | 'file';
}

/** Shorter sound is no clip. */
export const SHORTEST_CLIP_SECONDS = 0.1;

/** Names of sound files: WAV, and what phones and browsers record, which must be converted to WAV first. */
const SOUND_NAMES = /\.(wav|wave|m4a|mp4|aac|webm|mp3|ogg|oga|opus|flac|aif|aiff|amr|3gp|caf|wma)$/i;

/** Whether a file's name is that of a sound file. */
export function isSoundName(path: string): boolean {
  return SOUND_NAMES.test(path);
}

/**
 * Reads clips, each resampled to one rate and searched for its speech.
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
  options: RepairOption = {},
): ClipSet {
  const set: ClipSet = { sampleRate, activates: [], negatives: [], backgrounds: [] };
  const complaints: string[] = [];
  for (const file of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const parts = file.path.split('/');
    const kind = CLIP_KINDS.find((name) => name === parts[0]);
    if (kind === undefined || !isSoundName(file.path)) continue;
    try {
      set[kind].push(readClip(file, kind, sampleRate, options));
    } catch (error) {
      if (!(error instanceof SeqkitError)) throw error;
      complaints.push(error.message);
    }
  }
  if (complaints.length > 0) {
    const count = complaints.length === 1 ? 'One clip' : `${complaints.length} clips`;
    throw new SeqkitError(`${count} cannot be used:\n  ${complaints.join('\n  ')}`, {
      code: 'bad-file',
      hint: 'Mend these files or take them out of the folder; no clip is left out unasked.',
    });
  }
  return set;
}

function readClip(
  { path, bytes }: ClipFile,
  kind: ClipKind,
  sampleRate: number,
  options: RepairOption,
): Clip {
  const { samples } = resample(decodeWav(bytes, path, options), sampleRate);
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
  return {
    name: path,
    speaker: /^([^_]+)_/.exec(parts.at(-1)!)?.[1],
    word: kind === 'activates' && parts.length > 2 ? parts[1] : undefined,
    samples,
    speech: kind === 'backgrounds' ? { start: 0, end: samples.length } : findSpeech(samples, sampleRate),
  };
}

/**
 * Sets a share of clips apart, whole speakers at a time where the names tell at least five
 * of them, otherwise single files.
 *
 * @param testShare from 0 to 1; rounded up to one speaker or file where it is above 0
 * @throws SeqkitError `too-little-data` where nothing would be left to train on
 */
export function splitClips(clips: readonly Clip[], testShare: number, random: Random): ClipSplit {
  const speakers = new Set(clips.map(({ speaker }) => speaker));
  const bySpeaker = !speakers.has(undefined) && speakers.size >= 5 && speakers.size < clips.length;
  const groupOf = (clip: Clip) => (bySpeaker ? clip.speaker! : clip.name);
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
    throw new SeqkitError(`${clips.length} clips are too few to set ${testShare} of them apart.`, {
      code: 'too-little-data',
      hint: 'Add clips of more speakers.',
    });
  }
  return split;
}
