import { readClips, splitClips, type ClipSet } from '../audio/clips.js';
import { SeqkitError } from '../rnn/errors.js';
import { Random } from '../rnn/random.js';
import { readClipFolder, requireSoundClips } from './clip-folder.js';
import { note } from './output.js';
import { spokenClips } from './spoken-clips.js';

export interface TrainingClipsOptions {
  /** What the word is called, or which of several to train. */
  word?: string;
  /** Share of the clips to set apart, 0 to below 1. */
  holdOut: number;
  /** Minutes that espeak-ng speaks, where it is installed. */
  spoken: number;
  seed: number;
  repair: boolean;
}

/** Clips to train on and, where some are held back, to test on. */
export interface TrainingClips {
  word: string;
  train: ClipSet;
  test?: ClipSet;
}

/**
 * Reads a folder of clips, checks them, chooses the word and sets clips apart; says what it does.
 *
 * @param sampleRate Hz
 * @throws SeqkitError `bad-file` that names every clip that cannot be used; `usage` where there are
 *   several words and none is named
 */
export async function loadTrainingClips(
  folder: string,
  sampleRate: number,
  options: TrainingClipsOptions,
): Promise<TrainingClips> {
  const content = readClipFolder(folder);
  for (const line of content.notes) note(line);
  requireSoundClips(content, options);
  const { clips, word } = chooseWord(readClips(content.files, sampleRate, options), options.word);
  const { train, test } = setApart(clips, options);
  // A folder's clips may be of any word: only a name that was given, or that of a folder, is the word.
  const named = options.word ?? train.activates[0].word;
  const spoken = await spokenClips({
    ...(named === undefined ? {} : { word: named }),
    ...{ minutes: options.spoken, sampleRate },
  });
  return { word, train: { ...train, ...spoken }, ...(test && { test }) };
}

/**
 * The clips of one word. Where activates/ holds folders of several words, the others are negatives.
 *
 * @throws SeqkitError `usage` where there are several and none is named
 */
function chooseWord(clips: ClipSet, wanted: string | undefined): { clips: ClipSet; word: string } {
  const words = [...new Set(clips.activates.map(({ word }) => word))];
  if (words.length <= 1) return { clips, word: wanted ?? words[0] ?? 'activate' };
  if (wanted === undefined || !words.includes(wanted)) {
    throw new SeqkitError(`activates/ holds several words: ${words.join(', ')}.`, {
      code: 'usage',
      hint: 'Say which to train with --word <name>; the others serve as negatives.',
    });
  }
  const others = clips.activates.filter(({ word }) => word !== wanted);
  note(`${others.length} clips of the other words in activates/ serve as negatives.`);
  const activates = clips.activates.filter(({ word }) => word === wanted);
  return { clips: { ...clips, activates, negatives: [...clips.negatives, ...others] }, word: wanted };
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
    note(`${split.test.length} of ${clips[kind].length} ${kind} are held back, chosen by ${split.by}.`);
    return { kind, ...split };
  });
  if (parts[0].by === 'file') {
    note('Names such as anna_1.wav would tell speakers apart; without them a voice may be on both sides.');
  }
  const side = (of: 'train' | 'test') =>
    ({
      sampleRate: clips.sampleRate,
      ...Object.fromEntries(parts.map((part) => [part.kind, part[of]])),
    }) as unknown as ClipSet;
  return { train: side('train'), test: side('test') };
}
