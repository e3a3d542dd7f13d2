import { statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { cancelledChannels, checkClips, type ClipCheck } from '../../audio/clips/clip-check.js';
import type { ClipProblem } from '../../audio/clips/clip-problem.js';
import { isSoundName, type ClipFile } from '../../audio/clips/clips.js';
import type { RepairOption } from '../../audio/signal/riff.js';
import { SeqkitError } from '../../base/errors.js';
import { readFileBytes } from '../../base/host/files.js';
import { filesBelow } from '../../base/host/folders.js';
import { packageFile } from '../../base/host/package-file.js';
import { asTyped } from '../options/option-names.js';
import { note } from '../terminal/output.js';
import { readSoundBytes, soundKind } from './sound-file.js';

/** The files of a folder of clips, with what the user should know of them. */
export interface ClipFolder {
  files: ClipFile[];
  /** Remarks, such as that a missing `negatives/` is made up for. */
  notes: string[];
  /** Files that could not be opened, or of which ffmpeg could not read all. */
  problems: ClipProblem[];
}

/**
 * Reads all files below a folder of clips, sound that is no WAV file through ffmpeg.
 *
 * @param options.repair keeps what is readable of files that go through ffmpeg
 * @throws SeqkitError `file-access` where the folder is missing
 */
export function readClipFiles(folder: string, options: RepairOption = {}): Omit<ClipFolder, 'notes'> {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new SeqkitError(`There is no folder of clips at ${folder}.`, {
      code: 'file-access',
      hint: 'It should hold activates/ with WAV files of the word; negatives/ and backgrounds/ may follow.',
    });
  }
  const files: ClipFile[] = [];
  const problems: ClipProblem[] = [];
  const found = filesBelow(folder);
  const nameOf = (path: string) => relative(folder, path).split(sep).join('/');
  const addProblem = (path: string, error: SeqkitError) => {
    // The path is said already, and before it at most that the file cannot be read.
    const [, rest = error.message] = error.message.split(`${path}: `);
    const detail = rest.replace(/\.$/, '');
    const advice = asTyped(error.hint ?? 'Take it out.');
    problems.push({ path: nameOf(path), kind: 'damaged', severity: 'error', detail, advice });
  };
  for (const { path, cause } of found.unread) addProblem(path, cause);
  for (const path of found.empty.map(nameOf)) {
    if (!/^activates\/[^/]+$/.test(path)) continue;
    const detail = 'the folder is empty, so that its word is not trained';
    const advice = 'Put clips of the word into it, or take it out.';
    problems.push({ path, kind: 'wrong-folder', severity: 'warning', detail, advice });
  }
  for (const path of found.files) {
    try {
      // Of other files nothing but the name is asked.
      if (!isSoundName(path)) files.push({ path: nameOf(path), bytes: new Uint8Array(0) });
      else if (soundKind(path, 'a clip') === undefined) files.push(readWhenAsked(nameOf(path), path));
      else {
        const { bytes, losses, remarks } = readSoundBytes(path, 'a clip', options);
        files.push({ path: nameOf(path), bytes });
        for (const loss of losses) problems.push(lossOf(nameOf(path), loss));
        for (const remark of remarks) problems.push(cancelledChannels(nameOf(path), remark));
      }
    } catch (error) {
      // That the machine has no more files to open is no fault of the clip.
      if (!(error instanceof SeqkitError) || error.code === 'resources') throw error;
      addProblem(path, error);
    }
  }
  return { files, problems };
}

/** A WAV file whose bytes are read each time they are asked for: of thousands, few are in memory at once. */
function readWhenAsked(name: string, path: string): ClipFile {
  return {
    path: name,
    get bytes() {
      return readFileBytes(path, 'a clip');
    },
  };
}

function lossOf(path: string, detail: string): ClipProblem {
  const advice = 'Record it again if what is lost matters.';
  return { path, kind: 'damaged', severity: 'warning', detail, advice };
}

/**
 * Reads a folder of clips to train on. Where `negatives/` or `backgrounds/` is missing or empty, the
 * clips that come with seqkit serve.
 *
 * @throws SeqkitError `file-access` where the folder is missing, `too-little-data` where it holds
 *   no clips of the word
 */
export function readClipFolder(folder: string, options: RepairOption = {}): ClipFolder {
  const { files, problems } = readClipFiles(folder, options);
  const holds = (kind: string) =>
    [...files, ...problems].some(({ path }) => path.startsWith(`${kind}/`) && isSoundName(path));
  if (!holds('activates')) {
    const cause = problems.find(({ path }) => path === 'activates');
    if (cause !== undefined) {
      throw new SeqkitError(`${cause.path}: ${cause.detail}.`, { code: 'file-access', hint: cause.advice });
    }
    throw new SeqkitError(`${join(folder, 'activates')} holds no WAV files.`, {
      code: 'too-little-data',
      hint: 'Put recordings of the word there, as many and by as many people as you can; forty is a start.',
    });
  }
  const notes: string[] = [];
  for (const kind of ['negatives', 'backgrounds']) {
    if (holds(kind)) continue;
    const shipped = readClipFiles(packageFile('data/clips')).files.filter(({ path }) =>
      path.startsWith(`${kind}/`),
    );
    files.push(...shipped);
    notes.push(
      `${join(folder, kind)} holds no WAV files: the ${shipped.length} ${kind} that come with seqkit serve.`,
    );
  }
  return { files, notes, problems };
}

/** What is wrong with a folder's clips, those that could not be opened among them. */
export function checkFolder(
  { files, problems }: Omit<ClipFolder, 'notes'>,
  options: RepairOption,
): ClipCheck {
  const check = checkClips(files, { repair: options.repair ?? false });
  const found = check.problems.map((problem) => ({ ...problem, advice: asTyped(problem.advice) }));
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
  const errors = problems.filter(({ severity }) => severity === 'error');
  for (const problem of problems) if (problem.severity === 'warning') note(problemLine(problem));
  if (errors.length === 0) return;
  const count = errors.length === 1 ? 'One clip' : `${errors.length} clips`;
  const lines = errors.map(({ path, detail, advice }) => `${path}: ${detail}. ${advice}`);
  throw new SeqkitError(`${count} cannot be used:\n  ${lines.join('\n  ')}`, {
    code: 'bad-file',
    hint: 'Mend these files or take them out of the folder; no clip is left out unasked.',
  });
}
