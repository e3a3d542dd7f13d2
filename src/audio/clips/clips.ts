import { SeqkitError } from '../../base/errors.js';
import { randomGenerator, type Random } from '../../base/math/random.js';
import { number } from '../../base/schema/index.js';
import { clips as clipList } from './clip-shapes.js';
import type { SpeechEdges } from './speech-edges.js';

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
  /**
   * Takes of the word by the one person that the model is to hear above all: a third of the words in training are drawn
   * from these, however few they are. Unlike `activates`, none is held back to choose weights by.
   */
  ownTakes?: Clip[];
  /** What set a model off without the word: further negatives, of which every example may hold some. */
  falseAlarms?: Clip[];
  /** Impulse responses of rooms, in place of those that are made up; each begins with the direct sound, 1. */
  rooms?: Clip[];
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

/** Names of sound files: WAV, and what phones and browsers record, which must be converted to WAV first. */
const SOUND_NAMES =
  /\.(wav|wave|bwf|rf64|w64|m4a|mp4|mov|aac|webm|mka|mp3|ogg|oga|opus|flac|aif|aiff|au|snd|amr|3gp|3ga|caf|wma)$/i;

/** Whether a file's name is that of a sound file. */
export function isSoundName(path: string): boolean {
  return SOUND_NAMES.test(path);
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
