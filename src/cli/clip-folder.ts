import { readdirSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { ClipFile } from '../audio/clips.js';
import { SeqkitError } from '../rnn/errors.js';
import { readFileBytes } from '../rnn/host/files.js';
import { packageFile } from '../rnn/host/package-file.js';

/** The files of a folder of clips, with what the user should know of them. */
export interface ClipFolder {
  files: ClipFile[];
  /** Remarks, such as that a missing `negatives/` is made up for. */
  notes: string[];
}

/**
 * Reads the WAV files of `activates/`, `negatives/` and `backgrounds/` below a folder. Where one
 * of the latter two is missing or empty, the clips that come with seqkit serve.
 *
 * @throws SeqkitError `file-access` where the folder is missing, `too-little-data` where it holds
 *   no clips of the word
 */
export function readClipFolder(folder: string): ClipFolder {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new SeqkitError(`There is no folder of clips at ${folder}.`, {
      code: 'file-access',
      hint: 'It should hold activates/ with WAV files of the word; negatives/ and backgrounds/ may follow.',
    });
  }
  const files = wavFiles(folder, 'activates');
  if (files.length === 0) {
    throw new SeqkitError(`${join(folder, 'activates')} holds no WAV files.`, {
      code: 'too-little-data',
      hint: 'Put recordings of the word there, as many and by as many people as you can; forty is a start.',
    });
  }
  const notes: string[] = [];
  for (const kind of ['negatives', 'backgrounds']) {
    const own = wavFiles(folder, kind);
    files.push(...own);
    if (own.length > 0) continue;
    const shipped = wavFiles(packageFile('data/clips'), kind);
    files.push(...shipped);
    notes.push(
      `${join(folder, kind)} holds no WAV files: the ${shipped.length} ${kind} that come with seqkit serve.`,
    );
  }
  return { files, notes };
}

/** The WAV files below `folder/kind`, in the order of their names. */
function wavFiles(folder: string, kind: string): ClipFile[] {
  const root = join(folder, kind);
  if (!statSync(root, { throwIfNoEntry: false })?.isDirectory()) return [];
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.wav$/i.test(name))
    .sort()
    .map((name) => {
      const path = join(root, name);
      return { path: relative(folder, path).split(sep).join('/'), bytes: readFileBytes(path, 'a clip') };
    });
}
