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
