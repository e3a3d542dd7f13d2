import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, it } from 'vitest';

const top = path.resolve(import.meta.dirname, '../..');

it('npm run demo finds every word, and nothing else', () => {
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/demo.mjs'], {
    cwd: top,
    encoding: 'utf8',
  });
  const seconds = (performance.now() - start) / 1_000;
  console.log(`${stdout}\n${seconds.toFixed(0)} s`);
  expect(status, stderr).toBe(0);
  expect(stdout).toContain('king - man + woman\nqueen ');
  expect(stdout.match(/ s {2}fired$/gm)).toHaveLength(4);
  expect(stdout.match(/said "activate"\n +[\d.]+ s {2}fired$/gm)).toHaveLength(4);
});
