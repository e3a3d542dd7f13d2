import {
  listClipFiles,
  listTrainingFiles,
  refuseUnusable,
  type ClipFolder,
  type OtherSound,
} from '../../audio/clips/clip-folder.js';
import { checkClips, type ClipCheck } from '../../audio/clips/clip-check.js';
import type { ClipProblem } from '../../audio/clips/clip-problem.js';
import type { RepairOption } from '../../audio/signal/riff.js';
import { folderHost } from '../../base/host/folder-host.js';
import { asTyped } from '../options/option-names.js';
import { note } from '../terminal/output.js';
import { readSoundBytes, soundKind } from './sound-file.js';

/**
 * Reads all files below a folder of clips, sound that is no WAV file through ffmpeg.
 *
 * @param options.repair keeps what is readable of files that go through ffmpeg
 * @throws SeqkitError `file-access` where the folder is missing
 */
export function readClipFiles(folder: string, options: RepairOption = {}): Omit<ClipFolder, 'notes'> {
  const { files, problems } = listClipFiles(folderHost, folder, throughFfmpeg(options));
  return { files, problems: problems.map(withTypedAdvice) };
}

/**
 * Reads a folder of clips to train on. Where `negatives/` or `backgrounds/` is missing or empty, the
 * clips that come with seqkit serve.
 *
 * @param words to train, where they are known
 * @throws SeqkitError `file-access` where the folder is missing, `too-little-data` where it holds
 *   no clips of the word
 */
export function readTrainingFolder(
  folder: string,
  options: RepairOption = {},
  words: readonly string[] = [],
): ClipFolder {
  const content = listTrainingFiles(folderHost, folder, { otherSound: throughFfmpeg(options), words });
  return { ...content, problems: content.problems.map(withTypedAdvice) };
}

function throughFfmpeg(options: RepairOption): OtherSound {
  return (path) =>
    soundKind(path, 'a clip') === undefined ? undefined : readSoundBytes(path, 'a clip', options);
}

/** Options are named as they are typed. */
function withTypedAdvice(problem: ClipProblem): ClipProblem {
  return { ...problem, advice: asTyped(problem.advice) };
}

/** What is wrong with a folder's clips, those that could not be opened among them. */
export function checkFolder(
  { files, problems }: Omit<ClipFolder, 'notes'>,
  options: RepairOption,
): ClipCheck {
  const check = checkClips(files, { repair: options.repair ?? false });
  const found = check.problems.map(withTypedAdvice);
  return { ...check, problems: [...problems, ...found].sort((a, b) => (a.path < b.path ? -1 : 1)) };
}

/** One problem as a line of text. */
export function problemLine({ path, severity, detail, advice }: ClipProblem): string {
  return `${severity}: ${path}: ${detail}. ${advice}`;
}

/**
 * Checks clips before they are used: warnings are noted.
 *
 * @throws SeqkitError `bad-file` that names every clip that cannot be used
 */
export function requireSoundClips(folder: ClipFolder, options: RepairOption): void {
  const { problems } = checkFolder(folder, options);
  for (const problem of problems) if (problem.severity === 'warning') note(problemLine(problem));
  refuseUnusable(problems);
}
