import {
  CLIP_KINDS,
  MIN_SPEAKERS,
  isSoundName,
  speakersOf,
  splitClips,
  type Clip,
  type ClipFile,
  type ClipSet,
} from '../../audio/clips/clips.js';
import { readFalseAlarms, readClips, readRooms } from '../../audio/clips/read-clips.js';
import { inSharedMemory } from '../../audio/clips/shared-clips.js';
import type { RepairOption } from '../../audio/signal/riff.js';
import { SeqkitError } from '../../base/errors.js';
import { Random } from '../../base/math/random.js';
import { readOwnTakes } from './own-takes.js';
import { problemLine, readClipFiles, readTrainingFolder, requireSoundClips } from './clip-folder.js';
import { counted, note } from '../terminal/output.js';
import { spokenClips } from './spoken-clips.js';

export interface TrainingClipsOptions {
  /** What the word is called, or which of several to train alone. */
  word?: string;
  /** What it is called where neither this nor a folder says so. @default 'activate' */
  unnamed?: string;
  /** All the words that are trained, where there are more: what says one of them is no negative. @default `word` */
  unsaid?: readonly string[];
  /** A folder of what set a model off without the word. */
  negatives?: string;
  /** A folder of takes by the one person that the model is to hear above all. */
  mine?: string;
  /** A folder of impulse responses. */
  rooms?: string;
  /** Share of the clips to set apart, 0 to below 1. */
  holdOut: number;
  /** Minutes that espeak-ng speaks, where it is installed. */
  spoken: number;
  seed: number;
  repair: boolean;
}

/** Clips to train on and, where some are held back, to test on. */
export interface TrainingClips {
  /** What there is to train. */
  words: string[];
  train: ClipSet;
  test?: ClipSet;
  /** Takes of `--mine` that are not trained on. */
  heldTakes?: Clip[];
}

/**
 * Reads a folder of clips, checks them, chooses the word and sets clips apart; says what it does.
 *
 * @param sampleRate Hz
 * @throws SeqkitError `bad-file` that names every clip that cannot be used; `usage` where the word
 *   that is asked for is not there
 */
export async function loadTrainingClips(
  folder: string,
  sampleRate: number,
  options: TrainingClipsOptions,
): Promise<TrainingClips> {
  const { word = options.unnamed, unsaid = word === undefined ? [] : [word] } = options;
  const content = readTrainingFolder(folder, options, unsaid);
  for (const line of content.notes) note(line);
  requireSoundClips(content, options);
  const read = readClips(content.files, sampleRate, { repair: options.repair ?? false });
  // Where the threads that mix them find them, so that they are never there twice.
  for (const clip of CLIP_KINDS.flatMap((kind) => read[kind])) clip.samples = inSharedMemory(clip.samples);
  const { clips, words } = chooseWords(read, options);
  const { train, test } = setApart(clips, options);
  const heldTakes = addAskedFor(train, { ...options, words });
  // A folder's clips may be of any word: only a name that was given, or that of a folder, is the word.
  const isNamed = (options.word ?? options.unnamed ?? train.activates[0].word) !== undefined;
  const spoken = await spokenClips({
    ...(isNamed && { word: words }),
    ...{ minutes: options.spoken, sampleRate },
  });
  return {
    ...{ words, train: { ...train, ...spoken } },
    ...(test && { test }),
    ...(heldTakes && { heldTakes }),
  };
}

/**
 * Adds the false alarms, the rooms and one person's takes of folders of their own, where they are asked for, and says so.
 * @returns the takes that are held back, where there are some
 */
export function addAskedFor(
  train: ClipSet,
  options: Pick<TrainingClipsOptions, 'negatives' | 'rooms' | 'mine' | 'seed' | 'repair'> & {
    words: readonly string[];
  },
): Clip[] | undefined {
  const { negatives, rooms, mine, words, seed, repair } = options;
  const { sampleRate } = train;
  const reading = { repair, onLoss: note };
  if (negatives !== undefined) {
    train.falseAlarms = readFalseAlarms(soundsIn(negatives, options), sampleRate, reading);
    const { length } = train.falseAlarms;
    note(
      `${counted(length, 'recording')} in ${negatives} ${length === 1 ? 'counts as a false alarm' : 'count as false alarms'}.`,
    );
  }
  if (rooms !== undefined) train.rooms = readRooms(soundsIn(rooms, options), sampleRate, reading);
  if (mine === undefined) return undefined;
  const own = readOwnTakes(mine, { words, sampleRate, seed, repair });
  train.ownTakes = own.train;
  return own.held.length > 0 ? own.held : undefined;
}

/**
 * The words to train: all that have a folder below activates/, or the one that is asked for; then the
 * others are negatives.
 *
 * @throws SeqkitError `usage` where the word that is asked for is not among several, or clips of none lie beside
 *   those of several
 */
function chooseWords(
  clips: ClipSet,
  { word: wanted, unnamed = 'activate' }: TrainingClipsOptions,
): { clips: ClipSet; words: string[] } {
  const words = [...new Set(clips.activates.map(({ word }) => word))];
  if (words.length <= 1) return { clips, words: [wanted ?? words[0] ?? unnamed] };
  const named = words.filter((word) => word !== undefined);
  if (wanted === undefined && named.length === words.length) return { clips, words: named };
  if (wanted === undefined || !named.includes(wanted)) {
    const list = words.map((word) => word ?? 'files of none').join(', ');
    throw new SeqkitError(`activates/ holds several words: ${list}.`, {
      code: 'usage',
      hint: 'Put the clips of each word into activates/<word>/, or say which to train with --word <name>.',
    });
  }
  const others = clips.activates.filter(({ word }) => word !== wanted);
  note(
    `${counted(others.length, 'clip')} of the other words in activates/ ${others.length === 1 ? 'serves as a negative' : 'serve as negatives'}.`,
  );
  const activates = clips.activates.filter(({ word }) => word === wanted);
  return { clips: { ...clips, activates, negatives: [...clips.negatives, ...others] }, words: [wanted] };
}

/** Every sound file in a folder and below it. @throws SeqkitError where one cannot be read, or there is none */
function soundsIn(folder: string, options: RepairOption): ClipFile[] {
  const { files, problems } = readClipFiles(folder, options);
  const errors = problems.filter(({ severity }) => severity === 'error');
  for (const problem of problems) if (problem.severity === 'warning') note(problemLine(problem));
  if (errors.length > 0) {
    const lines = errors.map(problemLine).join('\n  ');
    throw new SeqkitError(`${folder} holds files that cannot be read:\n  ${lines}`, { code: 'bad-file' });
  }
  const sounds = files.filter(({ path }) => isSoundName(path));
  if (sounds.length === 0) {
    throw new SeqkitError(`${folder} holds no sound files.`, {
      code: 'too-little-data',
      hint: 'Of false alarms, give the folder that listen --save-alarms or simulate-trigger --cut filled.',
    });
  }
  return sounds;
}

/** Sets clips apart before anything is mixed, and says by what. */
function setApart(
  clips: ClipSet,
  { holdOut: share, seed }: TrainingClipsOptions,
): { train: ClipSet; test?: ClipSet } {
  if (share === 0) return { train: clips };
  const random = new Random(seed).fork('hold-out');
  const heldBack = new Set<string>();
  const parts = (['activates', 'negatives', 'backgrounds'] as const).map((kind) => {
    // A single recording cannot be in both: it is trained on.
    if (clips[kind].length < 2) return { kind, train: clips[kind], test: [], by: 'file' };
    // A voice that was held back with the word is held back with other words too.
    const { [kind]: all } = clips;
    const theirs = all.filter(({ speaker }) => speaker !== undefined && heldBack.has(speaker));
    const split =
      theirs.length > 0 && theirs.length < all.length
        ? { test: theirs, train: all.filter((clip) => !theirs.includes(clip)), by: 'speaker' as const }
        : splitClips(all, share, random);
    if (kind === 'activates' && split.by === 'speaker') {
      for (const { speaker } of split.test) heldBack.add(speaker!);
    }
    const { length } = split.test;
    note(
      `${length} of ${clips[kind].length} ${kind} ${length === 1 ? 'is' : 'are'} held back, chosen by ${split.by}.`,
    );
    return { kind, ...split };
  });
  if (parts[0].by === 'file') {
    const { size } = speakersOf(clips.activates);
    const told = size === 0 ? 'Their names tell no speakers' : `Their names tell ${counted(size, 'speaker')}`;
    note(
      `${told}, and it takes ${MIN_SPEAKERS}, named as in anna_1.wav, to keep voices apart: one may be on both sides.`,
    );
  } else {
    const nameless = clips.activates.filter(({ speaker }) => speaker === undefined).length;
    if (nameless > 0) {
      note(
        `The names of ${nameless} tell no speaker: these go by file, and their voices may be on both sides.`,
      );
    }
  }
  const side = (of: 'train' | 'test') =>
    ({
      sampleRate: clips.sampleRate,
      ...Object.fromEntries(parts.map((part) => [part.kind, part[of]])),
    }) as unknown as ClipSet;
  return { train: side('train'), test: side('test') };
}
