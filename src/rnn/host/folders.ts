import * as fs from 'node:fs';
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
