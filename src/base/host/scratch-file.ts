import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SeqkitError } from '../errors.js';
import { fileError } from './files.js';

/**
 * Bytes on disk for the time of one process: written from start to end, then read at any place. The
 * file has no name once it is open, where the system allows that, so that nothing is left behind
 * however the process ends.
 */
export class ScratchFile {
  readonly #descriptor: number;
  /** Where it is to be removed at the end: some systems keep the names of open files. */
  readonly #path: string | undefined;
  #size = 0;

  /**
   * @param folder where its bytes go @default the system's folder for temporary files
   * @throws SeqkitError `file-access`
   */
  constructor(folder: string = tmpdir()) {
    const path = join(folder, `.seqkit.${process.pid}.${crypto.randomUUID()}.tmp`);
    try {
      this.#descriptor = fs.openSync(path, 'wx+');
    } catch (error) {
      throw fileError(error, `Cannot make a temporary file in ${folder}`);
    }
    try {
      fs.rmSync(path);
    } catch {
      this.#path = path;
    }
  }

  /** In bytes. */
  get size(): number {
    return this.#size;
  }

  /** Adds bytes at the end. @throws SeqkitError `file-access`, as where the disk is full */
  append(bytes: Uint8Array): void {
    try {
      for (let done = 0; done < bytes.length;) {
        done += fs.writeSync(this.#descriptor, bytes, done, bytes.length - done, this.#size + done);
      }
    } catch (error) {
      throw fileError(error, 'Cannot write a temporary file');
    }
    this.#size += bytes.length;
  }

  /** Fills `target` with the bytes from `offset` on. @throws SeqkitError `file-access` */
  read(offset: number, target: Uint8Array): void {
    try {
      for (let done = 0; done < target.length;) {
        const count = fs.readSync(this.#descriptor, target, done, target.length - done, offset + done);
        if (count === 0) {
          throw new SeqkitError('A temporary file ended early.', { code: 'file-access' });
        }
        done += count;
      }
    } catch (error) {
      throw fileError(error, 'Cannot read a temporary file');
    }
  }

  close(): void {
    fs.closeSync(this.#descriptor);
    if (this.#path !== undefined) fs.rmSync(this.#path, { force: true });
  }
}
