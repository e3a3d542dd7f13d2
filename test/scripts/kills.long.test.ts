import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { repositoryFile } from '../support/clip-files.js';

interface Row {
  readonly command: string;
  readonly operations: number;
  readonly kills: number;
  readonly same: number;
  readonly faults: readonly string[];
}

it('saving commands, killed as they write, end with the bytes of an uninterrupted run and leave nothing behind', () => {
  // Every operation takes an hour: npm run kills.
  const program = [repositoryFile('scripts/kills/main.mjs'), '--every', '53', '--json'];
  const { stdout, stderr } = spawnSync(process.execPath, program, { encoding: 'utf8' });
  expect(stderr).toBe('');
  const rows = JSON.parse(stdout) as Row[];
  expect(rows).toHaveLength(19);
  for (const { command, operations, kills, same, faults } of rows) {
    expect({ command, same, faults }).toEqual({ command, same: kills, faults: [] });
    expect(operations).toBeGreaterThan(3);
  }
});
