import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { collect } from '../../base/encoding/byte-chunks.js';
import { decodeTextFile } from '../../base/encoding/text-file.js';
import { SeqkitError } from '../../base/errors.js';
import { fileError, removeLeftovers } from '../../base/host/files.js';
import { note } from './output.js';

/** What is typed in place of a file to mean standard input. */
export const STANDARD_INPUT = '-';

/** What standard input is called in messages. */
export const STANDARD_INPUT_NAME = 'standard input';

const taken = new WeakSet<object>();

/**
 * The bytes of standard input, a chunk at a time.
 * @throws SeqkitError `usage` where it was asked for before: it is there once
 */
export async function* standardInput(): AsyncGenerator<Uint8Array> {
  const { stdin } = process;
  if (taken.has(stdin)) throw askedTwice();
  taken.add(stdin);
  if (stdin.isTTY) note('Reading from the terminal; Ctrl-D ends it.');
  try {
    for await (const chunk of stdin as AsyncIterable<Uint8Array | string>) {
      yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    }
  } catch (error) {
    throw fileError(error, 'Cannot read standard input');
  }
}

/** All the bytes of standard input where it is among some files. @throws SeqkitError as `standardInput` */
export async function standardInputOf(paths: readonly string[]): Promise<Uint8Array | undefined> {
  if (paths.filter((path) => path === STANDARD_INPUT).length > 1) throw askedTwice();
  return paths.includes(STANDARD_INPUT) ? collect(standardInput()) : undefined;
}

function askedTwice(): SeqkitError {
  return new SeqkitError('Standard input (-) can stand for one file of a command alone.', { code: 'usage' });
}

/** All of standard input as text. @throws SeqkitError as `standardInput`, and `bad-file` where it is no text */
export async function standardInputText(): Promise<string> {
  return decodeTextFile(await collect(standardInput()), STANDARD_INPUT_NAME);
}

/**
 * A file that is read more than once, by its path; standard input is kept in a temporary file as long as the
 * process lives.
 * @returns the path to read from, and the name for messages
 * @throws SeqkitError `file-access` where there is no room for it
 */
export async function fileOrStandardInput(path: string): Promise<{ path: string; name: string }> {
  if (path !== STANDARD_INPUT) return { path, name: path };
  const folder = tmpdir();
  const kept = join(folder, `.seqkit-stdin.${process.pid}.${crypto.randomUUID()}.tmp`);
  let descriptor: number | undefined;
  try {
    removeLeftovers(join(folder, 'seqkit-stdin'));
    descriptor = fs.openSync(kept, 'wx', 0o600);
    process.once('exit', () => fs.rmSync(kept, { force: true }));
    for await (const chunk of standardInput()) {
      for (let done = 0; done < chunk.length;) done += fs.writeSync(descriptor, chunk, done);
    }
  } catch (error) {
    throw fileError(error, `Cannot keep standard input in ${folder}`);
  } finally {
    if (descriptor !== undefined) fs.closeSync(descriptor);
  }
  return { path: kept, name: STANDARD_INPUT_NAME };
}
