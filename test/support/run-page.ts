import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runnablesOf, type Runnable } from './readme-fences.js';
import { placeReaderFiles } from './reader-files.js';
import { runCli } from './run-cli.js';
import { withStdin } from './with-stdin.js';

const home = process.cwd();

/**
 * Declares tests that run what a page shows, in order, in a folder that holds the reader's files.
 * @param page its path from the top
 * @param mark `quick` or `long`
 */
export function describePage(page: string, mark: string): void {
  const parts = runnablesOf(page).filter((part) => part.mark === mark);
  if (parts.length === 0) return;
  describe(page, () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'seqkit-page-'));
    beforeAll(async () => {
      await placeReaderFiles(folder);
      process.chdir(folder);
    });
    afterAll(() => {
      process.chdir(home);
      rmSync(folder, { recursive: true, force: true });
    });
    parts.forEach((part, index) => {
      if (part.kind === 'command') it(`seqkit ${part.args.join(' ')}`, () => runsCommand(part.args));
      else it(`program ${index + 1}`, () => runsProgram(part, path.join(folder, `program-${index}.ts`)));
    });
  });
}

/**
 * A training of trigger words with the defaults takes six minutes. Here it is enough that the command runs, and that
 * what follows it takes its model; how well one hears is for demo.long.
 */
const SHORT_TRAINING = ['--epochs', '2', '--examples', '200', '--spoken', '0'];

async function runsCommand(shown: readonly string[]): Promise<void> {
  const isWhole = shown[0] === 'train-trigger' && !shown.includes('--epochs') && !shown.includes('--from');
  const args = isWhole ? [...shown, ...SHORT_TRAINING] : shown;
  const input = args.indexOf('<');
  const { status, stdout, stderr } =
    input < 0
      ? await runCli(args)
      : await withStdin(readFileSync(args[input + 1], 'utf8'), () => runCli(args.slice(0, input)));
  expect(stderr).not.toContain('error:');
  expect({ status, printed: stdout !== '' || stderr !== '' }, stderr).toEqual({ status: 0, printed: true });
}

async function runsProgram(part: Runnable & { kind: 'program' }, file: string): Promise<void> {
  writeFileSync(file, part.code);
  const lines: string[] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((...values: unknown[]) => {
    lines.push(values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join(' '));
  });
  try {
    await import(/* @vite-ignore */ file);
  } finally {
    log.mockRestore();
  }
  expect(lines.length, 'what the program prints').toBeGreaterThan(0);
  if (part.output !== undefined) expectAlike(lines.join('\n').trimEnd(), part.output.trimEnd());
}

const NUMBER = /-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/g;

/** The same text, with numbers that may differ as those of another processor's rounding do. */
function expectAlike(found: string, shown: string): void {
  expect(found.replaceAll(NUMBER, '#')).toBe(shown.replaceAll(NUMBER, '#'));
  const numbers = (text: string): string[] => text.match(NUMBER) ?? [];
  const wanted = numbers(shown);
  numbers(found).forEach((number, i) => {
    const decimals = /\.(\d+)/.exec(wanted[i])?.[1].length ?? 0;
    const allowed = decimals === 0 ? 0 : Math.max(1.01 * 10 ** -decimals, 0.02 * Math.abs(+wanted[i]));
    expect(Math.abs(+number - +wanted[i]), `${number} for ${wanted[i]} in:\n${found}`).toBeLessThanOrEqual(
      allowed,
    );
  });
}
