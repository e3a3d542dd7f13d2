import { join } from 'node:path';
import { refuseUnusable } from '../../audio/clips/clip-folder.js';
import { isSoundName, type Clip } from '../../audio/clips/clips.js';
import { readClips } from '../../audio/clips/read-clips.js';
import { inSharedMemory } from '../../audio/clips/shared-clips.js';
import type { RepairOption } from '../../audio/signal/riff.js';
import { SeqkitError } from '../../base/errors.js';
import { Random } from '../../base/math/random.js';
import { counted, note } from '../terminal/output.js';
import { checkFolder, problemLine, readClipFiles } from './clip-folder.js';

/** Takes of the word by the one person that a model is to hear above all. */
export interface OwnTakes {
  train: Clip[];
  /** To say how many are found. */
  held: Clip[];
}

export interface OwnTakesOptions extends RepairOption {
  /** That are trained: of several each take lies in a folder of its word. */
  words: readonly string[];
  /** Hz */
  sampleRate: number;
  seed: number;
}

const HELD_SHARE = 0.2;
/** With fewer takes of a word each is needed to learn from. */
const FEWEST_TO_HOLD = 5;

/**
 * Reads the takes of a folder, or of `activates/` in it where there is one, as `record` files them; holds a fifth of
 * them back, and says so.
 *
 * @throws SeqkitError `bad-file` that names every take that cannot be used; `too-little-data` where there is none;
 *   `usage` where the word of one is not among several
 */
export function readOwnTakes(folder: string, options: OwnTakesOptions): OwnTakes {
  const { words, sampleRate, seed, repair = false } = options;
  const { files, problems } = readClipFiles(folder, { repair });
  const sounds = files.filter(({ path }) => isSoundName(path));
  const isSet = [...sounds, ...problems].some(({ path }) => path.startsWith('activates/'));
  // As they would be called in a folder of clips, so that they are looked at as such.
  const named = <Named extends { path: string }>(list: readonly Named[]): Named[] =>
    isSet
      ? list.filter(({ path }) => path.startsWith('activates/'))
      : list.map((each) => ({ ...each, path: `activates/${each.path}` }));
  const takes = { files: named(sounds), problems: named(problems) };
  if (takes.files.length + takes.problems.length === 0) {
    throw new SeqkitError(`${folder} holds no sound files.`, {
      code: 'too-little-data',
      hint: 'Record takes of the word: seqkit record "hey robot" --count 10 --out my-voice',
    });
  }
  // Problems are told by the paths that the user knows.
  const found = checkFolder(takes, { repair }).problems.map((problem) => ({
    ...problem,
    path: problem.path.replace(/^activates/, isSet ? join(folder, 'activates') : folder),
  }));
  for (const problem of found) if (problem.severity === 'warning') note(problemLine(problem));
  refuseUnusable(found);
  const clips = readClips(takes.files, sampleRate, { repair }).activates.map((clip) => ({
    ...{ ...clip, samples: inSharedMemory(clip.samples) },
    name: clip.name.replace(/^activates/, 'mine'),
    // Of one word every take is, whatever folder it lies in.
    ...(words.length === 1 && { word: undefined }),
  }));
  const strange = words.length === 1 ? undefined : clips.find(({ word }) => !words.includes(word ?? ''));
  if (strange !== undefined) {
    throw new SeqkitError(
      `${strange.name.replace(/^mine/, folder)} lies in no folder of a word that is trained: ${words.join(', ')}.`,
      { code: 'usage', hint: `Put the takes of each word into a folder of its name, ${folder}/${words[0]}.` },
    );
  }
  const own = setApart(clips, new Random(seed).fork('own takes'));
  note(
    `${counted(own.train.length, 'take')} in ${folder} ${own.train.length === 1 ? 'makes' : 'make'} a third of the words in training${own.held.length === 0 ? '' : `; ${own.held.length} more ${own.held.length === 1 ? 'is' : 'are'} held back, to be tested on`}.`,
  );
  return own;
}

function setApart(clips: readonly Clip[], random: Random): OwnTakes {
  const own: OwnTakes = { train: [], held: [] };
  for (const word of new Set(clips.map((clip) => clip.word))) {
    const takes = random.shuffle(clips.filter((clip) => clip.word === word));
    const count = takes.length < FEWEST_TO_HOLD ? 0 : Math.round(HELD_SHARE * takes.length);
    own.held.push(...takes.slice(0, count));
    own.train.push(...takes.slice(count));
  }
  return own;
}
