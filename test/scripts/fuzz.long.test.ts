import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { repositoryFile } from '../support/clip-files.js';

interface Row {
  readonly kind: string;
  readonly holds: boolean;
  readonly cases: number;
  readonly other: number;
  readonly raw: number;
  readonly crash: number;
  readonly hang: number;
  readonly memory: number;
  readonly examples: readonly unknown[];
}

it('damaged files of every kind are refused or read, without a crash, a hang, a raw error or other numbers in silence', () => {
  const program = [repositoryFile('scripts/fuzz/main.mjs'), '--cases', '70', '--seed', '7', '--json'];
  const { stdout, stderr } = spawnSync(process.execPath, program, { encoding: 'utf8' });
  expect(stderr).toBe('');
  const rows = JSON.parse(stdout) as Row[];
  expect(rows.length).toBeGreaterThan(35);
  for (const { kind, holds, cases, other, raw, crash, hang, memory, examples } of rows) {
    expect({ kind, cases, raw, crash, hang, memory, examples }).toEqual({
      ...{ kind, cases: 70, raw: 0, crash: 0, hang: 0, memory: 0, examples: [] },
    });
    if (holds) expect({ kind, other }).toEqual({ kind, other: 0 });
  }
});
