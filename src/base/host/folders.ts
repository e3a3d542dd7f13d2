import * as fs from 'node:fs';
import { join } from 'node:path';
import { SeqkitError } from '../errors.js';
import { fileError } from './files.js';

/** Makes a folder, and those above it, unless it is there. @throws SeqkitError `file-access` */
export function makeFolder(path: string): void {
  try {
    fs.mkdirSync(path, { recursive: true });
  } catch (error) {
    throw fileError(error, `Cannot make the folder ${path}`);
  }
}

/** The names in a folder; none where there is no such folder. @throws SeqkitError `file-access` */
export function listFolder(path: string): string[] {
  if (!fs.existsSync(path)) return [];
  try {
    return fs.readdirSync(path);
  } catch (error) {
    throw fileError(error, `Cannot read the folder ${path}`);
  }
}

/** Removes a file, if it is there. @throws SeqkitError `file-access` */
export function removeFile(path: string): void {
  try {
    fs.rmSync(path, { force: true });
  } catch (error) {
    throw fileError(error, `Cannot remove ${path}`);
  }
}

/** Adds text to the end of a file, which is made where it is missing. @throws SeqkitError `file-access` */
export function appendText(path: string, text: string): void {
  try {
    fs.appendFileSync(path, text);
  } catch (error) {
    throw fileError(error, `Cannot write ${path}`);
  }
}

/**
 * The files that a path stands for: the file itself, or all in the folder and in those below it, by
 * name, but for hidden ones and what lies in `node_modules`.
 * @throws SeqkitError `file-access` where it is missing or holds no file
 */
export function filesAt(path: string, what: string): string[] {
  try {
    if (!fs.statSync(path).isDirectory()) return [path];
    const files = walk(path);
    if (files.length > 0) return files;
  } catch (error) {
    throw fileError(error, `Cannot read ${what} at ${path}`);
  }
  throw new SeqkitError(`Cannot read ${what} at ${path}: the folder holds no file.`, {
    code: 'file-access',
    hint: 'Hidden files and node_modules do not count.',
  });
}

function walk(folder: string): string[] {
  return fs
    .readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith('.') && name !== 'node_modules')
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return fs.statSync(path).isDirectory() ? walk(path) : [path];
    });
}

/** What lies below a folder. */
export interface FolderContent {
  /** Paths of regular files, by name, folder by folder. */
  files: string[];
  /** What is neither a file nor a folder that can be read, each with the reason. */
  unread: { path: string; cause: SeqkitError }[];
  /** Folders below it that hold nothing. */
  empty: string[];
}

/**
 * All files below a folder, through links too, but for hidden ones. What cannot be read is listed beside them: a
 * link to nothing, a folder without permission, a pipe, which would keep a reader waiting.
 * @throws SeqkitError `file-access` where the folder itself cannot be read
 */
export function filesBelow(folder: string): FolderContent {
  const content: FolderContent = { files: [], unread: [], empty: [] };
  try {
    collect(folder, [fs.realpathSync(folder)], content);
  } catch (error) {
    throw fileError(error, `Cannot read the folder ${folder}`);
  }
  return content;
}

/** @param above the folder's real path and those of the folders above it, to which a link must not lead back */
function collect(folder: string, above: readonly string[], content: FolderContent): void {
  for (const name of fs.readdirSync(folder).sort()) {
    // What file managers leave behind, such as .DS_Store.
    if (name.startsWith('.')) continue;
    const path = join(folder, name);
    try {
      const stats = fs.statSync(path);
      if (stats.isFile()) content.files.push(path);
      else if (!stats.isDirectory()) throw new Error('it is no regular file');
      else {
        const real = fs.realpathSync(path);
        if (above.includes(real)) throw new Error('it leads back to a folder that it lies in');
        const before = found(content);
        collect(path, [...above, real], content);
        if (found(content) === before) content.empty.push(path);
      }
    } catch (error) {
      content.unread.push({ path, cause: fileError(error, `Cannot read ${path}`) });
    }
  }
}

/** How much was found so far. */
function found({ files, unread, empty }: FolderContent): number {
  return files.length + unread.length + empty.length;
}
