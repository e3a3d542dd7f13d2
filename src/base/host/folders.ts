import * as fs from 'node:fs';
import { join } from 'node:path';
import { SeqkitError } from '../errors.js';
import { fileError } from './files.js';
import { groupDigits } from '../math/group-digits.js';

/** Makes a folder, and those above it, unless it is there. @throws SeqkitError `file-access` */
export function makeFolder(path: string): void {
  try {
    fs.mkdirSync(path, { recursive: true });
  } catch (error) {
    throw fileError(error, `Cannot make the folder ${path}`);
  }
}

/** Whether there is a folder at a path. */
export function isFolder(path: string): boolean {
  try {
    return fs.statSync(path).isDirectory();
  } catch {
    return false;
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
 * @throws SeqkitError `file-access` where it is missing, holds no file or one that cannot be read; `bad-file` as
 *   `filesBelow`
 */
export function filesAt(path: string, what: string): string[] {
  try {
    if (!fs.statSync(path).isDirectory()) return [path];
  } catch (error) {
    throw fileError(error, `Cannot read ${what} at ${path}`);
  }
  const { files, unread } = below(path, ['node_modules']);
  if (unread.length > 0) throw unread[0].cause;
  if (files.length > 0) return files;
  throw new SeqkitError(`Cannot read ${what} at ${path}: the folder holds no file.`, {
    code: 'file-access',
    hint: 'Hidden files and node_modules do not count.',
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

/** How much may lie below a folder, and below the links in it, which may lead to a whole disk. */
export interface WalkLimits {
  readonly entries: number;
  readonly linked: number;
}

const LIMITS: WalkLimits = { entries: 1_000_000, linked: 50_000 };

/**
 * All files below a folder, through links too, but for hidden ones. What cannot be read is listed beside them: a
 * link to nothing, a folder without permission, a pipe, which would keep a reader waiting.
 * @param limits @default a million files and folders, fifty thousand of them through links
 * @throws SeqkitError `file-access` where the folder itself cannot be read, `bad-file` where more lies below it
 */
export function filesBelow(folder: string, limits: WalkLimits = LIMITS): FolderContent {
  return below(folder, [], limits);
}

function below(folder: string, passedOver: readonly string[], limits = LIMITS): FolderContent {
  try {
    const walk = new Walk(passedOver, limits);
    walk.collect(folder, [fs.realpathSync(folder)]);
    return walk.content;
  } catch (error) {
    throw fileError(error, `Cannot read the folder ${folder}`);
  }
}

/** One pass through a folder and all below it. */
class Walk {
  readonly content: FolderContent = { files: [], unread: [], empty: [] };
  readonly #passedOver: readonly string[];
  readonly #limits: WalkLimits;
  #entries = 0;
  #linked = 0;

  constructor(passedOver: readonly string[], limits: WalkLimits) {
    this.#passedOver = passedOver;
    this.#limits = limits;
  }

  /**
   * @param above the folder's real path and those of the folders above it, to which a link must not lead back
   * @param link the link through which it was reached
   */
  collect(folder: string, above: readonly string[], link?: string): void {
    for (const name of fs.readdirSync(folder).sort()) {
      // What file managers leave behind, such as .DS_Store.
      if (name.startsWith('.') || this.#passedOver.includes(name)) continue;
      const path = join(folder, name);
      this.#count(path, link);
      try {
        this.#take(path, above, link);
      } catch (error) {
        if (error instanceof TooMuch || (error instanceof SeqkitError && error.code === 'resources'))
          throw error;
        const cause = fileError(error, `Cannot read ${path}`);
        if (cause.code === 'resources') throw cause;
        this.content.unread.push({ path, cause });
      }
    }
  }

  #take(path: string, above: readonly string[], link: string | undefined): void {
    const stats = fs.statSync(path);
    if (stats.isFile()) {
      this.content.files.push(path);
      return;
    }
    if (!stats.isDirectory()) throw new Error('it is no regular file');
    const real = fs.realpathSync(path);
    if (above.includes(real)) throw new Error('it leads back to a folder that it lies in');
    const before = this.#found();
    const isLink = link === undefined && fs.lstatSync(path).isSymbolicLink();
    this.collect(path, [...above, real], isLink ? path : link);
    if (this.#found() === before) this.content.empty.push(path);
  }

  #count(path: string, link: string | undefined): void {
    this.#entries++;
    if (link !== undefined) this.#linked++;
    const { entries, linked } = this.#limits;
    if (this.#linked > linked) {
      throw new TooMuch(`The link ${link} leads to more than ${groupDigits(linked)} files and folders.`, {
        code: 'bad-file',
        hint: 'Take the link out, or let it lead to a smaller folder.',
      });
    }
    if (this.#entries <= entries) return;
    throw new TooMuch(`More than ${groupDigits(entries)} files and folders lie here, the last at ${path}.`, {
      code: 'bad-file',
      hint: 'Give a smaller folder.',
    });
  }

  /** How much was found so far. */
  #found(): number {
    const { files, unread, empty } = this.content;
    return files.length + unread.length + empty.length;
  }
}

/** Ends the whole walk, where other errors are of one path in it. */
class TooMuch extends SeqkitError {}
