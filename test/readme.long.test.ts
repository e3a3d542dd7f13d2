import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoText } from '../scripts/demo-text.mjs';
import { readmeCommands } from './support/readme-fences.js';
import { runCli } from './support/run-cli.js';

const folder = mkdtempSync(path.join(tmpdir(), 'seqkit-readme-'));
const home = process.cwd();

// The README's commands name files of the reader's: clips, a text, a recording.
beforeAll(() => {
  cpSync(path.join(home, 'data/clips'), path.join(folder, 'clips'), { recursive: true });
  cpSync(path.join(home, 'data/demo/recording.wav'), path.join(folder, 'recording.wav'));
  writeFileSync(path.join(folder, 'stories.txt'), demoText(100_000, 1));
  process.chdir(folder);
});

afterAll(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true, force: true });
});

describe('README', () => {
  it.each(readmeCommands('long').map((args) => [args.join(' '), args] as const))(
    'seqkit %s',
    async (_line, args) => {
      const { status, stderr } = await runCli(args);
      expect(status, stderr).toBe(0);
    },
  );
});
