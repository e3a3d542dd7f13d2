import { statSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { readFileBytes } from './files.js';
import { filesBelow } from './folders.js';
import { packageFile } from './package-file.js';

/** What readers of folders take of this machine. */
export const folderHost = {
  isFolder: (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false,
  filesBelow,
  readFileBytes,
  packageFile,
  /** The path of one file seen from a folder, with slashes. */
  relative: (folder: string, path: string): string => relative(folder, path).split(sep).join('/'),
};
