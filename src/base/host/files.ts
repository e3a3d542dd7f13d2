import * as fs from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { SeqkitError } from '../errors.js';
import { resourceError } from '../resources.js';

/** The most that one system call may read, in bytes. */
const MAX_READ_BYTES = 1 << 30;

/** For reading; a pipe without a writer must not keep the call waiting (Windows has no such flag, and no such pipes). */

const READ = fs.constants.O_RDONLY | (fs.constants.O_NONBLOCK ?? 0);

/** The most that one array of every supported Node holds. */
const MAX_FILE_BYTES = 2 ** 32 - 1;

/**
 * Reads a whole file into memory that is not zeroed first, in one system call where it can.
 * The bytes begin at offset 0 of a buffer of their own, so that typed arrays can lie over them.
 * @param path where the file is
 * @param what what it should be, for the error, such as "the vectors"
 * @param check looks at the first bytes and the size, and throws where the rest is not worth reading
 * @throws SeqkitError `file-access` where it is missing, a folder, or may not be read
 */
export function readFileBytes(
  path: string,
  what = 'a file',
  check?: (start: Uint8Array, size: number, path: string) => void,
): Uint8Array {
  let descriptor: number | undefined;
  try {
    descriptor = openFile(path);
    const { size } = regularFile(fs.fstatSync(descriptor), path, what);
    if (check) {
      const start = new Uint8Array(16);
      const count = fs.readSync(descriptor, start, 0, start.length, 0);
      check(start.subarray(0, count), size, path);
    }
    if (size > MAX_FILE_BYTES) throw tooLarge(path, what, size);
    const bytes = Buffer.allocUnsafeSlow(size);
    let read = 0;
    while (read < size) {
      const count = fs.readSync(descriptor, bytes, read, Math.min(size - read, MAX_READ_BYTES), read);
      if (count === 0) throw shrunk(path, read, size);
      read += count;
    }
    return new Uint8Array(bytes.buffer, 0, size);
  } catch (error) {
    throw fileError(error, `Cannot read ${what} at ${path}`);
  } finally {
    if (descriptor !== undefined) fs.closeSync(descriptor);
  }
}

/**
 * The first bytes of a file, which tell what it is before all of it is read.
 * @param count how many, at most
 * @throws SeqkitError as `readFileBytes`
 */
export function readFileStart(path: string, what: string, count: number): Uint8Array {
  let descriptor: number | undefined;
  try {
    descriptor = openFile(path);
    regularFile(fs.fstatSync(descriptor), path, what);
    const start = new Uint8Array(count);
    return start.subarray(0, fs.readSync(descriptor, start, 0, count, 0));
  } catch (error) {
    throw fileError(error, `Cannot read ${what} at ${path}`);
  } finally {
    if (descriptor !== undefined) fs.closeSync(descriptor);
  }
}

/** Opens a file for reading, without waiting for the writer of a pipe. */
export function openFile(path: string): number {
  return fs.openSync(path, READ);
}

/** Bytes that one of the concurrent reads of `readFileInto` takes. */
const CHUNK_BYTES = 1 << 24;

/**
 * Reads a whole file into memory that the caller provides, which may be shared between threads;
 * several chunks are read at once, since copying a large file takes more than one core's time.
 * @param place gives the memory for a file of so many bytes
 * @param what what it should be, for the error, such as "the vectors"
 * @throws SeqkitError `file-access` where it is missing, a folder, or may not be read
 */
export async function readFileInto<Memory extends Uint8Array>(
  path: string,
  what: string,
  place: (size: number) => Memory,
): Promise<Memory> {
  let handle: fs.promises.FileHandle | undefined;
  try {
    handle = await fs.promises.open(path, READ);
    const file = handle;
    const { size } = regularFile(await file.stat(), path, what);
    const bytes = place(size);
    let next = 0;
    const readChunks = async () => {
      while (next < size) {
        let at = next;
        const end = Math.min(at + CHUNK_BYTES, size);
        next = end;
        while (at < end) {
          const { bytesRead } = await file.read(bytes, at, end - at, at);
          if (bytesRead === 0) throw shrunk(path, at, size);
          at += bytesRead;
        }
      }
    };
    await Promise.all([readChunks(), readChunks(), readChunks(), readChunks()]);
    return bytes;
  } catch (error) {
    throw fileError(error, `Cannot read ${what} at ${path}`);
  } finally {
    await handle?.close();
  }
}

/** A file opened for reading from its start to its end. */
export interface ByteStream {
  /** Its size in bytes when it was opened. */
  readonly size: number;
  /** Its bytes, a chunk at a time, each in memory of its own. Closes the file at the end or on a break. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

/**
 * Opens a file to be read chunk by chunk, so that its size does not matter to memory.
 * @param chunkBytes how much to read at a time, in bytes @default 1 MiB
 * @param reuse each chunk takes the place of the one before, so that none are left for the garbage
 *   collector: for those who are done with a chunk when they ask for the next @default false
 * @throws SeqkitError `file-access` where it is missing, a folder, or may not be read
 */
export async function openByteStream(
  path: string,
  what = 'a file',
  { chunkBytes = 1 << 20, reuse = false } = {},
): Promise<ByteStream> {
  const fail = (error: unknown) => fileError(error, `Cannot read ${what} at ${path}`);
  const handle = await fs.promises.open(path, READ).catch((error: unknown) => {
    throw fail(error);
  });
  try {
    const { size } = regularFile(await handle.stat(), path, what);
    return { size, chunks: readChunks(handle, chunkBytes, reuse, fail) };
  } catch (error) {
    await handle.close();
    throw fail(error);
  }
}

async function* readChunks(
  handle: fs.promises.FileHandle,
  chunkBytes: number,
  reuse: boolean,
  fail: (error: unknown) => SeqkitError,
): AsyncGenerator<Uint8Array> {
  let memory = new Uint8Array(chunkBytes);
  try {
    for (;;) {
      const { bytesRead, buffer } = await handle.read(memory, 0, chunkBytes, null).catch((error: unknown) => {
        throw fail(error);
      });
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
      if (!reuse) memory = new Uint8Array(chunkBytes);
    }
  } finally {
    await handle.close();
  }
}

/** Whether there is something at a path. */
export function fileExists(path: string): boolean {
  return fs.existsSync(path);
}

/**
 * Says at once whether `path` could be written, before hours of work go into what belongs there.
 * @throws SeqkitError `file-exists` where a file is there and `force` is not given;
 *   `file-access` where the folder is missing or the path is no file
 */
export function checkWritable(path: string, options: { force?: boolean } = {}): void {
  let stats: fs.Stats | undefined;
  try {
    stats = fs.statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw fileError(error, `Cannot write ${path}`);
  }
  if (stats !== undefined && !stats.isFile()) {
    const kind = stats.isDirectory() ? 'a folder' : 'no regular file';
    throw new SeqkitError(`Cannot write ${path}: it is ${kind}.`, {
      code: 'file-access',
      hint: 'Give the path of a file.',
    });
  }
  if (stats !== undefined && options.force !== true) throw exists(path);
  const folder = dirname(path);
  try {
    fs.accessSync(folder, fs.constants.W_OK | fs.constants.X_OK);
  } catch (error) {
    throw fileError(error, `Cannot write into the folder ${folder}`);
  }
}

/**
 * Writes a file whole or not at all: into a temporary file beside it, flushed to disk, then put
 * in place in one step, so that a crash at any moment leaves the old file or the new one. Of two
 * processes that write the same new file at once, one gets `file-exists`.
 * @param contents bytes, all or in chunks, or text to be stored as UTF-8
 * @param options.force replace a file that is there @default false
 * @throws SeqkitError `file-exists`, or `file-access` where the folder is missing, full or
 *   protected; nothing is left behind then
 */
export async function writeFileAtomic(
  path: string,
  contents: Uint8Array | string | AsyncIterable<Uint8Array>,
  options: { force?: boolean } = {},
): Promise<void> {
  checkWritable(path, options);
  // A link is followed, so that what it points to is replaced and the link stays.
  const target = options.force === true && fs.existsSync(path) ? fs.realpathSync(path) : path;
  try {
    // What a process left that was killed as it wrote this very file.
    removeLeftovers(target);
  } catch {
    // A folder may be open to writing and closed to looking.
  }
  const mode = fs.statSync(target, { throwIfNoEntry: false })?.mode;
  const folder = dirname(target);
  let temporary: string | undefined;
  try {
    temporary = await writeTemporary(target, contents, mode);
    if (options.force === true) await fs.promises.rename(temporary, target);
    else await placeNew(temporary, target);
    temporary = undefined;
    await syncFolder(folder);
  } catch (error) {
    if (temporary !== undefined) await fs.promises.rm(temporary, { force: true });
    if (codeOf(error) === 'EEXIST') throw exists(path);
    throw fileError(error, `Cannot write ${path}`);
  }
}

/**
 * Removes the temporary files that a process which was killed left beside the file it wrote.
 * Those of processes that still run are left alone.
 * @param path the file; every file of its folder where it ends in a slash
 */
export function removeLeftovers(path: string): void {
  const folder = path.endsWith('/') ? path : dirname(path);
  const start = path.endsWith('/') ? '.' : `.${basename(path).slice(0, 100)}.`;
  for (const name of fs.readdirSync(folder)) {
    const [, pid] = /\.(\d+)\.[0-9a-f]{8}-[0-9a-f-]{27}\.tmp$/.exec(name) ?? [];
    if (!name.startsWith(start) || pid === undefined || isRunning(Number(pid))) continue;
    fs.rmSync(join(folder, name), { force: true });
  }
}

/** Whether there is a process of this number on this machine. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process may not be asked, but is there.
    return codeOf(error) === 'EPERM';
  }
}

async function writeTemporary(
  target: string,
  contents: Uint8Array | string | AsyncIterable<Uint8Array>,
  mode: number | undefined,
): Promise<string> {
  const name = `.${basename(target).slice(0, 100)}.${process.pid}.${crypto.randomUUID()}.tmp`;
  const temporary = join(dirname(target), name);
  const handle = await fs.promises.open(temporary, 'wx');
  try {
    await fs.promises.writeFile(handle, contents);
    if (mode !== undefined) await handle.chmod(mode & 0o7777);
    await handle.sync();
  } catch (error) {
    await handle.close();
    await fs.promises.rm(temporary, { force: true });
    throw error;
  }
  await handle.close();
  return temporary;
}

/** Gives the temporary file its name unless that is taken, in one step. */
async function placeNew(temporary: string, target: string): Promise<void> {
  try {
    await fs.promises.link(temporary, target);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') throw error;
    // A file system without hard links: take the name with an empty file, then replace that.
    await (await fs.promises.open(target, 'wx')).close();
    try {
      await fs.promises.rename(temporary, target);
    } catch (failure) {
      await fs.promises.rm(target, { force: true });
      throw failure;
    }
    return;
  }
  await fs.promises.rm(temporary);
}

/** Makes the new name itself last through a power cut; some systems cannot, and need not. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await fs.promises.open(folder, 'r');
    await handle.sync().finally(() => handle.close());
  } catch (error) {
    if (!['EPERM', 'EISDIR', 'EINVAL', 'EACCES', 'ENOTSUP'].includes(codeOf(error) ?? '')) throw error;
  }
}

function regularFile(stats: fs.Stats, path: string, what: string): fs.Stats {
  if (stats.isFile()) return stats;
  const kind = stats.isDirectory() ? 'a folder' : 'no regular file';
  throw new SeqkitError(`Cannot read ${what} at ${path}: it is ${kind}.`, {
    code: 'file-access',
    hint: 'Give the path of a file.',
  });
}

function exists(path: string): SeqkitError {
  return new SeqkitError(`${path} is there already.`, {
    code: 'file-exists',
    hint: 'Replace it with force: true, or give another name.',
  });
}

function shrunk(path: string, read: number, size: number): SeqkitError {
  return new SeqkitError(`${path} ended after ${read} of ${size} bytes while it was read.`, {
    code: 'file-access',
    hint: 'Another program may be writing it: try again.',
  });
}

function tooLarge(path: string, what: string, size: number): SeqkitError {
  return new SeqkitError(
    `Cannot read ${what} at ${path}: ${size} bytes are more than memory can hold at once.`,
    {
      code: 'file-access',
      hint: 'Check that it is the right file.',
    },
  );
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code;
}

/** What the system's error codes mean, and what to do about them. */
const CAUSES: Record<string, [cause: string, hint: string]> = {
  ENOENT: ['there is no such file or folder', 'Check the spelling, and that the folder exists.'],
  ENOTDIR: ['a part of the path is a file, not a folder', 'Check the path.'],
  EISDIR: ['it is a folder', 'Give the path of a file.'],
  EACCES: ['permission is denied', 'Check who owns it and its permissions.'],
  EPERM: ['the system does not permit it', 'Check who owns it and its permissions.'],
  EROFS: ['the disk is read-only', 'Choose another folder.'],
  ENOSPC: ['the disk is full', 'Make room, or choose another disk.'],
  EDQUOT: ["the owner's share of the disk is used up", 'Make room, or choose another disk.'],
  EFBIG: ['the file would be larger than the system allows', 'Raise the limit: see ulimit -f.'],
  EIO: ['the disk failed', 'Check the disk, or choose another one.'],
  ENAMETOOLONG: ['the name is too long', 'Choose a shorter name.'],
  ELOOP: ['its links go round in a circle', 'Check where they point to.'],
};

/** The system's error as one for the user, which says what was intended. */
export function fileError(error: unknown, intention: string): SeqkitError {
  if (error instanceof SeqkitError) return error;
  const lacking = resourceError(error, intention);
  if (lacking) return lacking;
  const code = codeOf(error);
  const [cause, hint] = CAUSES[code ?? ''] ?? [(error as Error).message, undefined];
  return new SeqkitError(`${intention}: ${cause}.`, {
    code: 'file-access',
    cause: error,
    ...(hint === undefined ? {} : { hint }),
  });
}
