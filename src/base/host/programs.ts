import { spawn } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { SeqkitError } from '../errors.js';

/** A program that hangs keeps nobody waiting for longer. */
const TIMEOUT_MS = 120_000;
/** Most that a program may write, in bytes: an hour of sound and more. */
const MAX_OUTPUT = 2 ** 28;
/** Of what a program complains about, the end is enough. */
const MAX_COMPLAINT = 2_000;

/** The first of these programs that is on the path, or undefined. */
export function findProgram(...names: string[]): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', ''] : [''];
  return names.find((name) =>
    folders.some((folder) => endings.some((ending) => isExecutable(join(folder, name + ending)))),
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Runs a program to its end, without a shell, and gives what it wrote to stdout.
 *
 * @param options.input what it reads from stdin
 * @throws SeqkitError `engine` where it is missing, fails, or does not end
 */
export async function runProgram(
  name: string,
  args: readonly string[],
  options: { input?: string; timeoutMs?: number } = {},
): Promise<Uint8Array> {
  const { input = '', timeoutMs = TIMEOUT_MS } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(name, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    const chunks: Buffer[] = [];
    let [size, complaint, early] = [0, '', ''];
    const giveUp = (why: string) => {
      early = why;
      child.kill('SIGKILL');
    };
    const clock = setTimeout(() => giveUp(`it did not end within ${timeoutMs / 1000} s`), timeoutMs);
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > MAX_OUTPUT) return giveUp('it wrote without end');
      chunks.push(chunk);
    });
    child.stderr.on(
      'data',
      (chunk: Buffer) => (complaint = (complaint + chunk.toString()).slice(-MAX_COMPLAINT)),
    );
    // A program that does not read its input is told so by its exit status.
    child.stdin.on('error', () => undefined);
    child.once('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(clock);
      const what = error.code === 'ENOENT' ? 'it was not found' : error.message;
      reject(new SeqkitError(`${name} cannot be run: ${what}.`, { code: 'engine', cause: error }));
    });
    child.once('close', (status) => {
      clearTimeout(clock);
      if (status === 0 && early === '') return resolve(new Uint8Array(Buffer.concat(chunks)));
      const cause = early || complaint.trim().split('\n').at(-1) || `it ended with status ${status}`;
      reject(new SeqkitError(`${name} failed: ${cause}`, { code: 'engine' }));
    });
    child.stdin.end(input);
  });
}

/** Gives work a folder of its own for files that pass between programs; it is gone when the work is done. */
export async function withScratchFolder<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'seqkit-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A variable of the environment; undefined where it is not set, or empty. */
export function environment(name: string): string | undefined {
  return process.env[name] || undefined;
}

/** `linux`, `darwin`, `win32` and the like. */
export function platformName(): string {
  return process.platform;
}
