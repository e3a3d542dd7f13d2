import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { repositoryFile } from '../support/clip-files.js';
import { runAndStop } from '../support/stopped-command.js';

const main = path.resolve(import.meta.dirname, '../../dist/cli/main.js');
const folder = mkdtempSync(path.join(tmpdir(), 'seqkit-stopped-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => path.join(folder, name);

/** Threads mix from 1000 examples on; they are ended with the training. */
const train = (name: string, examples: number): string[] => [
  ...['train-trigger', repositoryFile('data/clips'), '--spoken', '0', '--seed', '3', '--threads', '2'],
  ...['--examples', String(examples), '--epochs', '8', '--out', at(`${name}.safetensors`)],
];

describe('train-trigger, asked to stop,', () => {
  it('keeps whole epochs where it was given a checkpoint, and goes on to the very model', async () => {
    const args = [...train('kept', 60), '--checkpoint', at('run.safetensors')];
    const { status, signal, stdout, stderr } = await runAndStop(args, 'SIGINT', '--engine');
    expect({ status, signal, stdout }).toEqual({ status: 130, signal: null, stdout: '' });
    expect(stderr).toMatch(/stopped after [0-7] whole epochs?; no model was written/);
    const [, command] = /\nGo on with: seqkit (.*)\n/.exec(stderr) ?? [];
    expect(command).toBe([...args, '--resume'].join(' '));
    expect(existsSync(at('kept.safetensors'))).toBe(false);
    for (const line of [command.split(' '), train('whole', 60)]) {
      const done = spawnSync(process.execPath, [main, ...line], { encoding: 'utf8' });
      expect(done.status, done.stderr).toBe(0);
    }
    expect(readFileSync(at('kept.safetensors')).equals(readFileSync(at('whole.safetensors')))).toBe(true);
  });

  it('ends while threads mix, and says that nothing was kept', async () => {
    const { status, stderr } = await runAndStop(train('lost', 4000), 'SIGTERM', 'mixing');
    expect(status).toBe(130);
    expect(stderr).toContain('stopped after 0 whole epochs; no model was written');
    expect(stderr).toContain('With --checkpoint run.safetensors');
    expect(existsSync(at('lost.safetensors'))).toBe(false);
  });
});
