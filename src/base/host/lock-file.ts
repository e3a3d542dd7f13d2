import * as fs from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { SeqkitError } from '../errors.js';
import { fileError, isRunning } from './files.js';
import { makeFolder } from './folders.js';

/** Who holds a lock. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When the process began, where the system tells, since numbers of processes come again. */
  readonly began: string | undefined;
  /** When the lock was taken, in ISO 8601. */
  readonly since: string;
}

/**
 * Does some work while no other process, and nothing else of this one, does such work on the same file or folder.
 * A hidden file beside it names the holder; that of a process which is gone is taken over.
 * @param path the file or folder, which need not be there
 * @throws SeqkitError `file-access` that names the holder, or where the lock cannot be written
 */
export async function whileLocked<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  const lock = lockOf(path);
  makeFolder(dirname(lock));
  const held = take(lock, path);
  try {
    return await work();
  } finally {
    if (read(lock) === held) fs.rmSync(lock, { force: true });
  }
}

/** Refuses early what `whileLocked` would refuse. @throws SeqkitError `file-access` that names the holder */
export function checkUnlocked(path: string): void {
  const lock = lockOf(path);
  const text = read(lock);
  if (text !== undefined && isAlive(text)) throw held(text, lock, path);
}

function lockOf(path: string): string {
  const bare = path.replace(/[/\\]+$/, '');
  return join(dirname(bare), `.${basename(bare)}.lock`);
}

/** @returns what was written */
function take(lock: string, path: string): string {
  const began = beginOf(process.pid);
  const holder: Holder = { pid: process.pid, host: hostname(), began, since: new Date().toISOString() };
  // The number tells this lock from another of the same process.
  const mine = JSON.stringify({ ...holder, id: crypto.randomUUID() });
  for (;;) {
    try {
      fs.writeFileSync(lock, mine, { flag: 'wx' });
      return mine;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw fileError(error, `Cannot write ${lock}`);
    }
    const theirs = read(lock);
    if (theirs !== undefined && isAlive(theirs)) throw held(theirs, lock, path);
    if (theirs !== undefined) discard(lock, theirs);
  }
}

/** Removes a lock that nobody holds, but not one that another process has put in its place meanwhile. */
function discard(lock: string, stale: string): void {
  const moved = `${lock}.${process.pid}.${crypto.randomUUID()}.tmp`;
  try {
    fs.renameSync(lock, moved);
    if (read(moved) !== stale) fs.linkSync(moved, lock);
  } catch {
    // Somebody else was faster: the next look tells.
  }
  fs.rmSync(moved, { force: true });
}

function read(path: string): string | undefined {
  try {
    return fs.readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function holderOf(text: string): Partial<Holder> {
  try {
    return (JSON.parse(text) ?? {}) as Partial<Holder>;
  } catch {
    return {};
  }
}

/** Whether the holder still runs; of another machine that is not known, and taken to be so. */
function isAlive(text: string): boolean {
  const { pid, host, began } = holderOf(text);
  if (typeof pid !== 'number') return false;
  if (host !== hostname()) return true;
  return isRunning(pid) && (began === undefined || began === beginOf(pid));
}

/** When a process began, in ticks since the machine started; undefined where the system has no /proc. */
function beginOf(pid: number): string | undefined {
  // The fields after the name, which is in brackets and may hold anything; the start is the 22nd of all.
  return read(`/proc/${pid}/stat`)?.replace(/^.*\)/s, '').trim().split(' ')[19];
}

function held(text: string, lock: string, path: string): SeqkitError {
  const { pid, host, since } = holderOf(text);
  const where = host === hostname() ? '' : ` on ${host}`;
  return new SeqkitError(`${path} is in use by another run: process ${pid}${where}, since ${since}.`, {
    code: 'file-access',
    hint: `Wait for its end, or give another place for this run's checkpoints. If that run is gone for certain, remove ${lock}.`,
  });
}
